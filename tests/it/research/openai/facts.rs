//! What is kept of a complete answer.

use rapport::clients::research::{Details, DiscoveryQuery, Segment};
use serde_json::{Value, json};

use super::{acme, products, start};
use crate::support::openai::{Behaviour, SITE, customers, source};

fn product(name: &str, category: Option<&str>, source: &Value) -> Value {
    json!({ "name": name, "summary": "It does things.", "category": category, "source": source })
}

#[tokio::test]
async fn facts_without_a_whole_source_are_dropped() {
    let page = |url: &str, title: &str, quote: &str| json!({ "url": url, "title": title, "quote": quote });
    let good = format!("{SITE}/a");
    let facts = json!({ "findings": [
        product("Kept", None, &source("kept")),
        product("No source", None, &Value::Null),
        product("No address", None, &page("", "T", "Q")),
        product("No web address", None, &page("javascript:alert(1)", "T", "Q")),
        product("No title", None, &page(&good, "  ", "Q")),
        product("No quote", None, &page(&good, "T", "")),
        product(" \u{200b}", None, &source("nameless")),
    ] });
    let (_, answer) = products(Behaviour::Facts(facts)).await;
    let names: Vec<String> = answer.unwrap().into_iter().map(|finding| finding.name).collect();
    assert_eq!(names, ["Kept"]);
}

#[tokio::test]
async fn a_fact_from_a_site_the_search_has_not_visited_is_dropped() {
    let elsewhere = json!({ "url": "https://invented.example/", "title": "T", "quote": "Q" });
    let facts = json!({ "findings": [
        product("Invented", None, &elsewhere), product("Found", None, &source("f")),
    ] });
    let (_, answer) = products(Behaviour::Facts(facts)).await;
    let names: Vec<String> = answer.unwrap().into_iter().map(|finding| finding.name).collect();
    assert_eq!(names, ["Found"]);
}

#[tokio::test]
async fn facts_of_one_name_become_one() {
    let facts = json!({ "findings": [
        product("Acme Studio", None, &source("first")),
        product("ACME  studio", Some("Analytics"), &source("second")),
    ] });
    let (_, answer) = products(Behaviour::Facts(facts)).await;
    let [finding] = answer.unwrap().try_into().unwrap();
    assert_eq!(finding.name, "Acme Studio");
    assert_eq!(finding.source.url, format!("{SITE}/first"));
    assert_eq!(finding.details, Details::Product { category: Some("Analytics".to_owned()) });
}

#[tokio::test]
async fn texts_are_cleaned_and_shortened() {
    let long = "word ".repeat(1_000);
    let mut fact = product("  Acme\u{0}\n Studio ", None, &source("p"));
    fact["summary"] = json!(long);
    let (_, answer) = products(Behaviour::Facts(json!({ "findings": [fact] }))).await;
    let [finding] = answer.unwrap().try_into().unwrap();
    assert_eq!(finding.name, "Acme Studio");
    assert!(finding.summary.chars().count() <= 1_500);
}

#[tokio::test]
async fn customers_are_found_once_and_never_the_vendor_itself() {
    let (server, source) = start().await;
    let names = ["Northwind", "ACME Software, Inc.", "northwind", "Quillmark"];
    server.on("discovery_customer_pages", Behaviour::Facts(customers(&names)));
    let found = source.discover(&acme(), DiscoveryQuery::CustomerPages).await.unwrap();
    let names: Vec<&str> = found.iter().map(|customer| customer.name.as_str()).collect();
    assert_eq!(names, ["Northwind", "Quillmark"]);
    assert_eq!(found[0].segment, Segment::Enterprise);
}
