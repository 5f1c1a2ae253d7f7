//! Filters and search of the audit log.

use chrono::TimeDelta;
use rapport::{auth::SystemRole::Viewer, domains::audit::AuditEntry, text::audit_words};
use serde_json::{Value, json};

use super::{
    Person, World,
    mutations::{CREATE_KEY, id_at},
    reading::{entry, id},
};
use crate::support::today;

/// The names of the subjects, in the order of their ids.
const SUBJECTS: [&str; 5] = ["one", "two", "three", "four", "nine"];

/// The id of a subject.
fn id_of(subject: &str) -> String {
    let n = SUBJECTS.iter().position(|name| *name == subject).unwrap();
    format!("rol_f000000000000000000000000000000{n}")
}

/// A log with four entries: `one` to `four` are their subjects.
struct Log {
    world: World,
    dana: Person,
    key: String,
}

impl Log {
    async fn start() -> Self {
        let world = World::start().await;
        let dana = world.user(Viewer).await;
        let input = json!({"input": {"name": "Import", "scopes": []}});
        let key = id_at("/createApiKey/apiKey/id", &world.ok(&world.admin.client, CREATE_KEY, input).await);
        let made = |n: i64, action: &str, subject: &str| AuditEntry {
            occurred_at: today() + TimeDelta::minutes(n),
            subject_name: format!("{subject} of the test"),
            ..entry(&world.app, action, &id_of(subject))
        };
        let rows = [
            AuditEntry {
                actor_id: id(&dana.id),
                after: Some(r#"{"fullName":"Frohike 100% O\"Neill"}"#.to_owned()),
                ..made(1, "role.created", "one")
            },
            AuditEntry {
                actor_id: id(&world.admin.id),
                on_behalf_of_id: id(&dana.id),
                before: Some(r#"{"role":"langly_x"}"#.to_owned()),
                ..made(2, "role.updated", "two")
            },
            AuditEntry {
                actor_id: id(&world.admin.id),
                api_key_id: id(&key),
                reason: Some("Byers asked for it".to_owned()),
                ..made(3, "mail.queued", "three")
            },
            made(4, "mail.lost", "four"),
        ];
        let rows = rows.map(|row| {
            let said =
                [row.action.as_str(), &row.subject_name, &row.subject_id, row.reason.as_deref().unwrap_or_default()];
            let states = [&row.before, &row.after].map(|state| state.as_deref().map(|json| json.parse().unwrap()));
            let words = audit_words(&said, &states.each_ref().map(Option::as_ref));
            AuditEntry { words, ..row }
        });
        world.app.insert(rows).await;
        Self { world, dana, key }
    }

    /// The subjects of those of the four that these arguments of `auditLog` find, oldest first.
    async fn find(&self, filter: Value, search: Option<&str>) -> Vec<String> {
        let query = "query($filter: AuditEntryFilter, $search: String) {
            auditLog(filter: $filter, search: $search, orderBy: {field: OCCURRED_AT, direction: ASC}) {
                totalCount nodes { subjectId } } }";
        let of_the_test = json!({"subjectId": {"in": SUBJECTS.map(id_of)}});
        let variables = json!({"filter": {"and": [of_the_test, filter]}, "search": search});
        let data = self.world.admin.client.ok(query, variables).await;
        let nodes = data["auditLog"]["nodes"].as_array().unwrap();
        assert_eq!(data["auditLog"]["totalCount"], nodes.len());
        let name =
            |node: &Value| SUBJECTS.into_iter().find(|name| id_of(name) == node["subjectId"]).unwrap().to_owned();
        nodes.iter().map(name).collect()
    }
}

#[tokio::test]
async fn each_filter_finds_what_it_says() {
    let log = Log::start().await;
    let (dana, admin, key) = (&log.dana.id, &log.world.admin.id, &log.key);
    let at = |minutes: i64| json!(today() + TimeDelta::minutes(minutes));
    for (filter, expected) in [
        (json!({}), vec!["one", "two", "three", "four"]),
        (json!({"occurredAt": {"gte": at(2), "lt": at(4)}}), vec!["two", "three"]),
        (json!({"actorId": {"eq": dana}}), vec!["one"]),
        (json!({"actorId": {"in": [dana, admin]}}), vec!["one", "two", "three"]),
        (json!({"actorId": {"isNull": true}}), vec!["four"]),
        (json!({"actorId": {"notIn": [admin]}}), vec!["one", "four"]),
        (json!({"onBehalfOfId": {"eq": dana}}), vec!["two"]),
        (json!({"onBehalfOfId": {"isNull": false}}), vec!["two"]),
        (json!({"apiKeyId": {"eq": key}}), vec!["three"]),
        (json!({"action": {"eq": "ROLE_CREATED"}}), vec!["one"]),
        (json!({"action": {"in": ["ROLE_CREATED", "MAIL_QUEUED"]}}), vec!["one", "three"]),
        (json!({"action": {"notIn": ["ROLE_CREATED"]}}), vec!["two", "three", "four"]),
        // An action that this release does not know.
        (json!({"action": {"eq": "OTHER"}}), vec!["four"]),
        (json!({"action": {"in": ["OTHER", "ROLE_UPDATED"]}}), vec!["two", "four"]),
        (json!({"action": {"notIn": ["OTHER", "ROLE_UPDATED"]}}), vec!["one", "three"]),
        (json!({"subjectType": {"eq": "ROLE"}}), vec!["one", "two"]),
        (json!({"subjectId": {"eq": id_of("two")}}), vec!["two"]),
        (json!({"subjectId": {"in": (["two", "four", "nine"].map(id_of))}}), vec!["two", "four"]),
        (json!({"subjectId": {"notIn": (["two", "four"].map(id_of))}}), vec!["one", "three"]),
        (json!({"not": {"actorId": {"eq": admin}}}), vec!["one", "four"]),
        (json!({"or": [{"subjectId": {"eq": id_of("one")}}, {"action": {"eq": "OTHER"}}]}), vec!["one", "four"]),
        (json!({"subjectType": {"eq": "ROLE"}, "action": {"eq": "ROLE_CREATED"}}), vec!["one"]),
    ] {
        assert_eq!(log.find(filter.clone(), None).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_search_finds_what_was_done_to_what_how_why_and_by_whom() {
    let log = Log::start().await;
    let (user, digits) = (log.dana.email.as_str(), &log.dana.email[3..20]);
    for (search, expected) in [
        ("ROLE.", vec!["one", "two"]),
        ("three of the", vec!["three"]),
        // As the API names them.
        ("ROLE_CREATED", vec!["one"]),
        ("role_ test", vec!["one", "two"]),
        ("mail_queued", vec!["three"]),
        ("frohike", vec!["one"]),
        ("LANGLY_X", vec!["two"]),
        ("byers", vec!["three"]),
        // By whom, and in whose place.
        (user, vec!["one", "two"]),
        (digits, vec!["one", "two"]),
        ("dana scully", vec!["one", "two"]),
        ("admin@example.com", vec!["two", "three"]),
        // Not as a pattern, and as it was written.
        ("100% O", vec!["one"]),
        ("100%O", vec![]),
        ("langlyzx", vec![]),
        (r#"O"Neill"#, vec!["one"]),
        ("nothing of the kind", vec![]),
        ("  ", vec!["one", "two", "three", "four"]),
    ] {
        assert_eq!(log.find(json!({}), Some(search)).await, expected, "{search}");
    }
    assert_eq!(log.find(json!({"actorId": {"eq": log.dana.id}}), Some("role.")).await, ["one"]);
}

#[tokio::test]
async fn an_id_of_another_kind_is_no_actor() {
    let log = Log::start().await;
    let query = "query($filter: AuditEntryFilter) { auditLog(filter: $filter) { totalCount } }";
    let filter = json!({"filter": {"actorId": {"eq": log.key}}});
    assert_eq!(log.world.admin.client.code(query, filter).await, "BAD_INPUT");
    for wrong in ["two", "usr_1", "", "USR_00000000000000000000000000000000"] {
        let error = log.world.admin.client.fail(query, json!({"filter": {"subjectId": {"in": [wrong]}}})).await;
        assert_eq!(error["extensions"]["fields"][0]["path"], "filter.subjectId.in[0]", "{wrong} {error:#}");
    }
    let search = json!({"search": "x".repeat(201)});
    let query = "query($search: String) { auditLog(search: $search) { totalCount } }";
    assert_eq!(log.world.admin.client.code(query, search).await, "BAD_INPUT");
}
