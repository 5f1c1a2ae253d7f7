//! Fetching of web pages from untrusted addresses: search results, links, users.
//!
//! A page is fetched only from the public Internet, with `http` or `https`, if its site's `robots.txt` allows it, one
//! at a time per host with a pause in between, and within size limits. The IP address is checked when connecting, again
//! for each redirect, so that neither a redirect nor a changing DNS name leads into our own network.

mod decode;
mod error;
mod hosts;
mod resolver;
mod robots;
mod shape;
pub(crate) mod text;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use reqwest::Response;
pub use reqwest::dns::Resolve;
use tracing::Instrument;
use url::Url;

pub use error::FetchError;
pub use resolver::SystemResolver;
pub use text::{HtmlLine, html_lines};

use self::decode::{Declared, Kind};
use self::hosts::Hosts;
use self::robots::RobotsCache;
use self::text::Readable;
use self::wire::{MAX_REDIRECTS, Wire};
use super::http::{Call, ClientError, parse_retry_after};
use rapport_toolkit::ambient::Ambient;
use rapport_toolkit::config::FetchConfig;
use rapport_toolkit::web_address::AddressPolicy;

/// Maximum pause after a `Retry-After` for a host; the error carries the full value.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The `Accept` header.
const ACCEPT_PAGES: &str = "text/html, application/xhtml+xml, text/plain;q=0.8";

/// A fetched page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The final URL, after redirects.
    pub url: Url,
    /// Its title, on one line.
    pub title: Option<String>,
    /// Its readable text in lines, without navigation, scripts and the like.
    pub text: String,
    /// Time of fetching.
    pub fetched_at: DateTime<Utc>,
    /// Its type, such as `text/html`.
    pub content_type: String,
}

/// Fetches pages. Implementations are shared as `Arc<dyn PageFetcher>`; dropping a call's future cancels it.
#[async_trait]
pub trait PageFetcher: Send + Sync {
    /// Fetches one page. Calls for one host wait for each other, so a call may take much longer than the time limit of
    /// one page.
    ///
    /// # Errors
    /// See [`FetchError`]; [`FetchError::is_retryable`] tells if a later attempt may succeed. Nothing is retried here.
    async fn fetch(&self, url: &Url) -> Result<Page, FetchError>;
}

/// A [`PageFetcher`] over HTTP.
pub struct HttpFetcher {
    wire: Wire,
    hosts: Hosts,
    robots: RobotsCache,
    timeout: Duration,
    max_bytes: usize,
    ambient: Ambient,
}

/// The result of one request.
enum Step {
    Page(Page),
    Redirect(Url),
}

impl HttpFetcher {
    /// Creates a fetcher for the public Internet only.
    ///
    /// # Errors
    /// If no HTTP client can be created with this user agent.
    pub fn new(config: &FetchConfig, ambient: Ambient) -> Result<Self, ClientError> {
        Self::reaching(config, ambient, AddressPolicy::default(), Arc::new(SystemResolver))
    }

    /// Creates a fetcher that resolves names with `resolver` and connects to the addresses allowed by `policy`.
    ///
    /// # Errors
    /// Like [`HttpFetcher::new`].
    pub fn reaching(
        config: &FetchConfig,
        ambient: Ambient,
        policy: AddressPolicy,
        resolver: Arc<dyn Resolve>,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            wire: Wire::new(config, policy, resolver)?,
            hosts: Hosts::new(config.host_pause),
            robots: RobotsCache::new(&config.user_agent, config.timeout, ambient.clone()),
            timeout: config.timeout,
            max_bytes: config.max_bytes,
            ambient,
        })
    }

    /// Makes one request in its host's turn. Only the time of the request itself is subtracted from `left`.
    async fn visit(&self, url: &Url, left: &mut Duration) -> Result<Step, FetchError> {
        self.wire.check(url)?;
        let mut turn = self.hosts.turn(url).await;
        let rules = self.robots.rules(url, &self.wire).await?;
        rules.check(url)?;
        turn.pause_at_least(rules.crawl_delay());
        turn.begin().await;
        let call = Call::begin(&self.ambient, "GET", "web");
        let result = wire::within(left, self.request(url)).instrument(call.span()).await;
        call.end(result.as_ref().err().map(|error| (error.kind(), false)));
        if let Err(FetchError::Status { retry_after: Some(pause), .. }) = &result {
            turn.pause_at_least((*pause).min(LONGEST_PAUSE));
        }
        result
    }

    async fn request(&self, url: &Url) -> Result<Step, FetchError> {
        let mut response = self.wire.get(url, ACCEPT_PAGES).await?;
        let (status, headers) = (response.status(), response.headers());
        if let Some(next) = wire::redirect(url, status, headers) {
            return next.map(Step::Redirect);
        }
        if !status.is_success() {
            let retry_after = parse_retry_after(headers, self.ambient.now());
            return Err(FetchError::Status { status: status.as_u16(), retry_after });
        }
        let declared = Declared::of(headers)?;
        let bytes = self.body(&mut response).await?;
        let content_type = declared.content_type.clone();
        let readable = tokio::task::spawn_blocking(move || readable(&declared, &bytes)).await;
        let Readable { title, text, .. } =
            readable.map_err(|_| FetchError::WrongType { what: "beyond understanding".to_owned() })??;
        Ok(Step::Page(Page { url: url.clone(), title, text, fetched_at: self.ambient.now(), content_type }))
    }

    async fn body(&self, response: &mut Response) -> Result<Vec<u8>, FetchError> {
        let limit = self.max_bytes;
        // Without compression the length is known beforehand, and nothing needs to be read.
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(FetchError::TooLarge { limit });
        }
        match wire::read(response, limit).await? {
            (_, true) => Err(FetchError::TooLarge { limit }),
            (bytes, false) => Ok(bytes),
        }
    }
}

/// Extracts the text of a page, which takes some milliseconds for a large one.
fn readable(declared: &Declared, bytes: &[u8]) -> Result<Readable, FetchError> {
    let text = declared.decode(bytes)?;
    Ok(match declared.kind {
        Kind::Html => text::of_html(&text, false),
        Kind::Xhtml => text::of_html(&text, true),
        Kind::Plain => Readable { text: text::of_plain(&text), ..Readable::default() },
    })
}

#[async_trait]
impl PageFetcher for HttpFetcher {
    async fn fetch(&self, url: &Url) -> Result<Page, FetchError> {
        let mut url = url.clone();
        let mut left = self.timeout;
        for _ in 0..=MAX_REDIRECTS {
            // The part after `#` is for readers, not for servers.
            url.set_fragment(None);
            match self.visit(&url, &mut left).await? {
                Step::Page(page) => return Ok(page),
                Step::Redirect(next) => url = next,
            }
        }
        Err(FetchError::Redirects { limit: MAX_REDIRECTS })
    }
}
