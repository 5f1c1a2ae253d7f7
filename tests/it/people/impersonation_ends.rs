//! How acting in the place of a user ends.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{
    Person, all_permissions, custom_role, done, give_role,
    impersonation::{in_place_of, started},
    is_known, own_id, refused, set_active, system, until,
};
use crate::support::{Process, TestApp, WsClient, signing::SigningKey};

const LOGOUT: &str = "mutation { logout { sessionsEnded } }";
const EVERYWHERE: &str = "mutation { logoutEverywhere { sessionsEnded } }";

#[tokio::test]
async fn it_ends_when_its_token_expires() {
    let (app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let mut socket = app.ws(&client).await;
    app.advance(TimeDelta::minutes(14));
    assert!(is_known(&client).await);
    app.advance(TimeDelta::minutes(1));
    assert!(!is_known(&client).await);
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn its_logout_ends_it_and_nothing_else() {
    let (app, admin, manager) = started().await;
    let (client, other) = (in_place_of(&admin, &manager.id).await, in_place_of(&admin, &manager.id).await);
    let mut socket = app.ws(&client).await;
    assert_eq!(client.ok(LOGOUT, json!({})).await["logout"]["sessionsEnded"], 1);
    assert!(!is_known(&client).await);
    assert_eq!(socket.receive().await, Err(4403));
    assert!(is_known(&other).await && is_known(&admin).await && is_known(&manager.client).await);
}

#[tokio::test]
async fn it_ends_with_the_session_of_the_administrator_and_with_no_other() {
    let (app, admin, manager) = started().await;
    let (client, other) = (in_place_of(&admin, &manager.id).await, app.admin().await);
    let mut socket = app.ws(&client).await;
    other.ok(LOGOUT, json!({})).await;
    assert!(is_known(&client).await);
    admin.ok(LOGOUT, json!({})).await;
    assert!(!is_known(&client).await);
    assert_eq!(socket.receive().await, Err(4403));
    assert!(is_known(&manager.client).await);
}

#[tokio::test]
async fn it_ends_when_the_administrator_or_the_user_signs_out_everywhere() {
    let (app, admin, manager) = started().await;
    let client = in_place_of(&app.admin().await, &manager.id).await;
    admin.ok(EVERYWHERE, json!({})).await;
    assert!(!is_known(&client).await);
    let client = in_place_of(&app.admin().await, &manager.id).await;
    manager.client.ok(EVERYWHERE, json!({})).await;
    assert!(!is_known(&client).await);
}

#[tokio::test]
async fn it_ends_when_the_administrator_changes_the_password_elsewhere() {
    let (app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let input = json!({"currentPassword": crate::support::ADMIN.1, "newPassword": "umbrellas in april rain"});
    done(&app.admin().await, "changePassword", input, "id").await;
    assert!(!is_known(&client).await);
}

#[tokio::test]
async fn it_ends_when_the_administrator_is_deactivated_or_deleted() {
    let (app, admin, manager) = started().await;
    for name in ["First", "Second"] {
        let second = Person::admin(&app, &admin, name).await;
        let client = in_place_of(&second.client, &manager.id).await;
        let mut socket = app.ws(&client).await;
        match name {
            "First" => _ = set_active(&admin, &second.id, false).await,
            _ => super::delete_user(&admin, &second.id).await,
        }
        assert!(!is_known(&client).await, "{name}");
        assert_eq!(socket.receive().await, Err(4403), "{name}");
        assert!(is_known(&manager.client).await, "{name}");
    }
}

#[tokio::test]
async fn it_ends_when_the_administrator_loses_the_right() {
    let (app, admin, manager) = started().await;
    let second = Person::admin(&app, &admin, "Walter Skinner").await;
    let client = in_place_of(&second.client, &manager.id).await;
    let mut socket = app.ws(&client).await;
    give_role(&admin, &second.id, &system(SystemRole::Manager)).await;
    assert!(!is_known(&client).await);
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn it_ends_at_another_process_when_the_role_of_the_administrator_shrinks() {
    let (app, admin, manager) = started().await;
    let role = custom_role(&admin, "Deputy", &all_permissions()).await;
    let deputy = Person::of(&app, &admin, "Walter Skinner", &role).await;
    let client = in_place_of(&deputy.client, &manager.id).await;
    let process = Process::start(&app.db, &[]).await;
    let mut socket = WsClient::connect(process.address, client.token()).await;
    let rest: Vec<_> = all_permissions().into_iter().filter(|name| *name != "users:impersonate").collect();
    done(
        &admin,
        "updateRole",
        json!({"id": role, "expectedVersion": 1, "permissions": crate::support::spelled(&rest)}),
        "id",
    )
    .await;
    let there = client.at(process.address);
    until(async || !is_known(&there).await).await;
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn it_ends_when_the_user_is_deactivated_or_gets_more_rights_than_the_administrator() {
    let (app, admin, manager) = started().await;
    let client = in_place_of(&admin, &manager.id).await;
    let mut socket = app.ws(&client).await;
    set_active(&admin, &manager.id, false).await;
    assert!(!is_known(&client).await);
    assert_eq!(socket.receive().await, Err(4403));
    set_active(&admin, &manager.id, true).await;
    assert!(!is_known(&client).await);
    let client = in_place_of(&admin, &manager.id).await;
    give_role(&admin, &manager.id, &system(SystemRole::Admin)).await;
    assert!(!is_known(&client).await);
}

#[tokio::test]
async fn it_does_not_begin_at_another_server_after_the_logout_there() {
    let (app, admin, manager) = started().await;
    let other = app.beside().await;
    let there = admin.at(other.address);
    // The other server remembers from now on that the session is good.
    assert!(is_known(&there).await);
    admin.ok(LOGOUT, json!({})).await;
    let document = super::document("impersonateUser", "accessToken");
    let begun = there.send(&document, json!({"input": {"userId": manager.id}})).await;
    if let Some(token) = begun["data"]["impersonateUser"]["accessToken"].as_str() {
        assert!(!is_known(&other.anonymous().with_token(token)).await);
        assert!(!is_known(&app.anonymous().with_token(token)).await);
    }
}

#[tokio::test]
async fn it_ends_with_the_logout_of_an_administrator_of_another_issuer() {
    const SECRET: &str = "a secret of others with 36 characters";
    let issuers = json!([{"issuer": "https://id.example", "audience": "rapport", "secret": SECRET}]);
    let app = TestApp::builder().quiet().set("AUTH_ISSUERS", issuers).start().await;
    let admin = app.admin().await;
    let manager = Person::manager(&app, &admin, "Dana Scully").await;
    let now = app.app.ambient.now().timestamp();
    let claims: Value = json!({"iss": "https://id.example", "aud": "rapport", "sub": "4711", "iat": now - 10,
                               "exp": now + 3600, "email": "walter@example.com", "email_verified": true,
                               "name": "Walter Skinner"});
    let token = SigningKey::secret(SECRET).token("0", &claims);
    let external = app.anonymous().with_token(&token);
    let id = own_id(&external).await;
    give_role(&admin, &id, &system(SystemRole::Admin)).await;
    for logout in [LOGOUT, EVERYWHERE] {
        let external = match logout {
            LOGOUT => external.clone(),
            _ => {
                app.advance(TimeDelta::seconds(2));
                let mut claims = claims.clone();
                claims["iat"] = json!(app.app.ambient.now().timestamp());
                app.anonymous().with_token(&SigningKey::secret(SECRET).token("0", &claims))
            }
        };
        let client = in_place_of(&external, &manager.id).await;
        assert!(is_known(&client).await);
        external.ok(logout, json!({})).await;
        assert!(!is_known(&external).await);
        assert!(!is_known(&client).await, "{logout}");
    }
    assert_eq!(refused(&external, "impersonateUser", json!({"userId": manager.id})).await, "UNAUTHENTICATED");
}
