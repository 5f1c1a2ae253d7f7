//! Settings of the server's address and connections.

use std::{net::IpAddr, path::PathBuf, time::Duration};

use url::Url;

use super::reader::Reader;

/// The server's address and connections.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port to listen on; 0 selects a free one.
    pub port: u16,
    /// Origins of web pages that may call the server, or `*`.
    pub allowed_origins: Vec<String>,
    /// Number of trusted reverse proxies whose `X-Forwarded-For` is used.
    pub trusted_proxies: usize,
    /// Base URL of the client app's pages, for links in mails.
    pub app_url: Url,
    /// Maximum number of open connections.
    pub max_connections: usize,
    /// Maximum number of open connections per client address; 0 is unlimited.
    pub max_connections_per_address: usize,
    /// Time limit of a request's head.
    pub header_timeout: Duration,
    /// Time limit of a connection without a request.
    pub idle_timeout: Duration,
    /// Time limit of a client that accepts no written data.
    pub write_timeout: Duration,
    /// Minimum size of a compressed answer, in bytes; `None` disables compression.
    pub compression_min_bytes: Option<u64>,
    /// Persisted documents.
    pub documents: DocumentsConfig,
}

/// Settings of persisted documents.
#[derive(Debug, Clone)]
pub struct DocumentsConfig {
    /// True if clients may persist a document by its hash.
    pub automatic: bool,
    /// The file of trusted documents.
    pub trusted: Option<PathBuf>,
    /// True if no other documents are executed.
    pub trusted_only: bool,
}

/// The setting of the file of trusted documents; named in errors too.
pub const TRUSTED_DOCUMENTS: &str = "TRUSTED_DOCUMENTS";

pub(super) fn gather(r: &mut Reader<'_>) -> HttpConfig {
    r.section("Where the server listens");
    let host = r.parse("API_HOST", "127.0.0.1", "The address to listen on; 0.0.0.0 for all.");
    let port = r.parse("API_PORT", "8000", "The port to listen on; 0 takes a free one.");
    let allowed_origins = allowed_origins(r);
    let trusted_proxies = r.number(
        "TRUSTED_PROXIES",
        0,
        0..=10,
        "How many proxies of yours stand before the server: so many entries of X-Forwarded-For are believed.",
    );
    let app_url = r.url(
        "APP_URL",
        "http://localhost:5173",
        "The address below which the pages of the client app lie, for links in mails.",
    );
    HttpConfig {
        host,
        port,
        allowed_origins,
        trusted_proxies: trusted_proxies as usize,
        app_url,
        max_connections: r.size(
            "MAX_CONNECTIONS",
            10_000,
            1,
            "Connections open at once, as far as the system's limit of open files allows; more are answered with 503.",
        ),
        max_connections_per_address: r.size(
            "MAX_CONNECTIONS_PER_ADDRESS",
            1000,
            0,
            "Of these from one network address (of IPv6 a /64), behind proxies the requests open at once; 0 turns this limit off.",
        ),
        header_timeout: r.seconds(
            "HEADER_TIMEOUT_SECONDS",
            10,
            1,
            "How long the head of a request may take, or the first request of a connection to come.",
        ),
        idle_timeout: r.seconds(
            "IDLE_TIMEOUT_SECONDS",
            75,
            1,
            "How long a connection may be without a request; longer than your proxy keeps connections open.",
        ),
        write_timeout: r.seconds(
            "WRITE_TIMEOUT_SECONDS",
            30,
            1,
            "How long a client may take nothing of an answer or event stream before its connection is closed.",
        ),
        compression_min_bytes: compression(r),
        documents: documents(r),
    }
}

fn allowed_origins(r: &mut Reader<'_>) -> Vec<String> {
    let allowed_origins = r.list(
        "ALLOWED_ORIGINS",
        "http://localhost:3000,http://localhost:5173",
        "Origins of web pages that may call the server, by commas; * allows all.",
    );
    let is_origin = |origin: &str| Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == origin);
    if let Some(wrong) = allowed_origins.iter().find(|origin| *origin != "*" && !is_origin(origin)) {
        r.problem(
            "ALLOWED_ORIGINS",
            format!("holds `{wrong}`, which is not an origin such as https://app.example.com"),
        );
    }
    allowed_origins
}

fn compression(r: &mut Reader<'_>) -> Option<u64> {
    let least = r.number(
        "COMPRESSION_MIN_BYTES",
        1024,
        0..=u32::MAX,
        "From how many bytes on answers are compressed (gzip, br or zstd) for clients that accept it; 0 compresses none.",
    );
    Some(u64::from(least)).filter(|least| *least > 0)
}

fn documents(r: &mut Reader<'_>) -> DocumentsConfig {
    const ONLY: &str = "TRUSTED_DOCUMENTS_ONLY";
    let automatic = r.parse(
        "PERSISTED_QUERIES",
        "true",
        "Whether clients may send a document once and then its SHA-256 hash (automatic persisted queries).",
    );
    let trusted = r.optional(
        TRUSTED_DOCUMENTS,
        "A JSON file of documents by their hash or id, as code generators write it; clients then send the hash alone.",
    );
    let trusted_only = r.parse(ONLY, "false", "Whether no other documents than those are executed.");
    if trusted_only && trusted.is_none() {
        r.problem_with(ONLY, TRUSTED_DOCUMENTS, format!("needs {TRUSTED_DOCUMENTS}, or nothing could be executed"));
    }
    DocumentsConfig { automatic, trusted: trusted.map(PathBuf::from), trusted_only }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::read;

    #[test]
    fn only_trusted_documents_need_a_file_of_them() {
        let problems = read(&[("TRUSTED_DOCUMENTS_ONLY", "true")]).unwrap_err();
        assert!(problems[0].to_string().contains("TRUSTED_DOCUMENTS"), "{}", problems[0]);
        assert!(read(&[("TRUSTED_DOCUMENTS_ONLY", "true"), ("TRUSTED_DOCUMENTS", "documents.json")]).is_ok());
    }

    #[test]
    fn compression_is_turned_off_by_0() {
        assert_eq!(read(&[]).unwrap().http.compression_min_bytes, Some(1024));
        assert_eq!(read(&[("COMPRESSION_MIN_BYTES", "0")]).unwrap().http.compression_min_bytes, None);
    }
}
