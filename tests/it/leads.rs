//! Leads: what a chat makes, and who sees it.

mod making;
mod reading;
mod seeing;
mod team;

use rapport::{
    db::Id,
    domains::{
        identity::User,
        leads::{Income, IncomePeriod, Lead, LeadFact, NewLead, create_from_chat},
    },
};
use serde_json::json;
use uuid::Uuid;

use crate::support::{Client, TestApp};

/// What a chat session found out.
fn new_lead(name: &str, session: Uuid) -> NewLead {
    NewLead {
        name: name.to_owned(),
        email: Some("li@example.com".to_owned()),
        phone: Some("+49 30 123456".to_owned()),
        income: Income::parse("85000", "USD", IncomePeriod::Year),
        persona: "Ava".to_owned(),
        details: vec![LeadFact { label: "Household".to_owned(), value: "Two children".to_owned() }],
        session,
        owner: None,
    }
}

/// Makes a lead of a chat session, in a transaction of its own.
async fn make(app: &TestApp, new: NewLead) -> Lead {
    let mut tx = app.app.db.begin().await.unwrap();
    let lead = create_from_chat(&mut tx, &app.app, new).await.unwrap();
    tx.commit().await.unwrap();
    lead
}

/// The id of the user.
async fn id_of(client: &Client) -> Id<User> {
    let data = client.ok("{ viewer { user { id } } }", json!({})).await;
    data["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap()
}
