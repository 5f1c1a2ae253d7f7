//! The keys of an issuer, fetched while requests come.

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use super::{PUBLISHED, SHARED, World, refusal, stream_status, viewer};
use crate::support::{Client, WsClient, jwks::Answer, signing::SigningKey};

/// Two hundred requests at once, each with a token of another key that nobody has heard of.
async fn storm(world: &World) {
    let clients: Vec<Client> = (0..200)
        .map(|n| world.app.anonymous().with_token(&world.key.token(&format!("no-key-{n}"), &world.claims("dana"))))
        .collect();
    let refusals = join_all(clients.iter().map(refusal)).await;
    for (status, error) in refusals {
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{error:#}");
    }
}

#[tokio::test]
async fn a_storm_of_unknown_keys_is_one_request_a_minute_and_harms_nobody_else() {
    let world = World::start().await;
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 1);
    viewer(&world.subject("dana")).await;
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 1);
    world.app.advance(TimeDelta::seconds(61));
    storm(&world).await;
    assert_eq!(world.jwks.requests(), 2);
    assert_eq!(world.users().await.len(), 2);
}

/// Checks that a client is told to come back, and not that they are nobody: their application would sign them out.
async fn is_put_off(world: &World, client: &Client) {
    let (status, error) = refusal(client).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{error:#}");
    assert_eq!(error["extensions"]["retryable"], true, "{error:#}");
    assert_ne!(error["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(WsClient::refused(world.app.address, client.token()).await, 1013);
    assert_eq!(stream_status(&world.app, client).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn while_an_issuer_is_down_its_users_are_put_off_and_the_others_are_served() {
    let world = World::start().await;
    let dana = world.subject("dana");
    for answer in [Answer::Status(StatusCode::INTERNAL_SERVER_ERROR), Answer::Garbage, Answer::Cut] {
        world.jwks.answers(answer);
        is_put_off(&world, &dana).await;
        world.app.advance(TimeDelta::seconds(61));
    }
    assert_eq!(world.jwks.requests(), 3);
    viewer(&world.client(&world.claims_with("fox", json!({"iss": SHARED})))).await;
    viewer(&world.app.admin().await).await;
    world.jwks.publishes([world.key.jwk("0")]);
    assert_eq!(viewer(&dana).await["user"]["email"], "dana@example.com");
}

#[tokio::test]
async fn keys_that_are_known_are_used_on_while_their_issuer_is_down() {
    let world = World::start().await;
    viewer(&world.subject("dana")).await;
    world.jwks.answers(Answer::Status(StatusCode::BAD_GATEWAY));
    world.app.advance(TimeDelta::minutes(30));
    viewer(&world.subject("dana")).await;
    let (status, _) = refusal(&world.app.anonymous().with_token(&world.key.token("1", &world.claims("dana")))).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_new_key_is_good_a_minute_later_and_an_old_one_no_more() {
    let world = World::start().await;
    let old = world.subject("dana");
    viewer(&old).await;
    let new = SigningKey::ed25519();
    world.jwks.publishes([new.jwk("1")]);
    world.app.advance(TimeDelta::seconds(61));
    let claims = world.claims("dana");
    assert_eq!(claims["iss"], PUBLISHED);
    viewer(&world.app.anonymous().with_token(&new.token("1", &claims))).await;
    assert_eq!(refusal(&old).await.0, StatusCode::UNAUTHORIZED);
}
