//! Lists that read only what is asked for show the same as those that read all.

use std::collections::BTreeMap;

use rapport::domains::{customers::Customer, intelligence::FactTopic};
use serde_json::{Value, json};

use super::{fields_without_fields, listed_customer};
use crate::support::{Client, TestApp};

/// Each company with all that it has, by a list that reads some columns and by its id, which reads all.
#[tokio::test]
async fn each_field_of_a_company_is_the_same_in_a_list_as_by_its_id() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut company = app.company("Acme");
    (company.website, company.is_sample) = (Some("https://acme.example".to_owned()), true);
    company.created_at -= chrono::TimeDelta::days(9);
    let customer = app.customer(Some(&company), "Globex");
    let id = company.id.to_string();
    let topics = [FactTopic::Products, FactTopic::Pricing, FactTopic::IdealCustomers, FactTopic::Personas];
    let facts: Vec<_> = topics.into_iter().map(|topic| app.fact(&company, topic, 0)).collect();
    let signal = app.signal(&customer, "one");
    app.insert([company]).await;
    app.insert(facts).await;
    app.insert([customer]).await;
    app.insert([signal]).await;

    let selections: Vec<_> = fields_without_fields(&admin, "Company").await;
    let below = [
        "products { name }",
        "pricingTiers { name }",
        "idealCustomerProfiles { name }",
        "personas { title }",
        "facts { name topic }",
        "facts(topics: [PRODUCTS]) { name }",
        "customers { totalCount nodes { name } }",
        "signals { totalCount nodes { id } }",
    ];
    for selection in selections.iter().map(String::as_str).chain(below) {
        let query = format!("query($id: ID!) {{ company(id: $id) {{ {selection} }} }}");
        let expected = admin.ok(&query, json!({"id": id})).await["company"].take();
        for rows in ["nodes { $ }", "edges { cursor node { $ } }"] {
            let query = format!("{{ companies {{ {} }} }}", rows.replace('$', selection));
            let data = admin.ok(&query, json!({})).await;
            let companies = &data["companies"];
            let found = companies.pointer("/nodes/0").or(companies.pointer("/edges/0/node"));
            assert_eq!(found, Some(&expected), "{selection}");
        }
    }
}

#[tokio::test]
async fn each_field_of_a_customer_is_the_same_in_the_list_of_all_as_by_its_id() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    let customer = Customer { ticker: Some("GLBX".to_owned()), cik: Some(7), ..app.customer(Some(&company), "Globex") };
    let id = customer.id.to_string();
    app.insert([company]).await;
    app.insert([customer]).await;
    let selections = fields_without_fields(&admin, "Customer").await;
    let below = ["company { id name }", "accountManager { id }", "signals { totalCount }", "source { url }"];
    for selection in selections.iter().map(String::as_str).chain(below) {
        let query = format!(
            "query($id: ID!) {{ customer(id: $id) {{ {selection} }} customers {{ nodes {{ {selection} }} }} }}"
        );
        let data = admin.ok(&query, json!({"id": id})).await;
        assert_eq!(data["customers"]["nodes"][0], data["customer"], "{selection}");
    }
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
    let listed = listed_customer(&app, &company);
    let unknown = app.customer(Some(&company), "Initech");
    app.insert(vec![company]).await;
    app.insert(vec![listed, unknown]).await;

    // `company` needs a column that no field shows, so all are read.
    let fields = fields_without_fields(&admin, "Customer").await;
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
