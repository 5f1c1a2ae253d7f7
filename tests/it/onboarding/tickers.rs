//! Customers mapped to stock tickers by the SEC's list: where it comes from, how long it is kept, and what is without it.

use std::path::Path;

use chrono::{NaiveTime, TimeDelta, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{finds, followed, onboarded, researching};
use crate::support::{
    Client, TestAppBuilder, TestDb,
    edgar::{Answer, Edgar},
    openai::StandIn,
    patience,
};

const CONTACT: &str = "Acme Research admin@acme.example";
const CUSTOMERS: [&str; 5] = ["Apple", "JPMorgan Chase", "Johnson & Johnson", "River Bank Bakery", "Stripe"];

/// Stand-ins for OpenAI, which finds [`CUSTOMERS`], and for the SEC, and a folder that outlives a server.
struct World {
    openai: StandIn,
    edgar: Edgar,
    cache: TestDb,
}

impl World {
    async fn new() -> Self {
        let openai = StandIn::start().await;
        finds(&openai, &CUSTOMERS);
        Self { openai, edgar: Edgar::start().await, cache: TestDb::new().await }
    }

    /// A server with a database of its own, and with the folder that they all share. Its day begins at noon, so that minutes
    /// later the list is never fetched by the schedule, whenever the test runs.
    fn server(&self) -> TestAppBuilder {
        let now = Utc::now();
        let noon = now.date_naive().and_time(NaiveTime::MIN).and_utc() + TimeDelta::hours(36);
        let server = researching(&self.openai).later(noon - now).set("EDGAR_BASE_URL", self.edgar.base_url());
        server.set("EDGAR_USER_AGENT", CONTACT).set("CACHE_DIR", self.cache.folder().display())
    }

    fn cached(&self, file: &str) -> std::path::PathBuf {
        self.cache.folder().join("edgar").join(file)
    }
}

/// Starts a server, onboards a company, and returns the customers and the job.
async fn onboard(server: TestAppBuilder) -> (Value, Value) {
    let app = server.start().await;
    let admin = app.admin().await;
    let job = onboarded(&admin, "Acme").await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    let customers = customers(&admin, &job).await;
    app.stop().await;
    (customers, job)
}

async fn customers(client: &Client, job: &Value) -> Value {
    let query =
        "query($id: ID!) { company(id: $id) { customers { nodes { name ticker cik exchange listing matchMethod } } } }";
    client.ok(query, json!({"id": job["result"]["company"]["id"]})).await["company"]["customers"]["nodes"].take()
}

/// The ticker of Apple among customers.
fn apple(customers: &Value) -> &Value {
    let apple = customers.as_array().unwrap().iter().find(|row| row["name"] == "Apple");
    &apple.unwrap()["ticker"]
}

#[tokio::test]
async fn customers_get_their_tickers_from_the_secs_list() {
    let world = World::new().await;
    let (customers, job) = onboard(world.server()).await;
    let row = |name, ticker: Value, cik: Value, exchange: Value, listing, method: Value| json!({"name": name, "ticker": ticker, "cik": cik, "exchange": exchange, "listing": listing, "matchMethod": method});
    let nothing = || json!(null);
    let expected = json!([
        row("Apple", json!("AAPL"), json!("0000320193"), json!("Nasdaq"), "LISTED", json!("NORMALIZED_NAME")),
        row("Johnson & Johnson", json!("JNJ"), json!("0000200406"), nothing(), "LISTED", json!("EXACT_NAME")),
        row("JPMorgan Chase", json!("JPM"), json!("0000019617"), json!("NYSE"), "LISTED", json!("NORMALIZED_NAME")),
        row("River Bank Bakery", nothing(), nothing(), nothing(), "NOT_LISTED", nothing()),
        row("Stripe", nothing(), nothing(), nothing(), "NOT_LISTED", nothing()),
    ]);
    assert_eq!(customers, expected, "{customers:#}");
    assert_eq!(job["stages"][2], json!({"name": "tickers", "completed": 5, "failed": 0, "total": 5}));
    assert_eq!(job["result"]["failedTasks"], 0);
}

#[tokio::test]
async fn the_sec_is_told_who_asks() {
    let world = World::new().await;
    onboard(world.server()).await;
    assert_eq!(world.edgar.user_agents(), [CONTACT, CONTACT]);
}

#[tokio::test]
async fn the_list_is_fetched_once_for_many_jobs_at_once() {
    let world = World::new().await;
    let app = world.server().start().await;
    let admin = app.admin().await;
    let jobs = ["One", "Two", "Three", "Four"].map(|name| onboarded(&admin, name));
    for job in futures_util::future::join_all(jobs).await {
        assert_eq!(apple(&customers(&admin, &job).await), "AAPL");
    }
    assert_eq!(world.edgar.requests(), 1);
    app.stop().await;
}

#[tokio::test]
async fn the_list_is_fetched_once_though_the_job_that_asked_for_it_is_stopped() {
    let world = World::new().await;
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    world.edgar.answers_next([Answer::Held(gate.clone())]);
    let app = world.server().start().await;
    let admin = app.admin().await;
    let stopped = admin.onboard("Acme").await["id"].as_str().unwrap().to_owned();
    let until = async |is_so: &dyn Fn(&Value) -> bool, job: &str| {
        let query = "query($id: ID!) { job(id: $id) { status stages { name total } } }";
        patience(async {
            while !is_so(&admin.ok(query, json!({"id": job})).await["job"]) {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        })
        .await;
    };
    until(&|_| world.edgar.requests() == 1, &stopped).await;
    admin.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", json!({"id": stopped})).await;
    until(&|job| job["status"] == "CANCELLED", &stopped).await;
    let next = admin.onboard("Another").await["id"].as_str().unwrap().to_owned();
    until(&|job| job["stages"][2]["total"] == CUSTOMERS.len(), &next).await;
    gate.notify_one();
    let job = patience(admin.finished(&next)).await;
    assert_eq!((apple(&customers(&admin, &job).await), world.edgar.requests()), (&json!("AAPL"), 1));
    app.stop().await;
}

#[tokio::test]
async fn the_list_is_kept_on_disk_over_a_restart_and_fetched_again_after_a_day() {
    let world = World::new().await;
    onboard(world.server()).await;
    world.edgar.answers(Answer::AppleAs("APPL"));
    let (customers, _) = onboard(world.server().later(TimeDelta::hours(23))).await;
    assert_eq!((apple(&customers), world.edgar.requests()), (&json!("AAPL"), 1));
    let (customers, _) = onboard(world.server().later(TimeDelta::hours(25))).await;
    assert_eq!((apple(&customers), world.edgar.requests()), (&json!("APPL"), 2));
}

#[tokio::test]
async fn the_list_is_fetched_each_day_though_nobody_is_onboarded() {
    let world = World::new().await;
    let app = world.server().start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Acme").await;
    world.edgar.answers(Answer::AppleAs("APPL"));
    app.advance(TimeDelta::hours(25));
    patience(async {
        while world.edgar.requests() < 2 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    let admin = app.admin().await;
    let job = onboarded(&admin, "Another").await;
    assert_eq!((apple(&customers(&admin, &job).await), world.edgar.requests()), (&json!("APPL"), 2));
    app.stop().await;
}

#[tokio::test]
async fn who_limits_us_is_not_asked_again_by_the_next_job_though_there_is_no_list() {
    let world = World::new().await;
    world.edgar.answers(Answer::RateExceeded);
    let app = world.server().start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Acme").await;
    let asked = world.edgar.requests();
    assert!(asked > 0);
    onboarded(&admin, "Another").await;
    assert_eq!(world.edgar.requests(), asked);
    world.edgar.answers(Answer::AppleAs("AAPL"));
    app.advance(TimeDelta::minutes(11));
    let job = onboarded(&admin, "A third").await;
    assert_eq!(apple(&customers(&admin, &job).await), "AAPL");
    app.stop().await;
}

#[tokio::test]
async fn an_old_list_is_better_than_none() {
    let failures = [Answer::RateExceeded, Answer::Status(StatusCode::INTERNAL_SERVER_ERROR), Answer::Garbage];
    for failure in failures {
        let world = World::new().await;
        onboard(world.server()).await;
        world.edgar.answers(failure.clone());
        let (customers, job) = onboard(world.server().later(TimeDelta::hours(25))).await;
        assert!(world.edgar.requests() > 1, "{failure:?}");
        assert_eq!((apple(&customers), &job["result"]["failedTasks"]), (&json!("AAPL"), &json!(0)), "{failure:?}");
    }
}

#[tokio::test]
async fn after_a_failure_the_sec_is_left_alone_for_ten_minutes() {
    let world = World::new().await;
    onboard(world.server()).await;
    world.edgar.answers(Answer::RateExceeded);
    let app = world.server().later(TimeDelta::hours(25)).start().await;
    let admin = app.admin().await;
    for (company, minutes, requests) in [("One", 0, 2), ("Two", 0, 2), ("Three", 9, 2), ("Four", 2, 3)] {
        app.advance(TimeDelta::minutes(minutes));
        onboarded(&admin, company).await;
        assert_eq!(world.edgar.requests(), requests, "{company}");
    }
    app.stop().await;
}

/// Without a list no customer is said to be listed or not, and each look-up is counted as failed.
async fn is_without_tickers(server: impl Fn() -> TestAppBuilder, code: &str, says: &str) {
    let (app, admin, events, job) = followed(server).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    assert_eq!(job["result"]["failedTasks"], CUSTOMERS.len());
    assert_eq!(job["stages"][2], json!({"name": "tickers", "completed": 0, "failed": 5, "total": 5}));
    for customer in customers(&admin, &job).await.as_array().unwrap() {
        assert_eq!((&customer["listing"], &customer["ticker"]), (&json!("UNKNOWN"), &json!(null)), "{customer:#}");
    }
    let failed = events.iter().filter(|event| event["stage"] == "tickers").map(|event| &event["error"]);
    let errors: Vec<_> = failed.collect();
    assert_eq!(errors.len(), CUSTOMERS.len(), "{events:#?}");
    for error in errors {
        assert_eq!(error["code"], code, "{error:#}");
        assert!(error["message"].as_str().unwrap().contains(says), "{error:#}");
    }
    app.stop().await;
}

#[tokio::test]
async fn without_any_list_the_listing_is_unknown_and_the_failures_are_counted() {
    let failures = [
        (Answer::RateExceeded, "limits our requests"),
        (Answer::Status(StatusCode::INTERNAL_SERVER_ERROR), "no usable answer"),
        (Answer::Garbage, "not readable"),
    ];
    for (failure, says) in failures {
        let world = World::new().await;
        world.edgar.answers(failure);
        is_without_tickers(|| world.server(), "PROVIDER_UNAVAILABLE", says).await;
    }
}

#[tokio::test]
async fn without_a_contact_nothing_is_requested_and_the_error_names_the_setting() {
    let world = World::new().await;
    let server = || world.server().set("EDGAR_USER_AGENT", "");
    is_without_tickers(server, "PROVIDER_NOT_CONFIGURED", "EDGAR_USER_AGENT").await;
    assert_eq!(world.edgar.user_agents(), Vec::<String>::new());
}

#[tokio::test]
async fn a_list_that_is_broken_on_disk_is_fetched_anew() {
    let breaks: [fn(&Path, &Path); 3] = [
        |list, _| std::fs::write(list, "{\"0\": {\"cik_str\": 3201").unwrap(),
        |list, _| std::fs::remove_file(list).unwrap(),
        |_, stamp| std::fs::write(stamp, "yesterday").unwrap(),
    ];
    for (broken, break_it) in breaks.into_iter().enumerate() {
        let world = World::new().await;
        onboard(world.server()).await;
        break_it(&world.cached("company_tickers.json"), &world.cached("company_tickers.fetched"));
        let (customers, _) = onboard(world.server()).await;
        assert_eq!((apple(&customers), world.edgar.requests()), (&json!("AAPL"), 2), "{broken}");
    }
}

#[tokio::test]
async fn a_list_that_could_not_be_read_later_unlists_nobody() {
    let world = World::new().await;
    let database = TestDb::new().await;
    onboard(world.server().on(&database)).await;
    // The same database, and a server that has never seen a list.
    let nowhere = TestDb::new().await;
    world.edgar.answers(Answer::Status(StatusCode::NOT_FOUND));
    let second = world.server().on(&database).set("CACHE_DIR", nowhere.folder().display()).start().await;
    let admin = second.admin().await;
    let job = onboarded(&admin, "Acme").await;
    assert_eq!(job["result"]["failedTasks"], CUSTOMERS.len());
    assert_eq!(apple(&customers(&admin, &job).await), "AAPL");
    second.stop().await;
}
