//! Who sees and changes knowledge.

use rapport::auth::SystemRole;
use serde_json::json;

use super::{ADD, REMOVE, SEARCH, add, draft, search, texts};
use crate::support::TestApp;

#[tokio::test]
async fn everybody_with_a_role_searches_and_managers_change() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let document = add(&manager, "Reds", "Barolo.").await;
    for role in [SystemRole::Counselor, SystemRole::Viewer] {
        let user = app.user(role).await;
        assert_eq!(texts(&search(&user, "barolo").await), ["Barolo."]);
        assert_eq!(user.code(ADD, json!({"input": draft("Whites", "Riesling.")})).await, "FORBIDDEN");
        assert_eq!(user.code(REMOVE, json!({"id": document["id"]})).await, "FORBIDDEN");
        let seen = user.ok(
            "query($id: ID!) { knowledgeDocument(id: $id) { title addedBy { email } } }",
            json!({"id": document["id"]}),
        );
        assert_eq!(seen.await["knowledgeDocument"], json!({"title": "Reds", "addedBy": null}));
    }
    let search = json!({"base": "cellar", "query": "barolo"});
    assert_eq!(app.anonymous().code(SEARCH, search).await, "UNAUTHENTICATED");
    app.stop().await;
}

#[tokio::test]
async fn who_lacks_the_right_gets_no_passage_by_its_id_either() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let document = add(&admin, "Reds", "Barolo.").await;
    let key = "mutation { createApiKey(input: {name: \"bare\", scopes: [CUSTOMERS_READ]}) { secret } }";
    let key = admin.ok(key, json!({})).await["createApiKey"]["secret"].as_str().unwrap().to_owned();
    let bare = admin.with_token(&key);
    for id in [&document["id"], &document["passages"]["nodes"][0]["id"]] {
        assert!(bare.ok("query($id: ID!) { node(id: $id) { id } }", json!({"id": id})).await["node"].is_null());
    }
    assert_eq!(bare.code(SEARCH, json!({"base": "cellar", "query": "barolo"})).await, "FORBIDDEN");
    app.stop().await;
}
