//! The list of tickers: from a stand-in of the SEC, over a real socket.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestAppBuilder, openai::StandIn};

const TICKERS: &str = include_str!("../data/edgar/company_tickers.json");
const RATE_EXCEEDED: &str = include_str!("../data/edgar/rate-exceeded.html");
const CONTACT: &str = "Rapport Tests admin@example.com";

/// What the stand-in answers.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Well,
    RateExceeded,
    Broken,
    Garbage,
}

/// A stand-in of the SEC that counts how often its list is fetched.
struct Sec {
    url: String,
    fetched: Arc<AtomicUsize>,
    mood: Arc<std::sync::Mutex<Mood>>,
}

type Shared = (Arc<AtomicUsize>, Arc<std::sync::Mutex<Mood>>);

impl Sec {
    async fn start() -> Self {
        let shared: Shared = (Arc::default(), Arc::new(std::sync::Mutex::new(Mood::Well)));
        let router = Router::new()
            .route("/files/company_tickers.json", get(tickers))
            .route("/files/company_tickers_exchange.json", get(exchanges))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, fetched: shared.0, mood: shared.1 }
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

async fn tickers(State((fetched, mood)): State<Shared>, headers: HeaderMap) -> Response {
    fetched.fetch_add(1, Ordering::SeqCst);
    if headers["user-agent"] != CONTACT {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mood = *mood.lock().unwrap();
    match mood {
        Mood::Well => TICKERS.into_response(),
        Mood::RateExceeded => (StatusCode::FORBIDDEN, RATE_EXCEEDED).into_response(),
        Mood::Broken => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Garbage => "<html>not a list</html>".into_response(),
    }
}

async fn exchanges() -> &'static str {
    r#"{"fields":["cik","name","ticker","exchange"],"data":[[320193,"Apple Inc.","AAPL","Nasdaq"]]}"#
}

/// A model that finds Apple and a private company as customers, and a SEC that lists them.
async fn servers(sec: &Sec) -> (StandIn, TestAppBuilder) {
    let openai = StandIn::start().await;
    openai.on(
        "discovery_customer_pages",
        crate::support::openai::Behaviour::Facts(crate::support::openai::customers(&["Apple", "Cargill"])),
    );
    for query in ["discovery_case_studies", "discovery_third_party"] {
        openai.on(query, crate::support::openai::Behaviour::Facts(crate::support::openai::customers(&[])));
    }
    let app = TestApp::builder()
        .set("OPENAI_API_KEY", "sk-test")
        .set("OPENAI_BASE_URL", openai.base_url())
        .set("EDGAR_BASE_URL", &sec.url)
        .set("EDGAR_USER_AGENT", CONTACT);
    (openai, app)
}

async fn onboard(admin: &Client, company: &str) -> (Value, Value) {
    let job = admin.onboard(company).await;
    let job = admin.finished(job["id"].as_str().unwrap()).await;
    let query = "query($name: String!) { companies(filter: {name: {eq: $name}}) { nodes {
        customers { nodes { name listing ticker cik exchange } } } } }";
    let data = admin.ok(query, json!({"name": company})).await;
    let customers = data["companies"]["nodes"][0]["customers"]["nodes"].clone();
    (job, customers)
}

#[tokio::test]
async fn customers_get_tickers_from_a_list_that_is_fetched_once_for_all_jobs() {
    let sec = Sec::start().await;
    let (_openai, app) = servers(&sec).await;
    let app = app.start().await;
    let admin = app.admin().await;
    let (job, customers) = onboard(&admin, "First Vendor").await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    assert_eq!(
        customers,
        json!([
            {"name": "Apple", "listing": "LISTED", "ticker": "AAPL", "cik": "0000320193", "exchange": "Nasdaq"},
            {"name": "Cargill", "listing": "NOT_LISTED", "ticker": null, "cik": null, "exchange": null},
        ])
    );
    onboard(&admin, "Second Vendor").await;
    assert_eq!(sec.fetched(), 1);
}

#[tokio::test]
async fn the_list_is_kept_over_a_restart_and_fetched_anew_after_a_day() {
    let sec = Sec::start().await;
    let (_openai, app) = servers(&sec).await;
    let app = app.start().await;
    onboard(&app.admin().await, "First Vendor").await;
    let db = app.db.clone();
    app.stop().await;
    let (_openai, again) = servers(&sec).await;
    let app = again.on(&db).start().await;
    onboard(&app.admin().await, "Second Vendor").await;
    assert_eq!(sec.fetched(), 1);
    app.advance(TimeDelta::hours(25));
    onboard(&app.admin().await, "Third Vendor").await;
    assert_eq!(sec.fetched(), 2);
}

#[tokio::test]
async fn an_old_list_is_used_on_when_the_sec_does_not_answer() {
    let sec = Sec::start().await;
    let (_openai, app) = servers(&sec).await;
    let app = app.start().await;
    onboard(&app.admin().await, "First Vendor").await;
    for (mood, company) in [(Mood::RateExceeded, "Second Vendor"), (Mood::Garbage, "Third Vendor")] {
        sec.set(mood);
        app.advance(TimeDelta::hours(25));
        let (job, customers) = onboard(&app.admin().await, company).await;
        assert_eq!(job["result"]["failedTasks"], 0, "{job:#}");
        assert_eq!(customers[0]["ticker"], "AAPL");
    }
}

#[tokio::test]
async fn without_any_list_customers_are_saved_as_unknown_and_the_failures_are_counted() {
    for mood in [Mood::RateExceeded, Mood::Broken, Mood::Garbage] {
        let sec = Sec::start().await;
        sec.set(mood);
        let (_openai, app) = servers(&sec).await;
        let app = app.start().await;
        let (job, customers) = onboard(&app.admin().await, "First Vendor").await;
        assert_eq!(job["status"], "COMPLETED", "{job:#}");
        assert_eq!(job["result"]["failedTasks"], 2, "{job:#}");
        assert_eq!(customers[0]["listing"], "UNKNOWN");
    }
}

#[tokio::test]
async fn without_a_contact_the_sec_is_not_asked_and_the_failure_names_the_setting() {
    let sec = Sec::start().await;
    let (_openai, app) = servers(&sec).await;
    let app = app.set("EDGAR_USER_AGENT", "").start().await;
    let admin = app.admin().await;
    let job = admin.onboard("First Vendor").await;
    let id = job["id"].as_str().unwrap();
    admin.finished(id).await;
    let query = "subscription($id: ID!, $after: Cursor) { jobProgress(jobId: $id, after: $after) {
        ... on JobTaskFailed { stage error { code message } } } }";
    let mut ws = app.ws(&admin).await;
    ws.subscribe(query, json!({"id": id, "after": job["cursor"]})).await;
    let events = ws.events().await;
    let failed: Vec<_> =
        events.iter().map(|event| &event["data"]["jobProgress"]).filter(|event| event["stage"] == "tickers").collect();
    assert_eq!(failed.len(), 2, "{events:#?}");
    assert_eq!(failed[0]["error"]["code"], "PROVIDER_NOT_CONFIGURED");
    assert!(failed[0]["error"]["message"].as_str().unwrap().contains("EDGAR_USER_AGENT"));
    assert_eq!(sec.fetched(), 0);
}
