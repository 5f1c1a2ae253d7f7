//! Tokens and the validity of connections that use them.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture};
use http::{HeaderMap, header};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::gateway::{AuthError, Gateway};

/// Returns the token of an `Authorization: Bearer` header. A blank header counts as no token, as does `Bearer` alone,
/// which many clients send without a signed-in user.
///
/// # Errors
/// If the header has other content.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, AuthError> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    parse_authorization(value.to_str().map_err(|_| AuthError::Invalid)?)
}

/// Returns the token in the payload of a `connection_init` or `ping`: `Authorization` (or `authorization`) with "Bearer
/// …", or the bare `token`.
///
/// # Errors
/// If such an entry contains no token.
pub(super) fn payload_token(payload: &Map<String, Value>) -> Result<Option<&str>, AuthError> {
    let entry = |name| payload.get(name).filter(|value| !value.is_null());
    if let Some(value) = entry("Authorization").or_else(|| entry("authorization")) {
        return parse_authorization(value.as_str().ok_or(AuthError::Invalid)?);
    }
    match entry("token") {
        None => Ok(None),
        Some(Value::String(token)) => Ok(Some(token.trim()).filter(|token| !token.is_empty())),
        Some(_) => Err(AuthError::Invalid),
    }
}

fn parse_authorization(value: &str) -> Result<Option<&str>, AuthError> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(AuthError::Invalid);
    }
    Ok(Some(token.trim()).filter(|token| !token.is_empty()))
}

/// A caller's permission to hold a connection, which ends when the credentials expire or are revoked.
pub(super) struct Lease<C> {
    pub caller: C,
    expires_at: Option<Instant>,
    check_at: Instant,
    /// The pending check of the credentials.
    checking: Option<BoxFuture<'static, bool>>,
}

/// Reason why a lease ended. The message is shown to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lapse {
    #[error("Access has expired.")]
    Expired,
    #[error("Access was revoked.")]
    Revoked,
}

impl<C: Clone + Send + Sync + 'static> Lease<C> {
    /// Creates the lease of a newly authenticated caller, checked at the given interval.
    pub fn new<G: Gateway<Caller = C>>(gateway: &G, caller: C, interval: Duration) -> Self {
        let now = Instant::now();
        let expires_at = gateway.time_to_live(&caller).and_then(|left| now.checked_add(left));
        Self { caller, expires_at, check_at: now + interval, checking: None }
    }

    /// Returns the time of the next call of [`look`](Self::look).
    pub fn next_check(&self) -> Instant {
        self.expires_at.map_or(self.check_at, |expiry| expiry.min(self.check_at))
    }

    /// Checks the expiry of the lease, and starts asking the gateway when due; [`checked`](Self::checked) returns its
    /// answer. Runs concurrently with the operations, which may hold the database connections that the answer needs.
    ///
    /// # Errors
    /// If the credentials have expired.
    pub fn look<G: Gateway<Caller = C>>(&mut self, gateway: &G, interval: Duration) -> Result<(), Lapse> {
        let now = Instant::now();
        if self.expires_at.is_some_and(|expiry| expiry <= now) {
            return Err(Lapse::Expired);
        }
        if self.check_at <= now {
            self.check_at = now + interval;
            if self.checking.is_none() {
                let (gateway, caller) = (gateway.clone(), self.caller.clone());
                self.checking = Some(async move { gateway.still_valid(&caller).await }.boxed());
            }
        }
        Ok(())
    }

    /// Waits for the answer of the gateway, or forever if it was not asked. Cancel-safe.
    ///
    /// # Errors
    /// If the credentials were revoked.
    pub async fn checked(&mut self) -> Result<(), Lapse> {
        let Some(checking) = &mut self.checking else { return std::future::pending().await };
        let still_valid = checking.await;
        self.checking = None;
        if still_valid { Ok(()) } else { Err(Lapse::Revoked) }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn from_header(value: &'static str) -> Result<Option<String>, AuthError> {
        let value = HeaderValue::from_static(value);
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    fn from_payload(payload: &Value) -> Result<Option<String>, AuthError> {
        payload_token(payload.as_object().unwrap()).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn a_bearer_header_holds_a_token() {
        assert_eq!(from_header("Bearer abc"), Ok(Some("abc".to_owned())));
        assert_eq!(from_header("bearer  abc "), Ok(Some("abc".to_owned())));
    }

    #[test]
    fn no_header_and_a_blank_one_are_no_token() {
        assert_eq!(bearer_token(&HeaderMap::new()), Ok(None));
        assert_eq!(from_header(""), Ok(None));
        assert_eq!(from_header("Bearer"), Ok(None));
        assert_eq!(from_header("bearer "), Ok(None));
    }

    #[test]
    fn another_scheme_is_an_invalid_token() {
        assert_eq!(from_header("Basic abc"), Err(AuthError::Invalid));
        assert_eq!(from_header("abc"), Err(AuthError::Invalid));
    }

    #[test]
    fn a_payload_holds_a_token_under_three_names() {
        let abc = Ok(Some("abc".to_owned()));
        assert_eq!(from_payload(&json!({"Authorization": "Bearer abc"})), abc);
        assert_eq!(from_payload(&json!({"authorization": "Bearer abc"})), abc);
        assert_eq!(from_payload(&json!({"token": "abc"})), abc);
    }

    #[test]
    fn a_payload_without_a_value_is_no_token() {
        assert_eq!(from_payload(&json!({})), Ok(None));
        assert_eq!(from_payload(&json!({"token": null})), Ok(None));
        assert_eq!(from_payload(&json!({"Authorization": ""})), Ok(None));
        assert_eq!(from_payload(&json!({"Authorization": "Bearer "})), Ok(None));
    }

    #[test]
    fn a_payload_with_something_else_is_an_invalid_token() {
        assert_eq!(from_payload(&json!({"token": 7})), Err(AuthError::Invalid));
        assert_eq!(from_payload(&json!({"authorization": "abc"})), Err(AuthError::Invalid));
    }
}
