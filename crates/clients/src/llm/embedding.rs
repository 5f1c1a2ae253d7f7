//! Common code of the providers' embeddings.

use super::transport::Target;
use super::{Embeddings, LlmError, Usage};

/// Maximum number of texts per request: the default limit of Text Embeddings Inference (`--max-client-batch-size`),
/// which also keeps answers far below the size limit.
const BATCH: usize = 32;

/// The vectors of one batch, with the tokens used, if reported.
pub(super) struct Vectors {
    pub(super) vectors: Vec<Vec<f32>>,
    pub(super) usage: Option<Usage>,
}

/// Rejects requests that no provider would accept.
///
/// # Errors
/// [`LlmError::InvalidRequest`].
pub(super) fn check(texts: &[String]) -> Result<(), LlmError> {
    if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        return Err(LlmError::InvalidRequest { reason: "a text to embed is empty or missing".to_owned() });
    }
    Ok(())
}

/// Requests batch after batch.
///
/// # Errors
/// [`LlmError::Unsupported`] without a target, [`LlmError::InvalidRequest`] for an empty text, [`LlmError::Garbage`]
/// for unexpected vectors; otherwise the error of `ask`.
pub(super) async fn in_batches<'a, A>(
    target: Option<&'a Target>,
    texts: &'a [String],
    ask: impl Fn(&'a Target, &'a [String]) -> A,
) -> Result<Embeddings, LlmError>
where
    A: Future<Output = Result<Vectors, LlmError>>,
{
    check(texts)?;
    let target = target.ok_or_else(|| LlmError::Unsupported { reason: "no embedding model is set".to_owned() })?;
    let (mut vectors, mut usage) = (Vec::with_capacity(texts.len()), None);
    for batch in texts.chunks(BATCH) {
        let more = ask(target, batch).await?;
        if more.vectors.len() != batch.len() {
            return Err(wrong());
        }
        vectors.extend(more.vectors);
        if let Some(cost) = more.usage {
            usage.get_or_insert_with(Usage::default).add(Some(cost));
        }
    }
    let length = vectors.first().map_or(0, Vec::len);
    let good = |vector: &Vec<f32>| vector.len() == length && vector.iter().all(|number| number.is_finite());
    if length == 0 || !vectors.iter().all(good) {
        return Err(wrong());
    }
    Ok(Embeddings { vectors, usage, model: target.model.clone() })
}

fn wrong() -> LlmError {
    LlmError::Garbage { reason: "it holds other vectors than were asked for".to_owned() }
}
