//! Reading pages.

mod attacks;
mod polite;
mod robots;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rapport::ambient::Ambient;
use rapport::clients::fetch::{FetchError, HttpFetcher, Page, PageFetcher, Resolve};
use rapport::config::FetchConfig;
use rapport::web_address::AddressPolicy;

use crate::support::web::{Names, Reply, Site};
use crate::support::{ambient, today};

/// A name for [`Site::start`]'s address.
const NAME: &str = "pages.example";

/// Settings that let a test ask the ports of these sites, without pauses.
fn config(sites: &[&Site]) -> FetchConfig {
    FetchConfig {
        ports: sites.iter().map(|site| site.port()).collect(),
        host_pause: Duration::ZERO,
        timeout: Duration::from_secs(60),
        ..FetchConfig::default()
    }
}

/// A fetcher that may ask 127.0.0.1 beside the public Internet; no other address of this machine.
fn fetcher_with(config: &FetchConfig, ambient: Ambient, names: impl Resolve + 'static) -> HttpFetcher {
    let policy = AddressPolicy::with_exceptions([Ipv4Addr::LOCALHOST.into()]);
    HttpFetcher::reaching(config, ambient, policy, Arc::new(names)).unwrap()
}

fn fetcher(site: &Site) -> HttpFetcher {
    fetcher_with(&config(&[site]), ambient(), Names::default().with(NAME, &[&["127.0.0.1"]]))
}

/// Reads `/page` of the site.
async fn read(site: &Site) -> Result<Page, FetchError> {
    fetcher(site).fetch(&site.url("/page")).await
}

#[tokio::test]
async fn a_page_is_read_with_its_title_text_type_and_time() {
    let site = Site::start().await;
    site.on("/page", Reply::page("<title>Acme</title><nav>Home</nav><h1>Who buys</h1><p>Globex does."));
    let page = fetcher(&site).fetch(&site.url_as(NAME, "/page?a=b#part")).await.unwrap();
    assert_eq!(page.url.as_str(), site.url_as(NAME, "/page?a=b").as_str());
    assert_eq!((page.title.as_deref(), page.text.as_str()), (Some("Acme"), "Who buys\nGlobex does."));
    assert_eq!((page.content_type.as_str(), page.fetched_at), ("text/html", today()));
}

#[tokio::test]
async fn a_plain_page_has_no_title() {
    let site = Site::start().await;
    site.on("/page", Reply::of_type("text/plain", "<b>as it is</b>\n\n"));
    let page = read(&site).await.unwrap();
    assert_eq!((page.title, page.text.as_str()), (None, "<b>as it is</b>"));
}

#[tokio::test]
async fn a_compressed_page_in_another_encoding_is_read() {
    let site = Site::start().await;
    site.on("/page", Reply::compressed(b"<meta charset=iso-8859-1><p>M\xfcller"));
    assert_eq!(read(&site).await.unwrap().text, "Müller");
}

#[tokio::test]
async fn requests_say_who_we_are_and_carry_nothing_else() {
    let site = Site::start().await;
    site.on("/page", Reply::page("x"));
    let config = FetchConfig { user_agent: "acme-research/2 (+https://acme.example)".to_owned(), ..config(&[&site]) };
    fetcher_with(&config, ambient(), Names::default()).fetch(&site.url("/page")).await.unwrap();
    for request in site.requests() {
        let head = request.head.to_lowercase();
        assert!(head.contains("user-agent: acme-research/2 (+https://acme.example)\r\n"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer") && !head.contains("authorization"), "{head}");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_and_the_page_tells_where_it_was() {
    let site = Site::start().await;
    site.on("/page", Reply::to("other/../new?x=1#top"));
    site.on("/new", Reply::page("moved"));
    let page = read(&site).await.unwrap();
    assert_eq!((page.url, page.text.as_str()), (site.url("/new?x=1"), "moved"));
}

#[tokio::test]
async fn a_status_is_told_with_the_pause_asked_for() {
    let site = Site::start().await;
    site.on("/page", Reply::busy(429, "120"));
    let error = read(&site).await.unwrap_err();
    assert_eq!(error, FetchError::Status { status: 429, retry_after: Some(Duration::from_secs(120)) });
    site.on("/page", Reply::status(500));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Status { status: 500, retry_after: None });
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_its_status() {
    let site = Site::start().await;
    site.on("/page", Reply::status(302));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Status { status: 302, retry_after: None });
}

#[tokio::test]
async fn a_page_of_another_type_is_refused() {
    let site = Site::start().await;
    for (content_type, what) in [("application/pdf", "a PDF"), ("image/png", "of the type image/png")] {
        site.on("/page", Reply::of_type(content_type, "x"));
        assert_eq!(read(&site).await.unwrap_err(), FetchError::WrongType { what: what.to_owned() });
    }
}

#[tokio::test]
async fn a_page_that_is_cut_is_no_page() {
    let site = Site::start().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 100\r\n\r\n<p>half";
    site.on("/page", Reply::Bytes(head.into()));
    assert!(matches!(read(&site).await.unwrap_err(), FetchError::Network { .. }));
}

#[tokio::test]
async fn a_compressed_page_that_is_cut_is_no_page() {
    let site = Site::start().await;
    let Reply::Bytes(whole) = Reply::compressed("<p>All of it.".repeat(500).as_bytes()) else { unreachable!() };
    let text = String::from_utf8_lossy(&whole).into_owned();
    let head_end = text.find("\r\n\r\n").unwrap() + 4;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n";
    let body = &whole[head_end..];
    site.on("/page", Reply::Bytes([head.as_bytes(), &body[..body.len() / 2]].concat()));
    assert!(matches!(read(&site).await.unwrap_err(), FetchError::Network { .. }));
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_a_network_error() {
    let site = Site::start().await;
    site.on("/page", Reply::Bytes(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()));
    assert!(matches!(read(&site).await.unwrap_err(), FetchError::Network { .. }));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_network_error_without_the_address() {
    let site = Site::start().await;
    let error = fetcher(&site).fetch(&site.url_as("nowhere.example", "/secret")).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}
