//! Searching the web.

use std::sync::Arc;
use std::time::Duration;

use rapport::clients::search::{
    SearchChain, SearchError, SearchHit, WebSearch, brave::BraveSearch, searxng::SearxngSearch,
};
use rapport::config::{BRAVE_SEARCH_API_KEY, BraveConfig, SEARXNG_URL, SearchConfig};
use serde_json::{Value, json};

use crate::support::ambient;
use crate::support::web::{Reply, Site};

const KEY: &str = "brave-key-123456";

/// What each search engine's tests have in common.
struct Engine {
    path: &'static str,
    search: fn(&Site, &SearchConfig) -> Arc<dyn WebSearch>,
    answer: fn(&[Value]) -> Value,
    snippet: &'static str,
}

const SEARXNG: Engine = Engine {
    path: "/sub/search",
    search: |site, config| Arc::new(SearxngSearch::new(&site.url("/sub/"), config, ambient()).unwrap()),
    answer: |results| json!({"query": "q", "number_of_results": 0, "results": results, "unresponsive_engines": []}),
    snippet: "content",
};

const BRAVE: Engine = Engine {
    path: "/res/v1/web/search",
    search: |site, config| Arc::new(BraveSearch::new(brave(site), config, ambient()).unwrap()),
    answer: |results| json!({"type": "search", "web": {"type": "search", "results": results}}),
    snippet: "description",
};

fn brave(site: &Site) -> BraveConfig {
    BraveConfig { api_key: KEY.into(), base_url: site.url("/") }
}

fn once() -> SearchConfig {
    SearchConfig { max_attempts: 1, timeout: Duration::from_secs(60), ..SearchConfig::default() }
}

fn json_reply(body: &Value) -> Reply {
    Reply::of_type("application/json", &body.to_string())
}

impl Engine {
    fn found(&self, url: &str, title: &str, snippet: &str) -> Value {
        json!({"url": url, "title": title, self.snippet: snippet, "engine": "x", "score": 1.5})
    }

    fn reply(&self, results: &[Value]) -> Reply {
        json_reply(&(self.answer)(results))
    }

    /// The answer to one query that the site treats so.
    async fn asked(&self, site: &Site, reply: Reply) -> Result<Vec<SearchHit>, SearchError> {
        site.on(self.path, reply);
        (self.search)(site, &once()).search("acme customers", 10).await
    }
}

#[tokio::test]
async fn hits_have_title_address_and_snippet() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        let results = [engine.found("https://a.example/x", "Acme &amp; <b>Co</b>", "They\nship.")];
        let hits = engine.asked(&site, engine.reply(&results)).await.unwrap();
        let url = "https://a.example/x".parse().unwrap();
        assert_eq!(hits, [SearchHit { title: "Acme & Co".to_owned(), url, snippet: "They ship.".to_owned() }]);
    }
}

#[tokio::test]
async fn hits_are_web_pages_each_once_and_no_more_than_asked_for() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        let urls =
            ["magnet:?x", "https://a.example/#1", "https://a.example/#2", "http://b.example/", "http://c.example/"];
        let results: Vec<_> = urls.iter().map(|url| engine.found(url, "", "")).collect();
        site.on(engine.path, engine.reply(&results));
        let hits = (engine.search)(&site, &once()).search("q", 2).await.unwrap();
        let urls: Vec<_> = hits.iter().map(|hit| hit.url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/", "http://b.example/"]);
    }
}

#[tokio::test]
async fn what_only_this_network_could_open_is_no_hit() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        let inside = [
            "http://localhost/admin",
            "http://printer/",
            "https://vault.internal/",
            "http://127.0.0.1:8000/",
            "http://2130706433/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "https://me:secret@a.example/",
        ];
        let urls = inside.into_iter().chain(["https://a.example/", "http://b.example:8080/", "http://9.9.9.9/"]);
        let results: Vec<_> = urls.map(|url| engine.found(url, "", "")).collect();
        site.on(engine.path, engine.reply(&results));
        let hits = (engine.search)(&site, &once()).search("q", 20).await.unwrap();
        let urls: Vec<_> = hits.iter().map(|hit| hit.url.as_str()).collect();
        assert_eq!(urls, ["https://a.example/", "http://b.example:8080/", "http://9.9.9.9/"]);
    }
}

#[tokio::test]
async fn nothing_found_is_an_empty_list() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        assert_eq!(engine.asked(&site, engine.reply(&[])).await.unwrap(), []);
    }
    let site = Site::start().await;
    let reply = json_reply(&json!({"type": "search", "query": {"original": "q"}}));
    assert_eq!(BRAVE.asked(&site, reply).await.unwrap(), []);
}

#[tokio::test]
async fn fields_may_be_missing_or_null() {
    let site = Site::start().await;
    let results = [json!({"url": "https://a.example/", "title": null}), json!({"title": "no address"})];
    assert_eq!(SEARXNG.asked(&site, SEARXNG.reply(&results)).await.unwrap().len(), 1);
    assert_eq!(BRAVE.asked(&site, BRAVE.reply(&results[..1])).await.unwrap().len(), 1);
}

#[tokio::test]
async fn searxng_is_asked_for_json() {
    let site = Site::start().await;
    SEARXNG.asked(&site, SEARXNG.reply(&[])).await.unwrap();
    assert_eq!(site.paths(), ["/sub/search?q=acme+customers&format=json"]);
}

#[tokio::test]
async fn brave_gets_its_key_in_a_header_and_a_query_it_takes() {
    let site = Site::start().await;
    site.on(BRAVE.path, BRAVE.reply(&[]));
    (BRAVE.search)(&site, &once()).search(&"word ".repeat(200), 500).await.unwrap();
    let request = &site.requests()[0];
    assert!(request.head.to_lowercase().contains(&format!("x-subscription-token: {KEY}\r\n")), "{}", request.head);
    assert!(request.path.contains("count=20&"), "{}", request.path);
    assert_eq!(request.path.matches("word").count(), 50);
}

#[tokio::test]
async fn a_searxng_without_json_is_a_setting_to_change() {
    let site = Site::start().await;
    let error = SEARXNG.asked(&site, Reply::status(403)).await.unwrap_err();
    assert!(matches!(error, SearchError::NotConfigured { setting: SEARXNG_URL, .. }), "{error}");
    assert!(error.to_string().contains("search.formats"), "{error}");
}

#[tokio::test]
async fn a_searxng_whose_engines_all_fail_has_not_found_nothing() {
    let site = Site::start().await;
    let reply = json_reply(&json!({"results": [], "unresponsive_engines": [["google", "CAPTCHA"]]}));
    let error = SEARXNG.asked(&site, reply).await.unwrap_err();
    assert!(error.is_retryable() && error.to_string().contains("CAPTCHA"), "{error}");
}

#[tokio::test]
async fn a_key_that_brave_does_not_accept_is_a_setting_to_change_and_not_shown() {
    let site = Site::start().await;
    let body = json!({"type": "ErrorResponse", "error": {"code": "SUBSCRIPTION_TOKEN_INVALID", "detail": KEY}});
    let invalid =
        Reply::whole("422 Unprocessable", &[("content-type", "application/json")], body.to_string().as_bytes());
    for reply in [invalid, Reply::status(401), Reply::status(403)] {
        let error = BRAVE.asked(&site, reply).await.unwrap_err();
        assert!(matches!(error, SearchError::NotConfigured { setting: BRAVE_SEARCH_API_KEY, .. }), "{error}");
        assert!(!error.to_string().contains(KEY), "{error}");
    }
}

#[tokio::test]
async fn a_query_that_is_refused_is_not_repeated() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        site.on(engine.path, Reply::status(400));
        let config = SearchConfig { max_attempts: 3, ..once() };
        let error = (engine.search)(&site, &config).search("q", 1).await.unwrap_err();
        assert!(matches!(error, SearchError::Refused { .. }), "{error}");
        assert_eq!(site.paths().len(), 1);
    }
}

#[tokio::test]
async fn a_failure_that_may_pass_is_tried_again() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        site.once(engine.path, Reply::status(503));
        site.once(engine.path, Reply::busy(429, "0"));
        site.on(engine.path, engine.reply(&[]));
        let config = SearchConfig { max_attempts: 3, ..once() };
        assert_eq!((engine.search)(&site, &config).search("q", 1).await.unwrap(), []);
        assert_eq!(site.paths().len(), 3);
    }
}

#[tokio::test]
async fn a_long_pause_is_handed_on() {
    for engine in [SEARXNG, BRAVE] {
        let site = Site::start().await;
        let error = engine.asked(&site, Reply::busy(429, "600")).await.unwrap_err();
        assert_eq!(error, SearchError::RateLimited { retry_after: Some(Duration::from_secs(600)) });
    }
}

#[tokio::test]
async fn a_slow_or_broken_engine_is_unavailable() {
    let config = SearchConfig { timeout: Duration::from_millis(300), ..once() };
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n".to_vec();
    let cut = Reply::Bytes([&head[..], br#"{"results": ["#].concat());
    for engine in [SEARXNG, BRAVE] {
        for reply in [Reply::Silence, Reply::Drip(head.clone()), Reply::HangUp, cut.clone(), Reply::status(500)] {
            let site = Site::start().await;
            site.on(engine.path, reply.clone());
            let error = (engine.search)(&site, &config).search("q", 1).await.unwrap_err();
            assert!(matches!(error, SearchError::Unavailable { .. }), "{reply:?}: {error}");
        }
    }
}

#[tokio::test]
async fn an_answer_of_another_form_is_garbage() {
    for engine in [SEARXNG, BRAVE] {
        for body in ["<html>Welcome</html>", "{}", "[]", r#"{"type": "other", "results": 5}"#] {
            let site = Site::start().await;
            let error = engine.asked(&site, Reply::of_type("application/json", body)).await.unwrap_err();
            assert!(matches!(error, SearchError::Garbage { .. }), "{body}: {error}");
        }
    }
}

#[tokio::test]
async fn when_the_first_fails_the_next_is_asked() {
    let (first, second) = (Site::start().await, Site::start().await);
    first.on("/search", Reply::status(403));
    second.on(BRAVE.path, BRAVE.reply(&[BRAVE.found("https://a.example/", "", "")]));
    let config = SearchConfig { searxng_url: Some(first.url("/")), brave: Some(brave(&second)), ..once() };
    let chain = SearchChain::from_config(&config, &ambient()).unwrap();
    assert_eq!(chain.search("q", 5).await.unwrap().len(), 1);
    assert_eq!((first.paths().len(), second.paths().len()), (1, 1));
}

#[tokio::test]
async fn nothing_found_is_an_answer_and_nobody_else_is_asked() {
    let (first, second) = (Site::start().await, Site::start().await);
    first.on("/search", SEARXNG.reply(&[]));
    let config = SearchConfig { searxng_url: Some(first.url("/")), brave: Some(brave(&second)), ..once() };
    let chain = SearchChain::from_config(&config, &ambient()).unwrap();
    assert_eq!(chain.search("q", 5).await.unwrap(), []);
    assert_eq!(second.paths(), [""; 0]);
}

#[tokio::test]
async fn of_several_failures_the_one_that_may_pass_is_told() {
    let (first, second) = (Site::start().await, Site::start().await);
    first.on("/search", Reply::status(503));
    second.on(BRAVE.path, Reply::status(401));
    let config = SearchConfig { searxng_url: Some(first.url("/")), brave: Some(brave(&second)), ..once() };
    let chain = SearchChain::from_config(&config, &ambient()).unwrap();
    assert!(chain.search("q", 5).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn without_settings_the_error_names_one() {
    let chain = SearchChain::from_config(&SearchConfig::default(), &ambient()).unwrap();
    assert!(!chain.is_configured());
    let error = chain.search("q", 5).await.unwrap_err();
    assert!(matches!(error, SearchError::NotConfigured { setting: SEARXNG_URL, .. }), "{error}");
}
