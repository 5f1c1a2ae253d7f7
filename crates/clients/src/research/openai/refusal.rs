//! Conversion of failed requests to research errors.

use std::time::Duration;

use serde::Deserialize;

use super::super::{ResearchError, clean};
use crate::http::ClientError;

/// The body of an error answer: <https://platform.openai.com/docs/guides/error-codes>.
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    error: ErrorObject,
}

#[derive(Default, Deserialize)]
struct ErrorObject {
    code: Option<String>,
    message: Option<String>,
}

/// Converts an error of the transport.
pub(super) fn of_client(error: &ClientError) -> ResearchError {
    match error {
        ClientError::Status { status, retry_after, excerpt } => of_status(*status, *retry_after, excerpt),
        ClientError::Timeout | ClientError::Connect { .. } | ClientError::Cut => {
            ResearchError::Unavailable { reason: error.to_string(), retry_after: None }
        }
        ClientError::TooLarge { .. } | ClientError::Garbage { .. } => {
            ResearchError::Garbage { reason: error.to_string() }
        }
        ClientError::Request { reason } => ResearchError::Refused { reason: reason.clone() },
    }
}

/// Converts the error code of a Response object with the status `failed`.
pub(super) fn of_code(code: Option<&str>, message: &str) -> ResearchError {
    let reason = reason(code.unwrap_or("failed"), message);
    match code {
        Some("rate_limit_exceeded") => ResearchError::RateLimited { retry_after: None },
        Some("invalid_prompt") => ResearchError::Refused { reason },
        _ => ResearchError::Unavailable { reason, retry_after: None },
    }
}

fn of_status(status: u16, retry_after: Option<Duration>, excerpt: &str) -> ResearchError {
    let body: ErrorBody = serde_json::from_str(excerpt).unwrap_or_default();
    let code = body.error.code.as_deref();
    let reason = || reason(&format!("status {status}"), body.error.message.as_deref().unwrap_or(excerpt));
    match (status, code) {
        // The provider quotes the key, masked in part, so its message is not repeated.
        (401, _) => ResearchError::NotConfigured { setting: "OPENAI_API_KEY" },
        (_, Some("model_not_found")) => ResearchError::NotConfigured { setting: "OPENAI_MODEL" },
        // Also a 429, but it lasts until somebody pays.
        (429, Some("insufficient_quota")) => ResearchError::Refused { reason: reason() },
        (429, _) => ResearchError::RateLimited { retry_after },
        (408 | 500..=599, _) => ResearchError::Unavailable { reason: reason(), retry_after },
        _ => ResearchError::Refused { reason: reason() },
    }
}

fn reason(what: &str, message: &str) -> String {
    let text = if message.trim().is_empty() { what.to_owned() } else { format!("{what}: {message}") };
    clean::line(&text, clean::TITLE)
}
