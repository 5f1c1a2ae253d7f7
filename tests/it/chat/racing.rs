//! Whoever loses the right to answer in the moment in which they use it.

use rapport::auth::SystemRole;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use super::Talk;
use crate::support::{Client, TestApp};

const HANDOVER: &str = "query($id: ID!) { chatSession(id: $id) { handover { status } messages { totalCount } } }";
const REQUEST: &str = "mutation($id: ID!) { requestChatHandover(id: $id) { id } }";
const TAKE: &str = "mutation($id: ID!) { takeOverChatSession(id: $id) { id } }";
const RETURN: &str = "mutation($id: ID!) { returnChatSession(id: $id) { id } }";
const ASSIGN: &str = "mutation($input: AssignChatSessionInput!) { assignChatSession(input: $input) { id } }";
const SAY: &str = "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { message { id } } }";

/// Has `staff` send a mutation, which is let in by the right that is taken away before it changes anything. Returns its code.
async fn code_of_who_loses_the_right(app: &TestApp, staff: &Client, mutation: &str, variables: Value) -> Value {
    let user = staff.ok("{ viewer { user { email } } }", json!({})).await["viewer"]["user"].take();
    let tx = app.app.db.begin().await.unwrap();
    tx.lock("users").await.unwrap();
    let sql = "UPDATE users SET role_id = $1 WHERE email = $2";
    let values = [SystemRole::Viewer.uuid().into(), user["email"].as_str().unwrap().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await.unwrap();
    let (staff, mutation) = (staff.clone(), mutation.to_owned());
    let sent = async move { staff.send(&mutation, variables).await };
    let sent = app.statements.until("FROM \"chat_sessions\"", sent).await;
    tx.commit().await.unwrap();
    let answer = crate::support::patience(sent).await.unwrap();
    answer["errors"][0]["extensions"]["code"].clone()
}

#[tokio::test]
async fn whoever_loses_the_right_while_they_use_it_changes_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let other = app.user(SystemRole::Counselor).await.id().await;
    for (mutation, is_taken) in [(TAKE, false), (SAY, true), (ASSIGN, false), (ASSIGN, true), (RETURN, true)] {
        let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
        let id = json!({"id": talk.id});
        talk.by.ok(REQUEST, id.clone()).await;
        if is_taken {
            staff.ok(TAKE, id.clone()).await;
        }
        let before = admin.ok(HANDOVER, id.clone()).await;
        let variables = match mutation {
            SAY => json!({"input": {"sessionId": talk.id, "text": "A last word"}}),
            ASSIGN => json!({"input": {"id": talk.id, "userId": other}}),
            _ => id.clone(),
        };
        let code = code_of_who_loses_the_right(&app, &staff, mutation, variables).await;
        assert_eq!(code, "FORBIDDEN", "{mutation}");
        assert_eq!(admin.ok(HANDOVER, id).await, before, "{mutation}");
    }
}
