//! Rows that are written as JSON at once show the same as those that are resolved.

use rapport::{
    domains::{
        activity::{Interaction, Note, Task, TimelineEntry},
        audit::AuditEntry,
        customers::{Contract, Customer, CustomerContact},
        files::{DownloadLink, File},
        identity::{ApiKey, User},
        intelligence::Company,
        knowledge::{Document, Passage},
        leads::Lead,
        notifications::Notification,
        outbox::{MailKind, MailStatus, OutboxMail},
        signals::Signal,
        system::Job,
    },
    graphql::PlainFields,
};
use serde_json::json;

use super::{fields_without_fields, listed_customer};
use crate::support::{Client, TestApp, today};

/// A list of a type: where its rows are asked for, and whether a field of it is plain.
pub(super) struct Listed {
    pub(super) kind: &'static str,
    pub(super) list: &'static str,
    is_plain: fn(&str) -> bool,
    /// Fields without fields of their own that are no columns.
    resolved: &'static [&'static str],
}

fn is_plain<T: PlainFields>(field: &str) -> bool {
    T::plain_field(field).is_some()
}

/// Of chat, whose types nobody else sees.
const UNKNOWN: fn(&str) -> bool = |_| false;

pub(super) const LISTS: [Listed; 22] = [
    Listed { kind: "Company", list: "companies { $ }", is_plain: is_plain::<Company>, resolved: &[] },
    Listed { kind: "Customer", list: "customers { $ }", is_plain: is_plain::<Customer>, resolved: &["cik", "status"] },
    Listed {
        kind: "CustomerContact",
        list: "customers { nodes { contacts { $ } } }",
        is_plain: is_plain::<CustomerContact>,
        resolved: &[],
    },
    Listed {
        kind: "Contract",
        list: "customers { nodes { contracts { $ } } }",
        is_plain: is_plain::<Contract>,
        resolved: &["daysLeft", "renewalStatus"],
    },
    Listed { kind: "Interaction", list: "interactions { $ }", is_plain: is_plain::<Interaction>, resolved: &[] },
    Listed { kind: "Task", list: "tasks { $ }", is_plain: is_plain::<Task>, resolved: &["isOverdue"] },
    Listed { kind: "Note", list: "customers { nodes { notes { $ } } }", is_plain: is_plain::<Note>, resolved: &[] },
    Listed {
        kind: "TimelineEntry",
        list: "customers { nodes { timeline { $ } } }",
        is_plain: is_plain::<TimelineEntry>,
        resolved: &[],
    },
    Listed { kind: "Signal", list: "signals { $ }", is_plain: is_plain::<Signal>, resolved: &["currentUrgency"] },
    Listed { kind: "User", list: "users { $ }", is_plain: is_plain::<User>, resolved: &[] },
    Listed { kind: "ApiKey", list: "apiKeys { $ }", is_plain: is_plain::<ApiKey>, resolved: &[] },
    Listed {
        kind: "AuditEntry",
        list: "auditLog { $ }",
        is_plain: is_plain::<AuditEntry>,
        resolved: &["action", "subjectId", "subjectName", "subjectType", "via"],
    },
    Listed { kind: "Lead", list: "leads { $ }", is_plain: is_plain::<Lead>, resolved: &[] },
    Listed {
        kind: "Notification",
        list: "notifications { $ }",
        is_plain: is_plain::<Notification>,
        resolved: &["actionUrl", "kind", "severity", "status", "subjectId", "text", "title"],
    },
    Listed { kind: "OutboxMail", list: "outbox { $ }", is_plain: is_plain::<OutboxMail>, resolved: &[] },
    Listed {
        kind: "Job",
        list: "jobs { $ }",
        is_plain: is_plain::<Job>,
        resolved: &["cursor", "currentStepLabel", "kind"],
    },
    Listed { kind: "File", list: "files { $ }", is_plain: is_plain::<File>, resolved: &[] },
    Listed {
        kind: "DownloadLink",
        list: "files { nodes { downloadLinks { $ } } }",
        is_plain: is_plain::<DownloadLink>,
        resolved: &[],
    },
    Listed {
        kind: "KnowledgeDocument",
        list: "knowledgeDocuments { $ }",
        is_plain: is_plain::<Document>,
        resolved: &[],
    },
    Listed {
        kind: "KnowledgePassage",
        list: "knowledgeDocuments { nodes { passages { $ } } }",
        is_plain: is_plain::<Passage>,
        resolved: &[],
    },
    Listed {
        kind: "ChatSession",
        list: "chatSessions { $ }",
        is_plain: UNKNOWN,
        resolved: &["cursor", "isComplete", "isVisitor"],
    },
    Listed { kind: "ChatMessage", list: "chatSessions { nodes { messages { $ } } }", is_plain: UNKNOWN, resolved: &[] },
];

/// A server that has some of everything, one of each kind with all that it can have.
pub(super) async fn full() -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = Company { website: Some("https://acme.example".to_owned()), ..app.company("Acme \"& Søn\"\n") };
    let customer = listed_customer(&app, &company);
    let signal = Signal {
        summary_model: Some("ollama/llama".to_owned()),
        extraction_model: Some("ollama/big".to_owned()),
        ..app.signal(&customer, "one")
    };
    let lead = Lead { email: Some("li@example.com".to_owned()), ..app.lead("Li", None) };
    let (initech, other) = (app.customer(Some(&company), "Initech"), app.signal(&customer, "two"));
    app.insert([app.company("Brightline"), company]).await;
    let (contact, contract) = (app.contact(&customer, "Dana"), app.contract(&customer));
    let interaction = app.interaction(customer.id.into(), "They \"like\" it.");
    let task = Task { origin_id: Some(interaction.id), ..app.task(customer.id.into(), "Call") };
    let note = app.note(customer.id.into(), "Søn\n");
    let entry = app.timeline_entry(&interaction);
    app.insert([initech, customer]).await;
    app.insert([contact]).await;
    app.insert([contract]).await;
    app.insert([interaction]).await;
    app.insert([task]).await;
    app.insert([note]).await;
    app.insert([entry]).await;
    app.insert([other, signal]).await;
    app.insert([app.lead("Wei", None), lead]).await;
    app.insert([mail(&app)]).await;
    let user = admin.ok("{ viewer { user { id } } }", json!({})).await;
    let user = user["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap();
    let read = Notification { read_at: Some(today()), ..app.notification(user) };
    app.insert([app.notification(user), read]).await;
    app.insert([app.job(None, today())]).await;
    let document = json!({"base": "cellar", "title": "Wine", "content": "# Red\nIt is red.", "format": "MARKDOWN"});
    let add = "mutation($input: AddKnowledgeDocumentInput!) { addKnowledgeDocument(input: $input) { id } }";
    admin.ok(add, json!({"input": document})).await;
    let file = crate::files::upload(&app, &admin, "KNOWLEDGE_DOCUMENT", "wine.txt", "It is red.").await;
    crate::files::link(&admin, &file).await;
    let key = "mutation { createApiKey(input: {name: \"bare\", scopes: []}) { secret } }";
    admin.ok(key, json!({})).await;
    admin.ok("mutation { createChatSession(input: {}) { session { id } } }", json!({})).await;
    (app, admin)
}

fn mail(app: &TestApp) -> OutboxMail {
    OutboxMail {
        id: rapport::db::Id::new(&app.app.ambient),
        idempotency_key: "once".to_owned(),
        kind: MailKind::ChatSummary,
        status: MailStatus::Sent,
        to_name: None,
        to_address: "li@example.com".to_owned(),
        to_folded: "li@example.com".to_owned(),
        reply_to_name: None,
        reply_to_address: None,
        subject: "What we found out".to_owned(),
        text: "This.\r\n".to_owned(),
        html: "<p>This.</p>".to_owned(),
        about: None,
        job_id: None,
        attempts: 1,
        error_code: None,
        error_message: None,
        created_at: today(),
        updated_at: today(),
        sent_at: Some(today()),
    }
}

/// What the server answers, as it is written.
async fn text(client: &Client, query: &str) -> String {
    client.request(query, json!({})).send().await.unwrap().text().await.unwrap()
}

/// A document that the server does not know yet is resolved; when it is sent again, plain rows are written at once.
#[tokio::test]
async fn an_answer_is_the_same_when_its_document_is_known() {
    let (_app, admin) = full().await;
    for Listed { kind, list, is_plain, resolved } in LISTS {
        let mut fields = fields_without_fields(&admin, kind).await;
        fields.retain(|field| !resolved.contains(&field.as_str()));
        assert!(fields.len() > 2, "{fields:?}");
        let all = fields.join(" ");
        for rows in ["nodes { $ }", "nodes { __typename $ }", "edges { cursor node { $ } }"] {
            let query = format!("{{ {} }}", list.replace('$', &rows.replace('$', &all)));
            let resolved = text(&admin, &query).await;
            assert!(resolved.contains("\"id\":\"") && !resolved.contains("\"errors\""), "{resolved}");
            assert_eq!(text(&admin, &query).await, resolved);
        }
        let is_stated = std::ptr::fn_addr_eq(is_plain, UNKNOWN) || fields.iter().all(|field| is_plain(field));
        assert!(is_stated, "fields of {kind} are not stated as plain: {fields:?}");
    }
}

/// By the other transports too.
#[tokio::test]
async fn a_known_document_is_answered_alike_over_each_transport() {
    let (app, admin) = full().await;
    let query = "{ companies { nodes { name customers { edges { node { id name } } } } } }";
    let expected = admin.ok(query, json!({})).await;
    assert_eq!(admin.ok(query, json!({})).await, expected);
    let mut ws = app.ws(&admin).await;
    ws.subscribe(query, json!({})).await;
    assert_eq!(ws.event().await.unwrap()["data"], expected);
    let mut stream = app.sse(&admin).subscribe(query, json!({}), None).await;
    assert_eq!(stream.message().await.unwrap().data.unwrap()["data"], expected);
}

/// What a document asks for twice is merged, known or not.
#[tokio::test]
async fn fields_that_are_asked_for_twice_are_merged_when_their_document_is_known() {
    let (_app, admin) = full().await;
    for query in [
        "{ companies { nodes { id } } companies { nodes { name } } }",
        "{ companies { nodes { id } nodes { name } ...F } } fragment F on CompanyConnection { nodes { isSample } }",
        "{ companies { edges { node { id } } } ... { companies { edges { node { name } cursor } } } }",
        "{ companies { nodes { customers { nodes { id } } customers { nodes { name } } } } }",
    ] {
        let first = text(&admin, query).await;
        assert!(first.contains("\"id\":\"") && first.contains("\"name\":\""), "{first}");
        assert_eq!(text(&admin, query).await, first);
    }
}

/// The price is that of all fields, however they came to be written.
#[tokio::test]
async fn plain_rows_cost_what_they_would_cost_otherwise() {
    let (_app, admin) = full().await;
    let query = "{ companies(first: 50) { nodes { id customers(first: 10) { nodes { id name } } } } }";
    let mut costs = Vec::new();
    for _ in 0..3 {
        let body = json!({"query": query, "extensions": {"cost": true}});
        let answer: serde_json::Value =
            admin.request(query, json!({})).json(&body).send().await.unwrap().json().await.unwrap();
        costs.push(answer["extensions"]["cost"]["actual"].as_u64().unwrap());
    }
    // companies, nodes; of two companies id, customers and nodes; of two customers id and name.
    assert_eq!(costs, [12, 12, 12]);
}
