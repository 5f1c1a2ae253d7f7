//! What ends with a user who is deactivated or deleted, and what comes back.

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    PASSWORD, Person, can_sign_in, delete_user, done, is_known, refused, set_active, sign_in, text, until, waiting_job,
};
use crate::support::{Client, Process, TestApp, WsClient};

/// Somebody with all that lets them in: a sign-in, its refresh token, an API key, and a socket by each.
struct LetIn {
    person: Person,
    refresh_token: String,
    key: Client,
    sockets: Vec<WsClient>,
}

impl LetIn {
    async fn start(app: &TestApp, admin: &Client) -> Self {
        let person = Person::manager(app, admin, "Dana Scully").await;
        let signed_in = sign_in(&app.anonymous(), &person.email, PASSWORD).await;
        let refresh_token = text(&signed_in["data"]["login"]["refreshToken"]);
        let input = json!({"name": "Importer", "scopes": ["CUSTOMERS_READ"]});
        let secret = done(&person.client, "createApiKey", input, "secret").await["secret"].clone();
        let key = app.anonymous().with_token(&text(&secret));
        let sockets = vec![app.ws(&person.client).await, app.ws(&key).await];
        Self { person, refresh_token, key, sockets }
    }

    /// Holds that nothing of it lets anybody in.
    async fn is_shut_out(&mut self, app: &TestApp) {
        assert!(!is_known(&self.person.client).await);
        assert!(!is_known(&self.key).await);
        assert!(!can_sign_in(app, &self.person.email, PASSWORD).await);
        let again = refused(&app.anonymous(), "refreshToken", json!({"refreshToken": self.refresh_token})).await;
        assert_eq!(again, "UNAUTHENTICATED");
        for socket in &mut self.sockets {
            assert_eq!(socket.receive().await, Err(4403));
        }
    }
}

async fn revoked_at(admin: &Client) -> Value {
    let keys = admin.ok("{ apiKeys { nodes { revokedAt } } }", json!({})).await;
    keys["apiKeys"]["nodes"][0]["revokedAt"].clone()
}

#[tokio::test]
async fn a_user_who_is_deactivated_is_shut_out_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut let_in = LetIn::start(&app, &admin).await;
    set_active(&admin, &let_in.person.id, false).await;
    let_in.is_shut_out(&app).await;
}

#[tokio::test]
async fn a_user_who_is_activated_signs_in_anew_and_their_api_keys_work_again() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut let_in = LetIn::start(&app, &admin).await;
    set_active(&admin, &let_in.person.id, false).await;
    let_in.is_shut_out(&app).await;
    set_active(&admin, &let_in.person.id, true).await;
    assert!(!is_known(&let_in.person.client).await);
    assert!(is_known(&let_in.key).await);
    assert!(can_sign_in(&app, &let_in.person.email, PASSWORD).await);
}

#[tokio::test]
async fn a_user_who_is_deleted_is_shut_out_and_their_api_keys_are_revoked() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let mut let_in = LetIn::start(&app, &admin).await;
    assert!(revoked_at(&admin).await.is_null());
    delete_user(&admin, &let_in.person.id).await;
    let_in.is_shut_out(&app).await;
    assert!(revoked_at(&admin).await.is_string());
}

#[tokio::test]
async fn a_user_who_is_deactivated_at_one_server_is_shut_out_of_the_other() {
    let app = TestApp::builder().quiet().start().await;
    let (other, admin) = (app.beside().await, app.admin().await);
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let there = person.client.at(other.address);
    let mut socket = other.ws(&there).await;
    set_active(&admin, &person.id, false).await;
    until(async || !is_known(&there).await).await;
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn an_open_subscription_of_another_process_ends_with_its_users_deactivation() {
    let app = TestApp::builder().without_worker().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let job = waiting_job(&app, &admin).await;
    let process = Process::start(&app.db, &[]).await;
    let there = person.client.at(process.address);
    let mut socket = WsClient::connect(process.address, there.token()).await;
    socket.subscribe("subscription($id: ID!) { jobProgress(jobId: $id) { __typename } }", json!({"id": job})).await;
    assert_eq!(socket.event().await.unwrap()["data"]["jobProgress"]["__typename"], "JobState");
    set_active(&admin, &person.id, false).await;
    assert_eq!(socket.receive().await, Err(4403));
}

#[tokio::test]
async fn a_socket_whose_user_is_deactivated_runs_no_further_mutation() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let mut socket = app.ws(&person.client).await;
    set_active(&admin, &person.id, false).await;
    socket.subscribe(r#"mutation { updateProfile(input: {fullName: "Still here"}) { id } }"#, json!({})).await;
    // The socket itself may be closed first.
    if let Ok(message) = socket.receive().await {
        assert_eq!(message["payload"][0]["extensions"]["code"], "UNAUTHENTICATED", "{message:#}");
    }
    let user = admin.ok("query($id: ID!) { user(id: $id) { fullName } }", json!({"id": person.id})).await;
    assert_eq!(user["user"]["fullName"], "Dana Scully");
}

#[tokio::test]
async fn a_user_who_deletes_themselves_is_out() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let second = Person::admin(&app, &admin, "Walter Skinner").await;
    delete_user(&second.client, &second.id).await;
    assert!(!is_known(&second.client).await);
}

/// Signs in again and again, side by side, until `change` is made, and returns the tokens that it gave.
async fn signing_in(app: &TestApp, person: &Person, change: impl Future) -> Vec<String> {
    let (client, is_over) = (app.anonymous(), CancellationToken::new());
    let sign_ins = (0..8).map(|_| async {
        let mut tokens = Vec::new();
        while !is_over.is_cancelled() {
            let answer = sign_in(&client, &person.email, PASSWORD).await;
            tokens.extend(answer["data"]["login"]["accessToken"].as_str().map(str::to_owned));
        }
        tokens
    });
    let change = async {
        change.await;
        is_over.cancel();
    };
    tokio::join!(join_all(sign_ins), change).0.concat()
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_does_not_outlive_the_password() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    let input = json!({"currentPassword": PASSWORD, "newPassword": "umbrellas in april rain"});
    let tokens = signing_in(&app, &person, done(&person.client, "changePassword", input, "id")).await;
    for token in tokens {
        // One that was looked up at the very moment is remembered for a second.
        until(async || !is_known(&app.anonymous().with_token(&token)).await).await;
    }
    assert!(is_known(&person.client).await);
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_does_not_outlive_a_deactivation() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let person = Person::manager(&app, &admin, "Dana Scully").await;
    signing_in(&app, &person, set_active(&admin, &person.id, false)).await;
    // Open, it would be good again when the user is activated.
    let db = app.app.db.reader();
    let sql = "SELECT sessions.id FROM sessions JOIN users ON users.id = user_id
               WHERE ended_at IS NULL AND email = 'dana.scully@people.example'";
    let open = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    assert_eq!(open.len(), 0);
}
