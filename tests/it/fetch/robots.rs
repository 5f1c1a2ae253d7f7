//! What sites ask of robots.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rapport::ambient::Ambient;
use rapport::clients::fetch::{FetchError, HttpFetcher, PageFetcher};
use rapport::config::FetchConfig;

use super::{config, fetcher, fetcher_with, read};
use crate::support::web::{Names, Reply, Site};
use crate::support::{HandClock, ambient, today};

/// A site with one page.
async fn site() -> Site {
    let site = Site::start().await;
    site.on("/page", Reply::page("x"));
    site
}

fn robots(text: &str) -> Reply {
    Reply::of_type("text/plain", text)
}

/// A fetcher whose clock the test moves.
fn fetcher_at(clock: &HandClock, site: &Site) -> HttpFetcher {
    fetcher_with(&config(&[site]), Ambient::seeded(Arc::new(clock.clone()), 7), Names::default())
}

#[tokio::test]
async fn a_page_that_is_disallowed_is_not_asked_for() {
    let site = site().await;
    site.on("/robots.txt", robots("User-agent: *\nDisallow: /page\n"));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Robots);
    assert_eq!(site.paths(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_page_that_is_allowed_is_read() {
    let site = site().await;
    site.on("/robots.txt", robots("User-agent: *\nDisallow: /\nAllow: /page\n"));
    assert_eq!(read(&site).await.unwrap().text, "x");
}

#[tokio::test]
async fn rules_for_our_name_are_ours() {
    let site = site().await;
    site.on("/robots.txt", robots("User-agent: *\nAllow: /\n\nUser-agent: Rapport\nDisallow: /\n"));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Robots);
    let config = FetchConfig { user_agent: "somebody/1".to_owned(), ..config(&[&site]) };
    fetcher_with(&config, ambient(), Names::default()).fetch(&site.url("/page")).await.unwrap();
}

#[tokio::test]
async fn a_site_that_has_none_or_hides_it_allows_all() {
    for status in [400, 401, 403, 404, 410] {
        let site = site().await;
        site.on("/robots.txt", Reply::status(status));
        assert!(read(&site).await.is_ok(), "{status}");
    }
}

#[tokio::test]
async fn a_site_whose_rules_cannot_be_read_is_left_alone() {
    for reply in [Reply::status(500), Reply::status(503), Reply::busy(429, "1"), Reply::HangUp] {
        let site = site().await;
        site.on("/robots.txt", reply.clone());
        let error = read(&site).await.unwrap_err();
        assert!(matches!(error, FetchError::RobotsUnreachable { .. }), "{reply:?}: {error}");
        assert_eq!(site.count("/page"), 0, "{reply:?}");
    }
}

#[tokio::test]
async fn rules_that_do_not_come_in_time_forbid_the_site() {
    let site = site().await;
    let config = FetchConfig { timeout: Duration::from_millis(300), ..config(&[&site]) };
    for reply in [Reply::Silence, Reply::Drip(Reply::head())] {
        site.on("/robots.txt", reply);
        let error = fetcher_with(&config, ambient(), Names::default()).fetch(&site.url("/page")).await.unwrap_err();
        assert!(matches!(error, FetchError::RobotsUnreachable { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_site_left_alone_is_asked_again_after_a_while() {
    let (site, clock) = (site().await, HandClock::at(today()));
    let fetcher = fetcher_at(&clock, &site);
    site.once("/robots.txt", Reply::status(500));
    let url = site.url("/page");
    assert!(fetcher.fetch(&url).await.is_err());
    clock.advance(TimeDelta::minutes(9));
    assert!(fetcher.fetch(&url).await.is_err());
    assert_eq!(site.count("/robots.txt"), 1);
    clock.advance(TimeDelta::minutes(2));
    assert!(fetcher.fetch(&url).await.is_ok());
}

#[tokio::test]
async fn rules_are_read_once_a_day() {
    let (site, clock) = (site().await, HandClock::at(today()));
    let fetcher = fetcher_at(&clock, &site);
    let url = site.url("/page");
    fetcher.fetch(&url).await.unwrap();
    clock.advance(TimeDelta::hours(23));
    fetcher.fetch(&url).await.unwrap();
    assert_eq!(site.count("/robots.txt"), 1);
    site.on("/robots.txt", robots("User-agent: *\nDisallow: /\n"));
    clock.advance(TimeDelta::hours(2));
    assert_eq!(fetcher.fetch(&url).await.unwrap_err(), FetchError::Robots);
}

#[tokio::test]
async fn pages_asked_for_at_once_read_the_rules_once() {
    let site = site().await;
    let (fetcher, url) = (fetcher(&site), site.url("/page"));
    let (first, second) = tokio::join!(fetcher.fetch(&url), fetcher.fetch(&url));
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(site.count("/robots.txt"), 1);
}

#[tokio::test]
async fn rules_are_found_behind_redirects_and_a_circle_of_them_is_none() {
    let site = site().await;
    site.on("/robots.txt", Reply::to("/rules"));
    site.on("/rules", robots("User-agent: *\nDisallow: /page\n"));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Robots);
    site.on("/rules", Reply::to("/robots.txt"));
    assert!(read(&site).await.is_ok());
}

#[tokio::test]
async fn a_redirect_to_a_page_that_is_disallowed_is_not_followed() {
    let site = site().await;
    site.on("/robots.txt", robots("User-agent: *\nDisallow: /page\n"));
    site.on("/open", Reply::to("/page"));
    assert_eq!(fetcher(&site).fetch(&site.url("/open")).await.unwrap_err(), FetchError::Robots);
    assert_eq!(site.count("/page"), 0);
}

#[tokio::test]
async fn of_endless_rules_the_first_500_kib_count() {
    let site = site().await;
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\nUser-agent: *\nDisallow: /page\n".to_vec();
    site.on("/robots.txt", Reply::Endless(head, b"Allow: /somewhere/else\n".repeat(100)));
    assert_eq!(read(&site).await.unwrap_err(), FetchError::Robots);
}

#[tokio::test]
async fn rules_of_one_site_are_not_those_of_another_port() {
    let (strict, open) = (site().await, site().await);
    strict.on("/robots.txt", robots("User-agent: *\nDisallow: /\n"));
    let fetcher = fetcher_with(&config(&[&strict, &open]), ambient(), Names::default());
    assert_eq!(fetcher.fetch(&strict.url("/page")).await.unwrap_err(), FetchError::Robots);
    assert!(fetcher.fetch(&open.url("/page")).await.is_ok());
}
