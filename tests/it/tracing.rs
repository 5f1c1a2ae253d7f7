//! Traces, at a stand-in for a collector.

use rapport::{
    db::Id,
    jobs::{JobEntity, JobRow},
};
use sea_orm::EntityTrait;
use serde_json::json;

use crate::support::{
    ADMIN, Client, TestApp, TestDb, WsClient,
    collector::{Collector, Span},
    edgar::Edgar,
    openai::{Behaviour, StandIn, customers},
    program::Program,
};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn program(db: &TestDb, endpoint: &str) -> Program {
    let program = Program::on(db).set("ADMIN_PASSWORD", ADMIN.1).set("SAMPLE_DELAY_MS", 0).set("JOB_POLL_MS", 100);
    program.set("EVENT_POLL_MS", 50).set("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
}

/// The one span of this name.
fn one<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let of_name: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(of_name.len(), 1, "{name} in {:?}", spans.iter().map(|span| &span.name).collect::<Vec<_>>());
    of_name[0]
}

async fn send(client: &Client, query: &str, variables: serde_json::Value) -> serde_json::Value {
    let request = client.request(query, variables).header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn one_trace_goes_from_the_request_through_its_job_in_another_process_to_the_calls_outside() {
    let (db, collector) = (TestDb::new().await, Collector::start().await);
    let (openai, edgar) = (StandIn::start().await, Edgar::start().await);
    openai.on("discovery_customer_pages", Behaviour::Facts(customers(&["Apple"])));
    for other in ["discovery_case_studies", "discovery_third_party"] {
        openai.on(other, Behaviour::Facts(customers(&[])));
    }
    let program = program(&db, &collector.endpoint()).set("OPENAI_API_KEY", "sk-of-a-test");
    let program = program.set("OPENAI_BASE_URL", openai.base_url()).set("EDGAR_BASE_URL", edgar.base_url());
    let program = program.set("EDGAR_USER_AGENT", "Acme Research admin@acme.example");
    let server = program.start(&["serve", "--no-worker"]).await;
    let worker = program.clone().set("OTEL_SERVICE_NAME", "rapport-worker").set("METRICS_PORT", 0);
    let worker = worker.start(&["worker"]).await;
    let admin = Client::new(server.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let onboard = "mutation Begin($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
    let begun = send(&admin, onboard, json!({"input": {"companyName": "Acme"}})).await;
    let id = begun["data"]["onboardCompany"]["id"].as_str().unwrap();
    assert_eq!(admin.finished(id).await["status"], "COMPLETED");
    assert_eq!((server.stop().await.code, worker.stop().await.code), (Some(0), Some(0)));

    let spans: Vec<_> = collector.spans().into_iter().filter(|span| span.trace == TRACE).collect();
    let request = one(&spans, "POST /graphql");
    assert_eq!((request.parent.as_str(), request.get("http.response.status_code")), (CALLER, "200"));
    let operation = one(&spans, "mutation Begin");
    assert_eq!((&operation.parent, operation.get("outcome")), (&request.id, "ok"));
    let resolver = one(&spans, "onboardCompany");
    assert_eq!((&resolver.parent, resolver.service.as_str()), (&operation.id, "rapport"));
    let job = one(&spans, "job onboard_company");
    assert_eq!((&job.parent, job.service.as_str()), (&resolver.id, "rapport-worker"));
    assert_eq!((job.get("job"), job.get("attempt"), job.get("outcome")), (id, "1", "completed"));
    let tasks: Vec<_> = spans.iter().filter(|span| span.get("stage") == "research" && span.parent == job.id).collect();
    assert!(!tasks.is_empty(), "{spans:#?}");
    let calls: Vec<_> = spans.iter().filter(|span| span.name == "POST 127.0.0.1").collect();
    assert!(calls.iter().any(|call| tasks.iter().any(|task| task.id == call.parent)), "{spans:#?}");
    let said = format!("{spans:?}");
    assert!(!said.contains("sk-of-a-test") && !said.contains(ADMIN.1), "a secret is in a trace");
}

#[tokio::test]
async fn a_request_without_a_trace_begins_one_and_a_wrong_one_counts_as_none() {
    let (db, collector) = (TestDb::new().await, Collector::start().await);
    let server = program(&db, &collector.endpoint()).serve().await;
    let nobody = Client::new(server.address, None);
    nobody.ok("query First { __typename }", json!({})).await;
    let wrong = nobody.request("query Second { __typename }", json!({})).header("traceparent", "00-zz-1-01");
    wrong.send().await.unwrap();
    let mut ws = WsClient::connect(server.address, None).await;
    ws.subscribe("query Third { __typename }", json!({})).await;
    ws.events().await;
    server.stop().await;
    let spans = collector.spans();
    let traces = ["query First", "query Second", "query Third"].map(|name| one(&spans, name).trace.clone());
    assert!(traces.iter().all(|trace| trace.len() == 32));
    assert!(traces[0] != traces[1] && traces[1] != traces[2], "{traces:?}");
}

#[tokio::test]
async fn a_collector_that_is_down_harms_nothing_and_is_told_of_once() {
    let db = TestDb::new().await;
    let server = program(&db, "http://127.0.0.1:1/a-key-in-a-path").set("OTEL_BSP_SCHEDULE_DELAY", 20).serve().await;
    let nobody = Client::new(server.address, None);
    for _ in 0..10 {
        nobody.ok("{ __typename }", json!({})).await;
    }
    let said = server.stop().await;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert_eq!(said.stderr.matches("traces cannot be delivered").count(), 1, "{}", said.stderr);
    assert!(!said.stderr.contains("a-key-in-a-path"), "{}", said.stderr);
}

#[tokio::test]
async fn without_a_collector_no_trace_is_kept_with_a_job() {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let onboard = "mutation Begin($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id } }";
    let begun = send(&admin, onboard, json!({"input": {"companyName": "Brightloom Analytics"}})).await;
    let id: Id<JobRow> = begun["data"]["onboardCompany"]["id"].as_str().unwrap().parse().unwrap();
    let row = JobEntity::find_by_id(id).one(app.app.db.reader()).await.unwrap();
    assert_eq!(row.unwrap().trace_parent, None);
}
