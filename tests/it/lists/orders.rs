//! Every root list can be filtered, searched and sorted, and is paged through in each of its orders.

use apollo_compiler::{Schema, schema::ExtendedType};
use chrono::TimeDelta;
use rapport::domains::{
    customers::Customer,
    leads::{Lead, LeadSource, LeadStatus},
};
use sea_orm::Iterable;
use serde_json::{Value, json};

use super::{List, ids, plain::full};
use crate::support::{TestApp, today};

/// The root lists, each with the fields that it can be sorted by.
fn root_lists() -> Vec<(String, Vec<String>)> {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap().into_inner();
    let mut lists = Vec::new();
    for field in schema.get_object("Query").unwrap().fields.values() {
        if !field.ty.inner_named_type().ends_with("Connection") {
            continue;
        }
        for argument in ["filter", "orderBy", "search"] {
            assert!(field.argument_by_name(argument).is_some(), "{} has no {argument}", field.name);
        }
        let order = field.argument_by_name("orderBy").unwrap().ty.inner_named_type();
        let Some(ExtendedType::Enum(orders)) = schema.types.get(format!("{order}Field").as_str()) else {
            panic!("{order} has no fields")
        };
        lists.push((field.name.to_string(), orders.values.keys().map(ToString::to_string).collect()));
    }
    lists
}

#[tokio::test]
async fn every_root_list_is_paged_through_in_each_order_that_it_has() {
    let (app, admin) = full().await;
    app.insert([
        Customer { last_seen_at: None, first_seen_at: None, ..app.customer(None, "Nobody saw it") },
        Customer { first_seen_at: Some(today() + TimeDelta::days(1)), ..app.customer(None, "Umbrella") },
    ])
    .await;
    app.insert([Lead { status: LeadStatus::Won, ..app.lead("Zoe", None) }]).await;
    for n in 0..3 {
        app.insert([app.job(None, today() + TimeDelta::days(n))]).await;
    }
    let lists = root_lists();
    assert!(lists.len() > 9, "{lists:?}");
    for (name, orders) in lists {
        for order in orders {
            for direction in ["ASC", "DESC"] {
                let list = List {
                    parent: String::new(),
                    name: name.clone().leak(),
                    arguments: format!("orderBy: {{field: {order}, direction: {direction}}}"),
                };
                let whole = ids(&list.page(&admin, "first: 100").await);
                assert!(!whole.is_empty(), "{name}");
                assert_eq!(list.walk(&admin, 1, false).await, whole, "{name} by {order} {direction}");
                assert_eq!(list.walk(&admin, 2, true).await, whole, "{name} by {order} {direction}");
            }
        }
    }
}

/// A server with customers of whom some were seen, in the order of when they were first.
async fn with_unseen() -> (TestApp, Vec<String>) {
    let app = TestApp::builder().quiet().start().await;
    let seen = |name: &str, days: Option<i64>| {
        let at = days.map(|days| today() + TimeDelta::days(days));
        Customer { first_seen_at: at, last_seen_at: at, ..app.customer(None, name) }
    };
    let mut customers = [seen("A", Some(1)), seen("B", Some(2)), seen("C", Some(3)), seen("D", None), seen("E", None)];
    // Those that have nothing are in the order of their ids.
    customers[3..].sort_by_key(|customer| customer.id.uuid());
    app.insert(customers.clone()).await;
    (app, customers.iter().map(|customer| customer.name.clone()).collect())
}

#[tokio::test]
async fn customers_whom_research_never_found_have_no_times_and_come_last() {
    let (app, names) = with_unseen().await;
    let admin = app.admin().await;
    let query = "query($order: CustomerOrder, $filter: CustomerFilter) {
        customers(orderBy: $order, filter: $filter) { nodes { name firstSeenAt lastSeenAt } } }";
    for field in ["FIRST_SEEN_AT", "LAST_SEEN_AT"] {
        for direction in ["ASC", "DESC"] {
            let order = json!({"field": field, "direction": direction});
            let data = admin.ok(query, json!({"order": order})).await;
            let nodes = data["customers"]["nodes"].as_array().unwrap();
            let found: Vec<_> = nodes.iter().map(|node| node["name"].as_str().unwrap()).collect();
            let order = if direction == "ASC" { [0, 1, 2, 3, 4] } else { [2, 1, 0, 4, 3] };
            let expected: Vec<_> = order.iter().map(|at| names[*at].as_str()).collect();
            assert_eq!(found, expected, "{field} {direction}");
            assert!(nodes[3..].iter().all(|node| node["firstSeenAt"].is_null() && node["lastSeenAt"].is_null()));
        }
    }
    for (filter, expected) in [
        (json!({"firstSeenAt": {"isNull": true}}), &names[3..]),
        (json!({"lastSeenAt": {"isNull": false}}), &names[..3]),
        (json!({"lastSeenAt": {"gt": today() + TimeDelta::days(1)}}), &names[1..3]),
    ] {
        let data = admin.ok(query, json!({"filter": filter})).await;
        let nodes = data["customers"]["nodes"].as_array().unwrap();
        let found: Vec<_> = nodes.iter().map(|node| node["name"].as_str().unwrap()).collect();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(found, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_lead_of_each_source_is_shown_with_it_and_found_by_it() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let lead = |source: LeadSource| Lead {
        source,
        source_detail: (source == LeadSource::Event).then(|| "Hannover 2026".to_owned()),
        ..app.lead(&format!("{source:?}"), None)
    };
    app.insert(LeadSource::iter().map(lead)).await;
    let query = "query($filter: LeadFilter) { leads(filter: $filter) { nodes { source sourceDetail } } }";
    let sources = ["CHAT", "MANUAL", "IMPORT", "API", "REFERRAL", "WEBSITE", "ADS", "EVENT", "PARTNER", "OTHER"];
    assert_eq!(LeadSource::iter().count(), sources.len());
    for source in sources {
        let found = admin.ok(query, json!({"filter": {"source": {"eq": source}}})).await;
        let detail = if source == "EVENT" { json!("Hannover 2026") } else { Value::Null };
        assert_eq!(found["leads"]["nodes"], json!([{"source": source, "sourceDetail": detail}]));
    }
    let found = admin.ok(query, json!({"filter": {"sourceDetail": {"startsWith": "Hann"}}})).await;
    assert_eq!(found["leads"]["nodes"][0]["source"], "EVENT");
    let found = admin.ok(query, json!({"filter": {"sourceDetail": {"isNull": true}}})).await;
    assert_eq!(found["leads"]["nodes"].as_array().unwrap().len(), sources.len() - 1);
}
