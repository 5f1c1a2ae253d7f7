//! What fails, for one customer or for all.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{begun, ended, monitored, reading_from, signals, started, with_customers};
use crate::support::{
    Client, TestApp,
    edgar::{Answer, Edgar, made_up},
    patience,
};

#[tokio::test]
async fn customers_that_fail_are_counted_and_the_others_are_read() {
    let filers = made_up(3);
    let sec = Edgar::with_companies(&filers).await;
    sec.put(&filers[1].list_path(), "no list");
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let job = begun(&admin, &vendor).await;
    let job = ended(&admin, &job).await;
    let result = &job["result"];
    assert_eq!(job["stages"][0], json!({"name": "filings", "completed": 2, "failed": 1, "total": 3}), "{job:#}");
    assert_eq!((&result["customersMonitored"], &result["failedCustomers"]), (&json!(2), &json!(1)));
    assert_eq!(signals(result).len(), 2);
    let problems = result["problems"].as_array().unwrap();
    assert!(problems.len() == 1 && problems[0].as_str().unwrap().starts_with(&filers[1].name), "{problems:#?}");
    app.stop().await;
}

#[tokio::test]
async fn a_report_that_is_not_to_be_had_is_told_and_the_customer_is_read_on() {
    let mut filers = made_up(1);
    let missing = filers[0].filings[0].clone();
    let later = crate::support::edgar::TEMPLATES[2].filing(&filers[0], 2, super::day("2024-06-01"));
    filers[0].filings.insert(0, later);
    let sec = Edgar::start().await;
    for (path, body) in filers[0].files() {
        if !path.ends_with(&missing.document) {
            sec.put(&path, body);
        }
    }
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let result = monitored(&admin, &vendor).await;
    assert_eq!((&result["reportsRead"], &result["failedCustomers"]), (&json!(1), &json!(0)));
    assert!(result["problems"][0].as_str().unwrap().contains(&missing.accession), "{result:#}");
    app.stop().await;
}

#[tokio::test]
async fn when_every_customer_fails_for_good_the_job_fails() {
    let filers = made_up(2);
    // The stand-in knows none of them.
    let sec = Edgar::start().await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let job = begun(&admin, &vendor).await;
    let job = ended(&admin, &job).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("FAILED"), &json!("NOT_FOUND")), "{job:#}");
    app.stop().await;
}

/// Waits until an attempt of the job has failed and another is to come.
async fn put_off(client: &Client, job: &str) -> Value {
    let query = "query($id: ID!) { job(id: $id) { status attempt error { code } } }";
    patience(async {
        loop {
            let mut data = client.ok(query, json!({"id": job})).await;
            if data["job"]["status"] == "QUEUED" && data["job"]["attempt"] == 1 {
                return data["job"].take();
            }
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        }
    })
    .await
}

#[tokio::test]
async fn when_the_sec_wants_a_pause_the_job_takes_it_and_goes_on_where_it_stopped() {
    let filers = made_up(4);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    // Four lists, one document, and then the pause.
    sec.answers_next([
        Answer::Files,
        Answer::Files,
        Answer::Files,
        Answer::Files,
        Answer::Files,
        Answer::Busy(Some("600")),
    ]);
    let job = begun(&admin, &vendor).await;
    assert_eq!(put_off(&admin, &job).await["error"]["code"], "PROVIDER_UNAVAILABLE");
    let before = sec.paths().len();
    assert_eq!(before, 6);
    app.advance(TimeDelta::seconds(601));
    let admin = app.admin().await;
    let job = ended(&admin, &job).await;
    assert_eq!((&job["status"], &job["result"]["failedCustomers"]), (&json!("COMPLETED"), &json!(0)), "{job:#}");
    assert_eq!((&job["result"]["signalsFound"], &job["result"]["reportsRead"]), (&json!(4), &json!(4)));
    let mut documents: Vec<_> = sec.paths().into_iter().filter(|path| path.contains("/report-")).collect();
    documents.sort();
    // One was refused, and asked for again.
    assert_eq!(documents.len(), 5, "{documents:#?}");
    documents.dedup();
    assert_eq!(documents.len(), 4);
    app.stop().await;
}

#[tokio::test]
async fn a_server_of_the_sec_that_fails_fails_the_attempt_and_not_the_job() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    sec.answers(Answer::Garbage);
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let job = begun(&admin, &vendor).await;
    assert_eq!(put_off(&admin, &job).await["error"]["code"], "PROVIDER_UNAVAILABLE");
    sec.answers(Answer::Files);
    app.advance(TimeDelta::minutes(1));
    let admin = app.admin().await;
    let job = ended(&admin, &job).await;
    assert_eq!((&job["status"], &job["result"]["signalsFound"]), (&json!("COMPLETED"), &json!(1)), "{job:#}");
    app.stop().await;
}

#[tokio::test]
async fn without_a_contact_for_the_sec_the_job_fails_and_names_the_setting() {
    let filers = made_up(2);
    let sec = Edgar::with_companies(&filers).await;
    let builder = TestApp::builder().set("EDGAR_BASE_URL", sec.base_url()).set("EDGAR_DATA_BASE_URL", sec.base_url());
    let (app, admin, vendor, _) = started(builder, &filers).await;
    let job = begun(&admin, &vendor).await;
    let job = ended(&admin, &job).await;
    assert_eq!((&job["status"], &job["error"]["code"]), (&json!("FAILED"), &json!("PROVIDER_NOT_CONFIGURED")));
    assert!(job["error"]["message"].as_str().unwrap().contains("EDGAR_USER_AGENT"), "{job:#}");
    assert_eq!(sec.paths(), [""; 0]);
    app.stop().await;
}

#[tokio::test]
async fn a_failed_monitoring_is_started_again_by_who_may_monitor() {
    let sec = Edgar::start().await;
    sec.answers(Answer::Status(StatusCode::NOT_FOUND));
    let filers = made_up(1);
    let (app, _, vendor, _) = started(reading_from(&sec), &filers).await;
    let manager = app.user(rapport::auth::SystemRole::Manager).await;
    let job = begun(&manager, &vendor).await;
    assert_eq!(ended(&manager, &job).await["status"], "FAILED");
    let retry = "mutation($id: ID!) { retryJob(id: $id) { id } }";
    // Who has lost the right since may not have it done again.
    let admin = app.admin().await;
    let data = manager.ok("{ viewer { user { id version } } }", json!({})).await;
    let user = &data["viewer"]["user"];
    let roles = admin.ok("{ roles { id name } }", json!({})).await;
    let role = |name: &str| {
        let roles = roles["roles"].as_array().unwrap();
        roles.iter().find(|role| role["name"] == name).unwrap()["id"].clone()
    };
    let update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { version } }";
    let input = json!({"id": user["id"], "expectedVersion": user["version"], "roleId": role("viewer")});
    let version = admin.ok(update, json!({"input": input})).await["updateUser"]["version"].clone();
    let refused = async {
        loop {
            let answer = manager.send(retry, json!({"id": job})).await;
            if answer["errors"][0]["extensions"]["code"] == "FORBIDDEN" {
                return answer;
            }
            assert_eq!(ended(&manager, &job).await["status"], "FAILED");
        }
    };
    let refused = patience(refused).await;
    assert_eq!(refused["errors"][0]["extensions"]["permission"], "companies:monitor", "{refused:#}");
    let input = json!({"id": user["id"], "expectedVersion": version, "roleId": role("manager")});
    admin.ok(update, json!({"input": input})).await;
    sec.answers(Answer::Files);
    sec.add(&filers[0]);
    let again = async {
        while manager.send(retry, json!({"id": job})).await.get("errors").is_some() {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    patience(again).await;
    assert_eq!(ended(&manager, &job).await["status"], "COMPLETED");
    app.stop().await;
}
