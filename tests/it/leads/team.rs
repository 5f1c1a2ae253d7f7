//! Who is told of new leads.

use rapport::{auth::SystemRole, domains::leads::team};
use serde_json::json;

use super::id_of;
use crate::support::{ADMIN, TestApp};

async fn addresses(app: &TestApp) -> Vec<String> {
    let team = team(&app.app, app.app.db.reader()).await.unwrap();
    team.into_iter().map(|mailbox| format!("{}<{}>", mailbox.name.unwrap_or_default(), mailbox.address)).collect()
}

#[tokio::test]
async fn those_who_are_named_are_told_and_nobody_else() {
    let team = "Sales <sales@example.com>, dana@example.com";
    let app = TestApp::builder().quiet().set("LEADS_MAIL_TO", team).start().await;
    assert_eq!(addresses(&app).await, ["Sales<sales@example.com>", "<dana@example.com>"]);
}

#[tokio::test]
async fn where_nobody_is_named_all_active_administrators_are_told() {
    let app = TestApp::builder().quiet().start().await;
    let first = addresses(&app).await;
    assert!(first.len() == 1 && first[0].ends_with(&format!("<{}>", ADMIN.0)), "{first:?}");
    let second = id_of(&app.user(SystemRole::Admin).await).await;
    app.user(SystemRole::Manager).await;
    assert_eq!(addresses(&app).await.len(), 2);
    let leave = "mutation($id: ID!) { setUserActive(input: {id: $id, isActive: false}) { id } }";
    app.admin().await.ok(leave, json!({"id": second})).await;
    assert_eq!(addresses(&app).await, first);
}
