//! Good tokens, and tokens whose signature is good and that are refused all the same.

use rapport::{auth::TokenError, domains::identity::issuer_of};
use serde_json::{Value, json};

use super::{ISSUER, World, claims, claims_with, claims_without};
use crate::support::signing::SigningKey;

/// An issuer with one key, and a token of that key with these claims.
async fn signed(claims: Value) -> (World, String) {
    let key = SigningKey::ed25519();
    (World::of(&[&key]).await, key.token("0", &claims))
}

async fn is_refused(claims: Value) -> bool {
    let (world, token) = signed(claims).await;
    world.refuses(&token).await
}

#[tokio::test]
async fn tokens_of_each_algorithm_are_good() {
    let keys = [SigningKey::Rsa, SigningKey::p256(), SigningKey::ed25519()];
    let world = World::of(&keys.each_ref()).await;
    for (kid, key) in keys.iter().enumerate() {
        let said = world.verify(&key.token(&kid.to_string(), &claims())).await.unwrap();
        assert_eq!((said.issuer.as_str(), said.subject.as_str()), (ISSUER, "4711"));
    }
    assert_eq!(world.jwks.requests(), 1);
}

#[tokio::test]
async fn a_good_token_says_who_it_is_about() {
    let mut claims = claims_with("email", "ada@example.com");
    claims["email_verified"] = json!(true);
    claims["name"] = json!("Ada");
    claims["role"] = json!("boss");
    claims["scope"] = json!("customers:read");
    let (world, token) = signed(claims).await;
    let said = world.verify(&token).await.unwrap();
    assert_eq!((said.email.as_deref(), said.email_is_verified), (Some("ada@example.com"), true));
    assert_eq!((said.name.as_deref(), said.role.as_deref()), (Some("Ada"), Some("boss")));
    assert_eq!(said.scopes.unwrap(), ["customers:read"]);
    assert_eq!(said.issued_at, Some(world.now()));
}

#[tokio::test]
async fn one_of_the_audiences_is_enough() {
    let (world, token) = signed(claims_with("aud", json!(["other", "crm"]))).await;
    assert!(world.accepts(&token).await);
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused() {
    for audience in [json!("other"), json!(["other"]), json!([]), json!("Rapport"), json!(7), json!(null)] {
        assert!(is_refused(claims_with("aud", audience.clone())).await, "{audience}");
    }
}

#[tokio::test]
async fn a_token_of_an_unknown_issuer_is_refused_without_asking() {
    for issuer in [json!("https://evil.example"), json!("https://id.example/"), json!("rapport"), json!([ISSUER])] {
        let (world, token) = signed(claims_with("iss", issuer.clone())).await;
        assert!(world.refuses(&token).await, "{issuer}");
        assert_eq!(world.jwks.requests(), 0);
    }
}

#[tokio::test]
async fn a_token_that_lacks_a_claim_is_refused() {
    for name in ["iss", "aud", "exp", "sub"] {
        assert!(is_refused(claims_without(name)).await, "{name}");
    }
}

#[tokio::test]
async fn a_token_expires_with_half_a_minute_of_leeway() {
    let (world, token) = signed(claims()).await;
    world.pass(86_400 + 29);
    assert!(world.accepts(&token).await);
    world.pass(2);
    assert!(matches!(world.verify(&token).await, Err(TokenError::Expired)));
}

#[tokio::test]
async fn a_token_is_not_used_before_its_time() {
    let start = claims()["iat"].as_i64().unwrap() + 3600;
    let (world, token) = signed(claims_with("nbf", start)).await;
    assert!(world.refuses(&token).await);
    world.pass(3600 - 30);
    assert!(world.accepts(&token).await);
}

#[test]
fn the_issuer_of_a_token_is_told_without_its_key() {
    let token = SigningKey::secret("anything").token("0", &claims());
    assert_eq!(issuer_of(&token).as_deref(), Some(ISSUER));
    for nothing in ["", "a.b.c", "...", &SigningKey::secret("").token("0", &claims_without("iss"))] {
        assert_eq!(issuer_of(nothing), None, "{nothing}");
    }
}
