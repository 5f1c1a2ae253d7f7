//! The main job, end to end.

mod asking;
mod facts;
mod failing;
mod repeating;
mod tickers;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    Client, TestApp, TestAppBuilder,
    openai::{Behaviour, StandIn, customers},
};

/// A server that researches real companies at a stand-in for OpenAI.
fn researching(openai: &StandIn) -> TestAppBuilder {
    let builder = TestApp::builder().set("OPENAI_API_KEY", "sk-of-a-test").set("OPENAI_BASE_URL", openai.base_url());
    builder.set("OPENAI_MAX_ATTEMPTS", 1)
}

/// Has the stand-in find these customers, and no others.
fn finds(openai: &StandIn, names: &[&str]) {
    openai.on("discovery_customer_pages", Behaviour::Facts(customers(names)));
    for other in ["discovery_case_studies", "discovery_third_party"] {
        openai.on(other, Behaviour::Facts(customers(&[])));
    }
}

/// Onboards a company and returns the job when it has ended.
async fn onboarded(client: &Client, company: &str) -> Value {
    let job = client.onboard(company).await;
    client.finished(job["id"].as_str().unwrap()).await
}

/// What is looked at of what happens to a job.
const EVENTS: &str = "subscription($job: ID!) { jobProgress(jobId: $job) { __typename progress
    ... on JobTaskFailed { stage task error { code message retryable } }
    ... on JobRetryScheduled { runAt error { code } }
    ... on JobFailed { error { code message retryable } } } }";

/// Onboards a company and follows it from the beginning: the server that works, its administrator, the events, the job.
async fn followed(server: impl Fn() -> TestAppBuilder) -> (TestApp, Client, Vec<Value>, Value) {
    let waiting = server().without_worker().start().await;
    let admin = waiting.admin().await;
    let id = admin.onboard("Acme").await["id"].as_str().unwrap().to_owned();
    let mut ws = waiting.ws(&admin).await;
    ws.subscribe(EVENTS, json!({"job": id})).await;
    let app = server().on(&waiting.db).start().await;
    let events = ws.events().await.into_iter().map(|mut event| event["data"]["jobProgress"].take()).collect();
    let admin = admin.at(app.address);
    let job = admin.finished(&id).await;
    waiting.stop().await;
    (app, admin, events, job)
}

#[tokio::test]
async fn a_sample_company_is_onboarded_and_read_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let job = onboarded(&admin, "Brightloom Analytics").await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    assert_eq!(job["progress"], 1.0);
    let query = "{ companies { totalCount nodes { name isSample customers(first: 50) { totalCount nodes { name ticker } } } } }";
    let data = admin.ok(query, json!({})).await;
    assert_eq!(data["companies"]["totalCount"], 1);
    let company = &data["companies"]["nodes"][0];
    assert_eq!(company["name"], "Brightloom Analytics");
    assert_eq!(company["isSample"], true);
    assert_eq!(company["customers"]["totalCount"], job["result"]["customersDiscovered"]);
    // The example of a list that the guide gives finds some of it.
    let (_, example) = include_str!("../../docs/api.md").split_once("## Lists").unwrap();
    let (example, _) = example.split_once("```graphql").unwrap().1.split_once("```").unwrap();
    let found = admin.ok(example, json!({})).await;
    assert!(!found["customers"]["nodes"].as_array().unwrap().is_empty(), "{found:#}");
    app.stop().await;
}

#[tokio::test]
async fn the_last_event_of_a_job_carries_a_summary_of_its_result() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = admin.onboard("Brightloom Analytics").await["id"].take();
    let job = admin.finished(id.as_str().unwrap()).await;
    let query = "subscription($job: ID!) { jobProgress(jobId: $job) { __typename ... on JobCompleted { result {
        ... on OnboardingResult { companyName customersDiscovered enterpriseCustomers } } } } }";
    let mut ws = app.ws(&admin).await;
    ws.subscribe(query, json!({"job": id})).await;
    let last = ws.events().await.pop().unwrap()["data"]["jobProgress"].take();
    let (result, of_job) = (&last["result"], &job["result"]);
    assert_eq!(last["__typename"], "JobCompleted");
    assert_eq!(result["companyName"], "Brightloom Analytics");
    assert!(of_job["customersDiscovered"].as_i64() > Some(0), "{job:#}");
    assert_eq!(result["customersDiscovered"], of_job["customersDiscovered"]);
    assert!(result["enterpriseCustomers"].as_i64() <= result["customersDiscovered"].as_i64(), "{last:#}");
    app.stop().await;
}

/// A sample company with all that is known of it.
async fn sample() -> (TestApp, Value, Value) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    admin.finished(job["id"].as_str().unwrap()).await;
    let query = "query($id: ID!) { job(id: $id) { result { ... on OnboardingResult {
            companyName customersDiscovered enterpriseCustomers productsFound pricingTiersFound icpsFound personasFound failedTasks
            company { name website isSample
                facts(first: 100) { nodes { id topic name summary foundAt source { url title quote }
                    ... on GeneralFact { publishedOn } ... on Executive { role } } }
                products { name summary category source { url } }
                pricingTiers { name summary price { amount currency } billingPeriod source { url } }
                idealCustomerProfiles { name summary industries companySize source { url } }
                personas { name summary seniority goals painPoints source { url } }
                customers(first: 100) { nodes { name ticker cik exchange listing segment isSample matchMethod matchConfidence
                    source { url title quote } } } } } } } }";
    let mut result = admin.ok(query, json!({"id": job["id"]})).await["job"]["result"].take();
    let company = result["company"].take();
    (app, result, company)
}

#[tokio::test]
async fn every_fact_of_a_sample_has_its_source() {
    let (app, _, company) = sample().await;
    let facts = company["facts"]["nodes"].as_array().unwrap();
    let topics: BTreeSet<_> = facts.iter().map(|fact| fact["topic"].as_str().unwrap()).collect();
    assert_eq!(topics.len(), 10, "{topics:?}");
    let customers = company["customers"]["nodes"].as_array().unwrap();
    for proved in facts.iter().chain(customers) {
        let source = &proved["source"];
        assert!(source["url"].as_str().unwrap().contains(".example"), "{proved:#}");
        assert!(
            !source["title"].as_str().unwrap().is_empty() && !source["quote"].as_str().unwrap().is_empty(),
            "{proved:#}"
        );
    }
    assert!(facts.iter().any(|fact| fact["topic"] == "NEWS" && fact["publishedOn"].is_string()));
    assert!(facts.iter().any(|fact| fact["topic"] == "LEADERSHIP" && fact["role"].is_string()));
    app.stop().await;
}

#[tokio::test]
async fn a_sample_has_products_prices_profiles_and_personas_and_they_are_counted() {
    let (app, result, company) = sample().await;
    let counted = [
        ("products", "productsFound", 4),
        ("pricingTiers", "pricingTiersFound", 4),
        ("idealCustomerProfiles", "icpsFound", 3),
        ("personas", "personasFound", 4),
    ];
    for (list, count, expected) in counted {
        assert_eq!(company[list].as_array().unwrap().len(), expected, "{list}");
        assert_eq!(result[count], expected, "{count}");
    }
    let tiers = company["pricingTiers"].as_array().unwrap();
    let priced = tiers.iter().find(|tier| tier["price"].is_object()).unwrap();
    assert!(priced["price"]["amount"].as_str().unwrap().parse::<f64>().is_ok(), "{priced:#}");
    assert_eq!(priced["price"]["currency"], "USD");
    assert!(priced["billingPeriod"].is_string());
    assert!(tiers.iter().any(|tier| tier["price"].is_null()), "one price is told by sales only");
    let persona = &company["personas"][0];
    assert!(!persona["goals"].as_array().unwrap().is_empty() && !persona["painPoints"].as_array().unwrap().is_empty());
    assert!(!company["idealCustomerProfiles"][0]["industries"].as_array().unwrap().is_empty());
    app.stop().await;
}

#[tokio::test]
async fn the_customers_of_a_sample_are_merged_mapped_and_marked() {
    let (app, result, company) = sample().await;
    assert_eq!((&company["isSample"], &result["failedTasks"]), (&json!(true), &json!(0)));
    let customers = company["customers"]["nodes"].as_array().unwrap();
    assert_eq!(result["customersDiscovered"], customers.len());
    assert!(customers.iter().all(|customer| customer["isSample"] == true));
    // Three pages write the name in three ways.
    let named =
        |name: &str| customers.iter().filter(|row| row["name"].as_str().unwrap().starts_with(name)).collect::<Vec<_>>();
    let [tessaract] = named("Tessaract Retail")[..] else { panic!("{customers:#?}") };
    assert_eq!(tessaract["ticker"], "ZZTR");
    assert_eq!((&tessaract["listing"], &tessaract["cik"]), (&json!("LISTED"), &json!("9900000004")));
    assert!(tessaract["matchConfidence"].as_f64().unwrap() > 0.5 && tessaract["matchMethod"].is_string());
    let [dairies] = named("Alderbrook Family Dairies")[..] else { panic!("{customers:#?}") };
    assert_eq!(
        (&dairies["listing"], &dairies["ticker"], &dairies["matchMethod"]),
        (&json!("NOT_LISTED"), &json!(null), &json!(null))
    );
    let enterprises =
        customers.iter().filter(|row| row["segment"] == "ENTERPRISE" || row["listing"] == "LISTED").count();
    assert_eq!(result["enterpriseCustomers"], enterprises);
    app.stop().await;
}
