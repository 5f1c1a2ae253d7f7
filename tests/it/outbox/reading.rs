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
    let team = NewMail { kind: MailKind::NewLead, to: to("team"), about: Some("lead_1".to_owned()), ..new_mail("1") };
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
        ("{aboutId: {eq: \"lead_1\"}}", vec![team]),
        ("{aboutId: {in: [\"lead_1\", \"lead_2\"]}}", vec![team]),
        ("{aboutId: {notIn: [\"lead_1\"]}}", vec![li]),
        ("{aboutId: {isNull: true}}", vec![li]),
        ("{sentAt: {isNull: false}}", vec![]),
        ("{createdAt: {lt: \"2020-01-01T00:00:00Z\"}}", vec![]),
        ("{not: {kind: {eq: NEW_LEAD}}}", vec![li]),
        ("{or: [{aboutId: {eq: \"lead_1\"}}, {to: {startsWith: \"li\"}}]}", vec![li, team]),
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
async fn a_mail_that_is_not_there_is_null() {
    let app = TestApp::builder().quiet().start().await;
    let missing = "{ outboxMail(id: \"mail_00000000000000000000000000000000\") { id } }";
    assert_eq!(app.admin().await.ok(missing, json!({})).await["outboxMail"], Value::Null);
}
