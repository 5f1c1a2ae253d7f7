//! Lists that read only what is asked for show the same as those that read all.

use std::collections::BTreeMap;

use rapport::domains::{customers::Customer, intelligence::FactTopic};
use serde_json::{Value, json};

use super::{
    fields_without_fields, listed_customer,
    plain::{LISTS, Listed, full},
};
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
        "personas { name }",
        "facts { nodes { name topic } }",
        "facts(filter: {topic: {eq: PRODUCTS}}) { totalCount nodes { name } }",
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
    let below = [
        "company { id name }",
        "accountManager { userId }",
        "signals { totalCount }",
        "source { url }",
        "contact { name }",
        "contract { startsOn }",
        "churns { kind }",
        "timelineCounts { count }",
    ];
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

/// Each field of each list alone, where as few columns are read as can be, and of the same rows by their ids, which are read
/// whole.
#[tokio::test]
async fn each_field_of_each_list_is_the_same_alone_as_in_whole_rows() {
    let (_app, admin) = full().await;
    for Listed { kind, list, .. } in &LISTS {
        let fields = fields_without_fields(&admin, kind).await;
        let query = format!("{{ {} }}", list.replace('$', "nodes { id }"));
        let mut ids = Vec::new();
        rows_in(&admin.ok(&query, json!({})).await, &mut |row| ids.push(row["id"].clone()));
        let query =
            format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ id ... on {kind} {{ {} }} }} }}", fields.join(" "));
        let whole = admin.ok(&query, json!({"ids": ids})).await;
        let whole: BTreeMap<_, _> =
            whole["nodes"].as_array().unwrap().iter().map(|row| (row["id"].as_str().unwrap(), row)).collect();
        for field in fields.iter().filter(|field| !["cursor", "currentUrgency"].contains(&field.as_str())) {
            for rows in ["nodes { id $ }", "edges { cursor node { id $ } }"] {
                let query = format!("{{ {} }}", list.replace('$', &rows.replace('$', field)));
                let mut count = 0;
                rows_in(&admin.ok(&query, json!({})).await, &mut |row| {
                    count += 1;
                    // Whoever asks is noted at their key and session.
                    if !["lastUsedAt", "lastLoginAt"].contains(&field.as_str()) {
                        assert_eq!(row[field], whole[row["id"].as_str().unwrap()][field], "{kind}.{field}");
                    }
                });
                assert_eq!(count, ids.len(), "{kind}.{field}");
            }
        }
    }
}

/// Shows the innermost rows of an answer, those without rows below them.
fn rows_in(value: &Value, show: &mut impl FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| rows_in(item, show)),
        Value::Object(fields) if fields.contains_key("id") => show(value),
        Value::Object(fields) => fields.values().for_each(|value| rows_in(value, show)),
        _ => {}
    }
}

/// What is wide stays in the database unless it is asked for.
#[tokio::test]
async fn a_list_reads_the_columns_that_are_shown_and_no_others() {
    let (app, admin) = full().await;
    for (query, needed, wide) in [
        ("{ jobs { nodes { id kind completedAt } } }", "finished_at", &["input", "output", "stages"][..]),
        ("{ signals { nodes { id summary } } }", "summary", &["sentence", "quotes", "words"]),
        ("{ outbox { nodes { id subject } } }", "subject", &["html", "text"]),
        ("{ auditLog { edges { cursor node { action } } } }", "action", &["before", "after", "user_agent"]),
        ("{ leads { nodes { name } } }", "name", &["details", "email"]),
        ("{ users { nodes { fullName } } }", "full_name", &["password_hash", "email_key"]),
        ("{ chatSessions { nodes { id lastMessageAt } } }", "last_message_at", &["collected", "metadata"]),
        ("{ chatSessions { nodes { id messages { nodes { id role } } } } }", "role", &["text"]),
        ("{ knowledgeDocuments { nodes { id passages { nodes { heading } } } } }", "heading", &["text"]),
    ] {
        let (_, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        let last = statements.last().unwrap();
        let reads = |column: &&&str| last.contains(&format!("\"{column}\""));
        assert!(reads(&&needed) && !wide.iter().any(|column| reads(&column)), "{query}\n{last}");
    }
}
