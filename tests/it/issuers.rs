//! Tokens of others: which are good, and how their keys are fetched.

mod attacks;
mod claims;
mod fetching;
mod secret;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rapport::{
    ambient::{Ambient, Clock},
    auth::TokenError,
    clients::jwks::JwksClient,
    config::Config,
    domains::identity::{ExternalClaims, Issuers},
};
use serde_json::{Value, json};

use crate::support::{HandClock, jwks::Jwks, signing::SigningKey, today};

const ISSUER: &str = "https://id.example";
const SECRET: &str = "a secret of others with 36 characters";

/// Somebody else who signs tokens, and us who check them.
struct World {
    jwks: Jwks,
    issuers: Issuers,
    clock: HandClock,
}

impl World {
    /// An issuer that publishes the public halves of these keys, called `0`, `1` and so on.
    async fn of(keys: &[&SigningKey]) -> Self {
        Self::publishing(keys.iter().enumerate().map(|(kid, key)| key.jwk(&kid.to_string()))).await
    }

    /// An issuer that publishes these keys.
    async fn publishing(keys: impl IntoIterator<Item = Value>) -> Self {
        Self::waiting(keys, Duration::from_secs(30)).await
    }

    /// An issuer that publishes these keys, for whose answer we wait so long.
    async fn waiting(keys: impl IntoIterator<Item = Value>, timeout: Duration) -> Self {
        let (jwks, clock) = (Jwks::start(keys).await, HandClock::at(today()));
        let ambient = Ambient::seeded(Arc::new(clock.clone()), 7);
        let published = json!({"issuer": ISSUER, "audience": ["rapport", "crm"], "jwksUrl": jwks.url()});
        let shared = json!({"issuer": "https://shared.example", "audience": "rapport", "secret": SECRET});
        let setting = json!([published, shared]).to_string();
        let config = Config::read(|name| (name == "AUTH_ISSUERS").then(|| setting.clone())).unwrap();
        let client = JwksClient::with_timeout(timeout, ambient.clone()).unwrap();
        let issuers = Issuers::new(&config.auth.issuers, &client, &ambient);
        Self { jwks, issuers, clock }
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    async fn verify(&self, token: &str) -> Result<ExternalClaims, TokenError> {
        self.issuers.verify(token, self.now()).await
    }

    async fn accepts(&self, token: &str) -> bool {
        self.verify(token).await.is_ok()
    }

    /// Whether a token is refused for good.
    async fn refuses(&self, token: &str) -> bool {
        matches!(self.verify(token).await, Err(TokenError::Invalid))
    }

    /// Whether a token cannot be checked now.
    async fn cannot_tell(&self, token: &str) -> bool {
        matches!(self.verify(token).await, Err(TokenError::Unavailable(_)))
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }
}

/// What a good token of the issuer says.
fn claims() -> Value {
    let now = today().timestamp();
    json!({"iss": ISSUER, "aud": "rapport", "sub": "4711", "iat": now, "exp": now + 86_400})
}

/// The same with another value of one claim.
fn claims_with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

/// The same without one claim.
fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}
