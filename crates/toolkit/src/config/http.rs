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
    r.section("Address and connections");
    let host = r.parse("API_HOST", "127.0.0.1", "Address to listen on; 0.0.0.0 for all.");
    let port = r.parse("API_PORT", "8000", "Port to listen on; 0 selects a free one.");
    let allowed_origins = allowed_origins(r);
    let trusted_proxies = r.number(
        "TRUSTED_PROXIES",
        0,
        0..=10,
        "Number of trusted reverse proxies in front of the server, which append to X-Forwarded-For.",
    );
    let app_url = r.url("APP_URL", "http://localhost:5173", "Base URL of the client app's pages, for links in mails.");
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
            "Maximum number of open connections, within the system's limit of open files; others are answered with 503.",
        ),
        max_connections_per_address: r.size(
            "MAX_CONNECTIONS_PER_ADDRESS",
            1000,
            0,
            "Maximum number of open connections per IP address (per /64 for IPv6), or of open requests behind proxies; 0 disables the limit.",
        ),
        header_timeout: r.seconds(
            "HEADER_TIMEOUT_SECONDS",
            10,
            1,
            "Time limit of the head of a request, and of the first request of a connection.",
        ),
        idle_timeout: r.seconds(
            "IDLE_TIMEOUT_SECONDS",
            75,
            1,
            "Time limit of a connection without a request; longer than your proxy keeps connections open.",
        ),
        write_timeout: r.seconds(
            "WRITE_TIMEOUT_SECONDS",
            30,
            1,
            "Time after which a connection is closed if its client accepts nothing of an answer or event stream.",
        ),
        compression_min_bytes: compression(r),
        documents: documents(r),
    }
}

fn allowed_origins(r: &mut Reader<'_>) -> Vec<String> {
    let allowed_origins = r.list(
        "ALLOWED_ORIGINS",
        "http://localhost:3000,http://localhost:5173",
        "Origins of web pages that may call the server, separated by commas; * allows all.",
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
        "Minimum size of compressed answers (gzip, br or zstd), in bytes, for clients that accept it; 0 disables compression.",
    );
    Some(u64::from(least)).filter(|least| *least > 0)
}

fn documents(r: &mut Reader<'_>) -> DocumentsConfig {
    const ONLY: &str = "TRUSTED_DOCUMENTS_ONLY";
    let automatic = r.parse(
        "PERSISTED_QUERIES",
        "true",
        "Allows clients to send a document once and then its SHA-256 hash (automatic persisted queries).",
    );
    let trusted = r.optional(
        TRUSTED_DOCUMENTS,
        "JSON file of documents by hash or id, as written by code generators; clients then send only the hash.",
    );
    let trusted_only = r.parse(ONLY, "false", "Executes only the trusted documents.");
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
