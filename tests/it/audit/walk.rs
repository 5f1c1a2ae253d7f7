//! What holds for every mutation that the schema has.

use serde_json::json;

use super::{
    AGENT, World,
    mutations::{asked, id_at},
};
use crate::support::TestDb;

/// Mutations that stand in no log: what somebody has read is their own affair, and the log forgets nothing.
const UNRECORDED: [&str; 1] = ["markNotifications"];

/// The names of all mutations that are recorded.
async fn all(world: &World) -> Vec<String> {
    let query = "{ __schema { mutationType { fields { name } } } }";
    let schema = world.ok(&world.app.anonymous(), query, json!({})).await;
    let fields = schema["__schema"]["mutationType"]["fields"].as_array().unwrap();
    let names = fields.iter().map(|field| field["name"].as_str().unwrap());
    names.filter(|name| !UNRECORDED.contains(name)).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_mutation_that_changes_something_writes_who_did_what_to_what_and_from_where() {
    let world = World::start().await;
    for mutation in all(&world).await {
        let asked = asked(&world, &mutation).await;
        let request_id = format!("{mutation}-1");
        let send = world.send(&asked.by, &asked.query, asked.variables.clone(), &request_id);
        let (response, entries) = world.written_by(send).await;
        assert!(response.get("errors").is_none(), "{mutation}\n{response:#}");
        let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
        let expected: Vec<_> = asked.writes.iter().map(|written| written.action).collect();
        assert_eq!(actions, expected, "{mutation}");
        for (entry, written) in entries.iter().zip(&asked.writes) {
            let actor = entry.actor_id.map(|id| id.to_string());
            assert_eq!(actor, Some(id_at(&written.actor, &response["data"])), "{mutation}");
            assert_eq!(entry.subject_id, id_at(&written.subject, &response["data"]), "{mutation}");
            assert_eq!((entry.on_behalf_of_id, entry.api_key_id), (None, None), "{mutation}");
            assert_eq!(entry.request_id, request_id);
            assert_eq!(entry.address.as_deref(), Some("127.0.0.1"), "{mutation}");
            assert_eq!(entry.user_agent.as_deref(), Some(AGENT), "{mutation}");
            assert!(!entry.subject_name.is_empty() && !entry.subject_type.is_empty(), "{entry:#?}");
            assert!((world.app.app.ambient.now() - entry.occurred_at).num_minutes() < 5, "{entry:#?}");
        }
    }
}

#[tokio::test]
async fn nothing_that_is_secret_stands_in_the_audit_log() {
    let world = World::start().await;
    for mutation in all(&world).await {
        let asked = asked(&world, &mutation).await;
        world.ok(&asked.by, &asked.query, asked.variables).await;
    }
    let mut secrets = world.secrets.lock().unwrap().clone();
    for hashes in [
        "SELECT hash FROM user_passwords",
        "SELECT hash FROM api_key_secrets",
        "SELECT token_hash FROM sessions WHERE token_hash <> ''",
    ] {
        secrets.extend(world.texts(hashes).await);
    }
    // Half a secret is one too.
    let parts: Vec<_> = secrets.iter().flat_map(|secret| secret.rsplit('.').next().map(str::to_owned)).collect();
    secrets.extend(parts);
    assert!(secrets.len() > 50, "{}", secrets.len());
    let log = world.dump_of("audit_log").await;
    assert!(log.contains("api_key.created"), "{log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} stands in the audit log");
    }
}

/// The database refuses new entries.
async fn refuse_entries(world: &World) {
    let refusal = if TestDb::is_postgres() {
        "CREATE OR REPLACE FUNCTION no_entry() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'no entry today'; END $$;
         CREATE TRIGGER no_entry BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION no_entry()"
    } else {
        "CREATE TRIGGER no_entry BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no entry today'); END"
    };
    world.execute(refusal).await.unwrap();
}

async fn accept_entries(world: &World) {
    let name = if TestDb::is_postgres() { "no_entry ON audit_log" } else { "no_entry" };
    world.execute(&format!("DROP TRIGGER {name}")).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_done() {
    let world = World::start().await;
    for mutation in all(&world).await {
        let asked = asked(&world, &mutation).await;
        refuse_entries(&world).await;
        let before = world.dump().await;
        let response = world.send(&asked.by, &asked.query, asked.variables.clone(), "failing").await;
        assert_eq!(response["errors"][0]["extensions"]["code"], "INTERNAL", "{mutation}\n{response:#}");
        assert_eq!(world.difference(&before).await, [""; 0], "{mutation}");
        accept_entries(&world).await;
        // And it was only for the entry.
        world.ok(&asked.by, &asked.query, asked.variables).await;
    }
}

#[tokio::test]
async fn what_nobody_may_do_is_not_written_down() {
    let world = World::start().await;
    let nobody = world.app.anonymous();
    for mutation in all(&world).await {
        let asked = asked(&world, &mutation).await;
        if ["login", "refreshToken", "acceptInvitation", "createChatSession"].contains(&mutation.as_str()) {
            continue;
        }
        let before = world.dump().await;
        let response = world.send(&nobody, &asked.query, asked.variables, "refused").await;
        assert_eq!(response["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{mutation}\n{response:#}");
        assert_eq!(world.difference(&before).await, [""; 0], "{mutation}");
    }
}
