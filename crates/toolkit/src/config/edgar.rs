//! Settings of the SEC's EDGAR.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::reader::Reader;

/// The setting of the contact for the SEC; named in errors too.
pub const EDGAR_USER_AGENT: &str = "EDGAR_USER_AGENT";

/// The SEC's EDGAR.
#[derive(Debug, Clone)]
pub struct EdgarConfig {
    /// Base URL of `files/company_tickers.json` and the archives.
    pub base_url: Url,
    /// Base URL of `submissions/CIK##########.json`.
    pub data_base_url: Url,
    /// Our identity, as required by the SEC's fair-access rules: a name and a mail address. If unset, nothing is
    /// requested.
    pub user_agent: Option<String>,
    /// Requests per second of all server processes together; the SEC blocks clients with more than 10.
    pub requests_per_second: u32,
    /// Time limit of one attempt.
    pub timeout: Duration,
    /// Folder of cached files.
    pub cache_dir: PathBuf,
    /// Maximum size of cached documents, in bytes.
    pub archive_bytes: u64,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> EdgarConfig {
    r.section("Stock tickers and filings from the SEC (EDGAR)");
    let user_agent = r.optional(
        EDGAR_USER_AGENT,
        "Your identity, as required by the SEC: a name and a mail address, such as \"Acme Research admin@acme.example\". If unset, nothing is requested.",
    );
    if user_agent.as_ref().is_some_and(|agent| !agent.contains('@') || !agent.is_ascii()) {
        r.problem(EDGAR_USER_AGENT, "must hold a name and a mail address in plain letters, as the SEC demands");
    }
    EdgarConfig {
        base_url: r.url(
            "EDGAR_BASE_URL",
            "https://www.sec.gov",
            "Base URL of the SEC's lists of companies and archives.",
        ),
        data_base_url: r.url(
            "EDGAR_DATA_BASE_URL",
            "https://data.sec.gov",
            "Base URL of the SEC's lists of filings.",
        ),
        user_agent,
        requests_per_second: r.number(
            "EDGAR_REQUESTS_PER_SECOND",
            8,
            1..=8,
            "Requests per second to the SEC of all server processes together, at most 8. It blocks clients with more than 10.",
        ),
        timeout: r.seconds("EDGAR_TIMEOUT_SECONDS", 60, 1, "Time limit of one attempt at a request to the SEC."),
        cache_dir: PathBuf::from(r.text("CACHE_DIR", "data/cache", "Folder of cached files.")),
        archive_bytes: u64::from(r.number(
            "EDGAR_ARCHIVE_MEGABYTES",
            512,
            1..=1_048_576,
            "Maximum size of the SEC's documents cached there; the oldest are deleted first.",
        )) << 20,
    }
}
