//! Personal values in the audit log: sealed by a key of the person, and gone with it.

use rapport::{
    db::{Db, Id},
    domains::audit::{AuditColumn, AuditEntity, AuditEntry, SealAuditLog},
    jobs::{NewJob, enqueue},
    text::audit_words,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{ADMIN, Client, TestApp, today};

const LOG: &str = "query($search: String, $subject: ID!) {
    auditLog(search: $search, filter: {subjectId: {eq: $subject}}, orderBy: {field: OCCURRED_AT, direction: ASC}) {
        nodes { action subjectName changes { field before after } } } }";

async fn entries(admin: &Client, subject: &str, search: Option<&str>) -> Vec<Value> {
    let data = admin.ok(LOG, json!({"subject": subject, "search": search})).await;
    data["auditLog"]["nodes"].as_array().unwrap().clone()
}

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.reader().query_all_raw(Statement::from_string(db.backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "what").unwrap()).collect()
}

/// All that stands in the audit log, as it stands there.
async fn stored(db: &Db) -> String {
    texts(
        db,
        r#"SELECT subject_name || coalesce("before", '') || coalesce("after", '') || words || coalesce(sealed, '')
           AS what FROM audit_log ORDER BY id"#,
    )
    .await
    .join("\n")
}

async fn id_of_admin(admin: &Client) -> String {
    admin.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"]["id"].as_str().unwrap().to_owned()
}

async fn rename(admin: &Client, name: &str) {
    let query = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) { fullName } }";
    admin.ok(query, json!({"input": {"fullName": name}})).await;
}

#[tokio::test]
async fn values_of_a_person_stand_sealed_and_are_read_and_found_as_before() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = id_of_admin(&admin).await;
    rename(&admin, "Zoë Papadopoulos").await;
    let db = &app.app.db;
    let stored_log = stored(db).await;
    for word in ["Zoë", "Papadopoulos", "papadopoulos", ADMIN.0] {
        assert!(!stored_log.contains(word), "{word}\n{stored_log}");
    }
    let found = entries(&admin, &id, Some("papadop")).await;
    let changed = found.iter().find(|entry| entry["action"] == "USER_UPDATED").unwrap();
    assert_eq!(changed["subjectName"], ADMIN.0);
    assert_eq!(
        changed["changes"],
        json!([{"field": "fullName", "before": "Administrator", "after": "Zoë Papadopoulos"}])
    );
    assert!(entries(&admin, &id, Some("nobody of this name")).await.is_empty());
    assert!(entries(&admin, &id, Some("papadop user.updated")).await.len() == 1);
}

#[tokio::test]
async fn without_the_key_who_did_what_and_when_stays_and_the_values_are_gone() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = id_of_admin(&admin).await;
    rename(&admin, "Zoë Papadopoulos").await;
    // Entries are found by the present name of their actor too.
    rename(&admin, "Kim").await;
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared(&format!("DELETE FROM person_keys WHERE person = '{id}'")).await.unwrap();
    tx.commit().await.unwrap();
    let all = entries(&admin, &id, None).await;
    let changed = all.iter().find(|entry| entry["action"] == "USER_UPDATED").unwrap();
    assert_eq!(changed["subjectName"], "[erased]");
    assert_eq!(changed["changes"], json!([{"field": "fullName", "before": "[erased]", "after": "[erased]"}]));
    assert!(entries(&admin, &id, Some("papadop")).await.is_empty());
    // The next change has a key of its own.
    rename(&admin, "Dana").await;
    let all = entries(&admin, &id, Some("dana")).await;
    assert_eq!(all.last().unwrap()["changes"][0]["after"], "Dana");
}

/// An entry as the release before wrote it.
fn old(app: &TestApp, action: &str, subject: &str, name: &str, after: Option<Value>) -> AuditEntry {
    let said = [action, name, subject, ""];
    AuditEntry {
        id: Id::new(&app.app.ambient),
        occurred_at: today(),
        action: action.to_owned(),
        subject_type: action.split('.').next().unwrap().to_owned(),
        subject_id: subject.to_owned(),
        subject_name: name.to_owned(),
        words: audit_words(&said, &[None, after.as_ref()]),
        after: after.map(|after| after.to_string()),
        request_id: "old".to_owned(),
        ..AuditEntry::default()
    }
}

async fn seal(app: &TestApp, admin: &Client) -> String {
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<SealAuditLog>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let job = admin.finished(&job.id.to_string()).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    texts(
        &app.app.db,
        "SELECT output AS what FROM jobs WHERE kind = 'seal_audit_log' ORDER BY created_at DESC, id DESC LIMIT 1",
    )
    .await
    .remove(0)
}

#[tokio::test]
async fn entries_of_before_are_sealed_by_a_job_and_say_the_same_since() {
    let app = TestApp::builder().set("JOB_POLL_MS", 50).start().await;
    let admin = app.admin().await;
    let lead = format!("lead_{}", Uuid::from_u128(7).simple());
    let state = json!({"name": "Zoë Papadopoulos", "email": "zoe@papado.example", "status": "NEW", "phone": null});
    let mut rows: Vec<_> =
        (0..230).map(|_| old(&app, "lead.created", &lead, "Zoë Papadopoulos", Some(state.clone()))).collect();
    rows.push(old(&app, "role.created", "role_1", "Papadopoulos's team", None));
    app.insert(rows).await;
    let before = entries(&admin, &lead, Some("zoe@papado")).await;
    assert_eq!(before.len(), 25);
    let fixed = "SELECT action || subject_id || request_id AS what FROM audit_log WHERE request_id = 'old' ORDER BY id";
    let was = texts(&app.app.db, fixed).await;
    let result: Value = serde_json::from_str(&seal(&app, &admin).await).unwrap();
    assert!(result["entries"].as_u64().unwrap() >= 230, "{result}");
    assert_eq!(texts(&app.app.db, fixed).await, was);
    let stored_log = stored(&app.app.db).await;
    assert!(!stored_log.contains("Zoë") && !stored_log.contains("zoe@papado"), "{stored_log}");
    // What tells of no person stays as it was.
    assert!(stored_log.contains("Papadopoulos's team") && stored_log.contains(r#""status":"NEW""#));
    assert_eq!(entries(&admin, &lead, Some("zoe@papado")).await, before);
    // It goes on where it ended.
    let again: Value = serde_json::from_str(&seal(&app, &admin).await).unwrap();
    assert_eq!(again, json!({"entries": 0, "keys": 0}));
    let keys = texts(&app.app.db, "SELECT person AS what FROM person_keys WHERE bare_key IS NOT NULL").await;
    assert!(keys.is_empty(), "{keys:?}");
}

#[tokio::test]
async fn a_sealed_entry_is_never_changed_again_and_sealing_changes_nothing_else() {
    let app = TestApp::builder().quiet().start().await;
    app.insert([old(&app, "lead.created", "lead_1", "Zoë", None)]).await;
    let admin = app.admin().await;
    id_of_admin(&admin).await;
    let all = AuditEntity::find().filter(AuditColumn::Sealed.is_not_null()).order_by_asc(AuditColumn::Id);
    assert!(!all.all(app.app.db.reader()).await.unwrap().is_empty());
    for refused in [
        "UPDATE audit_log SET sealed = 'x' WHERE sealed IS NOT NULL",
        "UPDATE audit_log SET sealed = NULL WHERE sealed IS NOT NULL",
        "UPDATE audit_log SET sealed = 'x', action = 'lead.updated' WHERE subject_id = 'lead_1'",
        "UPDATE audit_log SET sealed = 'x', reason = 'x' WHERE subject_id = 'lead_1'",
        "UPDATE audit_log SET subject_name = 'x' WHERE subject_id = 'lead_1'",
    ] {
        let tx = app.app.db.begin().await.unwrap();
        let error = tx.execute_unprepared(refused).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{refused}: {error}");
    }
}
