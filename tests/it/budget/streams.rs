//! Budgets on sockets and event streams.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{asking, available, builder, can_spend, worth};
use crate::support::Client;

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

/// Holds that the first event of a dear subscription shows that all of its cost was taken, and that no other event takes
/// anything.
async fn is_charged_once(client: &Client, events: [Value; 2]) {
    let cost = &events[0]["extensions"]["cost"];
    assert_eq!((&cost["requested"], &cost["actual"]), (&json!(403), &json!(403)), "{cost:#}");
    assert!(cost["available"].as_u64().unwrap() < 700, "{cost:#}");
    assert!(events[1]["data"].is_object() && events[1].get("extensions").is_none(), "{:#}", events[1]);
    let left = available(client).await;
    assert!((550..750).contains(&left), "{left} are left of 1000");
}

#[tokio::test]
async fn a_subscription_on_a_socket_is_charged_once() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = job(&admin).await;
    let mut ws = app.ws(&admin).await;
    ws.send(json!({"id": "1", "type": "subscribe", "payload": asking(&dear(), job.clone())})).await;
    let first = ws.event().await.unwrap();
    admin.ok(CANCEL, job).await;
    let second = ws.event().await.unwrap();
    is_charged_once(&admin, [first, second]).await;
}

#[tokio::test]
async fn a_subscription_by_event_stream_is_charged_once() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = job(&admin).await;
    let mut stream = app.sse(&admin).begin(asking(&dear(), job.clone()), None).await;
    let first = stream.message().await.unwrap().data.unwrap();
    admin.ok(CANCEL, job).await;
    let second = stream.message().await.unwrap().data.unwrap();
    is_charged_once(&admin, [first, second]).await;
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
