//! Who reads the outbox, and how.

use rapport::{
    auth::SystemRole,
    clients::mail::Mailbox,
    domains::outbox::{MailKind, NewMail},
};
use serde_json::{Value, json};

use super::{new_mail, queued};
use crate::support::TestApp;

async fn subjects(app: &TestApp, arguments: &str) -> Vec<String> {
    let query = format!("{{ outbox({arguments}) {{ totalCount nodes {{ id to {{ address }} }} }} }}");
    let data = app.admin().await.ok(&query, json!({})).await;
    let nodes = data["outbox"]["nodes"].as_array().unwrap();
    assert_eq!(data["outbox"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["to"]["address"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn mails_are_found_by_what_became_of_them_what_they_are_for_who_got_them_and_what_they_are_about() {
    let app = TestApp::builder().quiet().start().await;
    let to = |address: &str| Mailbox::unnamed(format!("{address}@example.com"));
    let team = NewMail {
        kind: MailKind::NewLead,
        to: to("team"),
        about: Some("lead_0190a3c0e1b27c3a9d5e4f6071829304".to_owned()),
        ..new_mail("1")
    };
    let visitor = NewMail { to: to("li"), about: None, ..new_mail("2") };
    for new in [team, visitor] {
        queued(&app, new).await.unwrap();
    }
    let (li, team) = ("li@example.com", "team@example.com");
    for (filter, expected) in [
        ("{}", vec![li, team]),
        ("{status: {eq: HELD}}", vec![li, team]),
        ("{status: {in: [SENT, FAILED, QUEUED]}}", vec![]),
        ("{kind: {eq: NEW_LEAD}}", vec![team]),
        ("{to: {contains: \"LI@\"}}", vec![li]),
        ("{to: {eq: \"Li@Example.com\"}}", vec![li]),
        ("{to: {notIn: [\"Li@Example.com\"]}}", vec![team]),
        ("{aboutId: {eq: \"lead_0190a3c0e1b27c3a9d5e4f6071829304\"}}", vec![team]),
        (
            "{aboutId: {in: [\"lead_0190a3c0e1b27c3a9d5e4f6071829304\", \"lead_0190a3c0e1b27c3a9d5e4f6071829305\"]}}",
            vec![team],
        ),
        ("{aboutId: {notIn: [\"lead_0190a3c0e1b27c3a9d5e4f6071829304\"]}}", vec![li]),
        ("{aboutId: {isNull: true}}", vec![li]),
        ("{sentAt: {isNull: false}}", vec![]),
        ("{createdAt: {lt: \"2020-01-01T00:00:00Z\"}}", vec![]),
        ("{not: {kind: {eq: NEW_LEAD}}}", vec![li]),
        (
            "{or: [{aboutId: {eq: \"lead_0190a3c0e1b27c3a9d5e4f6071829304\"}}, {to: {startsWith: \"li\"}}]}",
            vec![li, team],
        ),
    ] {
        assert_eq!(subjects(&app, &format!("filter: {filter}")).await, expected, "{filter}");
    }
    assert_eq!(subjects(&app, "orderBy: {field: CREATED_AT, direction: ASC}").await, [team, li]);
}

#[tokio::test]
async fn only_who_may_reads_mails_in_whatever_way() {
    let app = TestApp::builder().quiet().start().await;
    let id = queued(&app, new_mail("1")).await.unwrap().to_string();
    let ways = [
        "query($id: ID!) { outboxMail(id: $id) { id } }",
        "query($id: ID!) { outbox(filter: {aboutId: {eq: $id}}) { totalCount } }",
    ];
    for role in [SystemRole::Manager, SystemRole::Counselor, SystemRole::Viewer] {
        let user = app.user(role).await;
        for way in ways {
            let answer = user.send(way, json!({"id": id})).await;
            assert_eq!(answer["errors"][0]["extensions"]["permission"], "outbox:read", "{way}\n{answer:#}");
        }
    }
    let node = "query($id: ID!) { node(id: $id) { __typename id ... on OutboxMail { subject } } }";
    let data = app.admin().await.ok(node, json!({"id": id})).await;
    assert_eq!(data["node"], json!({"__typename": "OutboxMail", "id": id, "subject": "Your talk with Maya"}));
}

#[tokio::test]
async fn what_the_mails_of_a_page_are_about_is_one_statement_a_type() {
    for count in [2, 12] {
        let app = TestApp::builder().quiet().start().await;
        let admin = app.admin().await;
        let leads: Vec<_> = (0..count).map(|n| app.lead(&format!("Lead {n}"), None)).collect();
        for (n, lead) in leads.iter().enumerate() {
            let about = Some(lead.id.to_string());
            queued(&app, NewMail { kind: MailKind::NewLead, about, ..new_mail(&n.to_string()) }).await.unwrap();
        }
        // One about what is gone, and one about what is no id.
        for (key, about) in [("gone", "lead_00000000000000000000000000000007"), ("none", "lead_1")] {
            queued(&app, NewMail { about: Some(about.to_owned()), ..new_mail(key) }).await.unwrap();
        }
        app.insert(leads).await;
        let query = "{ outbox(first: 100) { nodes { about { __typename id ... on Lead { name } } } } }";
        let (data, statements) = app.statements.of(admin.ok(query, json!({}))).await;
        let nodes = data["outbox"]["nodes"].as_array().unwrap();
        let named = nodes.iter().filter(|mail| mail["about"]["name"].is_string());
        assert_eq!((named.count(), nodes.len()), (count, count + 2), "{data:#}");
        assert_eq!(statements.len(), 2, "{statements:#?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_not_there_is_null() {
    let app = TestApp::builder().quiet().start().await;
    let missing = "{ outboxMail(id: \"mail_00000000000000000000000000000000\") { id } }";
    assert_eq!(app.admin().await.ok(missing, json!({})).await["outboxMail"], Value::Null);
}
