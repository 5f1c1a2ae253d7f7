//! Settings of web search and fetching.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// The setting of the URL of a SearXNG instance; named in errors too.
pub const SEARXNG_URL: &str = "SEARXNG_URL";
/// The setting of the key of Brave's search API; named in errors too.
pub const BRAVE_SEARCH_API_KEY: &str = "BRAVE_SEARCH_API_KEY";
/// The setting of the URL of Brave's search API; named in errors too.
pub const BRAVE_SEARCH_BASE_URL: &str = "BRAVE_SEARCH_BASE_URL";

/// The setting of the user agent for fetching pages; named in errors too.
pub const FETCH_USER_AGENT: &str = "FETCH_USER_AGENT";

/// Web search engines, in order.
#[derive(Debug, Clone)]
pub struct SearchConfig {
    /// The base URL of the SearXNG instance, below which `/search` is located.
    pub searxng_url: Option<Url>,
    /// Brave's search API; `None` without a key.
    pub brave: Option<BraveConfig>,
    /// Time limit of one call.
    pub timeout: Duration,
    /// Maximum number of calls per search.
    pub max_attempts: u32,
}

impl Default for SearchConfig {
    /// Returns settings without a search engine.
    fn default() -> Self {
        Self { searxng_url: None, brave: None, timeout: Duration::from_secs(15), max_attempts: 3 }
    }
}

/// Brave's search API.
#[derive(Debug, Clone)]
pub struct BraveConfig {
    /// The key.
    pub api_key: SecretString,
    /// The base URL, below which `/res/v1/web/search` is located.
    pub base_url: Url,
}

impl BraveConfig {
    /// The default base URL.
    pub const DEFAULT_BASE_URL: &str = "https://api.search.brave.com";
}

/// Settings of fetching web pages.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// The `User-Agent` header. Its part before the `/` is our name in `robots.txt`.
    pub user_agent: String,
    /// Time limit of connecting, redirects and reading for one page, without the waiting for a host's turn.
    pub timeout: Duration,
    /// Maximum size of a page, in bytes after decompression.
    pub max_bytes: usize,
    /// Pause between two requests to one host, unless a longer `Crawl-delay` of up to ten seconds takes precedence.
    pub host_pause: Duration,
    /// The permitted ports.
    pub ports: Vec<u16>,
}

impl FetchConfig {
    /// The default user agent.
    pub const DEFAULT_USER_AGENT: &str = concat!("rapport/", env!("CARGO_PKG_VERSION"));
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            user_agent: Self::DEFAULT_USER_AGENT.to_owned(),
            timeout: Duration::from_secs(15),
            max_bytes: 5 * 1024 * 1024,
            host_pause: Duration::from_secs(1),
            ports: vec![80, 443],
        }
    }
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> (SearchConfig, FetchConfig) {
    r.section("Web search and fetching");
    let searxng_url = r.optional(
        SEARXNG_URL,
        "URL of a SearXNG instance that answers in JSON (`json` under `search.formats` in its settings.yml).",
    );
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let searxng_url = searxng_url.and_then(|text| {
        let url = Url::parse(&text).ok().filter(is_web);
        if url.is_none() {
            r.problem(SEARXNG_URL, "must be a web address, such as http://localhost:8888");
        }
        url
    });
    let key = r.secret(BRAVE_SEARCH_API_KEY, "Key of Brave's search API, used if SearXNG is unset or fails.");
    let base_url = r.url(BRAVE_SEARCH_BASE_URL, BraveConfig::DEFAULT_BASE_URL, "Base URL of Brave's search API.");
    let search = SearchConfig {
        searxng_url,
        brave: key.map(|api_key| BraveConfig { api_key, base_url }),
        timeout: r.seconds("SEARCH_TIMEOUT_SECONDS", 15, 1, "Time limit of one search."),
        max_attempts: r.number("SEARCH_MAX_ATTEMPTS", 3, 1..=10, "Maximum number of attempts per search."),
    };
    let user_agent = r.text(
        FETCH_USER_AGENT,
        FetchConfig::DEFAULT_USER_AGENT,
        "User agent for fetching pages: a name, and preferably an address for complaints, such as \"rapport/0.1 (+https://acme.example/bot)\".",
    );
    if !user_agent.is_ascii() || !user_agent.starts_with(|first: char| first.is_ascii_alphabetic()) {
        r.problem(
            FETCH_USER_AGENT,
            "must be plain letters and begin with one: what stands before the / is our name in robots.txt",
        );
    }
    let fetch = FetchConfig {
        user_agent,
        timeout: r.seconds("FETCH_TIMEOUT_SECONDS", 15, 1, "Time limit of fetching one page, including redirects."),
        max_bytes: r.size("FETCH_MAX_BYTES", 5_242_880, 1024, "Maximum size of a page, in bytes after decompression."),
        host_pause: r.millis(
            "FETCH_PAUSE_MS",
            1000,
            0,
            "Pause between two requests to one host, unless a longer Crawl-delay of up to 10 s takes precedence.",
        ),
        ..FetchConfig::default()
    };
    (search, fetch)
}
