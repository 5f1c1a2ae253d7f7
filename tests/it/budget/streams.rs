//! Budgets on sockets and event streams.

use std::time::Duration;

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{asking, available, builder, can_spend, worth};
use crate::support::{Client, patience};

const PROGRESS: &str = "subscription($id: ID!) { jobProgress(jobId: $id) { __typename cursor progress } }";
const CANCEL: &str = "mutation($id: ID!) { cancelJob(id: $id) { id } }";

/// A job that waits for a worker there is none of.
async fn job(client: &Client) -> Value {
    json!({"id": client.onboard("Fernhollow CRM").await["id"]})
}

/// A subscription that costs 403 points.
fn dear() -> String {
    let fields: String = (0..400).map(|n| format!("a{n}: progress ")).collect();
    PROGRESS.replace("progress }", &format!("progress {fields} }}"))
}

/// Holds that the first event of a dear subscription shows that all of its cost was taken, and that the next one is paid too.
async fn is_charged_by_the_event(client: &Client, events: [Value; 2]) {
    let cost = &events[0]["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(403), &json!(403)), "{cost:#}");
    assert!(cost["available"].as_u64().unwrap() < 700, "{cost:#}");
    assert!(events[1]["data"].is_object() && events[1].get("extensions").is_none(), "{:#}", events[1]);
    // What an event takes is taken behind it, and its first 50 points are free.
    patience(async { while available(client).await > 300 {} }).await;
}

#[tokio::test]
async fn a_subscription_on_a_socket_is_charged_by_the_event() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = job(&admin).await;
    let mut ws = app.ws(&admin).await;
    ws.send(json!({"id": "1", "type": "subscribe", "payload": asking(&dear(), job.clone())})).await;
    let first = ws.event().await.unwrap();
    admin.ok(CANCEL, job).await;
    let second = ws.event().await.unwrap();
    is_charged_by_the_event(&admin, [first, second]).await;
}

#[tokio::test]
async fn a_subscription_by_event_stream_is_charged_by_the_event() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = job(&admin).await;
    let mut stream = app.sse(&admin).begin(asking(&dear(), job.clone()), None).await;
    let first = stream.message().await.unwrap().data.unwrap();
    admin.ok(CANCEL, job).await;
    let second = stream.message().await.unwrap().data.unwrap();
    is_charged_by_the_event(&admin, [first, second]).await;
}

#[tokio::test]
async fn a_query_on_a_socket_and_by_event_stream_is_charged_once_and_shows_its_cost() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    let request = asking("{ companies(first: 100) { nodes { id } } viewer { user { id } } }", json!({}));
    let mut ws = app.ws(&user).await;
    ws.send(json!({"id": "1", "type": "subscribe", "payload": request})).await;
    let on_socket = ws.event().await.unwrap();
    let mut stream = app.sse(&user).begin(request, None).await;
    let by_stream = stream.message().await.unwrap().data.unwrap();
    for (response, left) in [(on_socket, 995), (by_stream, 990)] {
        let cost = &response["extensions"]["cost"];
        assert_eq!((&cost["requested"], &cost["actual"]), (&json!(105), &json!(5)), "{response:#}");
        let available = cost["available"].as_u64().unwrap();
        assert!((left..=1000).contains(&available), "{response:#}");
    }
}

#[tokio::test]
async fn a_refusal_ends_an_operation_and_not_its_socket() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    let mut ws = app.ws(&user).await;
    assert!(can_spend(&user, 900).await);
    for document in [worth(400), dear()] {
        let id = ws.subscribe(&document, json!({"id": "job_00000000000000000000000000000000"})).await;
        let message = ws.receive().await.unwrap();
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!(id)), "{message:#}");
        let error = &message["payload"][0]["extensions"];
        assert_eq!(error["code"], "RATE_LIMITED", "{message:#}");
        assert!(error["retryAfterMs"].as_u64().unwrap() > 0, "{message:#}");
    }
    ws.subscribe("{ __typename }", json!({})).await;
    assert_eq!(ws.event().await, Some(json!({"data": {"__typename": "Query"}})));
}

#[tokio::test]
async fn a_refusal_by_event_stream_is_a_result_without_data() {
    let app = builder().start().await;
    let user = app.user(SystemRole::Viewer).await;
    assert!(can_spend(&user, 900).await);
    let mut stream = app.sse(&user).subscribe(&worth(900), json!({}), None).await;
    let response = stream.message().await.unwrap().data.unwrap();
    assert_eq!(response["errors"][0]["extensions"]["code"], "RATE_LIMITED", "{response:#}");
    assert!(response.get("data").is_none(), "{response:#}");
    assert_eq!(stream.message().await.unwrap().data, None);
}

#[tokio::test]
async fn whoever_has_no_points_left_gets_the_events_of_a_dear_subscription_later_and_all_of_them() {
    let app = builder().start().await;
    let (admin, anonymous) = (app.admin().await, app.anonymous());
    let fields: String = (0..400).map(|n| format!("a{n}: sessionId ")).collect();
    let dear =
        format!("subscription {{ chatHandoverChanged {{ __typename ... on ChatHandoverChanged {{ {fields} }} }} }}");
    let mut ws = app.ws(&admin).await;
    ws.subscribe(&dear, json!({})).await;
    ws.event().await.unwrap();
    let mut asked = Vec::new();
    for _ in 0..3 {
        let create = "mutation { createChatSession(input: {}) { visitorToken session { id } } }";
        let made = anonymous.ok(create, json!({})).await["createChatSession"].take();
        let visitor = anonymous.with_token(made["visitorToken"].as_str().unwrap());
        let request = "mutation($id: ID!) { requestChatHandover(id: $id) { id } }";
        visitor.ok(request, json!({"id": made["session"]["id"]})).await;
        asked.push(made["session"]["id"].clone());
    }
    let mut heard = Vec::new();
    // The begin took 400 of 1000, the first event 350: what the second one costs is not left.
    for _ in 0..2 {
        heard.push(ws.event().await.unwrap()["data"]["chatHandoverChanged"]["a0"].clone());
    }
    let early = tokio::time::timeout(Duration::from_millis(300), ws.event()).await;
    assert!(early.is_err(), "{early:?}");
    app.advance(TimeDelta::seconds(500));
    heard.push(patience(ws.event()).await.unwrap()["data"]["chatHandoverChanged"]["a0"].clone());
    assert_eq!(heard, asked);
}

#[tokio::test]
async fn events_of_a_few_fields_take_nothing() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = job(&admin).await;
    let mut ws = app.ws(&admin).await;
    ws.subscribe(PROGRESS, job.clone()).await;
    ws.event().await.unwrap();
    let before = available(&admin).await;
    admin.ok(CANCEL, job).await;
    ws.event().await.unwrap();
    assert!(available(&admin).await + 10 > before);
}
