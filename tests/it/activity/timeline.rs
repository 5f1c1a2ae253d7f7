//! The timeline is what its sources say, whatever happened before.

use std::collections::BTreeSet;

use rand::{RngExt, SeedableRng, rngs::SmallRng};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::{change, subjects};
use crate::support::{Client, TestApp, TestDb};

/// What stands in the timeline, and what its sources say: kind, row and time of each entry.
async fn entries(app: &TestApp, sql: &str) -> BTreeSet<String> {
    let db = app.app.db.reader();
    let id = |column: &str| match TestDb::is_postgres() {
        true => format!("CAST({column} AS text)"),
        false => format!("hex({column})"),
    };
    let (subject, row) = (id("subject_id"), id("ref_id"));
    let sql = format!(
        "SELECT kind || ' ' || {subject} || ' ' || {row} || ' ' || CAST(occurred_at AS text) || ' ' \
         || coalesce(CAST(deleted_at AS text), '') AS entry FROM ({sql}) AS entries"
    );
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "entry").unwrap()).collect()
}

const TIMELINE: &str = "SELECT kind, subject_id, ref_id, occurred_at, deleted_at FROM timeline_entries";
const SOURCES: &str = "
    SELECT 'INTERACTION' AS kind, subject_id, id AS ref_id, occurred_at, deleted_at FROM interactions
    UNION ALL SELECT 'TASK_CREATED', subject_id, id, created_at, NULL FROM tasks WHERE deleted_at IS NULL
    UNION ALL SELECT 'TASK_COMPLETED', subject_id, id, completed_at, NULL FROM tasks
        WHERE status = 'DONE' AND deleted_at IS NULL
    UNION ALL SELECT 'NOTE', subject_id, id, created_at, NULL FROM notes
    UNION ALL SELECT 'CONTRACT_ADDED', customer_id, id, created_at, NULL FROM contracts
    UNION ALL SELECT 'CHURNED', customer_id, id, recorded_at, NULL FROM customer_churns WHERE undone_at IS NULL
    UNION ALL SELECT 'REACTIVATED', customer_id, id, reactivated_at, NULL FROM customer_churns
        WHERE reactivated_at IS NOT NULL
    UNION ALL SELECT 'SIGNAL', customer_id, id, filed_at, NULL FROM signals";

/// One of the things that people do, with what is there.
async fn act(by: &Client, ids: &[String; 2], random: &mut SmallRng, reason: &Value) {
    let subject = &ids[random.random_range(0..2)];
    let customer = &ids[0];
    let latest = async |list: &str, by: &Client| {
        let query = format!("{{ {list} {{ nodes {{ id version }} }} }}");
        by.ok(&query, json!({})).await[list.split('(').next().unwrap()]["nodes"][0].clone()
    };
    let day = random.random_range(1..28);
    let occurred_at = format!("2020-03-{day:02}T12:00:00Z");
    let input = |mutation: &str, input: Value| (super::operation(mutation, "id"), json!({"input": input}));
    let (query, variables) = match random.random_range(0..11) {
        0 | 1 => input(
            "logInteraction",
            json!({"subjectId": subject, "kind": "CALL", "summary": "Hello",
            "occurredAt": occurred_at, "followUp": {"dueOn": "2027-01-01"}}),
        ),
        2 => {
            let last = latest("interactions(first: 1)", by).await;
            input(
                "updateInteraction",
                json!({"id": last["id"], "expectedVersion": last["version"], "occurredAt": occurred_at}),
            )
        }
        3 => {
            let last = latest("interactions(first: 1)", by).await;
            ("mutation($id: ID!) { deleteInteraction(id: $id) { id } }".to_owned(), json!({"id": last["id"]}))
        }
        4 => input(
            "createTask",
            json!({"subjectId": subject, "title": "Call", "dueOn": "2027-01-01", "recurrence": "WEEKLY"}),
        ),
        5 => {
            let last = latest("tasks(first: 1)", by).await;
            let status = ["OPEN", "DONE", "CANCELLED"][random.random_range(0..3)];
            input("updateTask", json!({"id": last["id"], "expectedVersion": last["version"], "status": status}))
        }
        6 => {
            let last = latest("tasks(first: 1)", by).await;
            ("mutation($id: ID!) { deleteTask(id: $id) { id } }".to_owned(), json!({"id": last["id"]}))
        }
        7 => input("addNote", json!({"subjectId": subject, "text": "Hm"})),
        8 => input(
            "churnCustomer",
            json!({"id": customer, "reasonId": reason, "kind": "VOLUNTARY", "effectiveOn": "2027-01-01"}),
        ),
        9 => ("mutation($id: ID!) { undoCustomerChurn(id: $id) { id } }".to_owned(), json!({"id": customer})),
        _ => {
            let year = 2030 + random.random_range(0..40);
            let terms = json!({"startsOn": format!("{year}-01-01"), "endsOn": format!("{year}-12-31")});
            input("reactivateCustomer", json!({"id": customer, "contract": terms}))
        }
    };
    // What is not there, or stands against it, is refused, and leaves everything as it was.
    let answer = by.send(&query, variables).await;
    if let Some(code) = answer["errors"][0]["extensions"]["code"].as_str() {
        assert!(["NOT_FOUND", "CONFLICT", "BAD_INPUT"].contains(&code), "{query}\n{answer:#}");
    }
}

#[tokio::test]
async fn after_whatever_people_did_the_timeline_is_the_union_of_its_sources() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let ids = subjects(&app, None).await;
    let reason = admin.ok("{ churnReasons { id } }", json!({})).await["churnReasons"][0]["id"].take();
    let mut random = SmallRng::seed_from_u64(16);
    for step in 0..60 {
        act(&admin, &ids, &mut random, &reason).await;
        if step % 10 == 9 {
            assert_eq!(entries(&app, TIMELINE).await, entries(&app, SOURCES).await, "after {step}");
        }
    }
    let all = entries(&app, TIMELINE).await;
    let kinds: BTreeSet<_> = all.iter().filter_map(|entry| entry.split(' ').next()).collect();
    assert!(kinds.len() > 4, "{kinds:?}");
}

#[tokio::test]
async fn what_happened_before_stands_where_it_belongs_and_pages_meet_it_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let [customer, _] = subjects(&app, None).await;
    for day in [3, 1, 2] {
        let input = json!({"subjectId": customer, "kind": "EMAIL", "summary": format!("Day {day}"),
            "occurredAt": format!("2020-01-0{day}T12:00:00Z")});
        change(&admin, "logInteraction", input, "id").await;
    }
    let query = "query($id: ID!, $after: String) { customer(id: $id) { timeline(first: 2, after: $after) {
        nodes { occurredAt actor { email } about { ... on Interaction { summary } } subject { id } } pageInfo { endCursor } } } }";
    let first = admin.ok(query, json!({"id": customer})).await["customer"]["timeline"].take();
    let texts = |page: &Value| -> Vec<String> {
        page["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["about"]["summary"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&first), ["Day 3", "Day 2"]);
    assert_eq!(first["nodes"][0]["subject"]["id"], customer);
    assert_eq!(first["nodes"][0]["actor"]["email"], "admin@example.com");
    let after = &first["pageInfo"]["endCursor"];
    let second = admin.ok(query, json!({"id": customer, "after": after})).await["customer"]["timeline"].take();
    assert_eq!(texts(&second), ["Day 1"]);
    let filter = "query($id: ID!) { customer(id: $id) { timeline(filter: {kind: {eq: NOTE}}) { totalCount } } }";
    assert_eq!(admin.ok(filter, json!({"id": customer})).await["customer"]["timeline"]["totalCount"], 0);
}
