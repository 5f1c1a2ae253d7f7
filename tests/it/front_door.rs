//! What every answer of the program has, and the settings of its connections.

use std::{io::Read, time::Duration};

use reqwest::{Client as Http, Response, header};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpStream};

use crate::support::{TestApp, TestDb, patience, program::Program};

/// An answer of some tens of kilobytes, without a token.
const LARGE: &str = "{ __schema { types { name description fields { name description } } } }";

/// Asks with this `Accept-Encoding`, and takes the answer as it comes.
async fn ask(app: &TestApp, path: &str, query: &str, encoding: &str) -> Response {
    let http = Http::builder().gzip(false).build().unwrap();
    let request = http.post(format!("http://{}{path}", app.address)).header(header::ACCEPT_ENCODING, encoding);
    request.json(&json!({ "query": query })).send().await.unwrap()
}

fn encoding(response: &Response) -> Option<&str> {
    response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_large_answer_is_compressed_as_its_client_accepts() {
    let app = TestApp::builder().quiet().start().await;
    let plain = ask(&app, "/graphql", LARGE, "identity").await;
    assert_eq!(encoding(&plain), None);
    let plain = plain.bytes().await.unwrap();
    for (accepted, expected) in [
        ("gzip", Some("gzip")),
        ("br", Some("br")),
        ("zstd", Some("zstd")),
        ("gzip;q=0.5, br", Some("br")),
        ("deflate", None),
        ("gzip;q=0", None),
    ] {
        let answer = ask(&app, "/graphql", LARGE, accepted).await;
        assert_eq!(encoding(&answer), expected, "{accepted}");
        let vary: Vec<_> = answer.headers().get_all(header::VARY).iter().map(|value| value.to_str().unwrap()).collect();
        assert!(vary.join(",").contains("accept-encoding"), "{vary:?}");
        let body = answer.bytes().await.unwrap();
        assert_eq!(body.len() < plain.len() / 2, expected.is_some(), "{accepted}: {} of {}", body.len(), plain.len());
        if expected == Some("gzip") {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(body.as_ref()).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, plain);
        }
    }
}

#[tokio::test]
async fn small_answers_and_streams_of_events_are_sent_as_they_are() {
    let app = TestApp::builder().quiet().start().await;
    let accepted = "gzip, br, zstd";
    assert_eq!(encoding(&ask(&app, "/graphql", "{ __typename }", accepted).await), None);
    let stream = ask(&app, "/graphql/stream", LARGE, accepted).await;
    assert_eq!(encoding(&stream), None);
    assert!(stream.text().await.unwrap().ends_with("event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn compression_may_be_left_to_a_proxy() {
    let app = TestApp::builder().quiet().set("COMPRESSION_MIN_BYTES", 0).start().await;
    assert_eq!(encoding(&ask(&app, "/graphql", LARGE, "gzip").await), None);
}

#[tokio::test]
async fn no_answer_is_to_be_sniffed() {
    let app = TestApp::builder().quiet().set("METRICS_TOKEN", "a-token-of-a-test").start().await;
    for path in [
        "/",
        "/graphql?query=%7B__typename%7D",
        "/graphql",
        "/graphql/ws",
        "/graphql/stream?query=%7B__typename%7D",
        "/graphiql",
        "/graphiql/graphiql.js",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/nothing",
    ] {
        let answer = reqwest::get(format!("http://{}{path}", app.address)).await.unwrap();
        assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
    }
    let preflight = Http::new().request(http::Method::OPTIONS, format!("http://{}/graphql", app.address));
    assert_eq!(preflight.send().await.unwrap().headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn limits_of_connections_are_settings() {
    let app = TestApp::builder().quiet().set("MAX_CONNECTIONS_PER_ADDRESS", 1).set("HEADER_TIMEOUT_SECONDS", 1);
    let app = app.start().await;
    let mut silent = TcpStream::connect(app.address).await.unwrap();
    let mut second = TcpStream::connect(app.address).await.unwrap();
    let mut refusal = String::new();
    patience(second.read_to_string(&mut refusal)).await.unwrap();
    assert!(refusal.starts_with("HTTP/1.1 429") && refusal.contains("RATE_LIMITED"), "{refusal}");
    assert_eq!(patience(silent.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test]
async fn the_port_for_metrics_lets_go_of_silent_connections_too() {
    let db = TestDb::new().await;
    let worker = Program::on(&db).set("METRICS_PORT", 0).set("HEADER_TIMEOUT_SECONDS", 1).start(&["worker"]).await;
    let mut silent = TcpStream::connect(worker.address).await.unwrap();
    assert_eq!(patience(silent.read(&mut [0; 1])).await.unwrap(), 0);
    let answer = reqwest::get(format!("http://{}/health/live", worker.address)).await.unwrap();
    assert_eq!(answer.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}

#[tokio::test]
async fn a_process_may_open_as_many_files_as_the_system_allows() {
    let db = TestDb::new().await;
    let server = Program::on(&db).with_open_files(300).serve().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process_id())).unwrap();
    let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let [soft, hard] = [3, 4].map(|column| files.split_whitespace().nth(column).unwrap());
    assert_eq!(soft, hard, "{files}");
    assert_ne!(soft, "300");
}

const VIEWER: &str = "query Viewer { viewer { user { email } } }";

#[tokio::test]
async fn trusted_documents_are_read_from_a_file_of_either_form() {
    let folder = TestDb::empty().await;
    let by_id = json!({"abc": VIEWER});
    let operation = json!({"id": "abc", "name": "Viewer", "type": "query", "body": VIEWER});
    let manifest = json!({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]});
    for (name, file) in [("documents.json", by_id), ("manifest.json", manifest)] {
        let path = folder.folder().join(name);
        std::fs::write(&path, file.to_string()).unwrap();
        let app = TestApp::builder().quiet().set("TRUSTED_DOCUMENTS", path.display());
        let app = app.set("TRUSTED_DOCUMENTS_ONLY", true).start().await;
        let post = async |body: Value| {
            let answer = Http::new().post(format!("http://{}/graphql", app.address)).json(&body).send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        };
        let viewer = json!({"data": {"viewer": null}});
        let by_hash = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "abc"}}});
        assert_eq!(post(by_hash).await, (200, viewer.clone()), "{name}");
        assert_eq!(post(json!({"documentId": "abc"})).await, (200, viewer.clone()));
        assert_eq!(post(json!({"query": VIEWER})).await, (200, viewer));
        let (status, body) = post(json!({"query": "{ __typename }"})).await;
        assert_eq!((status, &body["errors"][0]["extensions"]["code"]), (403, &json!("FORBIDDEN")));
        app.stop().await;
    }
}

#[tokio::test]
async fn a_file_of_trusted_documents_that_cannot_be_used_stops_the_start_with_a_sentence() {
    let db = TestDb::new().await;
    for (content, says) in
        [(None, "cannot be read"), (Some("[]"), "is not a file of documents"), (Some("{}"), "no document")]
    {
        let path = db.folder().join("documents.json");
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let said = Program::on(&db).set("TRUSTED_DOCUMENTS", path.display()).run(&["serve"]).await;
        assert_eq!(said.code, Some(1));
        let is_told = said.stderr.contains("TRUSTED_DOCUMENTS") && said.stderr.contains("documents.json");
        assert!(is_told && said.stderr.contains(says), "{}", said.stderr);
    }
}

#[tokio::test]
async fn trusted_documents_that_the_schema_does_not_take_stop_the_start_with_a_sentence_each() {
    let db = TestDb::new().await;
    let path = db.folder().join("documents.json");
    let documents = json!({
        "good": VIEWER,
        "unknown-field": "query Old {\n  viewer { user { shoeSize } }\n}",
        "unread": "query {",
        "wrong-value": "{ customers(first: \"ten\") { totalCount } }",
        "two-faults": "{ nothing viewer { none } }",
        "too-deep": "{ companies { nodes { customers { nodes { company { customers { nodes { company { customers { nodes { company { customers { nodes { id } } } } } } } } } } } } } }",
    });
    std::fs::write(&path, documents.to_string()).unwrap();
    for command in ["serve", "worker"] {
        let said = Program::on(&db).set("TRUSTED_DOCUMENTS", path.display()).run(&[command]).await;
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{command}");
        let told: Vec<_> = said.stderr.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        let ids: Vec<_> = told.iter().map(|line| line.split([',', ':']).next().unwrap()).collect();
        assert_eq!(
            ids,
            ["TRUSTED_DOCUMENTS", "too-deep", "two-faults", "unknown-field", "unread", "wrong-value"],
            "{}",
            said.stderr
        );
        assert!(told[2].ends_with("(1 more)") && told[3].contains("line 2, column 19"), "{}", said.stderr);
        assert!(told[3].contains("`shoeSize`") && told[1].contains("depth"), "{}", said.stderr);
    }
}

/// Nothing here may wait for a timer that a test did not set.
#[tokio::test]
async fn a_stopping_server_does_not_wait_for_connections_without_a_request() {
    let app = TestApp::builder().quiet().set("SHUTDOWN_SECONDS", 3600).start().await;
    let _silent = TcpStream::connect(app.address).await.unwrap();
    let client = Http::builder().pool_idle_timeout(Duration::from_secs(3600)).build().unwrap();
    client.get(format!("http://{}/health/live", app.address)).send().await.unwrap().text().await.unwrap();
    app.stop().await;
}
