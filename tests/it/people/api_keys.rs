//! API keys: what is shown and kept of them, and what they may do.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{Person, VIEWER, custom_role, done, give_role, is_known, own_id, refused, system, text, wrong_fields};
use crate::support::{Client, TestApp, patience};

const FIELDS: &str = "secret apiKey { id name prefix scopes expiresAt lastUsedAt revokedAt owner { email } }";

async fn started() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    (app, admin)
}

/// Makes a key of `owner` with these scopes, and returns who asks by it.
async fn key(app: &TestApp, owner: &Client, scopes: &[&str]) -> Client {
    let made =
        done(owner, "createApiKey", json!({"name": "Importer", "scopes": crate::support::spelled(scopes)}), "secret")
            .await;
    app.anonymous().with_token(&text(&made["secret"]))
}

#[tokio::test]
async fn a_key_is_shown_once_and_then_known_by_its_beginning() {
    let (app, admin) = started().await;
    let mut made =
        done(&admin, "createApiKey", json!({"name": " Importer ", "scopes": ["CUSTOMERS_READ"]}), FIELDS).await;
    let secret = text(&made["secret"]);
    let prefix = text(&made["apiKey"]["prefix"]);
    assert!(secret.starts_with("rap_") && secret.len() >= 40, "as long as 32 random bytes");
    assert!(secret.starts_with(&prefix) && prefix.len() == 12);
    let id = made["apiKey"]["id"].take();
    let expected = json!({"id": null, "name": "Importer", "prefix": prefix, "scopes": ["CUSTOMERS_READ"],
                          "expiresAt": null, "lastUsedAt": null, "revokedAt": null,
                          "owner": {"email": "admin@example.com"}});
    assert_eq!(made["apiKey"], expected);
    let client = app.anonymous().with_token(&secret);
    let viewer = client.ok("{ viewer { credential expiresAt apiKey { id } permissions user { email } } }", json!({}));
    let expected = json!({"credential": "API_KEY", "expiresAt": null, "apiKey": {"id": id},
                          "permissions": ["CUSTOMERS_READ"], "user": {"email": "admin@example.com"}});
    assert_eq!(viewer.await["viewer"], expected);
    let listed = admin.ok("{ apiKeys { totalCount nodes { id prefix name } } }", json!({})).await;
    assert_eq!(listed["apiKeys"]["nodes"], json!([{"id": id, "prefix": prefix, "name": "Importer"}]));
}

/// Every value of a table that reads as text.
async fn texts(app: &TestApp, table: &str) -> Vec<String> {
    let db = app.app.db.reader();
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}")));
    let rows = rows.await.unwrap();
    assert!(!rows.is_empty(), "{table} should hold something");
    let values = rows.iter().flat_map(|row| {
        row.column_names().into_iter().filter_map(|name| row.try_get::<Option<String>>("", &name).ok().flatten())
    });
    values.collect()
}

#[tokio::test]
async fn nothing_in_the_database_is_the_key() {
    let (app, admin) = started().await;
    let made = done(&admin, "createApiKey", json!({"name": "Importer", "scopes": []}), FIELDS).await;
    let secret = text(&made["secret"]);
    app.anonymous().with_token(&secret).ok(VIEWER, json!({})).await;
    let hidden = &secret[text(&made["apiKey"]["prefix"]).len()..];
    let mut all = Vec::new();
    for table in ["api_keys", "api_key_secrets", "audit_log"] {
        all.extend(texts(&app, table).await);
    }
    assert!(all.iter().any(|value| value.contains("Importer")));
    for value in all {
        assert!(!value.contains(&secret) && !value.contains(hidden), "{value}");
    }
}

#[tokio::test]
async fn a_key_may_do_what_its_scopes_leave_and_no_more() {
    let (app, admin) = started().await;
    let client = key(&app, &admin, &["customers:read"]).await;
    client.ok("{ customers { totalCount } jobs { totalCount } permissions { name } }", json!({})).await;
    for (query, scope) in [
        ("{ users { totalCount } }", "users:read"),
        ("{ companies { totalCount } }", "companies:read"),
        ("{ apiKeys { totalCount } }", "api_keys:manage"),
        ("{ customers(filter: {company: {name: {eq: \"x\"}}}) { totalCount } }", "companies:read"),
    ] {
        let error = client.fail(query, json!({})).await;
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{query}");
        assert_eq!(error["extensions"]["permission"], scope, "{query}");
        let message = format!("The API key lacks the scope `{scope}`; create a key that has it with `createApiKey`.");
        assert_eq!(error["message"], message, "{query}");
        let path = &error["extensions"]["fields"][0]["path"];
        assert_eq!(*path, if query.contains("filter") { json!("filter.company") } else { Value::Null }, "{query}");
    }
    // What the scope has and the role does not is for an administrator.
    let viewer = Person::of(&app, &admin, "Dana Scully", &system(SystemRole::Manager)).await;
    let wide = key(&app, &viewer.client, &["customers:read"]).await;
    give_role(&admin, &viewer.id, &custom_role(&admin, "Keys", &["api_keys:manage"]).await).await;
    let error = patience(async {
        loop {
            let answer = wide.send("{ customers { totalCount } }", json!({})).await;
            if !answer["errors"].is_null() {
                return answer["errors"][0].clone();
            }
        }
    })
    .await;
    assert_eq!(error["message"], "You need the permission `customers:read` for this; ask an administrator.");
    let nothing = key(&app, &admin, &[]).await;
    assert_eq!(nothing.ok(VIEWER, json!({})).await["viewer"]["permissions"], json!([]));
    assert_eq!(nothing.code("{ customers { totalCount } }", json!({})).await, "FORBIDDEN");
}

#[tokio::test]
async fn scopes_see_no_jobs_of_others() {
    let (app, admin) = started().await;
    let manager = Person::manager(&app, &admin, "Dana Scully").await;
    let job = manager.client.onboard("Fernhollow CRM").await["id"].clone();
    let query = "query($id: ID!) { job(id: $id) { id } jobs { totalCount } }";
    let narrow = key(&app, &admin, &["customers:read"]).await.ok(query, json!({"id": job})).await;
    assert_eq!(narrow, json!({"job": null, "jobs": {"totalCount": 0}}));
    let wide = key(&app, &admin, &["jobs:read_all"]).await.ok(query, json!({"id": job})).await;
    assert_eq!(wide, json!({"job": {"id": job}, "jobs": {"totalCount": 1}}));
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_key_is_said_at_once() {
    let (app, admin) = started().await;
    let past = app.app.ambient.now() - TimeDelta::seconds(1);
    let input = json!({"name": " ", "scopes": ["CUSTOMERS_READ", "all", "*"], "expiresAt": past});
    let wrong = wrong_fields(&admin, "createApiKey", input).await;
    assert_eq!(wrong, ["input.scopes[1]", "input.scopes[2]"]);
    let input = json!({"name": " ", "scopes": [], "expiresAt": past});
    assert_eq!(wrong_fields(&admin, "createApiKey", input).await, ["input.name", "input.expiresAt"]);
    let long = json!({"name": "x".repeat(101), "scopes": []});
    assert_eq!(wrong_fields(&admin, "createApiKey", long).await, ["input.name"]);
}

#[tokio::test]
async fn a_key_changes_no_credentials() {
    let (app, admin) = started().await;
    let manager = Person::manager(&app, &admin, "Dana Scully").await;
    let input = json!({"name": "Root", "scopes": crate::support::spelled(&super::all_permissions())});
    let made = done(&admin, "createApiKey", input, FIELDS).await;
    let client = app.anonymous().with_token(&text(&made["secret"]));
    for (mutation, input) in [
        ("createApiKey", json!({"name": "Second", "scopes": []})),
        (
            "changePassword",
            json!({"currentPassword": crate::support::ADMIN.1, "newPassword": "umbrellas in april rain"}),
        ),
        ("updateProfile", json!({"email": "mine@example.com"})),
        ("impersonateUser", json!({"userId": manager.id})),
    ] {
        assert_eq!(refused(&client, mutation, input).await, "FORBIDDEN", "{mutation}");
    }
    for operation in ["logout", "logoutEverywhere"] {
        let document = format!("mutation {{ {operation} {{ sessionsEnded }} }}");
        assert_eq!(client.code(&document, json!({})).await, "FORBIDDEN", "{operation}");
    }
    let revoke = json!({"id": made["apiKey"]["id"]});
    assert_eq!(client.code(&super::by_id("revokeApiKey"), revoke).await, "FORBIDDEN");
    assert!(is_known(&admin).await && is_known(&client).await);
}

#[tokio::test]
async fn a_key_is_neither_a_refresh_token_nor_an_invitation() {
    let (app, admin) = started().await;
    let made = done(&admin, "createApiKey", json!({"name": "Importer", "scopes": []}), FIELDS).await;
    let refresh = json!({"refreshToken": made["secret"]});
    assert_eq!(refused(&app.anonymous(), "refreshToken", refresh).await, "UNAUTHENTICATED");
    let accept = json!({"token": made["secret"], "password": "umbrellas in april rain"});
    assert_eq!(wrong_fields(&app.anonymous(), "acceptInvitation", accept).await, ["input.token"]);
}

#[tokio::test]
async fn made_up_and_cut_keys_are_refused() {
    let (app, admin) = started().await;
    let made = done(&admin, "createApiKey", json!({"name": "Importer", "scopes": []}), FIELDS).await;
    let (secret, prefix) = (text(&made["secret"]), text(&made["apiKey"]["prefix"]));
    let longer = format!("{secret}A");
    let hash = texts(&app, "api_key_secrets").await.pop().unwrap();
    for forged in
        ["rap_", &prefix, &secret[..secret.len() - 1], &longer, &secret.to_uppercase(), &format!("rap_{hash}")]
    {
        assert!(!is_known(&app.anonymous().with_token(forged)).await, "{forged}");
    }
    assert!(is_known(&app.anonymous().with_token(&secret)).await);
}

#[tokio::test]
async fn people_see_and_revoke_their_own_keys_and_administrators_all() {
    let (app, admin) = started().await;
    let (one, two) = (Person::manager(&app, &admin, "One").await, Person::manager(&app, &admin, "Two").await);
    let made = done(&one.client, "createApiKey", json!({"name": "One's", "scopes": []}), FIELDS).await;
    let id = &made["apiKey"]["id"];
    let list = "{ apiKeys { totalCount nodes { name owner { email } } } }";
    assert_eq!(two.client.ok(list, json!({})).await["apiKeys"], json!({"totalCount": 0, "nodes": []}));
    assert_eq!(two.client.code(&super::by_id("revokeApiKey"), json!({"id": id})).await, "NOT_FOUND");
    let node = "query($id: ID!) { node(id: $id) { id } }";
    assert_eq!(two.client.ok(node, json!({"id": id})).await["node"], Value::Null);
    let seen = admin.ok(list, json!({})).await;
    assert_eq!(seen["apiKeys"]["nodes"], json!([{"name": "One's", "owner": {"email": one.email}}]));
    admin.ok(&super::by_id("revokeApiKey"), json!({"id": id})).await;
    let counselor = app.user(SystemRole::Counselor).await;
    assert_eq!(counselor.code(list, json!({})).await, "FORBIDDEN");
    assert_eq!(refused(&counselor, "createApiKey", json!({"name": "X", "scopes": []})).await, "FORBIDDEN");
}

#[tokio::test]
async fn keys_are_filtered_by_owner_and_revocation() {
    let (app, admin) = started().await;
    let one = Person::manager(&app, &admin, "One").await;
    for (owner, name) in [(&admin, "A"), (&admin, "B"), (&one.client, "C")] {
        done(owner, "createApiKey", json!({"name": name, "scopes": []}), "secret").await;
    }
    let list = "query($f: ApiKeyFilter) { apiKeys(filter: $f) { totalCount nodes { id name } } }";
    let own = admin.ok(list, json!({"f": {"ownerId": {"eq": own_id(&admin).await}}})).await;
    let names: Vec<_> = own["apiKeys"]["nodes"].as_array().unwrap().iter().map(|key| text(&key["name"])).collect();
    assert_eq!(names, ["B", "A"]);
    let first = own["apiKeys"]["nodes"][1]["id"].clone();
    admin.ok(&super::by_id("revokeApiKey"), json!({"id": first})).await;
    let good = admin.ok(list, json!({"f": {"revokedAt": {"isNull": true}}})).await;
    assert_eq!(good["apiKeys"]["totalCount"], 2);
    let error = admin.fail(list, json!({"f": {"ownerId": {"eq": "key_00000000000000000000000000000000"}}})).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
}
