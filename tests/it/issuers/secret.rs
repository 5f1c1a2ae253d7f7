//! Tokens signed with a shared secret.

use serde_json::{Value, json};

use super::{ISSUER, SECRET, World, claims, claims_with};
use crate::support::signing::SigningKey;

fn shared_claims() -> Value {
    claims_with("iss", "https://shared.example")
}

#[tokio::test]
async fn a_token_of_the_shared_secret_is_good_whatever_it_calls_its_key() {
    let (world, key) = (World::of(&[]).await, SigningKey::secret(SECRET));
    assert!(world.accepts(&key.token("anything", &shared_claims())).await);
    assert!(world.accepts(&key.sign(&json!({"alg": "HS256"}), &shared_claims())).await);
    assert_eq!(world.jwks.requests(), 0);
}

#[tokio::test]
async fn a_token_of_another_secret_is_refused() {
    let (world, key) = (World::of(&[]).await, SigningKey::secret(format!("{SECRET} ")));
    assert!(world.refuses(&key.token("0", &shared_claims())).await);
}

#[tokio::test]
async fn a_shared_secret_is_good_for_hs256_only() {
    let (world, key) = (World::of(&[]).await, SigningKey::secret(SECRET));
    assert!(world.refuses(&key.sign(&json!({"alg": "HS384"}), &shared_claims())).await);
    for other in [SigningKey::Rsa, SigningKey::p256(), SigningKey::ed25519()] {
        assert!(world.refuses(&other.token("0", &shared_claims())).await);
    }
}

#[tokio::test]
async fn the_secret_of_one_issuer_signs_nothing_of_another() {
    let own = SigningKey::ed25519();
    let world = World::of(&[&own]).await;
    assert!(world.refuses(&SigningKey::secret(SECRET).token("0", &claims())).await);
    assert!(world.refuses(&own.token("0", &shared_claims())).await);
    assert_ne!(ISSUER, shared_claims()["iss"]);
}
