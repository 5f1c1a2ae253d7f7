//! A company that is onboarded again.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{finds, onboarded, researching};
use crate::support::{Client, TestApp, openai::StandIn};

/// The one company with its customers by name.
async fn company(client: &Client) -> Value {
    let query = "{ companies { nodes { id name website createdAt researchedAt facts(first: 100) { nodes { id } } customers(first: 100) {
        nodes { id name industry firstSeenAt lastSeenAt } } } } }";
    let mut data = client.ok(query, json!({})).await;
    assert_eq!(data["companies"]["nodes"].as_array().unwrap().len(), 1, "{data:#}");
    data["companies"]["nodes"][0].take()
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn onboarding_again_updates_and_does_not_duplicate() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let first = onboarded(&admin, "Brightloom Analytics").await;
    let before = company(&admin).await;
    app.advance(TimeDelta::minutes(5));
    let second = onboarded(&admin, "BRIGHTLOOM ANALYTICS, Inc.").await;
    assert_eq!(second["status"], "COMPLETED", "{second:#}");
    let after = company(&admin).await;
    for same in ["id", "name", "createdAt"] {
        assert_eq!(before[same], after[same]);
    }
    assert!(time(&after["researchedAt"]) >= time(&before["researchedAt"]) + TimeDelta::minutes(5));
    assert_eq!(first["result"]["customersDiscovered"], second["result"]["customersDiscovered"]);
    assert_eq!(before["facts"]["nodes"].as_array().unwrap().len(), after["facts"]["nodes"].as_array().unwrap().len());
    let (old, new) =
        (before["customers"]["nodes"].as_array().unwrap(), after["customers"]["nodes"].as_array().unwrap());
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(new) {
        assert_eq!((&old["id"], &old["name"], &old["firstSeenAt"]), (&new["id"], &new["name"], &new["firstSeenAt"]));
        assert!(time(&new["lastSeenAt"]) >= time(&old["lastSeenAt"]) + TimeDelta::minutes(5), "{new:#}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_customer_that_is_not_found_again_stays_as_it_was_last_seen() {
    let openai = StandIn::start().await;
    finds(&openai, &["Old Mill", "River Bank"]);
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Acme").await;
    let before = company(&admin).await;
    app.advance(TimeDelta::minutes(5));
    finds(&openai, &["River Bank", "New Bridge"]);
    onboarded(&admin, "Acme").await;
    let after = company(&admin).await;
    let names = |company: &Value| {
        let rows = company["customers"]["nodes"].as_array().unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&before), ["Old Mill", "River Bank"]);
    assert_eq!(names(&after), ["New Bridge", "Old Mill", "River Bank"]);
    let seen = |company: &Value, row: usize| time(&company["customers"]["nodes"][row]["lastSeenAt"]);
    assert_eq!(seen(&before, 0), seen(&after, 1));
    assert!(seen(&after, 2) > seen(&before, 1));
    app.stop().await;
}

#[tokio::test]
async fn brief_research_leaves_the_facts_of_other_topics_and_replaces_its_own() {
    let openai = StandIn::start().await;
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Acme").await;
    let before = company(&admin).await;
    let query = r#"mutation { onboardCompany(input: {companyName: "Acme", deepResearch: false}) { id } }"#;
    let job = admin.ok(query, json!({})).await;
    admin.finished(job["onboardCompany"]["id"].as_str().unwrap()).await;
    let after = company(&admin).await;
    let ids = |company: &Value| {
        let facts = company["facts"]["nodes"].as_array().unwrap();
        facts.iter().map(|fact| fact["id"].as_str().unwrap().to_owned()).collect::<std::collections::BTreeSet<_>>()
    };
    let (before, after) = (ids(&before), ids(&after));
    assert_eq!((before.len(), after.len()), (20, 20));
    assert_eq!(before.intersection(&after).count(), 12, "the facts of six topics, two each, are the old ones");
    app.stop().await;
}

#[tokio::test]
async fn two_onboardings_of_one_company_at_once_make_one_company() {
    let openai = StandIn::start().await;
    finds(&openai, &["River Bank"]);
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    let (one, two) = tokio::join!(onboarded(&admin, "Acme"), onboarded(&admin, "Acme, Inc."));
    assert_eq!((&one["status"], &two["status"]), (&json!("COMPLETED"), &json!("COMPLETED")), "{one:#}\n{two:#}");
    assert_eq!(one["result"]["company"]["id"], two["result"]["company"]["id"]);
    assert_eq!(company(&admin).await["customers"]["nodes"].as_array().unwrap().len(), 1);
    app.stop().await;
}
