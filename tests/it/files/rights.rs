//! Who may upload, see, download and delete whose files.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{DOCUMENT, LINK, refusal, send, upload};
use crate::support::{Client, TestApp};

const DELETE: &str = "mutation($id: ID!) { deleteFile(id: $id) { id } }";

async fn key(client: &Client, scopes: &[&str]) -> Client {
    let create = "mutation($scopes: [Permission!]!) { createApiKey(input: {name: \"k\", scopes: $scopes}) { secret } }";
    let made = client.ok(create, json!({"scopes": scopes})).await;
    client.with_token(made["createApiKey"]["secret"].as_str().unwrap())
}

#[tokio::test]
async fn uploading_needs_a_sign_in_and_the_permission_of_the_purpose() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let with_scope = key(&manager, &["KNOWLEDGE_MANAGE"]).await;
    let without = key(&manager, &["KNOWLEDGE_READ"]).await;
    let nobody = app.anonymous();
    for (who, client, document, import) in [
        ("a manager", &manager, 201, 201),
        ("a key", &with_scope, 201, 403),
        ("a key without the scope", &without, 403, 403),
        ("a counselor", &app.user(SystemRole::Counselor).await, 403, 403),
        ("nobody", &nobody, 401, 401),
        ("a made-up token", &nobody.with_token("abc"), 401, 401),
    ] {
        for (purpose, expected) in [(DOCUMENT, document), ("LEAD_IMPORT", import)] {
            let response = send(&app, client, purpose, "a.csv", "a;b").await;
            assert_eq!(response.status(), expected, "{who}: {purpose}");
        }
    }
    let (_, code, message) = refusal(send(&app, &without, DOCUMENT, "a.txt", "a").await).await;
    assert_eq!(code, "FORBIDDEN");
    assert!(message.contains("knowledge:manage"), "{message}");
    assert_eq!(app.count("SELECT 1 FROM file_uploads").await, 0);
}

#[tokio::test]
async fn a_file_is_its_owners_and_administrators_may_see_and_delete_it() {
    let app = TestApp::builder().quiet().start().await;
    let owner = app.user(SystemRole::Manager).await;
    let other = app.user(SystemRole::Manager).await;
    let admin = app.admin().await;
    let file = upload(&app, &owner, DOCUMENT, "a.txt", "Hello").await;
    let id = json!({"id": file["id"]});
    let made = owner.ok(LINK, id.clone()).await["createDownloadLink"]["link"].clone();
    let see = "query($id: ID!, $link: ID!) { file(id: $id) { id } downloadLink(id: $link) { id } node(id: $id) { id }
        files { totalCount } }";
    let seen = async |client: &Client| client.ok(see, json!({"id": file["id"], "link": made["id"]})).await;
    let all = json!({"file": id, "downloadLink": {"id": made["id"]}, "node": id, "files": {"totalCount": 1}});
    assert_eq!(seen(&owner).await, all);
    assert_eq!(seen(&admin).await, all);
    let nothing = json!({"file": null, "downloadLink": null, "node": null, "files": {"totalCount": 0}});
    assert_eq!(seen(&other).await, nothing);
    assert_eq!(other.code(LINK, id.clone()).await, "NOT_FOUND");
    assert_eq!(other.code(DELETE, id.clone()).await, "NOT_FOUND");
    let revoke = "mutation($id: ID!) { revokeDownloadLink(id: $id) { id } }";
    assert_eq!(other.code(revoke, json!({"id": made["id"]})).await, "NOT_FOUND");
    // The content is for its owner alone.
    assert_eq!(admin.code(LINK, id.clone()).await, "FORBIDDEN");
    let unscoped = key(&owner, &["KNOWLEDGE_READ"]).await;
    assert_eq!(unscoped.code(LINK, id.clone()).await, "FORBIDDEN");
    for (minutes, code) in [(0, "BAD_INPUT"), (61, "BAD_INPUT")] {
        assert_eq!(owner.code(LINK, json!({"id": file["id"], "minutes": minutes})).await, code);
    }
    let anonymous: Value = app.anonymous().send("{ files { totalCount } }", json!({})).await;
    assert_eq!(anonymous["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    admin.ok(DELETE, id.clone()).await;
    assert_eq!(seen(&owner).await, nothing);
}
