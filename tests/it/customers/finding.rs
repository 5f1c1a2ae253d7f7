//! Searches that forgive typing errors, orders, industries and account managers.

use rapport::{
    domains::{customers::Customer, system::FoldTexts},
    jobs::{NewJob, enqueue},
};
use serde_json::json;

use super::{create, names};
use crate::support::TestApp;

#[tokio::test]
async fn names_are_found_with_typing_errors() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let all = ["Jonathan Papadopoulos", "José Fernández", "North Sea Gas", "Søren Andersson", "Harrowgate Financial"];
    for name in all {
        create(&admin, json!({"name": name})).await;
    }
    for (search, expected) in [
        ("Jonathn Papadopulos", vec!["Jonathan Papadopoulos"]),
        ("papa", vec!["Jonathan Papadopoulos"]),
        ("jose fernandes", vec!["José Fernández"]),
        ("Sorn Andresson", vec!["Søren Andersson"]),
        ("andersson soren", vec!["Søren Andersson"]),
        ("harrowgte", vec!["Harrowgate Financial"]),
        ("financial harowgate", vec!["Harrowgate Financial"]),
        ("norg", vec![]),
        ("nobody at all", vec![]),
        ("%", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("search: \"{search}\"")).await, expected, "{search}");
    }
    // Pages and other conditions go with it.
    assert_eq!(names(&admin, "search: \"harowgate\", filter: {segment: {eq: SMALL}}").await, [""; 0]);
}

#[tokio::test]
async fn a_changed_name_is_found_and_the_old_one_is_not() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = create(&admin, json!({"name": "Bluefen Energy"})).await;
    let update = "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { id } }";
    admin.ok(update, json!({"input": {"id": id, "expectedVersion": 1, "name": "Harrowgate"}})).await;
    assert_eq!(names(&admin, "search: \"blufen\"").await, [""; 0]);
    assert_eq!(names(&admin, "search: \"harowgate\"").await, ["Harrowgate"]);
}

#[tokio::test]
async fn customers_are_found_by_contacts_and_by_their_id() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let contact = json!({"name": "Dana Scully", "email": "Dana@Bureau.example"});
    let id = create(&admin, json!({"name": "Bluefen Energy", "contact": contact})).await;
    create(&admin, json!({"name": "Harrowgate"})).await;
    for search in ["scully", "dana@bureau", "bluefen DANA", &id] {
        assert_eq!(names(&admin, &format!("search: \"{search}\"")).await, ["Bluefen Energy"], "{search}");
    }
}

/// Rows of before there were trigrams, or of another release.
#[tokio::test]
async fn customers_that_have_no_trigrams_get_them_by_the_job_that_folds_texts() {
    let app = TestApp::builder().set("JOB_POLL_MS", 50).start().await;
    let admin = app.admin().await;
    app.insert([app.customer(None, "Bluefen Energy"), app.customer(None, "—")]).await;
    assert_eq!(names(&admin, "search: \"blufen\"").await, [""; 0]);
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<FoldTexts>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    assert_eq!(admin.finished(&job.id.to_string()).await["status"], "COMPLETED");
    assert_eq!(names(&admin, "search: \"blufen\"").await, ["Bluefen Energy"]);
}

#[tokio::test]
async fn customers_are_sorted_by_contract_and_contact_those_without_last() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (name, ends_on, amount) in [("Soon", "2027-01-31", "900"), ("Late", "2028-01-31", "100")] {
        let value = json!({"amount": amount, "currency": "EUR"});
        let contract = json!({"startsOn": "2026-02-01", "endsOn": ends_on, "value": value});
        let id = create(&admin, json!({"name": name, "contract": contract})).await;
        let log = "mutation($input: LogInteractionInput!) { logInteraction(input: $input) { id } }";
        let occurred_at = if name == "Soon" { "2020-02-01T12:00:00Z" } else { "2020-01-01T12:00:00Z" };
        let input = json!({"subjectId": id, "kind": "CALL", "summary": "Hello", "occurredAt": occurred_at});
        admin.ok(log, json!({"input": input})).await;
    }
    create(&admin, json!({"name": "None"})).await;
    for (order, expected) in [
        ("{field: CONTRACT_ENDS_ON}", ["Soon", "Late", "None"]),
        ("{field: CONTRACT_ENDS_ON, direction: DESC}", ["Late", "Soon", "None"]),
        ("{field: CONTRACT_VALUE}", ["Late", "Soon", "None"]),
        ("{field: LAST_CONTACT_AT, direction: DESC}", ["Soon", "Late", "None"]),
        ("{field: LAST_CONTACT_AT}", ["Late", "Soon", "None"]),
    ] {
        assert_eq!(names(&admin, &format!("orderBy: {order}")).await, expected, "{order}");
    }
    for (filter, expected) in [
        ("{contractEndsOn: {lte: \"2027-01-31\"}}", vec!["Soon"]),
        ("{contractEndsOn: {isNull: true}}", vec!["None"]),
        ("{contractValue: {gte: {amount: \"500\", currency: EUR}}}", vec!["Soon"]),
        ("{contractValue: {gte: {amount: \"5\", currency: USD}}}", vec![]),
        ("{lastContactAt: {lt: \"2020-01-15T00:00:00Z\"}}", vec!["Late"]),
    ] {
        let filter = filter.replace("currency: EUR", "currency: \"EUR\"").replace("currency: USD", "currency: \"USD\"");
        assert_eq!(names(&admin, &format!("filter: {filter}")).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn industries_and_account_managers_are_counted_the_largest_first() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let me = admin.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"]["id"].take();
    let manager = me.as_str().unwrap().parse().ok();
    let with = |name: &str, industry: &str| Customer {
        industry: Some(industry.to_owned()),
        account_manager_id: manager,
        ..app.customer(None, name)
    };
    let gone = Customer { deleted_at: Some(crate::support::today()), ..with("Gone", "Energy") };
    app.insert([with("A", "Energy"), with("B", "Retail"), with("C", "Energy"), app.customer(None, "D"), gone]).await;
    let query = "{ customerIndustries { name customerCount } accountManagers { customerCount person { userId } } }";
    let data = admin.ok(query, json!({})).await;
    let industries = json!([{"name": "Energy", "customerCount": 2}, {"name": "Retail", "customerCount": 1}]);
    assert_eq!(data["customerIndustries"], industries);
    assert_eq!(data["accountManagers"], json!([{"customerCount": 3, "person": {"userId": me}}]));
}
