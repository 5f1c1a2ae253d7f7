//! Somebody is invited and comes.

use rapport::auth::{Permissions, SystemRole};
use serde_json::{Value, json};

use super::{can_sign_in, custom_role, document, done, is_known, refused, system, text, until, wrong_fields};
use crate::support::{
    Client, TestApp,
    smtp::{Instead, Smtp, Stage},
};

pub(super) const NEW_PASSWORD: &str = "umbrellas in april rain";
const FIELDS: &str = "link expiresAt user { id email fullName phone status role { name } lastLoginAt }";

pub(super) fn dana() -> Value {
    json!({"email": "dana@example.com", "fullName": "Dana Scully", "phone": "+49 30 123456",
           "roleId": system(SystemRole::Counselor)})
}

/// The token of a link.
pub(super) fn token_of(link: &str) -> String {
    link.split_once("/invitation#token=").unwrap_or_else(|| panic!("{link}")).1.to_owned()
}

/// Invites somebody and returns the token of their link.
pub(super) async fn invite(admin: &Client, input: Value) -> String {
    token_of(&text(&done(admin, "inviteUser", input, "link").await["link"]))
}

/// Accepts an invitation; the whole answer.
pub(super) async fn accept(client: &Client, token: &str) -> Value {
    let input = json!({"token": token, "password": NEW_PASSWORD});
    client.send(&document("acceptInvitation", "accessToken refreshToken"), json!({"input": input})).await
}

#[tokio::test]
async fn without_a_mail_server_the_administrator_gets_the_link() {
    let app = TestApp::builder().quiet().set("APP_URL", "https://crm.example/app/").start().await;
    let admin = app.admin().await;
    let mut invited = done(&admin, "inviteUser", dana(), FIELDS).await;
    let link = text(&invited["link"]);
    assert!(link.starts_with("https://crm.example/app/invitation#token="), "{link}");
    invited["user"]["id"].take();
    let expected = json!({"id": null, "email": "dana@example.com", "fullName": "Dana Scully", "status": "INVITED",
                          "phone": "+49 30 123456", "role": {"name": "counselor"}, "lastLoginAt": null});
    assert_eq!(invited["user"], expected);
    assert!(!can_sign_in(&app, "dana@example.com", "").await);
    assert!(!can_sign_in(&app, "dana@example.com", NEW_PASSWORD).await);
}

#[tokio::test]
async fn who_accepts_is_signed_in_and_chooses_name_and_password() {
    let app = TestApp::builder().quiet().start().await;
    let token = invite(&app.admin().await, dana()).await;
    let input = json!({"token": format!(" {token} "), "password": NEW_PASSWORD, "fullName": " Dana Mulder "});
    let fields = "accessToken refreshToken viewer { user { fullName status role { name } lastLoginAt } permissions }";
    let accepted = done(&app.anonymous(), "acceptInvitation", input, fields).await;
    let user = &accepted["viewer"]["user"];
    assert_eq!((&user["fullName"], &user["status"]), (&json!("Dana Mulder"), &json!("ACTIVE")));
    assert!(user["lastLoginAt"].is_string());
    assert_eq!(
        accepted["viewer"]["permissions"],
        json!(crate::support::spelled(&Permissions::of(SystemRole::Counselor).names()))
    );
    assert!(is_known(&app.anonymous().with_token(&text(&accepted["accessToken"]))).await);
    let refresh = json!({"refreshToken": accepted["refreshToken"]});
    done(&app.anonymous(), "refreshToken", refresh, "accessToken").await;
    assert!(can_sign_in(&app, "DANA@example.com", NEW_PASSWORD).await);
}

#[tokio::test]
async fn a_weak_password_does_not_use_the_link_up() {
    let app = TestApp::builder().quiet().start().await;
    let token = invite(&app.admin().await, dana()).await;
    let weak = json!({"token": token, "password": "dana scully", "fullName": " "});
    let wrong = wrong_fields(&app.anonymous(), "acceptInvitation", weak).await;
    assert_eq!(wrong, ["input.fullName", "input.password"]);
    assert!(accept(&app.anonymous(), &token).await.get("errors").is_none());
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said_at_once_and_users_are_not_invited() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let input = json!({"email": "x", "fullName": "", "phone": "x", "roleId": system(SystemRole::Viewer)});
    let wrong = wrong_fields(&admin, "inviteUser", input).await;
    assert_eq!(wrong, ["input.email", "input.fullName", "input.phone"]);
    let taken = json!({"email": "ADMIN@example.com", "fullName": "X", "roleId": system(SystemRole::Viewer)});
    assert_eq!(refused(&admin, "inviteUser", taken).await, "ALREADY_EXISTS");
    let created = json!({"email": "dana@example.com", "fullName": "X", "roleId": system(SystemRole::Viewer),
                         "password": NEW_PASSWORD});
    invite(&admin, dana()).await;
    assert_eq!(refused(&admin, "createUser", created).await, "ALREADY_EXISTS");
}

#[tokio::test]
async fn who_is_invited_again_is_described_anew_and_only_the_new_link_is_good() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let first = done(&admin, "inviteUser", dana(), FIELDS).await;
    let role = custom_role(&admin, "Support", &["users:read"]).await;
    let again = json!({"email": "Dana@Example.com", "fullName": "Dana K. Scully", "roleId": role});
    let second = done(&admin, "inviteUser", again, FIELDS).await;
    assert_eq!(second["user"]["id"], first["user"]["id"]);
    let user = &second["user"];
    assert_eq!((&user["fullName"], &user["phone"]), (&json!("Dana K. Scully"), &Value::Null));
    assert_eq!(user["role"]["name"], "Support");
    let [old, new] = [first, second].map(|invited| token_of(&text(&invited["link"])));
    let refused = accept(&app.anonymous(), &old).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BAD_INPUT");
    assert!(accept(&app.anonymous(), &new).await.get("errors").is_none());
}

#[tokio::test]
async fn the_same_key_and_input_give_the_first_invitation_again() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let keyed = |changes: Value| {
        let mut input = dana();
        input["idempotencyKey"] = json!("a key");
        input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        input
    };
    let first = done(&admin, "inviteUser", keyed(json!({})), FIELDS).await;
    assert_eq!(done(&admin, "inviteUser", keyed(json!({})), FIELDS).await, first);
    let other = keyed(json!({"fullName": "Somebody else"}));
    assert_eq!(refused(&admin, "inviteUser", other).await, "IDEMPOTENCY_MISMATCH");
    assert!(accept(&app.anonymous(), &token_of(&text(&first["link"]))).await["errors"].is_null());
    // Also when it was accepted long since.
    assert_eq!(done(&admin, "inviteUser", keyed(json!({})), "link").await["link"], first["link"]);
    let empty = keyed(json!({"idempotencyKey": ""}));
    assert_eq!(wrong_fields(&admin, "inviteUser", empty).await, ["input.idempotencyKey"]);
}

#[tokio::test]
async fn a_new_address_voids_the_link_that_went_to_the_old_one() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let invited = done(&admin, "inviteUser", dana(), "link user { id version }").await;
    let change = json!({"id": invited["user"]["id"], "expectedVersion": invited["user"]["version"],
                        "email": "dana.scully@example.com"});
    done(&admin, "updateUser", change, "id").await;
    let answer = accept(&app.anonymous(), &token_of(&text(&invited["link"]))).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer:#}");
    let again =
        json!({"email": "dana.scully@example.com", "fullName": "Dana", "roleId": system(SystemRole::Counselor)});
    let link = invite(&admin, again).await;
    assert!(accept(&app.anonymous(), &link).await["errors"].is_null());
}

/// A server with this mail server.
async fn with_mail(smtp: &Smtp) -> TestApp {
    let settings = smtp.settings().into_iter();
    settings.fold(TestApp::builder(), |builder, (name, value)| builder.set(name, value)).start().await
}

/// The link in a mail.
fn link_in(mail: &crate::support::smtp::Received) -> String {
    let body = mail.parsed().body_text(0).unwrap().into_owned();
    let line = body.lines().find(|line| line.contains("/invitation#token=")).unwrap_or_else(|| panic!("{body}"));
    line.trim().to_owned()
}

#[tokio::test]
async fn with_a_mail_server_only_the_invited_one_gets_the_link() {
    let smtp = Smtp::start().await;
    let app = with_mail(&smtp).await;
    let admin = app.admin().await;
    let invited = done(&admin, "inviteUser", dana(), FIELDS).await;
    assert!(invited["link"].is_null());
    let mails = smtp.received(1).await;
    assert_eq!(mails[0].to, ["dana@example.com"]);
    let (link, body) = (link_in(&mails[0]), mails[0].parsed().body_text(0).unwrap().into_owned());
    assert!(body.contains("Dana Scully") && body.contains("Administrator"), "{body}");
    let token = token_of(&link);
    assert!(accept(&app.anonymous(), &token).await.get("errors").is_none());
    let again = accept(&app.anonymous(), &token).await;
    assert_eq!(again["errors"][0]["extensions"]["code"], "BAD_INPUT");
}

#[tokio::test]
async fn the_link_of_a_mail_stands_nowhere_in_the_api_or_the_database() {
    let smtp = Smtp::start().await;
    let app = with_mail(&smtp).await;
    let admin = app.admin().await;
    done(&admin, "inviteUser", dana(), "expiresAt").await;
    let token = token_of(&link_in(&smtp.received(1).await[0]));
    let proof = token.rsplit_once('.').unwrap().1;
    until(async || jobs(&admin).await[0]["status"] == "COMPLETED").await;
    assert!(!jobs(&admin).await.to_string().contains(proof));
    let db = app.app.db.reader();
    for table in ["jobs", "events", "audit_log", "invitations", "users"] {
        let sql = sea_orm::Statement::from_string(
            sea_orm::ConnectionTrait::get_database_backend(db),
            format!("SELECT * FROM {table}"),
        );
        for row in sea_orm::ConnectionTrait::query_all_raw(db, sql).await.unwrap() {
            for name in row.column_names() {
                let value: Option<String> = row.try_get("", &name).ok().flatten();
                assert!(!value.is_some_and(|value| value.contains(proof)), "{table}.{name}");
            }
        }
    }
}

async fn jobs(admin: &Client) -> Value {
    let query =
        "{ jobs { nodes { id kind status attempt error { code message } currentStep result { __typename } } } }";
    admin.ok(query, json!({})).await["jobs"]["nodes"].take()
}

#[tokio::test]
async fn a_mail_server_that_comes_back_gets_only_the_invitation_that_is_good() {
    let smtp = Smtp::start().await;
    let app = with_mail(&smtp).await;
    let admin = app.admin().await;
    smtp.at(Stage::Sender, Instead::Say("451 4.3.0 Try again later"));
    done(&admin, "inviteUser", dana(), "expiresAt").await;
    let waiting = async |attempts: i64| {
        let jobs = jobs(&admin).await;
        let waits = |job: &Value| job["status"] == "QUEUED" && job["attempt"].as_i64() >= Some(attempts);
        jobs.as_array().unwrap().iter().all(waits)
    };
    // The pauses grow: there are seconds now in which the first mail is not tried.
    until(async || waiting(3).await).await;
    // Invited again while the first mail waits: its link is good for nothing now.
    done(&admin, "inviteUser", dana(), "expiresAt").await;
    // No job runs when the clock is put forward: it would count as lost, and send its mail once more.
    until(async || waiting(1).await).await;
    smtp.recovers();
    app.advance(chrono::TimeDelta::minutes(10));
    let mails = smtp.received(1).await;
    let fresh = app.admin().await;
    until(async || jobs(&fresh).await.as_array().unwrap().iter().all(|job| job["status"] == "COMPLETED")).await;
    assert_eq!(smtp.count(), 1);
    assert!(accept(&app.anonymous(), &token_of(&link_in(&mails[0]))).await.get("errors").is_none());
}

#[tokio::test]
async fn a_mailbox_is_one_user_however_its_domain_is_written() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let of = |email: &str| {
        let mut input = dana();
        input["email"] = json!(email);
        input
    };
    let token = invite(&admin, of("kim@Müller.example")).await;
    assert!(accept(&app.anonymous(), &token).await["errors"].is_null());
    for same in ["KIM@xn--mller-kva.EXAMPLE", "kim@mu\u{308}ller.example", "kim@XN--MLLER-KVA.example"] {
        assert!(can_sign_in(&app, same, NEW_PASSWORD).await, "{same}");
        assert_eq!(refused(&admin, "inviteUser", of(same)).await, "ALREADY_EXISTS", "{same}");
    }
    assert!(!can_sign_in(&app, "kim@muller.example", NEW_PASSWORD).await);
    for wrong in ["kim@xn--a.example", "kim@-müller.example", "kim@mü_ller.example"] {
        assert_eq!(wrong_fields(&admin, "inviteUser", of(wrong)).await, ["input.email"], "{wrong}");
    }
}
