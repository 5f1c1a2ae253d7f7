//! The settings of the SEC's EDGAR.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::reader::Reader;

/// The name of the setting that holds the SEC's contact line; named in errors too.
pub const EDGAR_USER_AGENT: &str = "EDGAR_USER_AGENT";

/// The SEC's EDGAR.
#[derive(Debug, Clone)]
pub struct EdgarConfig {
    /// The address below which `files/company_tickers.json` and the archives lie.
    pub base_url: Url,
    /// The address below which `submissions/CIK##########.json` lies.
    pub data_base_url: Url,
    /// Who we are, as the SEC's fair-access rules demand: a name and a mail address. Without it nothing is requested.
    pub user_agent: Option<String>,
    /// Requests a second, of all copies of the server together; the SEC blocks who sends more than 10.
    pub requests_per_second: u32,
    /// How long one attempt at a request may take.
    pub timeout: Duration,
    /// Where fetched files are kept.
    pub cache_dir: PathBuf,
    /// How many bytes of documents are kept there.
    pub archive_bytes: u64,
}

/// Asks for the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> EdgarConfig {
    r.section("Stock tickers and filings from the SEC (EDGAR)");
    let user_agent = r.optional(
        EDGAR_USER_AGENT,
        "Who you are, as the SEC demands: a name and a mail address, such as \"Acme Research admin@acme.example\". Without it nothing is requested.",
    );
    if user_agent.as_ref().is_some_and(|agent| !agent.contains('@') || !agent.is_ascii()) {
        r.problem(EDGAR_USER_AGENT, "must hold a name and a mail address in plain letters, as the SEC demands");
    }
    EdgarConfig {
        base_url: r.url(
            "EDGAR_BASE_URL",
            "https://www.sec.gov",
            "The address below which the SEC's lists of companies and its archives lie.",
        ),
        data_base_url: r.url(
            "EDGAR_DATA_BASE_URL",
            "https://data.sec.gov",
            "The address below which the SEC's lists of filings lie.",
        ),
        user_agent,
        requests_per_second: r.number(
            "EDGAR_REQUESTS_PER_SECOND",
            8,
            1..=8,
            "Requests to the SEC, of all copies of the server together, at most 8. It blocks who sends more than 10.",
        ),
        timeout: r.seconds("EDGAR_TIMEOUT_SECONDS", 60, 1, "How long one attempt at a request to the SEC may take."),
        cache_dir: PathBuf::from(r.text("CACHE_DIR", "data/cache", "Where fetched files are kept.")),
        archive_bytes: u64::from(r.number(
            "EDGAR_ARCHIVE_MEGABYTES",
            512,
            1..=1_048_576,
            "How much of the SEC's documents is kept there; the oldest are deleted first.",
        )) << 20,
    }
}
