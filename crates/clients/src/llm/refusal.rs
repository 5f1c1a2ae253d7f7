//! Classification of refused and failed requests. The three providers, and compatible ones, use several error formats:
//! <https://platform.openai.com/docs/guides/error-codes>, <https://docs.ollama.com/api/errors>,
//! <https://huggingface.co/docs/inference-providers>.

use std::time::Duration;

use serde_json::Value;

use super::{LlmError, Phase, Truncation};
use crate::http::ClientError;

/// Phrases of models and servers for a conversation that is too long, if they have no code for it.
const TOO_LONG: [&str; 4] = ["context length", "context window", "context size", "context_length"];

/// Parts of a request chosen for a provider, so that another may accept what this one rejects.
const OUR_CHOICES: [&str; 5] =
    ["response_format", "stream_options", "temperature", "max_tokens", "max_completion_tokens"];

/// The settings to name if the provider rejects one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// The setting of the key, or the address of a server without a key.
    pub(super) access: &'static str,
    /// The setting of the model.
    pub(super) model: &'static str,
}

/// Cleans a provider's message for display.
pub(super) type Clean<'a> = &'a dyn Fn(&str) -> String;

/// Converts an error of the transport.
pub(super) fn of_client(error: &ClientError, settings: &Settings, clean: Clean<'_>) -> LlmError {
    match error {
        ClientError::Status { status, retry_after, excerpt } => {
            let body = serde_json::from_str(excerpt).unwrap_or_default();
            of_words(*status, *retry_after, &Words::of(&body, excerpt), settings, clean)
        }
        ClientError::Timeout => LlmError::Timeout(Phase::Answer),
        ClientError::Cut => LlmError::Truncated(Truncation::NoEnd),
        ClientError::Connect { .. } | ClientError::Request { .. } => {
            LlmError::Unavailable { reason: clean(&error.to_string()), retry_after: None }
        }
        ClientError::TooLarge { .. } => LlmError::Garbage { reason: error.to_string() },
        ClientError::Garbage { reason } => LlmError::Garbage { reason: clean(reason) },
    }
}

/// Converts an object with an `error` within an answer.
pub(super) fn of_object(object: &Value, settings: &Settings, clean: Clean<'_>) -> LlmError {
    let words = Words::of(object, "");
    // Some servers say the status as a number; without one it is their failure.
    let status = words.status.unwrap_or(500);
    of_words(status, None, &words, settings, clean)
}

/// The parts of an error in any format.
struct Words<'a> {
    code: &'a str,
    param: &'a str,
    message: &'a str,
    status: Option<u16>,
}

impl<'a> Words<'a> {
    /// Parses the formats of OpenAI `{"error": {"code", "type", "param", "message"}}`, Ollama and Hugging Face
    /// `{"error": "…"}`, and others `{"message": "…"}`.
    fn of(body: &'a Value, otherwise: &'a str) -> Self {
        let error = match &body["error"] {
            Value::Null => body,
            error => error,
        };
        let text = |name: &str| error[name].as_str();
        Self {
            code: text("code").or_else(|| text("type")).unwrap_or_default(),
            param: text("param").unwrap_or_default(),
            message: error.as_str().or_else(|| text("message")).unwrap_or(otherwise),
            status: error["code"]
                .as_u64()
                .or_else(|| error["status"].as_u64())
                .and_then(|code| u16::try_from(code).ok()),
        }
    }

    fn is_too_long(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        matches!(self.code, "context_length_exceeded" | "exceed_context_size_error")
            || TOO_LONG.iter().any(|sign| message.contains(sign))
    }

    fn is_about_our_choice(&self) -> bool {
        matches!(self.code, "unsupported_parameter" | "unsupported_value")
            || OUR_CHOICES.iter().any(|choice| self.param.starts_with(choice) || self.message.contains(choice))
    }
}

fn of_words(
    status: u16,
    retry_after: Option<Duration>,
    words: &Words<'_>,
    settings: &Settings,
    clean: Clean<'_>,
) -> LlmError {
    let reason = || match words.message.trim() {
        "" => format!("status {status}"),
        message => clean(&format!("status {status}: {message}")),
    };
    match (status, words.code) {
        // Providers quote the key, masked in part, so the message is not repeated.
        (401 | 403, _) | (_, "invalid_api_key") => LlmError::SettingRefused { setting: settings.access },
        (402, _) | (_, "insufficient_quota") => LlmError::QuotaUsedUp { reason: reason() },
        (404, _) | (_, "model_not_found" | "model_not_supported") => {
            LlmError::SettingRefused { setting: settings.model }
        }
        (429, _) | (_, "rate_limit_exceeded") => LlmError::RateLimited { retry_after },
        (_, "content_filter" | "content_policy_violation") => LlmError::Refused { reason: reason() },
        // Ollama says it with a 500.
        (400 | 413 | 422 | 500, _) if words.is_too_long() => LlmError::ContextTooLong { reason: reason() },
        (413, _) => LlmError::ContextTooLong { reason: reason() },
        (400 | 422, _) if words.is_about_our_choice() => LlmError::Unsupported { reason: reason() },
        (400 | 422, _) => LlmError::InvalidRequest { reason: reason() },
        (408 | 500..=599, _) => LlmError::Unavailable { reason: reason(), retry_after },
        _ => LlmError::Garbage { reason: reason() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::llm::FailureKind;

    const SETTINGS: Settings = Settings { access: "THE_KEY", model: "THE_MODEL" };

    fn refused(status: u16, body: &Value) -> LlmError {
        let error = ClientError::Status { status, retry_after: None, excerpt: body.to_string() };
        of_client(&error, &SETTINGS, &str::to_owned)
    }

    #[test]
    fn each_refusal_has_its_meaning() {
        let coded = |code: &str| json!({ "error": { "code": code, "message": "m" } });
        for (status, body, kind) in [
            (402, json!({ "error": "pay first" }), FailureKind::QuotaUsedUp),
            (429, coded("insufficient_quota"), FailureKind::QuotaUsedUp),
            (429, json!("slow down"), FailureKind::RateLimited),
            (400, coded("context_length_exceeded"), FailureKind::ContextTooLong),
            (500, json!({ "error": "the input length exceeds the context length" }), FailureKind::ContextTooLong),
            (400, json!({ "error": { "type": "exceed_context_size_error" } }), FailureKind::ContextTooLong),
            (413, json!(null), FailureKind::ContextTooLong),
            (400, coded("content_filter"), FailureKind::Refused),
            (400, coded("unsupported_value"), FailureKind::Unsupported),
            (400, json!({ "error": { "param": "response_format", "message": "m" } }), FailureKind::Unsupported),
            (422, json!({ "message": "bad" }), FailureKind::InvalidRequest),
            (400, coded("invalid_value"), FailureKind::InvalidRequest),
            (503, json!({ "error": "model is loading" }), FailureKind::Unavailable),
            (301, json!(null), FailureKind::Garbage),
        ] {
            assert_eq!(refused(status, &body).kind(), kind, "{status} {body}");
        }
    }

    #[test]
    fn a_setting_that_is_not_accepted_is_named() {
        let model = json!({ "error": { "code": "model_not_supported", "message": "m" } });
        for (status, body, setting) in [
            (401, json!(null), "THE_KEY"),
            (403, json!({ "error": "no permission" }), "THE_KEY"),
            (404, json!({ "error": "model 'x' not found" }), "THE_MODEL"),
            (400, model, "THE_MODEL"),
        ] {
            assert_eq!(refused(status, &body), LlmError::SettingRefused { setting }, "{status}");
        }
    }

    #[test]
    fn an_error_within_an_answer_is_the_providers_failure_unless_it_says_otherwise() {
        let of = |object: Value| of_object(&object, &SETTINGS, &str::to_owned).kind();
        assert_eq!(of(json!({ "error": "llama runner process has terminated" })), FailureKind::Unavailable);
        assert_eq!(of(json!({ "error": { "message": "m", "code": 429 } })), FailureKind::RateLimited);
        assert_eq!(of(json!({ "error": { "message": "m", "code": "rate_limit_exceeded" } })), FailureKind::RateLimited);
    }
}
