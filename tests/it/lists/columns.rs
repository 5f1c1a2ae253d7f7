//! Lists that read only what is asked for show the same as those that read all.

use std::collections::BTreeMap;

use rapport::domains::{
    customers::{Customer, Listing, Segment},
    intelligence::MatchMethod,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, today};

/// The fields of customers that need no arguments and have no fields of their own.
async fn plain_fields(client: &Client) -> Vec<String> {
    let query = r#"{ __type(name: "Customer") { fields { name args { name } type { kind ofType { kind } } } } }"#;
    let data = client.ok(query, json!({})).await;
    let fields = data["__type"]["fields"].as_array().unwrap().iter();
    let is_plain = |field: &&Value| {
        let kind = field["type"]["ofType"]["kind"].as_str().or(field["type"]["kind"].as_str()).unwrap();
        field["args"].as_array().unwrap().is_empty() && ["SCALAR", "ENUM"].contains(&kind)
    };
    fields.filter(is_plain).map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// What `selection` shows of all customers, by their names.
async fn shown(client: &Client, rows: &str, selection: &str) -> BTreeMap<String, Value> {
    let query = format!("{{ companies {{ nodes {{ {} }} }} }}", rows.replace('$', selection));
    let below = client.ok(&query, json!({})).await;
    let mut shown = BTreeMap::new();
    for company in below["companies"]["nodes"].as_array().unwrap() {
        let list = &company["customers"];
        let nodes = list["nodes"].as_array().cloned().unwrap_or_default();
        let edges = list["edges"].as_array().cloned().unwrap_or_default();
        for node in nodes.into_iter().chain(edges.into_iter().map(|edge| edge["node"].clone())) {
            shown.insert(node["named"].as_str().unwrap().to_owned(), node);
        }
    }
    shown
}

#[tokio::test]
async fn each_field_of_a_customer_is_the_same_alone_as_among_all() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let listed = Customer {
        industry: Some("Retail".to_owned()),
        segment: Segment::Enterprise,
        listing: Listing::Listed,
        ticker: Some("GLBX".to_owned()),
        cik: Some(7),
        exchange: Some("NYSE".to_owned()),
        match_method: Some(MatchMethod::Alias),
        match_confidence: Some(0.75),
        version: 3,
        is_sample: true,
        first_seen_at: today() - chrono::TimeDelta::days(9),
        ..app.customer(Some(&company), "Globex")
    };
    let unknown = app.customer(Some(&company), "Initech");
    app.insert(vec![company]).await;
    app.insert(vec![listed, unknown]).await;

    // `company` needs a column that no field shows, so all are read.
    let fields = plain_fields(&admin).await;
    assert!(fields.len() > 10, "{fields:?}");
    let all = format!("named: name {} company {{ id }}", fields.join(" "));
    let expected = shown(&admin, "customers { nodes { $ } }", &all).await;
    assert_eq!(expected.keys().collect::<Vec<_>>(), ["Globex", "Initech"]);
    for field in &fields {
        for rows in ["customers { nodes { $ } }", "customers { edges { cursor node { $ } } }"] {
            for (name, node) in shown(&admin, rows, &format!("named: name {field}")).await {
                assert_eq!(node[field], expected[&name][field], "{field} of {name}");
            }
        }
    }
}

#[tokio::test]
async fn cursors_are_the_same_whatever_else_is_asked_for() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let customers = ["Globex", "Initech", "Umbrella"].map(|name| app.customer(Some(&company), name));
    app.insert(vec![company]).await;
    app.insert(Vec::from(customers)).await;

    let page = async |order: &str, selection: &str| {
        let list = format!("customers(first: 2, orderBy: {order})");
        let query = format!("{{ companies {{ nodes {{ {list} {{ {selection} }} }} }} }}");
        admin.ok(&query, json!({})).await["companies"]["nodes"][0]["customers"].clone()
    };
    for order in ["{field: NAME}", "{field: LAST_SEEN_AT, direction: DESC}"] {
        // `company` needs a column that no field shows, so all are read.
        let all = page(order, "edges { cursor node { id company { id } } } pageInfo { startCursor endCursor }").await;
        let cursors: Vec<_> = all["edges"].as_array().unwrap().iter().map(|edge| &edge["cursor"]).collect();
        assert_eq!(cursors.len(), 2, "{all}");
        assert_eq!(page(order, "nodes { id } pageInfo { startCursor endCursor }").await["pageInfo"], all["pageInfo"]);
        assert_eq!(page(order, "pageInfo { endCursor }").await["pageInfo"]["endCursor"], *cursors[1]);
        let edges = page(order, "edges { cursor }").await;
        assert_eq!(edges["edges"].as_array().unwrap().iter().map(|edge| &edge["cursor"]).collect::<Vec<_>>(), cursors);
    }
}
