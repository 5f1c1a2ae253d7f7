//! Who is told of what.

use std::{fs, path::Path};

use rapport::{auth::SystemRole, domains::NotificationKind};
use serde_json::{Value, json};

use super::{following::Follower, id_of, listed, unread};
use crate::support::{Client, TestApp};

const REQUEST: &str = "mutation($id: ID!) { requestChatHandover(id: $id) { id } }";
const ASSIGN: &str = "mutation($input: AssignChatSessionInput!) { assignChatSession(input: $input) { id } }";

/// All Rust sources below `folder` but the catalogue itself.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all += &sources(&path);
        } else if !path.ends_with("notification_kinds.rs") {
            all += &fs::read_to_string(path).unwrap();
        }
    }
    all
}

/// A kind without a sender, or without words, is none.
#[tokio::test]
async fn each_kind_has_words_for_people_and_is_sent_by_somebody() {
    let app = TestApp::builder().quiet().start().await;
    let query = "{ __type(name: \"NotificationKind\") { enumValues { name description } } }";
    let kinds = app.anonymous().ok(query, json!({})).await["__type"]["enumValues"].take();
    let kinds: Vec<_> = kinds.as_array().unwrap().iter().filter(|kind| kind["name"] != "OTHER").collect();
    assert!(kinds.len() >= 4, "{kinds:#?}");
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domains"));
    let mut titles: Vec<_> = kinds
        .iter()
        .map(|kind| {
            let name = kind["name"].as_str().unwrap();
            let word = |word: &str| word[..1].to_owned() + &word[1..].to_lowercase();
            let pascal: String = name.split('_').map(word).collect();
            assert!(sources.contains(&format!("Notice::{pascal}(")), "nobody sends {name}");
            assert!(kind["description"].as_str().unwrap().contains(": sent to "), "{kind}");
            NotificationKind::named(name).title()
        })
        .collect();
    titles.sort_unstable();
    titles.dedup();
    assert_eq!(titles.len(), kinds.len(), "{titles:?}");
}

/// A visitor's session, and the visitor.
async fn talk(app: &TestApp) -> (String, Client) {
    let create = "mutation { createChatSession(input: {}) { visitorToken session { id } } }";
    let made = app.anonymous().ok(create, json!({})).await["createChatSession"].take();
    let visitor = app.anonymous().with_token(made["visitorToken"].as_str().unwrap());
    (made["session"]["id"].as_str().unwrap().to_owned(), visitor)
}

/// What somebody was told: each kind with the id of its subject.
async fn told(client: &Client) -> Vec<(String, Value)> {
    let rows = listed(client).await;
    rows.iter().map(|row| (row["kind"].as_str().unwrap().to_owned(), row["subject"]["id"].clone())).collect()
}

#[tokio::test]
async fn a_chat_that_waits_is_told_to_all_who_may_answer_or_to_the_one_to_whom_it_was_given() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, counselor, viewer) =
        (app.admin().await, app.user(SystemRole::Counselor).await, app.user(SystemRole::Viewer).await);
    let (session, visitor) = talk(&app).await;
    visitor.ok(REQUEST, json!({"id": session})).await;
    let waiting = ("CHAT_WAITING".to_owned(), json!(session));
    assert_eq!(told(&admin).await, [waiting.clone()]);
    assert_eq!(told(&counselor).await, [waiting.clone()]);
    assert_eq!(told(&viewer).await, []);
    // Whoever asks for a person in a session of their own is not told of it.
    let create = "mutation { createChatSession(input: {}) { session { id } } }";
    let own = counselor.ok(create, json!({})).await["createChatSession"]["session"]["id"].clone();
    counselor.ok(REQUEST, json!({"id": own})).await;
    assert_eq!(told(&counselor).await.len(), 1);
    assert_eq!(told(&admin).await[0], ("CHAT_WAITING".to_owned(), own));
    // Given to somebody, it waits for nobody else; to oneself, for nobody.
    let (other, _) = talk(&app).await;
    let to = |user: Value| json!({"input": {"id": other, "userId": user}});
    admin.ok(ASSIGN, to(json!(id_of(&counselor).await))).await;
    assert_eq!(told(&counselor).await, [("CHAT_WAITING".to_owned(), json!(other)), waiting]);
    assert_eq!(told(&admin).await.len(), 2);
    admin.ok(ASSIGN, to(json!(id_of(&admin).await))).await;
    assert_eq!(told(&admin).await.len(), 2);
}

#[tokio::test]
async fn a_chat_that_waits_no_longer_is_unread_for_nobody() {
    let app = TestApp::start().await;
    let (admin, counselor) = (app.admin().await, app.user(SystemRole::Counselor).await);
    let by_id = |name: &str| format!("mutation($id: ID!) {{ {name}(id: $id) {{ id }} }}");
    let mut follower = Follower::start(&app, &admin, None).await;
    assert_eq!(follower.next().await["unreadCount"], 0);
    for (by_visitor, way) in
        [(false, "takeOverChatSession"), (true, "withdrawChatHandover"), (true, "deleteChatSession")]
    {
        let (session, visitor) = talk(&app).await;
        visitor.ok(REQUEST, json!({"id": session})).await;
        assert_eq!((unread(&admin).await, unread(&counselor).await), (1, 1), "{way}");
        let added = follower.next().await["notification"]["id"].clone();
        let by = if by_visitor { &visitor } else { &counselor };
        by.ok(&by_id(way), json!({"id": session})).await;
        assert_eq!((unread(&admin).await, unread(&counselor).await), (0, 0), "{way}");
        let event = follower.next().await;
        assert_eq!((&event["__typename"], &event["unreadCount"]), (&json!("NotificationsMarked"), &json!(0)), "{way}");
        assert_eq!(event["notifications"], json!([{"id": added, "isRead": true}]), "{way}");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_end_of_a_job_is_told_to_its_owner() {
    let app = TestApp::start().await;
    let (admin, manager) = (app.admin().await, app.user(SystemRole::Manager).await);
    let job = manager.onboard("Fernhollow CRM").await["id"].as_str().unwrap().to_owned();
    let ended = manager.finished(&job).await;
    assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
    assert_eq!(told(&manager).await, [("JOB_COMPLETED".to_owned(), json!(job))]);
    assert_eq!(told(&admin).await, [], "who sees all jobs is told of their own");
    let [row] = listed(&manager).await.try_into().unwrap();
    assert_eq!((&row["title"], &row["severity"]), (&json!("A job is done"), &json!("SUCCESS")));
    app.stop().await;
}

#[tokio::test]
async fn a_job_that_was_cancelled_is_told_to_nobody() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let job = manager.onboard("Fernhollow CRM").await["id"].clone();
    manager.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", json!({"id": job})).await;
    assert_eq!(told(&manager).await, []);
}
