//! Outgoing HTTP: creation of clients, requests with retries, and bounded reading of answers.
//!
//! All calls of external services use [`send_with_retry`], so that timeouts, retries, size limits and the hiding of
//! secrets are uniform. URLs and headers never appear in errors or logs, because they contain keys.

mod call;
mod error;
mod excerpt;
mod retry;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use tracing::Instrument;

pub(crate) use call::Call;
pub use error::ClientError;
pub use retry::{RetryPolicy, parse_retry_after};

pub(crate) use excerpt::Redactor;
pub(crate) use excerpt::one_line;
use rapport_toolkit::ambient::Ambient;

/// Number of bytes of a refusal read for the excerpt.
const REFUSAL_BYTES: usize = 16 * 1024;

/// Settings of an HTTP client.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Time limit of the connection: name lookup, TCP and TLS.
    pub connect_timeout: Duration,
    /// Time limit of one attempt, from the connection to the last byte of the answer.
    pub timeout: Duration,
    /// Time limit of the wait for the answer and for each part of it; `None` for no limit but that of the attempt.
    pub read_timeout: Option<Duration>,
    /// The `User-Agent` header; some services (SEC EDGAR) require a contact address in it.
    pub user_agent: String,
    /// Maximum number of redirects. None by default: an API has no reason to redirect, and following a redirect could
    /// send a request to an unintended host; a redirect is then a [`ClientError::Status`].
    pub max_redirects: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            read_timeout: None,
            user_agent: concat!("rapport/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_redirects: 0,
        }
    }
}

/// Creates a client: rustls with the system's certificates, and the timeouts and redirects of `config`.
///
/// # Errors
/// [`ClientError::Request`] if the TLS backend cannot start or the user agent is not a valid header.
pub fn client(config: &HttpConfig) -> Result<Client, ClientError> {
    let redirects = match config.max_redirects {
        0 => Policy::none(),
        limit => Policy::limited(limit),
    };
    let mut builder = Client::builder();
    if let Some(limit) = config.read_timeout {
        builder = builder.read_timeout(limit);
    }
    builder
        .tls_backend_rustls()
        .connect_timeout(config.connect_timeout)
        .timeout(config.timeout)
        .user_agent(&config.user_agent)
        .redirect(redirects)
        .referer(false)
        .build()
        .map_err(|error| ClientError::from_reqwest(&error))
}

/// A successful answer, read to its end.
pub struct Reply {
    /// A 2xx status.
    pub status: StatusCode,
    /// The answer's headers.
    pub headers: HeaderMap,
    /// The answer's body, decompressed.
    pub body: Bytes,
}

impl Reply {
    /// Parses the body as JSON.
    ///
    /// # Errors
    /// [`ClientError::Cut`] if the JSON ends too early, [`ClientError::Garbage`] if it is invalid or has another
    /// format.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| if error.is_eof() { ClientError::Cut } else { ClientError::garbage(&error.to_string()) })
    }

    /// Returns the body as text; invalid UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl std::fmt::Debug for Reply {
    /// Shows the size instead of the content, which may be private and long.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

/// Sends a request until it succeeds, fails permanently, or the attempts are used up.
///
/// `request` builds each attempt anew. Only transient errors are retried here (see [`ClientError::is_transient`]),
/// after the pause of [`RetryPolicy::wait`]; a body that was cut is not, because the service has done, and perhaps
/// billed, the work, so repeating it is the caller's decision. Dropping the future cancels the request.
///
/// # Errors
/// The error of the last attempt. If the service requested a longer pause than the policy allows, it is returned at
/// once and carries the pause in [`ClientError::retry_after`].
pub async fn send_with_retry<F>(policy: &RetryPolicy, ambient: &Ambient, request: F) -> Result<Reply, ClientError>
where
    F: Fn() -> RequestBuilder + Send + Sync,
{
    repeat(policy, ambient, || watched(ambient, request(), |request| exchange(policy, ambient, request))).await
}

/// Sends like [`send_with_retry`], but returns the answer before its body, for streamed bodies. The caller handles
/// errors of the body and reads it with [`next_chunk`].
///
/// # Errors
/// Like [`send_with_retry`], up to the headers of the answer.
pub(crate) async fn open_with_retry<F>(
    policy: &RetryPolicy,
    ambient: &Ambient,
    request: F,
) -> Result<Response, ClientError>
where
    F: Fn() -> RequestBuilder + Send + Sync,
{
    repeat(policy, ambient, || watched(ambient, request(), |request| open(ambient, request))).await
}

/// Returns the next piece of a body, `None` at its end.
///
/// # Errors
/// [`ClientError::Timeout`] or [`ClientError::Cut`].
pub(crate) async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, ClientError> {
    let cut = |error: reqwest::Error| if error.is_timeout() { ClientError::Timeout } else { ClientError::Cut };
    response.chunk().await.map_err(cut)
}

/// Repeats attempts until one succeeds, fails permanently, or the attempts are used up.
async fn repeat<T, A>(policy: &RetryPolicy, ambient: &Ambient, attempt: impl Fn() -> A) -> Result<T, ClientError>
where
    A: Future<Output = Result<T, ClientError>>,
{
    let mut number = 1;
    loop {
        let error = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let Some(wait) = policy.wait(number, &error, ambient.unit()) else {
            return Err(error);
        };
        let wait_ms = wait.as_millis();
        tracing::debug!(attempt = number, wait_ms, %error, "request failed, trying again");
        tokio::time::sleep(wait).await;
        number += 1;
    }
}

/// Counts and traces one attempt.
async fn watched<T, A>(
    ambient: &Ambient,
    request: RequestBuilder,
    attempt: impl FnOnce(RequestBuilder) -> A,
) -> Result<T, ClientError>
where
    A: Future<Output = Result<T, ClientError>>,
{
    let built = request.try_clone().and_then(|request| request.build().ok());
    let host = built.as_ref().and_then(|request| request.url().host_str()).unwrap_or("unknown").to_owned();
    let method = built.as_ref().map_or("", |request| request.method().as_str()).to_owned();
    let call = Call::begin(ambient, &method, &host);
    let result = attempt(request).instrument(call.span()).await;
    call.end(result.as_ref().err().map(|error| (error.kind(), error.is_transient())));
    result
}

/// Makes one attempt: sends, checks the status, reads the body.
async fn exchange(policy: &RetryPolicy, ambient: &Ambient, request: RequestBuilder) -> Result<Reply, ClientError> {
    let mut response = open(ambient, request).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = read_all(&mut response, policy.max_body).await?;
    Ok(Reply { status, headers, body })
}

/// Sends and checks the status.
async fn open(ambient: &Ambient, request: RequestBuilder) -> Result<Response, ClientError> {
    let (client, request) = request.build_split();
    let request = request.map_err(|error| ClientError::from_reqwest(&error))?;
    let redactor = Redactor::of(&request);
    let mut response = client.execute(request).await.map_err(|error| ClientError::from_reqwest(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = parse_retry_after(response.headers(), ambient.now());
    let excerpt = redactor.excerpt(&read_some(&mut response, REFUSAL_BYTES).await);
    Err(ClientError::Status { status: status.as_u16(), retry_after, excerpt })
}

/// Reads the whole body, but never more than `limit` bytes into memory.
async fn read_all(response: &mut Response, limit: usize) -> Result<Bytes, ClientError> {
    let too_large = ClientError::TooLarge { limit };
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large);
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = next_chunk(response).await? {
        if body.len() + chunk.len() > limit {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Reads the beginning of a refusal, ignoring errors, since the status already tells the failure.
async fn read_some(response: &mut Response, limit: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < limit
        && let Ok(Some(chunk)) = response.chunk().await
    {
        body.extend_from_slice(&chunk);
    }
    body.truncate(limit);
    body
}
