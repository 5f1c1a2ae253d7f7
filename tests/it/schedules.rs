//! Scheduled tasks as clients see and start them.

use chrono::{DateTime, TimeDelta, Utc};
use rapport::auth::SystemRole;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestAppBuilder, TestDb, patience};

const TASKS: &str = "{ scheduledTasks { id name description cron timeZone nextRunAt isActive
    lastRun { tick startedAt job { id kind status } } } }";
const SET_ZONE: &str = "mutation($version: Int!, $zone: String!) {
    updateSettings(input: {expectedVersion: $version, timeZone: $zone}) { version } }";
const RUN: &str = "mutation($id: ID!) { runScheduledTask(id: $id) { id kind status owner { email } } }";

/// A server whose clock begins at this time.
fn at(time: &str) -> TestAppBuilder {
    let time: DateTime<Utc> = time.parse().unwrap();
    TestApp::builder().later(time - Utc::now())
}

async fn tasks(client: &Client) -> Vec<Value> {
    let Value::Array(tasks) = client.ok(TASKS, json!({})).await["scheduledTasks"].take() else { panic!("no tasks") };
    tasks
}

async fn task(client: &Client, name: &str) -> Value {
    tasks(client).await.into_iter().find(|task| task["name"] == name).unwrap()
}

async fn set_zone(admin: &Client, version: i32, zone: &str) {
    admin.ok(SET_ZONE, json!({"version": version, "zone": zone})).await;
}

/// Waits until the worker has written the times of all active tasks, by the clocks of this zone.
async fn registered(db: &TestDb, zone: &str) {
    let db = db.connect().await;
    let sql = "SELECT COUNT(*) AS count FROM scheduled_tasks WHERE time_zone = $1";
    patience(async {
        loop {
            let count = Statement::from_sql_and_values(db.backend(), sql, [zone.into()]);
            let row = db.reader().query_one_raw(count).await.unwrap().unwrap();
            if row.try_get::<i64>("", "count").unwrap() == 11 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    db.close().await;
}

#[tokio::test]
async fn all_scheduled_work_is_shown_to_those_who_see_all_jobs() {
    let app = at("2026-06-01T12:00:00Z").quiet().start().await;
    let shown = tasks(&app.user(SystemRole::Manager).await).await;
    let times: Vec<_> = shown
        .iter()
        .map(|task| (task["name"].as_str().unwrap(), task["cron"].as_str().unwrap(), task["nextRunAt"].as_str()))
        .collect();
    let expected = [
        ("fold_texts", "25 * * * *", Some("2026-06-01T12:25:00Z")),
        ("purge_chat_deltas", "10 * * * *", Some("2026-06-01T12:10:00Z")),
        ("purge_events", "20 3 * * *", Some("2026-06-02T03:20:00Z")),
        ("purge_facts", "0 4 * * *", Some("2026-06-02T04:00:00Z")),
        ("purge_jobs", "30 3 * * *", Some("2026-06-02T03:30:00Z")),
        ("purge_mails", "50 3 * * *", Some("2026-06-02T03:50:00Z")),
        ("purge_notifications", "0 4 * * *", Some("2026-06-02T04:00:00Z")),
        ("purge_sessions", "40 3 * * *", Some("2026-06-02T03:40:00Z")),
        // It needs EDGAR_USER_AGENT.
        ("refresh_tickers", "40 4 * * *", None),
        ("seal_audit_log", "50 * * * *", Some("2026-06-01T12:50:00Z")),
        ("sweep_files", "35 * * * *", Some("2026-06-01T12:35:00Z")),
        ("sweep_waits", "*/15 * * * *", Some("2026-06-01T12:15:00Z")),
    ];
    assert_eq!(times, expected);
    let guide = include_str!("../../docs/operations.md");
    for task in &shown {
        let row = format!("| `{}` | `{}` |", task["name"].as_str().unwrap(), task["cron"].as_str().unwrap());
        assert!(guide.contains(&row), "{row}");
        assert_eq!(task["isActive"], json!(task["name"] != "refresh_tickers"), "{task:#}");
        assert_eq!((&task["timeZone"], &task["lastRun"]), (&json!("UTC"), &Value::Null), "{task:#}");
    }
    for role in [SystemRole::Counselor, SystemRole::Viewer] {
        let user = app.user(role).await;
        let response = user.send(TASKS, json!({})).await;
        assert_eq!(response["data"], json!({"scheduledTasks": null}));
        assert_eq!(response["errors"][0]["extensions"]["permission"], "jobs:read_all");
        let node = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(user.ok(node, json!({"id": shown[0]["id"]})).await, json!({"node": null}));
    }
    let node = "query($id: ID!) { node(id: $id) { ... on ScheduledTask { name } } }";
    let seen = app.admin().await.ok(node, json!({"id": shown[0]["id"]})).await;
    assert_eq!(seen["node"], json!({"name": "fold_texts"}));
}

#[tokio::test]
async fn tasks_follow_the_time_zone_of_the_settings() {
    let app = at("2026-06-01T12:00:00Z").start().await;
    let admin = app.admin().await;
    registered(&app.db, "UTC").await;
    set_zone(&admin, 1, "Asia/Kolkata").await;
    let moved = task(&admin, "purge_events").await;
    assert_eq!((&moved["timeZone"], &moved["nextRunAt"]), (&json!("Asia/Kolkata"), &json!("2026-06-01T21:50:00Z")));
    registered(&app.db, "Asia/Kolkata").await;
    assert_eq!(task(&admin, "purge_events").await, moved);
}

/// The tasks of the night lie in the hour that clocks of Helsinki skip in spring and show twice in autumn.
#[tokio::test]
async fn a_time_that_clocks_skip_comes_after_the_gap_and_one_that_they_show_twice_comes_once() {
    for (now, next) in [
        ("2027-03-26T12:00:00Z", "2027-03-27T01:20:00Z"),
        ("2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"),
        ("2027-03-28T12:00:00Z", "2027-03-29T00:20:00Z"),
        ("2027-10-30T12:00:00Z", "2027-10-31T00:20:00Z"),
        ("2027-10-31T00:40:00Z", "2027-11-01T01:20:00Z"),
    ] {
        let app = at(now).quiet().set("DEFAULT_TIME_ZONE", "Europe/Helsinki").start().await;
        assert_eq!(task(&app.admin().await, "purge_events").await["nextRunAt"], next, "{now}");
    }
}

#[tokio::test]
async fn a_task_that_is_run_by_hand_runs_at_once_and_its_times_stay() {
    let app = at("2026-06-01T12:00:00Z").start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let before = task(&admin, "purge_sessions").await;
    let id = json!({"id": before["id"]});
    let error = manager.fail(RUN, id.clone()).await;
    assert_eq!(error["extensions"]["permission"], "schedule:manage");
    let job = admin.ok(RUN, id).await["runScheduledTask"].take();
    assert_eq!((&job["kind"], &job["owner"]["email"]), (&json!("PURGE_SESSIONS"), &json!("admin@example.com")));
    assert_eq!(admin.finished(job["id"].as_str().unwrap()).await["status"], "COMPLETED");
    assert_eq!(task(&admin, "purge_sessions").await, before);
}

#[tokio::test]
async fn what_cannot_be_run_says_why() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let tickers = task(&admin, "refresh_tickers").await;
    let error = admin.fail(RUN, json!({"id": tickers["id"]})).await;
    assert_eq!(error["extensions"]["code"], "PROVIDER_NOT_CONFIGURED");
    assert!(error["message"].as_str().unwrap().contains("set EDGAR_USER_AGENT"), "{error:#}");
    let nothing = json!({"id": "sched_00000000000000000000000000000000"});
    assert_eq!(admin.code(RUN, nothing).await, "NOT_FOUND");
    let jobs = admin.ok("{ jobs { totalCount } }", json!({})).await;
    assert_eq!(jobs["jobs"]["totalCount"], 0);
}

#[tokio::test]
async fn of_the_times_that_nobody_ran_the_latest_is_made_up_for_once_by_two_copies() {
    let app = at("2026-06-01T12:00:00Z").start().await;
    registered(&app.db, "UTC").await;
    let db = app.db.clone();
    app.stop().await;
    let later = || at("2026-06-04T12:00:00Z").on(&db).start();
    let (one, two) = tokio::join!(later(), later());
    let admin = one.admin().await;
    let daily = ["purge_events", "purge_jobs", "purge_sessions", "purge_mails"];
    let run = patience(async {
        loop {
            let tasks = tasks(&admin).await;
            let run = tasks.iter().filter(|task| daily.contains(&task["name"].as_str().unwrap()));
            if run.clone().all(|task| !task["lastRun"].is_null()) {
                break run.cloned().collect::<Vec<_>>();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    let query = "query($kind: JobKind!) { jobs(filter: {kind: {eq: $kind}}) { nodes { id } } }";
    for task in run {
        let name = task["name"].as_str().unwrap();
        let next: DateTime<Utc> = task["nextRunAt"].as_str().unwrap().parse().unwrap();
        let tick: DateTime<Utc> = task["lastRun"]["tick"].as_str().unwrap().parse().unwrap();
        assert_eq!(tick, next - TimeDelta::days(1), "{task:#}");
        assert!(task["nextRunAt"].as_str().unwrap().starts_with("2026-06-05T03:"), "{task:#}");
        assert_eq!(task["lastRun"]["job"]["kind"], name.to_uppercase(), "{task:#}");
        let jobs = two.admin().await.ok(query, json!({"kind": name.to_uppercase()})).await;
        assert_eq!(jobs["jobs"]["nodes"], json!([{"id": task["lastRun"]["job"]["id"]}]), "{name}");
    }
}
