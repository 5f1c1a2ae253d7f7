//! A chat session becomes a lead.

use rapport::{
    db::Id,
    domains::{
        audit::{AuditColumn, AuditEntity},
        chat::ChatSessionRow,
        leads::LeadCreated,
    },
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{make, new_lead};
use crate::support::TestApp;

#[tokio::test]
async fn a_lead_shows_what_the_chat_found_out() {
    let app = TestApp::builder().quiet().start().await;
    let lead = make(&app, new_lead(" Li Wei ", Uuid::new_v4())).await;
    let query = "query($id: ID!) { lead(id: $id) { id name email phone source sourceDetail status income { amount { amount currency } period }
        facts { label value } assignedTo { userId } version createdAt updatedAt } }";
    let data = app.admin().await.ok(query, json!({"id": lead.id})).await;
    let shown = &data["lead"];
    let expected = json!({
        "id": lead.id, "name": "Li Wei", "email": "li@example.com", "phone": "+49 30 123456", "source": "CHAT",
        "sourceDetail": "Ava", "status": "NEW", "income": {"amount": {"amount": "85000.00", "currency": "USD"}, "period": "YEAR"},
        "facts": [{"label": "Household", "value": "Two children"}], "assignedTo": null, "version": 1,
        "createdAt": shown["createdAt"], "updatedAt": shown["createdAt"],
    });
    assert_eq!(shown, &expected);
}

#[tokio::test]
async fn a_session_becomes_one_lead_with_one_event_and_one_audit_entry() {
    let app = TestApp::builder().quiet().start().await;
    let session = Uuid::new_v4();
    let lead = make(&app, new_lead("Li", session)).await;
    let all = futures_util::future::join_all((0..5).map(|_| make(&app, new_lead("Somebody else", session)))).await;
    assert!(all.iter().all(|again| *again == lead), "{all:#?}");
    let events = app.logged("analytics").await;
    let [event] = events.as_slice() else { panic!("{events:#?}") };
    assert_eq!((event.kind.as_str(), event.actor), ("lead.created", None));
    let told: LeadCreated = serde_json::from_value(event.payload.clone()).unwrap();
    assert_eq!(told, LeadCreated::from(&lead));
    let expected = json!({"leadId": lead.id, "source": "CHAT", "status": "NEW", "sessionId": Id::<ChatSessionRow>::from_uuid(session),
                          "hasEmail": true, "hasPhone": true, "hasIncome": true});
    assert_eq!(event.payload, expected);
    let entries = AuditEntity::find().filter(AuditColumn::Action.eq("lead.created")).all(app.app.db.reader()).await;
    let entries = entries.unwrap();
    let [entry] = entries.as_slice() else { panic!("{entries:#?}") };
    assert_eq!((&entry.subject_id, entry.actor_id), (&lead.id.to_string(), None));
}

#[tokio::test]
async fn sessions_at_the_same_time_become_a_lead_each() {
    let app = TestApp::builder().quiet().start().await;
    futures_util::future::join_all((0..5).map(|_| make(&app, new_lead("Li", Uuid::new_v4())))).await;
    let data = app.admin().await.ok("{ leads { totalCount } }", json!({})).await;
    assert_eq!(data["leads"]["totalCount"], 5);
}
