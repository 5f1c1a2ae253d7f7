//! Making, finding, listing and deleting sessions.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{BOTH, CREATE, Follower, Heard, MESSAGES, Talk, cursor_of, names, started, without_model};
use crate::support::TestApp;

const FIND: &str = "query($id: ID!) { chatSession(id: $id) { id } node(id: $id) { id } }";
const DELETE: &str = "mutation($id: ID!) { deleteChatSession(id: $id) { id messagesDeleted } }";

#[tokio::test]
async fn a_session_begins_with_a_greeting_of_its_persona() {
    let app = TestApp::builder().quiet().start().await;
    let input = json!({"input": {"metadata": [{"name": "page", "value": "/pricing"}]}});
    let made = app.anonymous().ok(CREATE, input).await["createChatSession"].take();
    let session = &made["session"];
    let personas = app.anonymous().ok("{ personas { key name greetings } }", json!({})).await;
    let first = &personas["personas"][0];
    assert_eq!(session["persona"], json!({"key": first["key"], "name": first["name"]}));
    assert_eq!(session["metadata"], json!([{"name": "page", "value": "/pricing"}]));
    assert_eq!((&session["isVisitor"], &session["isComplete"]), (&json!(true), &json!(false)));
    let [greeting] = session["messages"]["nodes"].as_array().unwrap().as_slice() else { panic!("{session:#}") };
    assert_eq!([&greeting["role"], &greeting["author"], &greeting["status"]], ["ASSISTANT", "PERSONA", "COMPLETED"]);
    assert!(first["greetings"].as_array().unwrap().contains(&greeting["text"]), "{greeting:#}");
}

#[tokio::test]
async fn greetings_are_those_of_the_persona_and_not_always_the_same() {
    let app = TestApp::builder().quiet().start().await;
    let personas = app.anonymous().ok("{ personas { key greetings } }", json!({})).await;
    for persona in personas["personas"].as_array().unwrap() {
        let (mut seen, greetings) = (std::collections::BTreeSet::new(), persona["greetings"].as_array().unwrap());
        for _ in 0..40 {
            let query = "query($key: String!) { greeting(persona: $key) }";
            let greeting = app.anonymous().ok(query, json!({"key": persona["key"]})).await["greeting"].take();
            assert!(greetings.contains(&greeting), "{greeting}");
            seen.insert(greeting.to_string());
        }
        assert!(greetings.len() == 1 || seen.len() > 1, "{seen:?}");
    }
    assert_eq!(app.anonymous().code("{ greeting(persona: \"nobody\") }", json!({})).await, "NOT_FOUND");
}

#[tokio::test]
async fn what_is_wrong_with_a_session_to_be_made_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let note = |name: &str, value: &str| json!({"name": name, "value": value});
    let metadata = [note("", "a"), note("page", &"x".repeat(501)), note("page", "b\u{7}")];
    let error = app.anonymous().fail(CREATE, json!({"input": {"persona": "nobody", "metadata": metadata}})).await;
    let fields: Vec<_> = error["extensions"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["path"].as_str().unwrap().to_owned())
        .collect();
    let expected = ["persona", "metadata[0].name", "metadata[1].value", "metadata[2].value", "metadata[2].name"];
    assert_eq!(fields, expected.map(|path| format!("input.{path}")));
}

#[tokio::test]
async fn users_see_their_own_sessions_and_managers_see_all() {
    let app = TestApp::builder().quiet().start().await;
    let (user, other) = (app.user(SystemRole::Counselor).await, app.user(SystemRole::Counselor).await);
    let manager = app.user(SystemRole::Manager).await;
    let (own, visitors) = (Talk::begin(&user).await, Talk::of_a_visitor(&app).await);
    assert_eq!(own.by.token(), user.token(), "a user gets no token of a visitor");
    for (client, id, sees) in [
        (&user, &own.id, true),
        (&other, &own.id, false),
        (&user, &visitors.id, false),
        (&manager, &own.id, true),
        (&manager, &visitors.id, true),
    ] {
        let found = if sees { json!({"id": id}) } else { Value::Null };
        assert_eq!(client.ok(FIND, json!({"id": id})).await, json!({"chatSession": found, "node": found}));
    }
    let list = "{ chatSessions { totalCount nodes { id } } }";
    let listed = user.ok(list, json!({})).await;
    assert_eq!(listed["chatSessions"], json!({"totalCount": 1, "nodes": [{"id": own.id}]}));
    assert_eq!(manager.ok(list, json!({})).await["chatSessions"]["totalCount"], 2);
    let filtered = "{ chatSessions(filter: {isVisitor: {eq: true}, isComplete: {eq: false}}, orderBy: {field: CREATED_AT}) { nodes { id } } }";
    assert_eq!(manager.ok(filtered, json!({})).await["chatSessions"]["nodes"], json!([{"id": visitors.id}]));
}

#[tokio::test]
async fn who_only_sees_a_session_neither_speaks_in_it_nor_deletes_it() {
    let app = TestApp::builder().quiet().start().await;
    let (manager, admin) = (app.user(SystemRole::Manager).await, app.admin().await);
    let talk = Talk::of_a_visitor(&app).await;
    let seen = Talk { by: manager.clone(), ..talk.clone() };
    // Who may answer is told how; stopping a reply or asking for a person is for whose session it is.
    assert_eq!(seen.refused("It is me").await["extensions"]["code"], "CONFLICT");
    let request = "mutation($id: ID!) { requestChatHandover(id: $id) { id } }";
    assert_eq!(manager.code(request, json!({"id": talk.id})).await, "FORBIDDEN");
    let error = manager.fail(DELETE, json!({"id": talk.id})).await;
    assert_eq!(error["extensions"]["permission"], "chats:delete_all");
    let deleted = admin.ok(DELETE, json!({"id": talk.id})).await;
    assert_eq!(deleted["deleteChatSession"], json!({"id": talk.id, "messagesDeleted": 1}));
    assert_eq!(admin.code(DELETE, json!({"id": talk.id})).await, "NOT_FOUND");
}

#[tokio::test]
async fn a_session_that_is_deleted_says_goodbye_to_who_follows_it() {
    let app = without_model().start().await;
    for over in BOTH {
        let talk = Talk::of_a_visitor(&app).await;
        let mut follower = Follower::start(over, app.address, &talk.by, &talk.id, None).await;
        assert_eq!(follower.event().await["__typename"], "ChatReplyState");
        talk.by.ok(DELETE, json!({"id": talk.id})).await;
        assert_eq!(names(&[follower.event().await]), ["ChatSessionDeleted"], "{over:?}");
        assert_eq!(follower.hear().await, Heard::Complete, "{over:?}");
    }
}

#[tokio::test]
async fn nothing_that_was_said_outlives_the_session() {
    let (_model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    talk.answered(app.address, "My secret is a purple giraffe").await;
    let log = &app.app.events;
    let words = |events: Vec<std::sync::Arc<rapport::events::Event>>| {
        events.iter().any(|event| event.payload.to_string().contains("giraffe"))
    };
    assert!(words(log.read_all(Default::default(), 1000).await.unwrap()));
    talk.by.ok(DELETE, json!({"id": talk.id})).await;
    assert!(!words(log.read_all(Default::default(), 1000).await.unwrap()));
    let left =
        app.count("SELECT id FROM chat_messages").await + app.count("SELECT token_hash FROM chat_visitors").await;
    assert_eq!(left, 0);
    assert_eq!(
        app.count("SELECT id FROM audit_log WHERE \"before\" LIKE '%giraffe%' OR \"after\" LIKE '%giraffe%'").await,
        0
    );
}

#[tokio::test]
async fn a_client_that_was_away_when_the_session_was_deleted_finds_none() {
    let app = without_model().start().await;
    let user = app.user(SystemRole::Viewer).await;
    let talk = Talk::begin(&user).await;
    let state = talk.follow(app.address, None).await.event().await;
    user.ok(DELETE, json!({"id": talk.id})).await;
    let mut late = talk.follow(app.address, Some(cursor_of(&state))).await;
    assert_eq!(late.hear().await, Heard::Error("NOT_FOUND".to_owned()));
    assert_eq!(user.ok(MESSAGES, json!({"id": talk.id})).await, json!({"chatSession": null}));
}
