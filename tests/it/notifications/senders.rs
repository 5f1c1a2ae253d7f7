//! Who is told of what.

use std::{fs, path::Path};

use rapport::{
    auth::SystemRole,
    domains::{
        Notice, NotificationKind,
        leads::{NewLead, create_from_chat},
    },
    jobs::{JobRow, JobStatus},
};
use serde_json::{Value, json};

use super::{following::Follower, id_of, listed, tell, unread};
use crate::support::{Client, TestApp, patience, today};

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
    assert_eq!(told(&admin).await, std::slice::from_ref(&waiting));
    assert_eq!(told(&counselor).await, std::slice::from_ref(&waiting));
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
        assert_eq!(event["notifications"], json!([{"id": added, "status": "READ"}]), "{way}");
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

#[tokio::test]
async fn a_failed_job_that_is_started_again_is_unread_no_more() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = id_of(&admin).await;
    let job = JobRow { status: JobStatus::Failed, ..app.job(Some(id.uuid()), today()) };
    app.insert([job.clone()]).await;
    tell(&app, &[id], Notice::JobFailed(job.id)).await;
    tell(&app, &[id], Notice::JobCompleted(job.id)).await;
    admin.ok("mutation($id: ID!) { retryJob(id: $id) { id } }", json!({"id": job.id})).await;
    let rows = listed(&admin).await;
    let shown: Vec<_> = rows.iter().map(|row| (&row["kind"], &row["status"])).collect();
    let (failed, completed) = (json!("JOB_FAILED"), json!("JOB_COMPLETED"));
    assert_eq!(shown, [(&completed, &json!("UNREAD")), (&failed, &json!("READ"))]);
}

/// Makes a lead of a chat session of `owner`.
async fn lead(app: &TestApp, name: &str, owner: Option<uuid::Uuid>) -> String {
    let new = NewLead {
        name: name.to_owned(),
        email: None,
        phone: None,
        income: None,
        persona: "Ava".to_owned(),
        details: Vec::new(),
        session: app.app.ambient.uuid(),
        owner,
    };
    let mut tx = app.app.db.begin().await.unwrap();
    let lead = create_from_chat(&mut tx, &app.app, new).await.unwrap();
    tx.commit().await.unwrap();
    lead.id.to_string()
}

#[tokio::test]
async fn a_new_lead_is_told_to_those_who_see_all_but_not_to_whose_chat_it_was() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, manager, counselor) =
        (app.admin().await, app.user(SystemRole::Manager).await, app.user(SystemRole::Counselor).await);
    let manager_id = id_of(&manager).await;
    let first = lead(&app, "Li Wei", None).await;
    let created = |id: &String| ("LEAD_CREATED".to_owned(), json!(id));
    assert_eq!(told(&admin).await, [created(&first)]);
    assert_eq!(told(&manager).await, [created(&first)]);
    assert_eq!(told(&counselor).await, []);
    let second = lead(&app, "Ada", Some(manager_id.uuid())).await;
    assert_eq!(told(&admin).await, [created(&second), created(&first)]);
    assert_eq!(listed(&admin).await[0]["actor"], json!({"userId": manager_id}));
    assert_eq!(told(&manager).await, [created(&first)]);
    // Its words are read with the rights of the moment.
    let [row] = listed(&manager).await.try_into().unwrap();
    assert_eq!(row["text"], "Li Wei left their details in a chat.");
    assert_eq!(row["actionUrl"], format!("/leads/{first}"));
    let update = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { id } }";
    let role =
        counselor.ok("{ viewer { user { role { id } } } }", json!({})).await["viewer"]["user"]["role"]["id"].take();
    let input = json!({"id": manager_id, "expectedVersion": 1, "roleId": role});
    admin.ok(update, json!({"input": input})).await;
    // Permissions are read anew after a moment.
    let row = patience(async {
        loop {
            let [row] = listed(&manager).await.try_into().unwrap();
            if row["text"] == "No longer available." {
                return row;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(row["actionUrl"], Value::Null);
    assert_eq!((&row["subject"], &row["title"]), (&Value::Null, &json!("New lead")));
    assert!(!row.to_string().contains("Li Wei"), "{row:#}");
}
