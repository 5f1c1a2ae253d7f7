//! Users who come with tokens of other issuers, over HTTP, WebSocket and event streams.

mod acting;
mod attacks;
mod ending;
mod keys;
mod linking;
mod renewing;
mod rights;
mod sight;

use rapport::{
    auth::SystemRole,
    domains::identity::{User, UserColumn, UserEntity, create_user},
};
use reqwest::StatusCode;
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestAppBuilder, WsClient, jwks::Jwks, signing::SigningKey};

/// An issuer that publishes its keys.
const PUBLISHED: &str = "https://id.example";
/// An issuer that shares a secret with us, as Supabase did.
const SHARED: &str = "https://project.supabase.example/auth/v1";
const SECRET: &str = "a secret of others with 36 characters";

const PASSWORD: &str = "a password of a test user";
const VIEWER: &str = "{ viewer { credential expiresAt permissions user { id email fullName status role { name } } } }";

/// A server that believes two issuers.
struct World {
    app: TestApp,
    jwks: Jwks,
    key: SigningKey,
}

impl World {
    async fn start() -> Self {
        Self::with(json!({})).await
    }

    /// With these settings of both issuers beside those they need.
    async fn with(settings: Value) -> Self {
        let key = SigningKey::p256();
        let jwks = Jwks::start([key.jwk("0")]).await;
        let app = server(&jwks, &settings).start().await;
        Self { app, jwks, key }
    }

    /// What a good token of the issuer that publishes keys says, made now.
    fn claims(&self, subject: &str) -> Value {
        let now = self.app.app.ambient.now().timestamp();
        json!({"iss": PUBLISHED, "aud": "rapport", "sub": subject, "iat": now, "exp": now + 3600,
            "email": format!("{subject}@example.com"), "email_verified": true})
    }

    /// The same with these claims beside; null takes one away.
    fn claims_with(&self, subject: &str, more: Value) -> Value {
        let mut claims = self.claims(subject);
        let object = claims.as_object_mut().unwrap();
        object.extend(more.as_object().unwrap().clone());
        object.retain(|_, value| !value.is_null());
        claims
    }

    /// Somebody with a token of these claims, signed by the issuer that they name.
    fn client(&self, claims: &Value) -> Client {
        let shared = SigningKey::secret(SECRET);
        let key = if claims["iss"] == SHARED { &shared } else { &self.key };
        self.app.anonymous().with_token(&key.token("0", claims))
    }

    /// Somebody with a good token of the issuer that publishes keys.
    fn subject(&self, subject: &str) -> Client {
        self.client(&self.claims(subject))
    }

    /// A user of ours, who signs in by a password too.
    async fn user(&self, email: &str, role: SystemRole) -> User {
        create_user(&self.app.app.db, &self.app.app.ambient, email, "Dana Scully", role, PASSWORD).await.unwrap()
    }

    async fn users(&self) -> Vec<User> {
        let all = UserEntity::find().order_by_asc(UserColumn::CreatedAt);
        all.all(self.app.app.db.reader()).await.unwrap()
    }
}

/// A server on a new database that does nothing by itself.
fn server(jwks: &Jwks, settings: &Value) -> TestAppBuilder {
    let keys = [(PUBLISHED, "jwksUrl", jwks.url()), (SHARED, "secret", SECRET.to_owned())];
    let issuers = keys.map(|(issuer, kind, key)| {
        let mut entry = json!({"issuer": issuer, "audience": "rapport", kind: key});
        entry.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        entry
    });
    TestApp::builder().quiet().set("AUTH_ISSUERS", json!(issuers))
}

/// Another server on the same database, as a second process would be.
async fn beside(world: &World, settings: Value) -> TestApp {
    server(&world.jwks, &settings).on(&world.app.db).start().await
}

/// Who somebody is over HTTP.
async fn viewer(client: &Client) -> Value {
    client.ok(VIEWER, json!({})).await["viewer"].take()
}

/// The HTTP status and the first error of a request.
async fn refusal(client: &Client) -> (StatusCode, Value) {
    let response = client.request(VIEWER, json!({})).send().await.unwrap();
    let status = response.status();
    let mut response: Value = response.json().await.unwrap();
    (status, response.pointer_mut("/errors/0").map(Value::take).unwrap_or_default())
}

/// Checks that a token is good for nothing, on any transport.
async fn is_refused(app: &TestApp, client: &Client, what: &str) {
    let (status, error) = refusal(client).await;
    assert_eq!((status, &error["extensions"]["code"]), (StatusCode::UNAUTHORIZED, &json!("UNAUTHENTICATED")), "{what}");
    assert_eq!(WsClient::refused(app.address, client.token()).await, 4403, "{what}");
    assert_eq!(stream_status(app, client).await, StatusCode::UNAUTHORIZED, "{what}");
}

/// The HTTP status with which an event stream begins.
async fn stream_status(app: &TestApp, client: &Client) -> StatusCode {
    let stream = client.at_path(app.address, "graphql/stream").request(VIEWER, json!({}));
    stream.header("accept", "text/event-stream").send().await.unwrap().status()
}
