//! Nobody sees, counts, marks or hears of the notifications of somebody else, and a subject is shown to who may see it.

use rapport::{auth::SystemRole, domains::Notice};
use serde_json::{Value, json};

use super::{
    COUNTS, LIST, MARK, following::Follower, id_of, ids, listed, mark, of_a_job, settled_cursor, tell, unread,
};
use crate::support::{TestApp, today};

#[tokio::test]
async fn the_notifications_of_somebody_else_are_seen_by_nobody_whatever_their_rights() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, dana) = (app.admin().await, app.user(SystemRole::Viewer).await);
    let (admin_id, dana_id) = (id_of(&admin).await, id_of(&dana).await);
    tell(&app, &[dana_id], of_a_job(&app)).await;
    let [id] = ids(&dana).await.try_into().unwrap();
    assert_eq!((unread(&dana).await, unread(&admin).await), (1, 0));
    assert!(ids(&admin).await.is_empty());
    let query = "query($id: ID!) { notification(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let nothing = json!({"notification": null, "node": null, "nodes": [null]});
    assert_eq!(admin.ok(query, json!({"id": id})).await, nothing);
    let seen = json!({"notification": {"id": id}, "node": {"id": id}, "nodes": [{"id": id}]});
    assert_eq!(dana.ok(query, json!({"id": id})).await, seen);
    // By its id, and with all others.
    tell(&app, &[admin_id], of_a_job(&app)).await;
    let [own] = ids(&admin).await.try_into().unwrap();
    let error = admin.fail(MARK, json!({"input": {"ids": [own, id], "mark": "READ"}})).await;
    assert_eq!(error["extensions"]["fields"][0]["path"], "input.ids[1]", "{error:#}");
    assert_eq!(unread(&admin).await, 1, "all or none");
    let cursor = settled_cursor(&app, &admin).await;
    let marked = mark(&admin, json!({"upTo": cursor, "mark": "READ"})).await;
    assert_eq!(marked["notifications"].as_array().unwrap().len(), 1, "{marked:#}");
    assert_eq!((unread(&dana).await, unread(&admin).await), (1, 0));
}

#[tokio::test]
async fn the_notifications_of_somebody_else_are_streamed_to_nobody() {
    let app = TestApp::start().await;
    let (admin, dana) = (app.admin().await, app.user(SystemRole::Viewer).await);
    let (admin_id, dana_id) = (id_of(&admin).await, id_of(&dana).await);
    let mut follower = Follower::start(&app, &admin, None).await;
    assert_eq!(follower.next().await["unread"], json!([]));
    tell(&app, &[dana_id], of_a_job(&app)).await;
    let [id] = ids(&dana).await.try_into().unwrap();
    mark(&dana, json!({"ids": [id], "mark": "READ"})).await;
    tell(&app, &[admin_id, dana_id], of_a_job(&app)).await;
    let [own] = ids(&admin).await.try_into().unwrap();
    let event = follower.next().await;
    assert_eq!((&event["__typename"], &event["notification"]["id"]), (&json!("NotificationAdded"), &json!(own)));
    assert_eq!(event["unreadCount"], 1);
    app.stop().await;
}

#[tokio::test]
async fn a_subject_is_shown_to_who_may_see_it_and_null_when_it_is_gone() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, dana) = (app.admin().await, app.user(SystemRole::Counselor).await);
    let (admin_id, dana_id) = (id_of(&admin).await, id_of(&dana).await);
    let company = app.company("Acme");
    let customer = app.customer(Some(&company), "Initech");
    let (signal, job) = (app.signal(&customer, "one"), app.job(Some(admin_id.uuid()), today()));
    app.insert([company]).await;
    app.insert([customer]).await;
    app.insert([signal.clone()]).await;
    app.insert([job.clone()]).await;
    for notice in [of_a_job(&app), Notice::JobFailed(job.id), Notice::SignalDetected(signal.id)] {
        tell(&app, &[admin_id, dana_id], notice).await;
    }
    let subject = |row: &Value| row["subject"].clone();
    let shown: Vec<_> = listed(&admin).await.iter().map(subject).collect();
    let (of_signal, of_job) =
        (json!({"__typename": "Signal", "id": signal.id}), json!({"__typename": "Job", "id": job.id}));
    assert_eq!(shown, [of_signal.clone(), of_job, Value::Null]);
    // A counselor sees signals, and nobody else's jobs.
    let rows = listed(&dana).await;
    assert_eq!(rows.iter().map(subject).collect::<Vec<_>>(), [of_signal, Value::Null, Value::Null]);
    let words: Vec<_> = rows.iter().map(|row| (row["text"].as_str().unwrap(), row["actionUrl"].clone())).collect();
    let gone = ("No longer available.", Value::Null);
    assert_eq!(words, [(signal.summary.as_str(), json!(format!("/signals/{}", signal.id))), gone.clone(), gone]);
    // A key without scopes sees that there is something.
    let key = "mutation { createApiKey(input: {name: \"bare\", scopes: []}) { secret } }";
    let key = admin.ok(key, json!({})).await["createApiKey"]["secret"].as_str().unwrap().to_owned();
    let shown = listed(&admin.with_token(&key)).await;
    assert_eq!(shown[0]["title"], "New signal at a customer");
    assert_eq!((&shown[0]["severity"], &shown[0]["subject"]), (&json!("INFO"), &Value::Null));
}

#[tokio::test]
async fn visitors_and_nobody_have_none() {
    let app = TestApp::builder().quiet().start().await;
    let begin = "mutation { createChatSession(input: {}) { visitorToken } }";
    let visitor = app.anonymous().ok(begin, json!({})).await["createChatSession"]["visitorToken"].take();
    let visitor = app.anonymous().with_token(visitor.as_str().unwrap());
    for by in [visitor, app.anonymous()] {
        for query in [LIST, COUNTS] {
            assert_eq!(by.code(query, json!({})).await, "UNAUTHENTICATED");
        }
    }
}
