//! GraphQL operations, and the connections that they come by.

use rapport::auth::SystemRole;
use serde_json::json;

use super::{builder, read, until};

const ENDED: &str = "rapport_graphql_operations_total";

#[tokio::test]
async fn operations_are_counted_by_name_type_and_outcome() {
    let app = builder().quiet().start().await;
    let viewer = app.user(SystemRole::Viewer).await;
    for _ in 0..2 {
        viewer.ok("query Companies { companies { totalCount } }", json!({})).await;
    }
    viewer.ok("{ companies { totalCount } }", json!({})).await;
    assert_eq!(viewer.code("query Log { auditLog { totalCount } }", json!({})).await, "FORBIDDEN");
    let metrics = read(&app).await;
    let count = |name, outcome| metrics.get(ENDED, &[("operation", name), ("type", "query"), ("outcome", outcome)]);
    assert_eq!((count("Companies", "ok"), count("unnamed", "ok"), count("Log", "FORBIDDEN")), (2.0, 1.0, 1.0));
    let labels = [("operation", "Companies"), ("type", "query")];
    assert_eq!(metrics.get("rapport_graphql_operation_duration_seconds_count", &labels), 2.0);
    assert!(metrics.get("rapport_graphql_cost_total", &[("type", "query")]) > 0.0);
}

#[tokio::test]
async fn operations_that_are_refused_by_a_limit_or_for_want_of_budget_are_counted() {
    let limited =
        builder().quiet().set("MAX_DEPTH", 3).set("MAX_COMPLEXITY", 50).set("RATE_LIMIT_ANONYMOUS_POINTS", 50);
    let app = limited.set("RATE_LIMIT_ANONYMOUS_RESTORE", 1).start().await;
    let nobody = app.anonymous();
    let deep = "{ companies { nodes { customers { nodes { id } } } } }";
    assert_eq!(nobody.code(deep, json!({})).await, "QUERY_TOO_COMPLEX");
    // The budget holds 50 points, and an operation that is answered with an error keeps what it paid.
    let dear = "{ companies(first: 20) { nodes { id } } }";
    while nobody.code(dear, json!({})).await != "RATE_LIMITED" {}
    let metrics = read(&app).await;
    assert_eq!(metrics.get("rapport_graphql_refused_total", &[("reason", "limit")]), 1.0);
    assert_eq!(metrics.get("rapport_graphql_refused_total", &[("reason", "budget")]), 1.0);
}

#[tokio::test]
async fn names_that_strangers_make_up_fill_no_more_than_their_places() {
    let app = builder().quiet().set("RATE_LIMIT_ANONYMOUS_POINTS", 0).start().await;
    let nobody = app.anonymous();
    for n in 0..60 {
        nobody.ok(&format!("query Made{n} {{ __typename }}"), json!({})).await;
        nobody.send(&format!("query Wrong{n} {{ nothing }}"), json!({})).await;
        nobody.send("{ __typename }", json!({"operationName": format!("Odd{n}")})).await;
    }
    let admin = app.admin().await;
    admin.ok("query Known { __typename }", json!({})).await;
    let metrics = read(&app).await;
    let names = metrics.values(ENDED, "operation");
    assert_eq!(names.iter().filter(|name| name.starts_with("Made")).count(), 50, "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("Wrong") || name.starts_with("Odd")), "{names:?}");
    assert!(names.contains("Known") && names.contains("other"), "{names:?}");
}

#[tokio::test]
async fn a_name_that_is_too_long_counts_with_the_others() {
    let app = builder().quiet().start().await;
    let admin = app.admin().await;
    admin.ok(&format!("query {} {{ __typename }}", "N".repeat(500)), json!({})).await;
    let names = read(&app).await.values(ENDED, "operation");
    assert!(names.iter().all(|name| name.len() <= 64), "{names:?}");
}

#[tokio::test]
async fn open_sockets_and_streams_and_live_subscriptions_are_counted_while_they_last() {
    let app = builder().without_worker().start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    let follow = "subscription Follow($id: ID!) { jobProgress(jobId: $id) { __typename } }";
    let mut ws = app.ws(&admin).await;
    ws.subscribe(follow, json!({"id": job["id"]})).await;
    assert!(ws.event().await.is_some());
    let open =
        |metrics: &super::Exposition, transport| metrics.get("rapport_open_connections", &[("transport", transport)]);
    let live = |metrics: &super::Exposition| metrics.get("rapport_graphql_subscriptions", &[("field", "jobProgress")]);
    let metrics = read(&app).await;
    assert_eq!((open(&metrics, "websocket"), open(&metrics, "sse"), live(&metrics)), (1.0, 0.0, 1.0));
    assert_eq!(metrics.get("rapport_event_topics", &[]), 1.0);
    let mut stream = app.sse(&admin).subscribe(follow, json!({"id": job["id"]}), None).await;
    assert!(stream.message().await.is_some());
    let metrics = read(&app).await;
    assert_eq!((open(&metrics, "websocket"), open(&metrics, "sse"), live(&metrics)), (1.0, 1.0, 2.0));
    drop((ws, stream));
    let metrics = until(&app, |metrics| live(metrics) == 0.0 && open(metrics, "websocket") == 0.0).await;
    assert_eq!(open(&metrics, "sse"), 0.0);
    let labels = [("operation", "Follow"), ("type", "subscription"), ("outcome", "cancelled")];
    assert_eq!(metrics.get(ENDED, &labels), 2.0);
}

#[tokio::test]
async fn a_subscription_that_comes_to_its_end_is_well() {
    let app = builder().start().await;
    let admin = app.admin().await;
    let job = admin.onboard("Brightloom Analytics").await;
    let mut ws = app.ws(&admin).await;
    let follow = "subscription Follow($id: ID!) { jobProgress(jobId: $id) { __typename } }";
    ws.subscribe(follow, json!({"id": job["id"]})).await;
    ws.events().await;
    let labels = [("operation", "Follow"), ("type", "subscription"), ("outcome", "ok")];
    until(&app, |metrics| metrics.get(ENDED, &labels) == 1.0).await;
}

#[tokio::test]
async fn a_field_that_is_no_subscription_gets_no_series() {
    let app = builder().quiet().start().await;
    let admin = app.admin().await;
    let mut ws = app.ws(&admin).await;
    ws.subscribe("subscription { madeUp { id } }", json!({})).await;
    assert_eq!(ws.receive().await.unwrap()["type"], "error");
    assert!(read(&app).await.values("rapport_graphql_subscriptions", "field").is_empty());
}

#[tokio::test]
async fn http_requests_are_counted_by_route_and_not_by_path() {
    let app = builder().quiet().start().await;
    app.anonymous().ok("{ __typename }", json!({})).await;
    for n in 0..3 {
        let url = format!("http://{}/made-up/{n}", app.address);
        assert_eq!(reqwest::get(url).await.unwrap().status(), 404);
    }
    let metrics = read(&app).await;
    let count = |route, status| metrics.get("rapport_http_requests_total", &[("route", route), ("status", status)]);
    assert_eq!((count("/graphql", "200"), count("none", "404")), (1.0, 3.0));
    let known = ["/graphql", "/graphql/stream", "/graphql/ws", "/metrics", "none"];
    let routes = metrics.values("rapport_http_requests_total", "route");
    assert!(routes.iter().all(|route| known.contains(&route.as_str())), "{routes:?}");
}

#[tokio::test]
async fn servers_in_one_process_count_for_themselves() {
    let (first, second) = (builder().quiet().start().await, builder().quiet().start().await);
    first.anonymous().ok("query Mine { __typename }", json!({})).await;
    let count = |metrics: super::Exposition| metrics.get(ENDED, &[("operation", "Mine")]);
    assert_eq!((count(read(&first).await), count(read(&second).await)), (1.0, 0.0));
}
