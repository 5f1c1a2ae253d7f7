//! Links: what they show, and when they do not.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{DOCUMENT, LINK, get, link, upload};
use crate::support::TestApp;

#[tokio::test]
async fn a_link_downloads_the_file_to_be_saved_and_never_to_be_shown() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "Größe \"1\".html", "<!doctype html><script>alert(1)</script>").await;
    let path = link(&admin, &file).await;
    let response = get(&app, &path).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "text/html");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"Gr__e _1_.html\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.html"
    );
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("content-length"), "40");
    assert_eq!(response.text().await.unwrap(), "<!doctype html><script>alert(1)</script>");
    let seen = admin
        .ok(
            "query($id: ID!) { file(id: $id) { downloadLinks { nodes { lastUsedAt } } }
        auditLog(filter: {action: {eq: FILE_DOWNLOADED}}) { nodes { subject { id } } } }",
            json!({"id": file["id"]}),
        )
        .await;
    assert!(seen["file"]["downloadLinks"]["nodes"][0]["lastUsedAt"].is_string());
    assert_eq!(seen["auditLog"]["nodes"], json!([{"subject": {"id": file["id"]}}]));
    // Nothing that is stored opens the file.
    let token = path.strip_prefix("/files/").unwrap();
    assert_eq!(app.count(&format!("SELECT 1 FROM download_link_secrets WHERE hash LIKE '%{token}%'")).await, 0);
}

#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "a.txt", "0123456789").await;
    let url = format!("http://{}{}", app.address, link(&admin, &file).await);
    let ask = async |range: &str| reqwest::Client::new().get(&url).header("range", range).send().await.unwrap();
    let part = ask("bytes=2-4").await;
    assert_eq!((part.status().as_u16(), part.headers()["content-range"].to_str().unwrap()), (206, "bytes 2-4/10"));
    assert_eq!(part.text().await.unwrap(), "234");
    assert_eq!(ask("bytes=-3").await.text().await.unwrap(), "789");
    assert_eq!(ask("bytes=0-1,4-5").await.status(), 200);
    let beyond = ask("bytes=10-").await;
    assert_eq!((beyond.status().as_u16(), beyond.headers()["content-range"].to_str().unwrap()), (416, "bytes */10"));
    let head = reqwest::Client::new().head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.headers()["content-length"].to_str().unwrap()), (200, "10"));
}

#[tokio::test]
async fn a_link_that_is_revoked_expired_or_made_up_opens_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let admin = app.admin().await;
    let file = upload(&app, &manager, DOCUMENT, "a.txt", "Hello").await;
    let gone = async |path: &str| {
        let response = get(&app, path).await;
        assert_eq!(response.status(), 404, "{path}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
    };
    let made = manager.ok(LINK, json!({"id": file["id"]})).await["createDownloadLink"].clone();
    let path = made["url"].as_str().unwrap();
    let revoke = "mutation($id: ID!) { revokeDownloadLink(id: $id) { id revokedAt } }";
    let revoked = manager.ok(revoke, json!({"id": made["link"]["id"]})).await;
    gone(path).await;
    assert_eq!(manager.ok(revoke, json!({"id": made["link"]["id"]})).await, revoked);
    gone("/files/rdl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await;
    gone("/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd").await;
    // An administrator may revoke what others made.
    let made = manager.ok(LINK, json!({"id": file["id"]})).await["createDownloadLink"].clone();
    admin.ok(revoke, json!({"id": made["link"]["id"]})).await;
    gone(made["url"].as_str().unwrap()).await;
    let path = link(&manager, &file).await;
    assert_eq!(get(&app, &path).await.status(), 200);
    // Whoever is shut out has no links.
    let user = manager.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"].clone();
    let active = "mutation($input: SetUserActiveInput!) { setUserActive(input: $input) { id } }";
    admin.ok(active, json!({"input": {"id": user["id"], "isActive": false}})).await;
    gone(&path).await;
    admin.ok(active, json!({"input": {"id": user["id"], "isActive": true}})).await;
    assert_eq!(get(&app, &path).await.status(), 200);
    app.advance(TimeDelta::minutes(5));
    gone(&path).await;
}

#[tokio::test]
async fn a_deleted_file_is_gone_with_its_links_and_content() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let file = upload(&app, &admin, DOCUMENT, "a.txt", "Hello").await;
    let path = link(&admin, &file).await;
    let delete = "mutation($id: ID!) { deleteFile(id: $id) { id } }";
    assert_eq!(admin.ok(delete, json!({"id": file["id"]})).await["deleteFile"]["id"], file["id"]);
    assert_eq!(get(&app, &path).await.status(), 404);
    assert_eq!(super::stored(&app), [""; 0]);
    assert_eq!(app.count("SELECT 1 FROM download_links").await, 0);
    assert_eq!(admin.code(delete, json!({"id": file["id"]})).await, "NOT_FOUND");
}
