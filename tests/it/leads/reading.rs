//! Lists of leads.

use chrono::TimeDelta;
use rapport::domains::leads::{Lead, LeadSource, LeadStatus};
use serde_json::json;

use super::id_of;
use crate::support::{Client, TestApp, today};

async fn names(client: &Client, arguments: &str) -> Vec<String> {
    let query = format!("{{ leads({arguments}) {{ totalCount nodes {{ name }} }} }}");
    let data = client.ok(&query, json!({})).await;
    let nodes = data["leads"]["nodes"].as_array().unwrap();
    assert_eq!(data["leads"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect()
}

/// Three leads, the last one the newest and the first one the last changed.
async fn world() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let me = id_of(&admin).await;
    let hours = TimeDelta::hours;
    app.insert([
        Lead {
            email: Some("Bo@example.com".to_owned()),
            email_folded: Some("bo@example.com".to_owned()),
            source: LeadSource::Chat,
            updated_at: today() + hours(9),
            ..app.lead("bo", Some(me))
        },
        Lead {
            phone: Some("+49 30 77".to_owned()),
            status: LeadStatus::Won,
            created_at: today() + hours(1),
            ..app.lead("Cai", None)
        },
        Lead { created_at: today() + hours(2), ..app.lead("Ada", None) },
    ])
    .await;
    (app, admin)
}

#[tokio::test]
async fn leads_are_ordered_by_when_they_came_when_they_changed_or_by_name() {
    let (_app, admin) = world().await;
    for (order, expected) in [
        ("", ["Ada", "Cai", "bo"]),
        ("orderBy: {field: CREATED_AT, direction: ASC}", ["bo", "Cai", "Ada"]),
        ("orderBy: {field: NAME, direction: ASC}", ["Ada", "bo", "Cai"]),
        ("orderBy: {field: UPDATED_AT, direction: DESC}, first: 3", ["bo", "Ada", "Cai"]),
    ] {
        let arguments = if order.is_empty() { "first: 25" } else { order };
        let found = names(&admin, arguments).await;
        if order.contains("UPDATED_AT") {
            assert_eq!(found[0], expected[0], "{order}");
        } else {
            assert_eq!(found, expected, "{order}");
        }
    }
}

#[tokio::test]
async fn leads_are_found_by_what_is_known_of_them() {
    let (_app, admin) = world().await;
    let me = id_of(&admin).await;
    for (filter, expected) in [
        ("{name: {startsWith: \"B\"}}".to_owned(), vec!["bo"]),
        ("{email: {contains: \"bo@EXAMPLE\"}}".to_owned(), vec!["bo"]),
        ("{email: {eq: \"BO@example.com\"}}".to_owned(), vec!["bo"]),
        ("{email: {notIn: [\"bo@example.com\"]}}".to_owned(), vec!["Ada", "Cai"]),
        ("{email: {isNull: true, notIn: [\"x@example.com\"]}}".to_owned(), vec!["Ada", "Cai"]),
        ("{phone: {isNull: false}}".to_owned(), vec!["Cai"]),
        ("{source: {eq: CHAT}}".to_owned(), vec!["bo"]),
        ("{status: {in: [WON, LOST]}}".to_owned(), vec!["Cai"]),
        (format!("{{assignedToId: {{eq: \"{me}\"}}}}"), vec!["bo"]),
        ("{assignedToId: {isNull: true}}".to_owned(), vec!["Ada", "Cai"]),
        ("{updatedAt: {gt: \"2026-03-14T10:00:00Z\"}}".to_owned(), vec!["bo"]),
        ("{not: {status: {eq: WON}}}".to_owned(), vec!["Ada", "bo"]),
    ] {
        assert_eq!(names(&admin, &format!("filter: {filter}")).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn leads_are_searched_by_name_address_and_number() {
    let (_app, admin) = world().await;
    for (search, expected) in
        [("AD", vec!["Ada"]), ("@example", vec!["bo"]), ("30 77", vec!["Cai"]), ("nobody", vec![])]
    {
        assert_eq!(names(&admin, &format!("search: \"{search}\"")).await, expected, "{search}");
    }
}
