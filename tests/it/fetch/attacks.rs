//! What must not work: ways into our own network, and answers made to wear us out.

use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;

use rapport::clients::fetch::{FetchError, HttpFetcher, PageFetcher};
use rapport::config::FetchConfig;
use url::Url;

use super::{NAME, config, fetcher, fetcher_with, read};
use crate::support::ambient;
use crate::support::web::{Names, Reply, Site};

/// A megabyte.
const MIB: usize = 1024 * 1024;

/// A second address of this machine, which the tests' policy does not allow.
const FORBIDDEN: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// The error of the fetcher that is used outside tests, with a limit of time that cannot be the reason.
async fn strict_error(url: &str) -> FetchError {
    let config = FetchConfig { timeout: Duration::from_secs(60), ..FetchConfig::default() };
    let fetcher = HttpFetcher::new(&config, ambient()).unwrap();
    fetcher.fetch(&Url::parse(url).unwrap()).await.unwrap_err()
}

#[tokio::test]
async fn the_default_refuses_closed_networks_in_every_notation() {
    for host in [
        // loopback: plain, short, decimal, octal, hexadecimal, mixed, full-width, with a dot at the end
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0.0.0x1",
        "127.0.0.1.",
        "１２７.０.０.１",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        // unspecified, private, carriers', link-local, benchmarks, documentation, multicast, reserved, broadcast
        "0",
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "012.1.2.3",
        "0xa.1",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1",
        "0300.0250.1.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "4294967295",
        // IPv6: loopback, unspecified, mapped, compatible, NAT64, 6to4, Teredo, local, multicast, documentation
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[64:ff9b:1::a00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fc00::1]",
        "[fd12:3456:789a::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[2001:db8::1]",
    ] {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{host}/");
            assert_eq!(strict_error(&url).await, FetchError::ForbiddenAddress, "{url}");
        }
    }
}

#[tokio::test]
async fn the_default_refuses_the_names_of_this_machine() {
    for host in ["localhost", "LOCALHOST"] {
        assert_eq!(strict_error(&format!("http://{host}/")).await, FetchError::ForbiddenAddress, "{host}");
    }
}

#[tokio::test]
async fn the_default_asks_the_two_ports_of_the_web_only() {
    for port in [22, 25, 6379, 8000, 8080] {
        let error = strict_error(&format!("http://example.com:{port}/")).await;
        assert!(matches!(error, FetchError::Unsuitable { .. }), "{port}: {error}");
    }
}

#[tokio::test]
async fn other_schemes_and_credentials_are_refused() {
    for url in [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com:80/",
        "data:text/html,x",
        "ws://example.com/",
        "http://user@example.com/",
        "https://user:password@example.com/",
        "https://:password@example.com/",
    ] {
        let error = strict_error(url).await;
        assert!(matches!(error, FetchError::Unsuitable { .. }), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_name_that_leads_to_a_closed_network_is_not_asked() {
    let site = Site::start_at(FORBIDDEN.into(), 0).await;
    for address in ["127.0.0.2", "::ffff:127.0.0.2", "10.0.0.1", "169.254.169.254", "64:ff9b::7f00:2", "fd00::1"] {
        let fetcher = fetcher_with(&config(&[&site]), ambient(), Names::default().with(NAME, &[&[address]]));
        let error = fetcher.fetch(&site.url_as(NAME, "/page")).await.unwrap_err();
        assert_eq!(error, FetchError::ForbiddenAddress, "{address}");
    }
    assert_eq!(site.paths(), [""; 0]);
}

#[tokio::test]
async fn of_several_addresses_only_the_allowed_are_dialled() {
    let good = Site::start().await;
    let bad = Site::start_at(FORBIDDEN.into(), good.port()).await;
    good.on("/page", Reply::page("public"));
    bad.on("/page", Reply::page("private"));
    let names = Names::default().with(NAME, &[&["127.0.0.2", "127.0.0.1"]]);
    let page = fetcher_with(&config(&[&good]), ambient(), names).fetch(&good.url_as(NAME, "/page")).await.unwrap();
    assert_eq!((page.text.as_str(), bad.paths().len()), ("public", 0));
}

#[tokio::test]
async fn a_name_that_is_public_first_and_private_the_second_time_is_not_followed() {
    let good = Site::start().await;
    let bad = Site::start_at(FORBIDDEN.into(), good.port()).await;
    good.on("/page", Reply::page("public"));
    bad.on("/page", Reply::page("private"));
    // The first look-up is for robots.txt, whose connection the stand-in closes.
    let names = Names::default().with(NAME, &[&["127.0.0.1"], &["127.0.0.2"]]);
    let error = fetcher_with(&config(&[&good]), ambient(), names).fetch(&good.url_as(NAME, "/page")).await;
    assert_eq!(error.unwrap_err(), FetchError::ForbiddenAddress);
    assert_eq!((good.paths(), bad.paths().len()), (vec!["/robots.txt".to_owned()], 0));
}

#[tokio::test]
async fn a_redirect_to_a_closed_network_is_not_followed() {
    let site = Site::start().await;
    let bad = Site::start_at(FORBIDDEN.into(), 0).await;
    let ports = config(&[&site, &bad]);
    let names = || Names::default().with("inside.example", &[&["127.0.0.2"]]);
    for location in [bad.url("/page"), bad.url_as("inside.example", "/page"), bad.url_as("0x7f.2", "/page")] {
        site.on("/page", Reply::to(location.as_str()));
        let error = fetcher_with(&ports, ambient(), names()).fetch(&site.url("/page")).await.unwrap_err();
        assert_eq!(error, FetchError::ForbiddenAddress, "{location}");
    }
    assert_eq!(bad.paths(), [""; 0]);
}

#[tokio::test]
async fn a_redirect_is_checked_as_the_first_address_is() {
    let site = Site::start().await;
    let port = site.port();
    for location in
        ["file:///etc/passwd".to_owned(), "http://example.com:22/".to_owned(), format!("http://u:p@127.0.0.1:{port}/")]
    {
        site.on("/page", Reply::to(&location));
        assert!(matches!(read(&site).await.unwrap_err(), FetchError::Unsuitable { .. }), "{location}");
    }
}

#[tokio::test]
async fn a_robots_txt_that_redirects_to_a_closed_network_is_not_followed() {
    let site = Site::start().await;
    let bad = Site::start_at(FORBIDDEN.into(), 0).await;
    site.on("/robots.txt", Reply::to(bad.url("/robots.txt").as_str()));
    site.on("/page", Reply::page("x"));
    let error = fetcher_with(&config(&[&site, &bad]), ambient(), Names::default()).fetch(&site.url("/page")).await;
    assert_eq!(error.unwrap_err(), FetchError::ForbiddenAddress);
    assert_eq!((site.count("/page"), bad.paths().len()), (0, 0));
}

#[tokio::test]
async fn a_circle_of_redirects_ends_after_five() {
    let site = Site::start().await;
    site.on("/page", Reply::to("/other"));
    site.on("/other", Reply::to("/page"));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Redirects { limit: 5 });
    assert_eq!(site.count("/page") + site.count("/other"), 6);
}

#[tokio::test]
async fn five_redirects_are_followed() {
    let site = Site::start().await;
    site.on("/page", Reply::to("/1"));
    (1..5).for_each(|hop| site.on(&format!("/{hop}"), Reply::to(&format!("/{}", hop + 1))));
    site.on("/5", Reply::page("here"));
    assert_eq!(read(&site).await.unwrap().text, "here");
}

#[tokio::test]
async fn an_endless_page_is_given_up_at_the_limit() {
    let site = Site::start().await;
    site.on("/page", Reply::Endless(Reply::head(), vec![b'x'; 16 * 1024]));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::TooLarge { limit: 5 * MIB });
}

#[tokio::test]
async fn a_page_that_announces_too_much_is_not_read() {
    let site = Site::start().await;
    // Nothing follows: a fetcher that reads would wait until its time is over.
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n", 5 * MIB + 1);
    site.on("/page", Reply::Drip(head.into_bytes()));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::TooLarge { limit: 5 * MIB });
}

#[tokio::test]
async fn a_page_of_exactly_the_limit_is_read() {
    let site = Site::start().await;
    site.on("/page", Reply::page("<p>12345"));
    let fetch = async |max_bytes| {
        let config = FetchConfig { max_bytes, ..config(&[&site]) };
        fetcher_with(&config, ambient(), Names::default()).fetch(&site.url("/page")).await
    };
    assert_eq!(fetch(8).await.unwrap().text, "12345");
    assert_eq!(fetch(7).await.unwrap_err(), FetchError::TooLarge { limit: 7 });
}

#[tokio::test]
async fn a_zip_bomb_stops_at_the_limit() {
    let site = Site::start().await;
    site.on("/page", Reply::compressed(&vec![b'x'; 64 * MIB]));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::TooLarge { limit: 5 * MIB });
}

#[tokio::test]
async fn pages_that_drip_or_say_nothing_end_with_their_time() {
    let site = Site::start().await;
    let config = FetchConfig { timeout: Duration::from_secs(1), ..config(&[&site]) };
    let fetcher = fetcher_with(&config, ambient(), Names::default());
    let chatter = Reply::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec());
    let slow_header = Reply::Drip(b"HTTP/1.1 200 OK\r\nx-slow: ".to_vec());
    for reply in [Reply::Drip(Reply::head()), slow_header, Reply::Silence, chatter] {
        site.on("/page", reply.clone());
        assert_eq!(fetcher.fetch(&site.url("/page")).await.unwrap_err(), FetchError::Timeout, "{reply:?}");
    }
}

#[tokio::test]
async fn redirects_share_one_limit_of_time() {
    let site = Site::start().await;
    let config = FetchConfig { timeout: Duration::from_secs(1), ..config(&[&site]) };
    let held = site.hold();
    site.on("/page", Reply::to("/page"));
    let fetcher = fetcher_with(&config, ambient(), Names::default());
    let slow = async {
        for _ in 0..6 {
            held.has_come().await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            held.release();
        }
    };
    let url = site.url("/page");
    let error = tokio::select! {
        result = fetcher.fetch(&url) => result.unwrap_err(),
        () = slow => panic!("each redirect had a limit of its own"),
    };
    assert_eq!(error, FetchError::Timeout);
}

#[tokio::test]
async fn a_huge_or_endless_header_is_an_error() {
    let site = Site::start().await;
    let start = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n".to_vec();
    let huge = format!("x-huge: {}\r\n", "x".repeat(2 * MIB)).into_bytes();
    for again in [huge, b"x-many: x\r\n".to_vec()] {
        site.on("/page", Reply::Endless(start.clone(), again));
        assert!(matches!(read(&site).await.unwrap_err(), FetchError::Network { .. }));
    }
}

#[tokio::test]
async fn a_page_that_lies_about_its_length_is_no_longer_than_it_says() {
    let site = Site::start().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\n<p>ab<p>and more";
    site.on("/page", Reply::Bytes(head.into()));
    assert_eq!(read(&site).await.unwrap().text, "ab");
}

#[tokio::test]
async fn a_page_that_lies_about_its_type_is_refused() {
    let site = Site::start().await;
    for body in [&b"%PDF-1.7\n1 0 obj"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"PK\x03\x04\x14\0\0\0"] {
        site.on("/page", Reply::whole("200 OK", &[("content-type", "text/html")], body));
        assert!(matches!(read(&site).await.unwrap_err(), FetchError::WrongType { .. }));
    }
}

#[tokio::test]
async fn a_page_that_lies_about_its_compression_is_an_error() {
    let site = Site::start().await;
    let gzip = [("content-type", "text/html"), ("content-encoding", "gzip")];
    site.on("/page", Reply::whole("200 OK", &gzip, b"<p>not compressed"));
    assert!(matches!(read(&site).await.unwrap_err(), FetchError::Network { .. }));
    let twice = [("content-type", "text/html"), ("content-encoding", "br, gzip")];
    site.on("/page", Reply::whole("200 OK", &twice, b"<p>not compressed"));
    assert!(read(&site).await.is_err());
}

#[tokio::test]
async fn a_failed_page_does_not_block_its_host() {
    let site = Site::start().await;
    let fetcher = fetcher(&site);
    site.once("/page", Reply::HangUp);
    site.on("/page", Reply::page("x"));
    assert!(matches!(fetcher.fetch(&site.url("/page")).await.unwrap_err(), FetchError::Network { .. }));
    assert_eq!(fetcher.fetch(&site.url("/page")).await.unwrap().text, "x");
}

#[test]
fn a_proxy_in_the_environment_is_not_asked() {
    // The environment belongs to the whole process, so another one reads a page, with a proxy that nobody serves.
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "fetch::a_page_is_read_with_its_title_text_type_and_time"]);
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, "http://127.0.0.1:9");
    }
    let output = child.env_remove("no_proxy").env_remove("NO_PROXY").output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("1 passed"), "{told}");
}
