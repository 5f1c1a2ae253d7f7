//! The database itself keeps what was written.

use super::World;
use crate::support::TestDb;

#[tokio::test]
async fn the_database_lets_nobody_change_or_take_away_an_entry() {
    let world = World::start().await;
    let before = world.dump_of("audit_log").await;
    assert!(!before.is_empty());
    let mut statements = vec![
        "UPDATE audit_log SET action = 'nothing'".to_owned(),
        "UPDATE audit_log SET actor_id = NULL WHERE action = 'session.started'".to_owned(),
        "DELETE FROM audit_log".to_owned(),
        "DELETE FROM audit_log WHERE action = 'session.started'".to_owned(),
    ];
    let columns = "id, at, action, subject_type, subject_id, subject_name, request_id";
    let forged = columns.replace("action", "'nothing'");
    statements.push(if TestDb::is_postgres() {
        format!(
            "INSERT INTO audit_log ({columns}) SELECT {forged} FROM audit_log \
             ON CONFLICT (id) DO UPDATE SET action = EXCLUDED.action"
        )
    } else {
        format!("INSERT OR REPLACE INTO audit_log ({columns}) SELECT {forged} FROM audit_log")
    });
    if TestDb::is_postgres() {
        statements.push("TRUNCATE audit_log".to_owned());
        statements.push("TRUNCATE audit_log CASCADE".to_owned());
    }
    for statement in statements {
        let refused = world.execute(&statement).await.expect_err(&statement);
        assert!(refused.contains("append-only"), "{statement}: {refused}");
        assert_eq!(world.dump_of("audit_log").await, before, "{statement}");
    }
}
