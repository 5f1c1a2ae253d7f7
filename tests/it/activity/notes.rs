//! Notes on leads and customers.

use rapport::auth::SystemRole;
use serde_json::json;

use super::{change, id_of, refused, subjects, wrong};
use crate::support::TestApp;

const SHOWN: &str = "id text isPinned version author { userId } subject { id }";

#[tokio::test]
async fn notes_are_written_changed_and_deleted_by_their_authors() {
    let app = TestApp::builder().quiet().start().await;
    let (dana, fox) = (app.user(SystemRole::Counselor).await, app.user(SystemRole::Counselor).await);
    let me = id_of(&dana).await;
    let ids = subjects(&app, Some(me)).await;
    for subject in &ids {
        let input = json!({"subjectId": subject, "text": " They like tea.\nMuch. "});
        let note = change(&dana, "addNote", input, SHOWN).await;
        let expected = json!({"id": note["id"], "text": "They like tea.\nMuch.", "isPinned": false, "version": 1,
            "author": {"userId": me}, "subject": {"id": subject}});
        assert_eq!(note, expected);
    }
    let query =
        "query($customer: ID!, $lead: ID!) { customer(id: $customer) { notes(search: \"TEA much\") { nodes { id } } }
        lead(id: $lead) { notes(filter: {isPinned: {eq: false}}) { totalCount } } }";
    let data = dana.ok(query, json!({"customer": ids[0], "lead": ids[1]})).await;
    assert_eq!(data["lead"]["notes"]["totalCount"], 1);
    let id = data["customer"]["notes"]["nodes"][0]["id"].clone();
    let input = json!({"id": id, "expectedVersion": 1, "text": "Coffee.", "isPinned": true});
    let error = refused(&fox, "updateNote", input.clone()).await;
    assert_eq!(error["extensions"]["permission"], "interactions:delete");
    let note = change(&dana, "updateNote", input, SHOWN).await;
    assert_eq!((&note["text"], &note["isPinned"], &note["version"]), (&json!("Coffee."), &json!(true), &json!(2)));
    let empty = json!({"id": id, "expectedVersion": 2, "text": " "});
    assert_eq!(wrong(&refused(&dana, "updateNote", empty).await), ["input.text"]);
    let delete = "mutation($id: ID!) { deleteNote(id: $id) { id } }";
    assert_eq!(fox.code(delete, json!({"id": id})).await, "FORBIDDEN");
    let manager = app.user(SystemRole::Manager).await;
    assert_eq!(manager.ok(delete, json!({"id": id})).await["deleteNote"]["id"], id);
    let query = "query($id: ID!, $of: ID!) { note(id: $id) { id } customer(id: $of) { timeline { totalCount } } }";
    let data = dana.ok(query, json!({"id": id, "of": ids[0]})).await;
    assert_eq!(data, json!({"note": null, "customer": {"timeline": {"totalCount": 0}}}));
}

#[tokio::test]
async fn a_viewer_reads_notes_and_writes_none() {
    let app = TestApp::builder().quiet().start().await;
    let viewer = app.user(SystemRole::Viewer).await;
    let [customer, _] = subjects(&app, None).await;
    change(&app.admin().await, "addNote", json!({"subjectId": customer, "text": "Tea."}), "id").await;
    let error = refused(&viewer, "addNote", json!({"subjectId": customer, "text": "Milk."})).await;
    assert_eq!(error["extensions"]["permission"], "notes:write");
    let query = "query($id: ID!) { customer(id: $id) { notes { nodes { text } } } }";
    let data = viewer.ok(query, json!({"id": customer})).await;
    assert_eq!(data["customer"]["notes"]["nodes"], json!([{"text": "Tea."}]));
}
