//! Facts about a company: typed by their topic, in pages, and kept when a later research replaces them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use rapport::{
    auth::SystemRole,
    domains::{
        intelligence::{FactRow, FactTopic, PurgeFacts},
        signals::SignalReport,
    },
    jobs::{NewJob, enqueue},
};
use sea_orm::Iterable;
use serde_json::{Value, json};

use super::{onboarded, researching};
use crate::support::{TestApp, openai::StandIn, today};

fn ids(list: &Value) -> Vec<String> {
    list["nodes"].as_array().unwrap().iter().map(|fact| fact["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_fact_is_of_one_type_by_its_topic_wherever_it_is_shown() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Brightloom Analytics").await;
    let query = "{ companies(first: 1) { nodes {
        facts(first: 100) { nodes { __typename id topic name summary source { url title quote } foundAt supersededAt
            ... on Product { category } ... on PricingTier { price { amount } billingPeriod } ... on Executive { role }
            ... on IdealCustomerProfile { industries companySize } ... on BuyerPersona { seniority goals painPoints }
            ... on GeneralFact { publishedOn } ... on Node { again: id } } }
        products { __typename id category } pricingTiers { __typename id } idealCustomerProfiles { __typename id }
        personas { __typename id goals } } } }";
    let mut data = admin.ok(query, json!({})).await;
    let company = data["companies"]["nodes"][0].take();
    let facts = company["facts"]["nodes"].as_array().unwrap();
    let types: BTreeMap<_, _> =
        facts.iter().map(|fact| (fact["topic"].as_str().unwrap(), &fact["__typename"])).collect();
    let of_their_own = [
        ("PRODUCTS", "Product"),
        ("PRICING", "PricingTier"),
        ("IDEAL_CUSTOMERS", "IdealCustomerProfile"),
        ("PERSONAS", "BuyerPersona"),
        ("LEADERSHIP", "Executive"),
    ];
    assert_eq!(types.len(), 10, "{types:?}");
    for (topic, kind) in types {
        let own = of_their_own.iter().find(|(of, _)| *of == topic).map_or("GeneralFact", |(_, kind)| kind);
        assert_eq!(kind, own, "{topic}");
    }
    let by_id: BTreeMap<_, _> = facts.iter().map(|fact| (fact["id"].as_str().unwrap(), fact)).collect();
    for list in ["products", "pricingTiers", "idealCustomerProfiles", "personas"] {
        for shown in company[list].as_array().unwrap() {
            let fact = by_id[shown["id"].as_str().unwrap()];
            for (field, value) in shown.as_object().unwrap() {
                assert_eq!(&fact[field], value, "{field}");
            }
        }
    }
    for fact in facts {
        let query = "query($id: ID!) { fact(id: $id) { __typename id name company { name } }
            node(id: $id) { __typename ... on Fact { id name company { name } } } }";
        let data = admin.ok(query, json!({"id": fact["id"]})).await;
        let expected = json!({"__typename": fact["__typename"], "id": fact["id"], "name": fact["name"], "company": {"name": "Brightloom Analytics"}});
        assert_eq!((&data["fact"], &data["node"]), (&expected, &expected));
        assert_eq!((&fact["again"], &fact["supersededAt"]), (&fact["id"], &Value::Null));
    }
    app.stop().await;
}

#[tokio::test]
async fn a_fact_that_research_replaced_is_still_had_by_its_id_and_listed_on_request() {
    let openai = StandIn::start().await;
    let app = researching(&openai).start().await;
    let admin = app.admin().await;
    onboarded(&admin, "Acme").await;
    let present = async || {
        let query = "{ companies { nodes { facts(first: 100) { totalCount nodes { id } } products { id } } } }";
        admin.ok(query, json!({})).await["companies"]["nodes"][0].take()
    };
    let before = present().await;
    app.advance(TimeDelta::minutes(5));
    onboarded(&admin, "Acme").await;
    let after = present().await;
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (ids(&before["facts"]).into_iter().collect(), ids(&after["facts"]).into_iter().collect());
    assert!(old.is_disjoint(&new) && (old.len(), new.len()) == (20, 20));
    assert_eq!((&after["facts"]["totalCount"], after["products"].as_array().unwrap().len()), (&json!(20), 2));
    let query = "{ companies { nodes { facts(first: 100, includeSuperseded: true, orderBy: {field: FOUND_AT}) {
        totalCount nodes { id supersededAt } } } } }";
    let all = admin.ok(query, json!({})).await["companies"]["nodes"][0]["facts"].take();
    assert_eq!(all["totalCount"], 40);
    let (first, last) = all["nodes"].as_array().unwrap().split_at(20);
    assert!(first.iter().all(|fact| old.contains(fact["id"].as_str().unwrap()) && fact["supersededAt"].is_string()));
    assert!(last.iter().all(|fact| new.contains(fact["id"].as_str().unwrap()) && fact["supersededAt"].is_null()));
    let query = "query($f: FactFilter) { companies { nodes { facts(first: 100, filter: $f) { totalCount } } } }";
    for (filter, count) in [
        (json!({"supersededAt": {"isNull": false}}), 20),
        (json!({"supersededAt": {"isNull": true}}), 20),
        (json!({"or": [{"supersededAt": {"gte": app.app.ambient.now()}}, {"supersededAt": {"isNull": true}}]}), 20),
        (json!({"or": [{"supersededAt": {"lte": app.app.ambient.now()}}, {"topic": {"eq": "PRICING"}}]}), 22),
        (json!({"topic": {"eq": "PRICING"}}), 2),
    ] {
        let found = admin.ok(query, json!({"f": filter})).await;
        assert_eq!(found["companies"]["nodes"][0]["facts"]["totalCount"], count, "{filter}");
    }
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Fact { supersededAt } } }";
    let found = admin.ok(query, json!({"ids": old})).await;
    assert!(found["nodes"].as_array().unwrap().iter().all(|fact| fact["supersededAt"].is_string()), "{found:#}");
    app.stop().await;
}

#[tokio::test]
async fn facts_that_were_replaced_before_the_retention_are_deleted_unless_a_report_refers_to_them() {
    let app = TestApp::builder().set("FACT_RETENTION_DAYS", 30).start().await;
    let (company, now) = (app.company("Acme"), app.app.ambient.now());
    let customer = app.customer(Some(&company), "Globex");
    let signal = app.signal(&customer, "attack");
    let fact = |name: &str, days: Option<i64>| FactRow {
        name: name.to_owned(),
        superseded_at: days.map(|days| now - TimeDelta::days(days)),
        ..app.fact(&company, FactTopic::Personas, 0)
    };
    let referred = fact("referred", Some(31));
    let report = SignalReport { fact_id: Some(referred.id), ..app.report(&signal, "CFO") };
    let facts = [referred, fact("old", Some(31)), fact("young", Some(29)), fact("present", None)];
    app.insert([company]).await;
    app.insert([customer]).await;
    app.insert([signal]).await;
    app.insert(facts).await;
    app.insert([report]).await;
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<PurgeFacts>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let admin = app.admin().await;
    assert_eq!(admin.finished(&job.id.to_string()).await["status"], "COMPLETED");
    let query = "{ companies { nodes { facts(includeSuperseded: true) { nodes { name } } } } }";
    let left = admin.ok(query, json!({})).await["companies"]["nodes"][0]["facts"]["nodes"].take();
    let mut left: Vec<_> = left.as_array().unwrap().iter().map(|fact| fact["name"].as_str().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["present", "referred", "young"]);
}

/// A company with facts of all topics, so many of each; some found the day after.
async fn with_facts(of_each: i32) -> (TestApp, Vec<FactRow>) {
    let app = TestApp::builder().quiet().start().await;
    let company = app.company("Acme");
    let fact = |topic: FactTopic, rank: i32| {
        let mut fact = app.fact(&company, topic, rank);
        fact.found_at = today() + TimeDelta::days(i64::from(rank % 2));
        fact
    };
    let mut facts: Vec<_> =
        FactTopic::iter().flat_map(|topic| (0..of_each).map(move |rank| fact(topic, rank))).collect();
    // In another order than they are shown in.
    facts.reverse();
    app.insert([company]).await;
    app.insert(facts.clone()).await;
    facts.reverse();
    (app, facts)
}

#[tokio::test]
async fn facts_are_paged_through_in_each_order_and_both_ways() {
    let (app, facts) = with_facts(3).await;
    let admin = app.admin().await;
    for (field, direction) in [("PLACE", "ASC"), ("PLACE", "DESC"), ("FOUND_AT", "ASC"), ("FOUND_AT", "DESC")] {
        let mut expected: Vec<_> = facts.iter().collect();
        if field == "FOUND_AT" {
            expected.sort_by_key(|fact| (fact.found_at, fact.id.uuid()));
        }
        if direction == "DESC" {
            expected.reverse();
        }
        let expected: Vec<_> = expected.iter().map(|fact| fact.id.to_string()).collect();
        for size in [1, 7, 30] {
            let (mut seen, mut after) = (Vec::new(), Value::Null);
            loop {
                let query = format!(
                    "query($after: String) {{ companies {{ nodes {{ facts(first: {size}, after: $after, orderBy: {{field: {field},
                     direction: {direction}}}) {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }} }} }}"
                );
                let page = admin.ok(&query, json!({"after": after})).await["companies"]["nodes"][0]["facts"].take();
                seen.extend(ids(&page));
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                after = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(seen, expected, "{field} {direction} by {size}");
        }
    }
}

#[tokio::test]
async fn facts_are_filtered_by_topic_and_time_and_counted() {
    let (app, _) = with_facts(3).await;
    let admin = app.admin().await;
    let query =
        "query($filter: FactFilter) { companies { nodes { facts(filter: $filter) { totalCount nodes { topic } } } } }";
    for (filter, count) in [
        (json!({"topic": {"eq": "NEWS"}}), 3),
        (json!({"topic": {"in": ["NEWS", "PRODUCTS"]}}), 6),
        (json!({"topic": {"notIn": ["NEWS"]}, "foundAt": {"gt": today()}}), 9),
        (
            json!({"or": [{"topic": {"eq": "NEWS"}}, {"topic": {"eq": "PRICING"}}], "not": {"foundAt": {"gt": today()}}}),
            4,
        ),
    ] {
        let found = admin.ok(query, json!({"filter": filter})).await["companies"]["nodes"][0]["facts"].take();
        assert_eq!(
            (&found["totalCount"], found["nodes"].as_array().unwrap().len()),
            (&json!(count), count),
            "{filter}"
        );
    }
}

#[tokio::test]
async fn who_may_not_see_companies_sees_no_facts() {
    let (app, facts) = with_facts(1).await;
    let admin = app.admin().await;
    let create = r#"mutation { createRole(input: {name: "bare", permissions: [SIGNALS_READ]}) { id } }"#;
    let role = admin.ok(create, json!({})).await["createRole"]["id"].take();
    let user = app.user(SystemRole::Viewer).await;
    let id = user.id().await;
    let update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    admin.ok(update, json!({"input": {"id": id, "expectedVersion": 1, "roleId": role}})).await;
    let fact = json!({"id": facts[0].id});
    assert_eq!(
        user.fail("query($id: ID!) { fact(id: $id) { id } }", fact.clone()).await["extensions"]["code"],
        "FORBIDDEN"
    );
    assert_eq!(user.ok("query($id: ID!) { node(id: $id) { id } }", fact).await, json!({"node": null}));
}
