//! What may be uploaded, and what is left of what may not.

use std::time::Duration;

use futures_util::stream;
use serde_json::json;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{DOCUMENT, refusal, send, settled, stored, upload};
use crate::support::TestApp;

#[tokio::test]
async fn a_file_is_kept_for_a_day_with_its_type_size_and_hash() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "Größe – 你好.txt", "Hello, file").await;
    let query = "query($id: ID!) { file(id: $id) { id purpose name format size sha256 createdAt expiresAt
        owner { email } usedBy { id } downloadLinks { totalCount } }
        all: files { nodes { id } } }";
    let mut shown = admin.ok(query, json!({"id": file["id"]})).await;
    assert_eq!(shown["all"]["nodes"], json!([{"id": file["id"]}]));
    let mut shown = shown["file"].take();
    let owner = shown["owner"].take();
    assert_eq!(owner["email"], "admin@example.com");
    assert_eq!(shown["name"], "Größe – 你好.txt");
    assert_eq!((&shown["format"], &shown["size"]), (&json!("TEXT"), &json!(11)));
    assert_eq!(shown["sha256"], "531f90a32bfb06e209864235fda0db8b27b43cec5b2fffbbba5a3c7d0776bd01");
    let time = |field: &str| shown[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(time("expiresAt") - time("createdAt"), chrono::TimeDelta::hours(24));
    for field in ["id", "purpose", "name", "format", "size", "sha256"] {
        assert_eq!(shown[field], file[field], "{field}");
    }
    assert_eq!(stored(&app).len(), 1);
    let log = admin
        .ok("{ auditLog(filter: {action: {eq: FILE_UPLOADED}}) { nodes { subjectName subject { id } } } }", json!({}));
    assert_eq!(
        log.await["auditLog"]["nodes"],
        json!([{"subjectName": "Größe – 你好.txt", "subject": {"id": file["id"]}}])
    );
}

#[tokio::test]
async fn a_name_is_never_a_place() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (name, kept) in [
        ("../../../etc/passwd", "passwd"),
        ("C:\\temp\\x.txt", "x.txt"),
        ("..", "file"),
        ("a\u{202e}b\n.txt", "ab.txt"),
    ] {
        let file = upload(&app, &admin, DOCUMENT, name, format!("of {kept}")).await;
        assert_eq!(file["name"], kept);
    }
    // Each lies under a name of the server.
    assert!(stored(&app).iter().all(|name| name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit())));
}

#[tokio::test]
async fn the_content_decides_what_a_file_is() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let binary = b"\x7FELF\x02\x01\x01\x00\x00\x00".repeat(2000);
    for (purpose, name, content) in [
        (DOCUMENT, "plan.pdf", binary.clone()),
        (DOCUMENT, "plan.txt", b"M\xFCller".to_vec()),
        (DOCUMENT, "empty.txt", Vec::new()),
        (DOCUMENT, "archive.pdf", b"PK\x03\x04 and so on".to_vec()),
        ("LEAD_IMPORT", "leads.csv", binary),
        ("LEAD_IMPORT", "leads.csv", b"<!doctype html><p>No leads</p>".to_vec()),
        ("LEAD_IMPORT", "leads.xlsx", b"%PDF-1.7".to_vec()),
    ] {
        let (status, code, message) = refusal(send(&app, &admin, purpose, name, content).await).await;
        assert_eq!((status, code.as_str()), (415, "BAD_INPUT"), "{name}: {message}");
    }
    assert_eq!(stored(&app), [""; 0]);
    assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0);
    assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes <> 0").await, 0);
    let csv = upload(&app, &admin, "LEAD_IMPORT", "leads.bin", b"name;town\r\nM\xFCller;K\xF6ln".to_vec()).await;
    assert_eq!(csv["format"], "CSV");
    let pdf = upload(&app, &admin, DOCUMENT, "page.html", "%PDF-1.7\n").await;
    assert_eq!(pdf["format"], "PDF");
    let page = upload(&app, &admin, DOCUMENT, "page.pdf", "\u{feff}<!DOCTYPE html><p>Hello").await;
    assert_eq!(page["format"], "HTML");
}

#[tokio::test]
async fn a_file_that_is_too_large_leaves_nothing_whether_it_says_so_or_not() {
    let app = TestApp::builder().quiet().set("FILE_MAX_BYTES", 100_000).start().await;
    let admin = app.admin().await;
    let (status, code, message) = refusal(send(&app, &admin, DOCUMENT, "a.txt", "x".repeat(100_001)).await).await;
    assert_eq!((status, code.as_str()), (413, "BAD_INPUT"));
    assert!(message.contains("100000 bytes"), "{message}");
    let pieces = stream::iter((0..101).map(|_| Ok::<_, std::io::Error>("x".repeat(1000))));
    let response = send(&app, &admin, DOCUMENT, "a.txt", reqwest::Body::wrap_stream(pieces)).await;
    assert_eq!(refusal(response).await.0, 413);
    assert_eq!(stored(&app), [""; 0]);
    assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0);
    upload(&app, &admin, DOCUMENT, "a.txt", "x".repeat(100_000)).await;
    let pieces = stream::iter((0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(1000))));
    let file = upload(&app, &admin, DOCUMENT, "a.txt", reqwest::Body::wrap_stream(pieces)).await;
    assert_eq!(file["size"], 100_000);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let url = format!("http://{}/files", app.address);
    let post = |query: &str| {
        reqwest::Client::new().post(format!("{url}{query}")).bearer_auth(admin.token().unwrap()).body("Hello")
    };
    let response = post("").send().await.unwrap();
    assert_eq!(response.status(), 400);
    let answer: serde_json::Value = response.json().await.unwrap();
    let paths: Vec<_> = answer["errors"][0]["extensions"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["path"].clone())
        .collect();
    assert_eq!(paths, ["purpose", "name"]);
    for query in ["?purpose=REPORT&name=a.pdf", "?purpose=EXPORT&name=a.zip", "?purpose=report&name=a.pdf"] {
        let (status, code, _) = refusal(post(query).send().await.unwrap()).await;
        assert_eq!((status, code.as_str()), (400, "BAD_INPUT"), "{query}");
    }
    let query = "?purpose=KNOWLEDGE_DOCUMENT&name=a.txt";
    for (name, value) in [("content-encoding", "gzip"), ("content-type", "multipart/form-data; boundary=x")] {
        assert_eq!(post(query).header(name, value).send().await.unwrap().status(), 415, "{name}");
    }
    let allowed = post(query).header("origin", "http://localhost:5173").send().await.unwrap();
    assert_eq!(allowed.headers()["access-control-allow-origin"], "http://localhost:5173");
}

#[tokio::test]
async fn an_upload_whose_client_hangs_up_leaves_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for framing in ["content-length: 1000000", "transfer-encoding: chunked"] {
        let mut stream = TcpStream::connect(app.address).await.unwrap();
        let head = format!(
            "POST /files?purpose=KNOWLEDGE_DOCUMENT&name=cut.txt HTTP/1.1\r\nhost: rapport\r\nauthorization: Bearer {}\r\n{framing}\r\n\r\n",
            admin.token().unwrap()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let piece =
            if framing.starts_with('c') { "x".repeat(5000) } else { format!("1388\r\n{}\r\n", "x".repeat(5000)) };
        stream.write_all(piece.as_bytes()).await.unwrap();
        // It has begun.
        crate::support::patience(async {
            while stored(&app).is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        drop(stream);
        settled(&app).await;
        assert_eq!(stored(&app), [""; 0], "{framing}");
    }
    assert_eq!(app.count("SELECT 1 FROM files").await, 0);
    assert_eq!(app.count("SELECT 1 FROM file_usage WHERE bytes <> 0").await, 0);
}

#[tokio::test]
async fn a_file_of_many_megabytes_comes_back_as_it_was() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let text: String = (0..700_000).map(|n| format!("line {n}\n")).collect();
    let file = upload(&app, &admin, "LEAD_IMPORT", "long.csv", text.clone()).await;
    assert_eq!(file["size"], text.len());
    let path = super::link(&admin, &file).await;
    let back = super::get(&app, &path).await.text().await.unwrap();
    assert!(back == text);
}
