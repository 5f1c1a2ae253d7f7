//! Tokens of people who have no key.

use serde_json::{Value, json};

use super::{World, claims};
use crate::support::signing::{SigningKey, encoded, rsa_public_forms};

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let world = World::of(&[&SigningKey::Rsa]).await;
    for algorithm in ["none", "None", "NONE", "", "RS256"] {
        let header = json!({"alg": algorithm, "kid": "0"});
        let unsigned = format!("{}.{}.", encoded(header.to_string()), encoded(claims().to_string()));
        assert!(world.refuses(&unsigned).await, "{algorithm}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let world = World::of(&[&SigningKey::Rsa]).await;
    for secret in rsa_public_forms() {
        let key = SigningKey::secret(secret);
        for algorithm in ["HS256", "HS384", "RS256"] {
            assert!(world.refuses(&key.sign(&json!({"alg": algorithm, "kid": "0"}), &claims())).await, "{algorithm}");
        }
    }
}

#[tokio::test]
async fn a_key_is_good_for_its_own_algorithm_only() {
    let keys = [SigningKey::Rsa, SigningKey::p256(), SigningKey::ed25519()];
    let world = World::of(&keys.each_ref()).await;
    let algorithms = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256"];
    for (kid, own) in ["RS256", "ES256", "EdDSA"].into_iter().enumerate() {
        for algorithm in algorithms.into_iter().filter(|algorithm| *algorithm != own) {
            let header = json!({"alg": algorithm, "kid": kid.to_string()});
            assert!(world.refuses(&keys[kid].sign(&header, &claims())).await, "{own} as {algorithm}");
        }
    }
}

#[tokio::test]
async fn the_key_of_another_is_refused_under_a_known_name() {
    let world = World::of(&[&SigningKey::p256()]).await;
    assert!(world.refuses(&SigningKey::p256().token("0", &claims())).await);
}

#[tokio::test]
async fn changed_claims_are_refused() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    let parts: Vec<_> = token.split('.').collect();
    let [header, _, signature] = parts.as_slice() else { panic!("{token}") };
    let mut changed = claims();
    changed["sub"] = json!("1");
    assert!(world.refuses(&format!("{header}.{}.{signature}", encoded(changed.to_string()))).await);
}

#[tokio::test]
async fn keys_that_a_token_brings_along_are_not_used() {
    let (own, foreign) = (SigningKey::p256(), SigningKey::ed25519());
    let world = World::of(&[&own]).await;
    let elsewhere = World::of(&[&foreign]).await;
    let extras: [(&str, Value); 4] = [
        ("jwk", foreign.jwk("0")),
        ("jku", elsewhere.jwks.url().into()),
        ("x5u", elsewhere.jwks.url().into()),
        ("x5c", json!([encoded("a certificate")])),
    ];
    for (name, value) in extras {
        let header = |algorithm: &str| json!({"alg": algorithm, "kid": "0", name: value});
        assert!(world.refuses(&foreign.sign(&header("EdDSA"), &claims())).await, "{name}");
        assert!(world.accepts(&own.sign(&header("ES256"), &claims())).await, "{name}");
    }
    assert_eq!(elsewhere.jwks.requests(), 0);
}

#[tokio::test]
async fn a_header_that_must_be_understood_is_refused() {
    let key = SigningKey::p256();
    let world = World::of(&[&key]).await;
    for critical in [json!(["b64"]), json!(["exp"]), json!([]), json!("b64")] {
        let header = json!({"alg": "ES256", "kid": "0", "crit": critical, "b64": true});
        assert!(world.refuses(&key.sign(&header, &claims())).await, "{critical}");
    }
}

#[tokio::test]
async fn a_symmetric_key_in_the_set_is_not_used() {
    let secret = SigningKey::secret("a secret that everybody can read here");
    let world = World::of(&[&secret, &SigningKey::p256()]).await;
    assert!(world.refuses(&secret.token("0", &claims())).await);
    assert!(world.refuses(&secret.sign(&json!({"alg": "HS256"}), &claims())).await);
}

#[tokio::test]
async fn a_token_over_8_kib_is_refused_unread() {
    let key = SigningKey::ed25519();
    let world = World::of(&[&key]).await;
    let of_size = |padding: usize| {
        let mut claims = claims();
        claims["padding"] = json!("x".repeat(padding));
        key.token("0", &claims)
    };
    let least = of_size(0).len();
    // Base64 makes four letters of three.
    let fitting = of_size((8192 - least) / 4 * 3 - 3);
    assert!(fitting.len() > 8180 && fitting.len() <= 8192, "{}", fitting.len());
    assert!(world.refuses(&of_size((8192 - least) / 4 * 3 + 6)).await);
    assert_eq!(world.jwks.requests(), 0);
    assert!(world.accepts(&fitting).await);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let world = World::of(&[&SigningKey::p256()]).await;
    let good = SigningKey::p256().token("0", &claims());
    for text in ["", ".", "..", "a.b.c", "....", &format!("{good}.{good}"), &good[1..], "\u{0}.ä.😀"] {
        assert!(world.refuses(text).await, "{text}");
    }
    assert_eq!(world.jwks.requests(), 0);
}
