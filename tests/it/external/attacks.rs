//! Tokens of people who have no key, over every transport.

use serde_json::{Value, json};

use super::{PUBLISHED, SECRET, SHARED, World, is_refused, viewer};
use crate::support::{
    Client,
    signing::{SigningKey, encoded, rsa_public_forms},
};

/// Checks that each token is refused, and that none made a user.
async fn are_refused(world: &World, tokens: impl IntoIterator<Item = (String, String)>) {
    for (what, token) in tokens {
        is_refused(&world.app, &world.app.anonymous().with_token(&token), &what).await;
    }
    assert_eq!(world.users().await.len(), 1);
}

fn token_of(client: &Client) -> String {
    client.token().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let world = World::start().await;
    let unsigned = |issuer: &str, algorithm: &str| {
        let header = json!({"alg": algorithm, "typ": "JWT", "kid": "0"});
        let claims = world.claims_with("dana", json!({"iss": issuer}));
        format!("{}.{}.", encoded(header.to_string()), encoded(claims.to_string()))
    };
    let algorithms = ["none", "NONE", "HS256", "ES256"];
    let tokens = algorithms.iter().flat_map(|algorithm| [PUBLISHED, SHARED].map(|issuer| (issuer, *algorithm)));
    are_refused(
        &world,
        tokens.map(|(issuer, algorithm)| (format!("{issuer} {algorithm}"), unsigned(issuer, algorithm))),
    )
    .await;
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let world = World::start().await;
    world.jwks.publishes([SigningKey::Rsa.jwk("0")]);
    let sign =
        |secret: Vec<u8>| SigningKey::secret(secret).sign(&json!({"alg": "HS256", "kid": "0"}), &world.claims("dana"));
    are_refused(&world, rsa_public_forms().into_iter().map(|secret| ("a public key".to_owned(), sign(secret)))).await;
    let good = SigningKey::Rsa.token("0", &world.claims("dana"));
    viewer(&world.app.anonymous().with_token(&good)).await;
}

#[tokio::test]
async fn a_token_with_a_wrong_or_missing_claim_is_refused() {
    let world = World::start().await;
    let now = world.app.app.ambient.now().timestamp();
    let wrong = [
        json!({"aud": "another service"}),
        json!({"aud": ["a", "b"]}),
        json!({"aud": null}),
        json!({"aud": ""}),
        json!({"iss": "https://id.example/"}),
        json!({"iss": "https://ID.example"}),
        json!({"iss": ["https://id.example"]}),
        json!({"iss": null}),
        json!({"exp": null}),
        json!({"exp": "never"}),
        json!({"exp": now - 31}),
        json!({"nbf": now + 3600}),
        json!({"sub": null}),
        json!({"sub": ""}),
        json!({"sub": 4711}),
    ];
    let tokens = wrong.map(|claims| {
        let token = world.key.token("0", &world.claims_with("dana", claims.clone()));
        (claims.to_string(), token)
    });
    are_refused(&world, tokens).await;
}

#[tokio::test]
async fn the_key_of_one_issuer_signs_nothing_of_another() {
    let world = World::start().await;
    let shared = SigningKey::secret(SECRET);
    let of_shared = world.claims_with("dana", json!({"iss": SHARED}));
    are_refused(
        &world,
        [
            ("a shared secret for published keys".to_owned(), shared.token("0", &world.claims("dana"))),
            ("a published key for a shared secret".to_owned(), world.key.token("0", &of_shared)),
            ("another key".to_owned(), SigningKey::p256().token("0", &world.claims("dana"))),
        ],
    )
    .await;
}

/// Our own tokens name a session; those of others cannot make one up.
#[tokio::test]
async fn nobody_signs_in_our_name_and_we_sign_in_nobody_elses() {
    let world = World::start().await;
    let own = token_of(&world.app.admin().await);
    let claims: Value = {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(own.split('.').nth(1).unwrap()).unwrap()).unwrap()
    };
    assert_eq!(claims["iss"], "rapport");
    let mut dressed_up = claims.clone();
    dressed_up.as_object_mut().unwrap().extend(world.claims("dana").as_object().unwrap().clone());
    dressed_up["iss"] = "rapport".into();
    let ours = SigningKey::secret("a secret for tests of 32 characters");
    are_refused(
        &world,
        [
            ("our claims, their key", world.key.token("0", &claims)),
            ("our claims, their secret", SigningKey::secret(SECRET).sign(&json!({"alg": "HS256"}), &claims)),
            ("their claims in our name", world.key.token("0", &dressed_up)),
            ("their claims, our key", ours.sign(&json!({"alg": "HS256"}), &world.claims("dana"))),
            (
                "their claims, our key, by secret",
                ours.sign(&json!({"alg": "HS256"}), &world.claims_with("dana", json!({"iss": SHARED}))),
            ),
        ]
        .map(|(what, token)| (what.to_owned(), token)),
    )
    .await;
}

#[tokio::test]
async fn a_token_that_is_taken_apart_is_refused() {
    let world = World::start().await;
    let good = token_of(&world.subject("dana"));
    let long = token_of(&world.client(&world.claims_with("dana", json!({"more": "x".repeat(9000)}))));
    let [header, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let twice = encoded(format!(r#"{{"iss": "rapport", {}"#, &world.claims("dana").to_string()[1..]));
    are_refused(
        &world,
        [
            ("too long", long),
            ("no signature", format!("{header}.{claims}")),
            ("a part too many", format!("{good}.{signature}")),
            ("two issuers", format!("{header}.{twice}.{signature}")),
            ("a key of ours", format!("rap_{good}")),
            ("no claims", format!("{header}..{signature}")),
        ]
        .map(|(what, token)| (what.to_owned(), token)),
    )
    .await;
}
