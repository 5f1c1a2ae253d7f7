//! Conversion of errors into what clients see, all in one place.

use std::{any::Any, borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use async_graphql::{ErrorExtensionValues, Name, Response, ServerError, Value};
use futures_util::future::BoxFuture;
use sea_orm::DbErr;

use crate::{
    db::{Outage, TRY_AGAIN},
    error::{Error, ErrorCode},
    request_id::RequestId,
    text::printable,
};

/// Maximum length of a message from a library, in characters.
const LONGEST_MESSAGE: usize = 300;

/// Adds code, request id and retryability to every error of `response`, hides internal errors, and keeps the first
/// `limit` errors with a count of the rest.
pub fn finish(mut response: Response, request_id: &RequestId, limit: usize) -> Response {
    if response.errors.is_empty() {
        return response;
    }
    let omitted = response.errors.len().saturating_sub(limit);
    response.errors.truncate(limit);
    response.errors = response.errors.into_iter().map(|error| finish_error(error, request_id)).collect();
    if omitted > 0 {
        response.extensions.insert("errorsOmitted".to_owned(), Value::from(omitted));
    }
    response
}

fn finish_error(mut error: ServerError, request_id: &RequestId) -> ServerError {
    let source = error.source.take();
    let code = if let Some(code) = code_of(&error) {
        code
    } else if let Some(service) = service_error(source.as_deref()) {
        log_internal(service, request_id);
        error.message = service.to_string();
        describe(service, error.extensions.get_or_insert_default());
        service.code()
    } else if source.is_some() {
        // A resolver passed on an error of a library: never meant for a client.
        tracing::error!(request_id = %request_id.0, error = %error.message, "a resolver failed");
        error.message = "Something went wrong on our side; the request id helps us find it.".to_owned();
        ErrorCode::Internal
    } else {
        // What is wrong with the document: syntax, validation, values of arguments.
        error.message = in_short(&error);
        ErrorCode::BadInput
    };
    // It may repeat what the client sent, which others may read in a terminal.
    if let Cow::Owned(escaped) = printable(&error.message) {
        error.message = escaped;
    }
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    extensions.set("requestId", request_id.0.as_str());
    extensions.set("retryable", code.is_retryable());
    error
}

/// Shortens a message, which may repeat long names and values of the document.
fn in_short(error: &ServerError) -> String {
    let message = in_plain_words(&error.message);
    if message.chars().count() <= LONGEST_MESSAGE {
        return message;
    }
    message.chars().take(LONGEST_MESSAGE - 1).chain(['…']).collect()
}

/// Returns a scalar's message without the names of the surrounding types.
fn in_plain_words(message: &str) -> String {
    let parsed = message.strip_prefix("Failed to parse \"").and_then(|rest| rest.split_once("\": "));
    let said = parsed.map_or(message, |(_, said)| said);
    said.split_once(" (occurred while parsing \"").map_or(said, |(said, _)| said).to_owned()
}

/// Adds the path of an argument value to an error about it.
pub(super) fn name_field(error: &mut ServerError, path: &str) {
    let message = in_short(error);
    let path: String = path.chars().take(LONGEST_MESSAGE).collect();
    error.extensions.get_or_insert_default().set("fields", fields([(path.as_str(), message.as_str())].into_iter()));
}

/// Returns the `fields` of an error: paths and messages.
fn fields<'p>(problems: impl Iterator<Item = (&'p str, &'p str)>) -> Value {
    let fields = problems.map(|(path, message)| {
        let field = [("path", path), ("message", message)];
        Value::Object(field.into_iter().map(|(key, text)| (Name::new(key), printable(text).into())).collect())
    });
    Value::List(fields.collect())
}

/// Returns the code of an error, if set.
pub(super) fn code_of(error: &ServerError) -> Option<ErrorCode> {
    let code = error.extensions.as_ref()?.get("code")?;
    serde_json::from_value(code.clone().into_json().ok()?).ok()
}

fn service_error(source: Option<&(dyn Any + Send + Sync)>) -> Option<&Error> {
    let source = source?;
    // Loaders share one error among many waiters.
    source.downcast_ref::<Error>().or_else(|| source.downcast_ref::<Arc<Error>>().map(Arc::as_ref))
}

fn log_internal(error: &Error, request_id: &RequestId) {
    match error {
        Error::Shared(error) => log_internal(error, request_id),
        Error::Internal(cause) => {
            tracing::error!(request_id = %request_id.0, cause = format!("{cause:#}"), "an operation failed inside");
        }
        _ => {}
    }
}

fn describe(error: &Error, extensions: &mut ErrorExtensionValues) {
    match error {
        Error::Shared(error) => describe(error, extensions),
        Error::BadInput(problems) | Error::ConflictIn(problems) => {
            let problems = problems.reported().iter().map(|problem| (problem.path.as_str(), problem.message.as_str()));
            extensions.set("fields", fields(problems));
        }
        Error::AlreadyExists(problem) => {
            let problem = (problem.path.as_str(), problem.message.as_str());
            extensions.set("fields", fields([problem].into_iter()));
        }
        Error::Forbidden(permission) | Error::OutOfScope { permission, path: None, .. } => {
            extensions.set("permission", *permission);
        }
        Error::ForbiddenIn { permission, path } | Error::OutOfScope { permission, path: Some(path), .. } => {
            extensions.set("permission", *permission);
            extensions.set("fields", fields([(path.as_str(), error.to_string().as_str())].into_iter()));
        }
        Error::Outdated { version, .. } => extensions.set("version", *version),
        Error::ProviderNotConfigured { setting, .. } => extensions.set("setting", *setting),
        Error::ProviderUnavailable { retry_after: Some(after), .. }
        | Error::RateLimited { retry_after: after }
        | Error::Busy { retry_after: after, .. } => {
            extensions.set("retryAfterMs", millis(*after));
        }
        Error::Unavailable(_) => extensions.set("retryAfterMs", millis(TRY_AGAIN)),
        _ => {}
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Records operations that failed because the database was unavailable.
pub fn note_outages(response: &Response, outage: &Outage) {
    fn cause(error: &Error) -> Option<&DbErr> {
        match error {
            Error::Shared(error) => cause(error),
            Error::Unavailable(cause) => Some(cause),
            _ => None,
        }
    }
    let mut errors = response.errors.iter().filter_map(|error| service_error(error.source.as_deref()));
    if let Some(cause) = errors.find_map(cause) {
        outage.note(cause);
    }
}

/// Returns an error response for a request that was not executed.
pub fn refused(code: ErrorCode, message: impl Into<String>, details: BTreeMap<&str, Value>) -> ServerError {
    let mut error = ServerError::new(message, None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    for (name, value) in details {
        extensions.set(name, value);
    }
    error
}

/// Resolves a nullable field: its error nulls only the field and not its siblings, as the GraphQL specification
/// demands. (With a resolver that returns `Result<Option<T>>`, async-graphql would null the whole parent.) Boxed, since
/// each field of a row is as large as the largest field of its type.
pub fn nullable<'w, T>(
    work: impl Future<Output = crate::error::Result<Option<T>>> + Send + 'w,
) -> BoxFuture<'w, Option<async_graphql::Result<T>>> {
    Box::pin(async { work.await.transpose().map(|result| result.map_err(async_graphql::Error::from)) })
}
