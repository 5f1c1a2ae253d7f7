//! The first token of somebody makes a user, once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use rapport::domains::audit::{AuditColumn, AuditEntity};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::{PUBLISHED, SHARED, VIEWER, World, beside, is_refused, viewer};
use crate::support::ADMIN;

#[tokio::test]
async fn the_first_token_of_an_issuer_makes_a_user_and_the_next_one_finds_them() {
    let world = World::start().await;
    for (issuer, subject) in [(PUBLISHED, "dana"), (SHARED, "fox")] {
        let first = viewer(&world.client(&world.claims_with(subject, json!({"iss": issuer})))).await;
        assert_eq!(first["credential"], "EXTERNAL_TOKEN");
        let user = &first["user"];
        assert_eq!((&user["status"], &user["role"]["name"]), (&json!("ACTIVE"), &json!("viewer")));
        assert_eq!(user["email"], format!("{subject}@example.com"));
        let later = json!({"iss": issuer, "exp": world.claims(subject)["exp"].as_i64().unwrap() + 60, "email": null});
        assert_eq!(viewer(&world.client(&world.claims_with(subject, later))).await["user"], *user);
    }
    assert_eq!(world.users().await.len(), 3);
}

#[tokio::test]
async fn a_user_is_the_same_over_every_transport() {
    let world = World::start().await;
    let dana = world.subject("dana");
    let mut socket = world.app.ws(&dana).await;
    socket.subscribe(VIEWER, json!({})).await;
    let over_socket = socket.event().await.unwrap()["data"]["viewer"]["user"]["id"].take();
    let mut stream = world.app.sse(&dana).subscribe(VIEWER, json!({}), None).await;
    let over_stream = stream.message().await.unwrap().data.unwrap()["data"]["viewer"]["user"]["id"].take();
    assert!(over_socket.is_string());
    assert_eq!(over_socket, over_stream);
    assert_eq!(viewer(&dana).await["user"]["id"], over_stream);
}

#[tokio::test]
async fn the_name_is_where_openid_connect_has_it_or_where_supabase_does() {
    let world = World::start().await;
    for (subject, claims, name) in [
        ("a", json!({"name": " Dana Scully "}), "Dana Scully"),
        ("b", json!({"user_metadata": {"full_name": "Fox Mulder"}}), "Fox Mulder"),
        ("c", json!({}), "c@example.com"),
    ] {
        assert_eq!(viewer(&world.client(&world.claims_with(subject, claims))).await["user"]["fullName"], name);
    }
}

#[tokio::test]
async fn the_role_of_a_new_user_is_what_the_claim_means_or_the_default() {
    let settings = json!({"roleClaim": "app_metadata.role", "roles": {"boss": "manager"}, "defaultRole": "counselor"});
    let world = World::with(settings).await;
    let role = async |subject: &str, claims: Value| {
        viewer(&world.client(&world.claims_with(subject, claims))).await["user"]["role"]["name"].take()
    };
    assert_eq!(role("a", json!({"app_metadata": {"role": "boss"}})).await, "manager");
    assert_eq!(role("b", json!({"app_metadata": {"role": "admin"}})).await, "counselor");
    assert_eq!(role("c", json!({"role": "boss", "user_metadata": {"role": "boss"}})).await, "counselor");
    assert_eq!(role("d", json!({"app_metadata": {"role": ["boss"]}})).await, "counselor");
}

#[tokio::test]
async fn nobody_is_made_with_a_role_that_does_not_exist() {
    let world = World::with(json!({"defaultRole": "auditor"})).await;
    is_refused(&world.app, &world.subject("dana"), "no such role").await;
    assert_eq!(world.users().await.len(), 1);
}

#[tokio::test]
async fn nobody_is_made_without_a_mail_address() {
    let world = World::start().await;
    for email in [json!(null), json!(""), json!("dana"), json!(7), json!("dana @example.com")] {
        let dana = world.client(&world.claims_with("dana", json!({"email": email})));
        is_refused(&world.app, &dana, &email.to_string()).await;
    }
    assert_eq!(world.users().await.len(), 1);
}

#[tokio::test]
async fn nobody_is_made_where_that_is_switched_off() {
    let world = World::with(json!({"createUsers": false})).await;
    is_refused(&world.app, &world.subject("dana"), "createUsers").await;
    assert_eq!(world.users().await.len(), 1);
    let admin = world.client(&world.claims_with("boss", json!({"email": ADMIN.0})));
    assert_eq!(viewer(&admin).await["user"]["role"]["name"], "admin");
}

#[tokio::test]
async fn twenty_first_tokens_at_the_same_moment_make_one_user_over_two_servers() {
    let world = World::start().await;
    let other = beside(&world, json!({})).await;
    let dana = world.subject("dana");
    let clients: Vec<_> = (0..20).map(|n| if n % 2 == 0 { dana.clone() } else { dana.at(other.address) }).collect();
    let viewers = join_all(clients.iter().map(viewer)).await;
    let ids: BTreeSet<_> = viewers.iter().map(|viewer| viewer["user"]["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(world.users().await.len(), 2);
}

#[tokio::test]
async fn two_subjects_with_one_address_are_one_user_and_of_two_issuers_too() {
    let world = World::start().await;
    let one = viewer(&world.subject("dana")).await;
    for (subject, issuer) in [("other", PUBLISHED), ("dana", SHARED)] {
        let claims = world.claims_with(subject, json!({"email": "Dana@Example.com", "iss": issuer}));
        assert_eq!(viewer(&world.client(&claims)).await["user"], one["user"]);
    }
}

#[tokio::test]
async fn who_comes_for_the_first_time_is_written_down_as_their_own_doing() {
    let world = World::start().await;
    let request = world.subject("dana").request(VIEWER, json!({}));
    let request = request.header("user-agent", "a browser").header("x-request-id", "first");
    let response: Value = request.send().await.unwrap().json().await.unwrap();
    let id = response["data"]["viewer"]["user"]["id"].as_str().unwrap();
    viewer(&world.subject("dana")).await;
    let all = AuditEntity::find().order_by_asc(AuditColumn::OccurredAt).all(world.app.app.db.reader()).await.unwrap();
    let [_, made, linked] = all.as_slice() else { panic!("{all:#?}") };
    assert_eq!((made.action.as_str(), linked.action.as_str()), ("user.created", "user.linked"));
    for entry in [made, linked] {
        assert_eq!(entry.actor_id.map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(entry.subject_id, id);
        assert_eq!((entry.request_id.as_str(), entry.user_agent.as_deref()), ("first", Some("a browser")));
        assert_eq!(entry.address.as_deref(), Some("127.0.0.1"));
    }
    let linked: Value = serde_json::from_str(linked.after.as_deref().unwrap()).unwrap();
    // The name at the other issuer is the person's, and sealed.
    assert_eq!(linked, json!({"issuer": PUBLISHED, "subject": "[erased]"}));
}
