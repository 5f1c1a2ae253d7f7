//! Structured output.

use super::{ChatRequest, JsonSchema, LanguageModel, LlmError, Message, Structured, Usage};

/// Requests, validates, and requests once more with the problems. `usage` receives the tokens of all answers, even if
/// none is valid.
///
/// # Errors
/// [`LlmError::InvalidOutput`] if the second answer is invalid too; otherwise the error of [`LanguageModel::chat`].
pub(super) async fn ask(
    model: &dyn LanguageModel,
    request: &ChatRequest,
    schema: &JsonSchema,
    usage: &mut Usage,
) -> Result<Structured, LlmError> {
    // Half a JSON document is none.
    let mut request = ChatRequest { accept_partial: false, schema: Some(schema.clone()), ..request.clone() };
    let first = model.chat(&request).await?;
    usage.add(first.usage);
    let reason = match schema.read(&first.content) {
        Ok(value) => return Ok(Structured { value, usage: *usage, model: first.model }),
        Err(reason) => reason,
    };
    tracing::debug!(model = %first.model, schema = schema.name(), reason, "an answer does not fit its schema, asking again");
    request.messages.push(Message::assistant(first.content));
    request.messages.push(Message::user(format!(
        "This answer does not fit the JSON schema: {reason}\nAnswer again, with nothing but JSON of this schema:\n{}",
        schema.schema()
    )));
    let second = model.chat(&request).await?;
    usage.add(second.usage);
    match schema.read(&second.content) {
        Ok(value) => Ok(Structured { value, usage: *usage, model: second.model }),
        Err(reason) => Err(LlmError::InvalidOutput { reason }),
    }
}
