//! How published keys are fetched, kept and forgotten.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use futures_util::future::join_all;
use rapport::{auth::TokenError, error::Error};
use serde_json::json;
use tokio::sync::Notify;

use super::{World, claims};
use crate::support::{
    jwks::Answer,
    signing::{SigningKey, encoded},
};

/// Sends 200 tokens at once, each with a key that nobody knows.
async fn storm(world: &World) {
    let key = SigningKey::ed25519();
    let tokens: Vec<_> = (0..200).map(|kid| key.token(&format!("unknown {kid}"), &claims())).collect();
    let refused = join_all(tokens.iter().map(|token| world.refuses(token))).await;
    assert!(refused.into_iter().all(|refused| refused));
}

#[tokio::test]
async fn tokens_that_come_together_fetch_the_keys_once() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    let accepted = join_all((0..50).map(|_| world.accepts(&token))).await;
    assert!(accepted.into_iter().all(|accepted| accepted));
    assert_eq!(world.jwks.requests(), 1);
}

#[tokio::test]
async fn unknown_keys_cause_one_request_a_minute() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 1);
    world.pass(59);
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 1);
    world.pass(1);
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 2);
    assert!(world.accepts(&token).await);
}

#[tokio::test]
async fn unknown_keys_cause_one_request_a_minute_while_the_issuer_is_down() {
    let world = World::of(&[&SigningKey::p256()]).await;
    storm(&world).await;
    world.jwks.answers(Answer::Status(StatusCode::BAD_GATEWAY));
    world.pass(60);
    storm(&world).await;
    world.pass(59);
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 2);
}

#[tokio::test]
async fn a_new_key_is_found_by_one_request() {
    let (old, new) = (SigningKey::p256(), SigningKey::p256());
    let world = World::publishing([old.jwk("old")]).await;
    assert!(world.accepts(&old.token("old", &claims())).await);
    world.jwks.publishes([old.jwk("old"), new.jwk("new")]);
    world.pass(60);
    assert!(world.accepts(&new.token("new", &claims())).await);
    assert!(world.accepts(&old.token("old", &claims())).await);
    assert_eq!(world.jwks.requests(), 2);
}

#[tokio::test]
async fn keys_are_asked_for_again_after_ten_minutes() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    assert!(world.accepts(&token).await);
    world.pass(599);
    assert!(world.accepts(&token).await);
    assert_eq!(world.jwks.requests(), 1);
    world.pass(1);
    assert!(world.accepts(&token).await);
    assert_eq!(world.jwks.requests(), 2);
}

#[tokio::test]
async fn a_key_that_vanished_is_refused_after_the_next_load() {
    let (gone, other) = (SigningKey::p256(), SigningKey::ed25519());
    let world = World::publishing([gone.jwk("gone"), other.jwk("other")]).await;
    let token = gone.token("gone", &claims());
    assert!(world.accepts(&token).await);
    world.jwks.publishes([other.jwk("other")]);
    world.pass(599);
    assert!(world.accepts(&token).await);
    world.pass(1);
    assert!(world.refuses(&token).await);
}

#[tokio::test]
async fn old_keys_are_used_on_while_the_issuer_is_down() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    assert!(world.accepts(&token).await);
    world.jwks.answers(Answer::Status(StatusCode::INTERNAL_SERVER_ERROR));
    world.pass(3600);
    assert!(world.accepts(&token).await);
    assert!(world.accepts(&token).await);
    assert_eq!(world.jwks.requests(), 2);
}

#[tokio::test]
async fn old_keys_are_used_on_while_new_ones_are_on_the_way() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    assert!(world.accepts(&token).await);
    let told = Arc::new(Notify::new());
    world.jwks.answers(Answer::KeysAfter(told.clone(), vec![key.jwk("0")]));
    world.pass(600);
    let (first, ()) = tokio::join!(world.accepts(&token), async {
        world.jwks.was_asked(2).await;
        assert!(world.accepts(&token).await);
        told.notify_one();
    });
    assert!(first);
}

#[tokio::test]
async fn an_issuer_that_is_down_at_first_is_asked_again_after_a_minute() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    world.jwks.answers(Answer::Status(StatusCode::SERVICE_UNAVAILABLE));
    assert!(world.cannot_tell(&token).await);
    world.jwks.publishes([key.jwk("0")]);
    world.pass(20);
    let Err(TokenError::Unavailable(Error::ProviderUnavailable { retry_after, .. })) = world.verify(&token).await
    else {
        panic!("the issuer was asked too soon");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(40)));
    world.pass(40);
    assert!(world.accepts(&token).await);
    assert_eq!(world.jwks.requests(), 2);
}

#[tokio::test]
async fn an_answer_without_keys_is_no_answer() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    for answer in [Answer::Garbage, Answer::OtherJson, Answer::Cut, Answer::Endless] {
        world.jwks.answers(answer);
        assert!(world.cannot_tell(&token).await);
        world.pass(60);
    }
    assert_eq!(world.jwks.requests(), 4);
    world.jwks.publishes([key.jwk("0")]);
    assert!(world.accepts(&token).await);
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_given_up() {
    let key = SigningKey::p256();
    let world = World::waiting([key.jwk("0")], Duration::from_millis(200)).await;
    world.jwks.answers(Answer::Silence);
    assert!(world.cannot_tell(&key.token("0", &claims())).await);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_the_fetch() {
    let key = SigningKey::p256();
    let (world, token) = (World::of(&[&key]).await, key.token("0", &claims()));
    let told = Arc::new(Notify::new());
    world.jwks.answers(Answer::KeysAfter(told.clone(), vec![key.jwk("0")]));
    tokio::select! {
        _ = world.verify(&token) => panic!("there were no keys yet"),
        () = world.jwks.was_asked(1) => {}
    }
    told.notify_one();
    assert!(world.accepts(&token).await);
    assert_eq!(world.jwks.requests(), 1);
}

#[tokio::test]
async fn a_token_that_names_no_key_needs_a_single_one() {
    let (key, other) = (SigningKey::p256(), SigningKey::ed25519());
    let token = key.sign(&json!({"alg": "ES256"}), &claims());
    assert!(World::of(&[&key]).await.accepts(&token).await);
    let world = World::of(&[&key, &other]).await;
    assert!(world.refuses(&token).await);
    world.pass(60);
    assert!(world.refuses(&token).await);
    assert_eq!(world.jwks.requests(), 1);
}

#[tokio::test]
async fn a_weak_rsa_key_is_as_if_it_were_not_there() {
    let key = SigningKey::p256();
    let mut weak = SigningKey::Rsa.jwk("weak");
    weak["n"] = encoded([0xff; 128]).into();
    let world = World::publishing([weak, key.jwk("0")]).await;
    assert!(world.accepts(&key.sign(&json!({"alg": "ES256"}), &claims())).await);
    assert!(world.refuses(&SigningKey::Rsa.token("weak", &claims())).await);
}

#[tokio::test]
async fn of_two_keys_with_one_name_the_first_is_used() {
    let (first, second) = (SigningKey::p256(), SigningKey::p256());
    let world = World::publishing([first.jwk("0"), second.jwk("0")]).await;
    assert!(world.accepts(&first.token("0", &claims())).await);
    assert!(world.refuses(&second.token("0", &claims())).await);
}

#[tokio::test]
async fn an_issuer_without_a_usable_key_has_no_good_tokens() {
    let world = World::of(&[]).await;
    assert!(world.refuses(&SigningKey::p256().token("0", &claims())).await);
}
