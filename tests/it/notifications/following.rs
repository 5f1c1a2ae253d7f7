//! Following one's notifications.

use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{LIST, id_of, ids, mark, of_a_job, settled_cursor, tell};
use crate::support::{Client, TestApp, WsClient};

const FOLLOW: &str = "subscription($after: EventCursor) { notificationAdded(after: $after) {
    __typename cursor occurredAt unreadCount
    ... on NotificationsState { unread { id } }
    ... on NotificationAdded { notification { id kind count status } }
    ... on NotificationChanged { notification { id count status } }
    ... on NotificationsMarked { mark markedCount notifications { id status } } } }";

/// A socket that follows the notifications of somebody.
pub(super) struct Follower(WsClient);

impl Follower {
    pub(super) async fn start(app: &TestApp, client: &Client, after: Option<&str>) -> Self {
        let mut ws = app.ws(client).await;
        ws.subscribe(FOLLOW, json!({"after": after})).await;
        Self(ws)
    }

    pub(super) async fn next(&mut self) -> Value {
        let mut event = self.0.event().await.expect("the stream has no end");
        assert!(event.get("errors").is_none(), "{event:#}");
        event["data"]["notificationAdded"].take()
    }
}

#[tokio::test]
async fn each_event_carries_what_it_is_about_and_how_many_are_unread() {
    let app = TestApp::start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let (id, notice) = (id_of(&dana).await, of_a_job(&app));
    tell(&app, &[id], notice).await;
    let [first] = ids(&dana).await.try_into().unwrap();
    // What a transaction of another test holds back would be told again.
    settled_cursor(&app, &dana).await;
    let mut follower = Follower::start(&app, &dana, None).await;
    let state = follower.next().await;
    assert_eq!((&state["__typename"], &state["unreadCount"]), (&json!("NotificationsState"), &json!(1)));
    assert_eq!(state["unread"], json!([{"id": first}]));
    let mut next = async |kind: &str| {
        let event = follower.next().await;
        assert_eq!(event["__typename"], kind, "{event:#}");
        event
    };
    tell(&app, &[id], of_a_job(&app)).await;
    let second = ids(&dana).await.remove(0);
    let event = next("NotificationAdded").await;
    let shown = json!({"id": second, "kind": "JOB_COMPLETED", "count": 1, "status": "UNREAD"});
    assert_eq!((&event["notification"], &event["unreadCount"]), (&shown, &json!(2)));
    tell(&app, &[id], notice).await;
    let event = next("NotificationChanged").await;
    assert_eq!(event["notification"], json!({"id": first, "count": 2, "status": "UNREAD"}));
    mark(&dana, json!({"ids": [first, second], "mark": "READ"})).await;
    let event = next("NotificationsMarked").await;
    assert_eq!((&event["mark"], &event["markedCount"], &event["unreadCount"]), (&json!("READ"), &json!(2), &json!(0)));
    assert_eq!(event["notifications"], json!([{"id": first, "status": "READ"}, {"id": second, "status": "READ"}]));
    app.stop().await;
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_was_away_gets_what_was_missed_and_nothing_else() {
    let app = TestApp::start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let start = settled_cursor(&app, &dana).await;
    let mut live = Follower::start(&app, &dana, Some(&start)).await;
    for _ in 0..3 {
        tell(&app, &[id], of_a_job(&app)).await;
    }
    let all = ids(&dana).await;
    mark(&dana, json!({"ids": [all[0]], "mark": "READ"})).await;
    let mut told = Vec::new();
    for _ in 0..4 {
        let event = live.next().await;
        told.push((event["__typename"].clone(), event["unreadCount"].clone(), text(&event["cursor"])));
    }
    // As of the place of each in the log, and not of the moment.
    assert_eq!(told.iter().map(|(_, unread, _)| unread.as_i64().unwrap()).collect::<Vec<_>>(), [1, 2, 3, 2]);
    for missed in 0..4 {
        let after = if missed == 0 { &start } else { &told[missed - 1].2 };
        let mut late = Follower::start(&app, &dana, Some(after)).await;
        for expected in &told[missed..] {
            let event = late.next().await;
            let found = (event["__typename"].clone(), event["unreadCount"].clone(), text(&event["cursor"]));
            assert_eq!(&found, expected);
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn what_one_process_writes_is_heard_at_another() {
    let one = TestApp::start().await;
    let two = one.beside().await;
    let dana = one.user(SystemRole::Viewer).await;
    let (id, there) = (id_of(&dana).await, dana.at(two.address));
    let mut follower = Follower::start(&one, &dana, None).await;
    follower.next().await;
    tell(&two, &[id], of_a_job(&two)).await;
    let event = follower.next().await;
    let added = event["notification"]["id"].clone();
    assert_eq!((&event["__typename"], &event["unreadCount"]), (&json!("NotificationAdded"), &json!(1)));
    mark(&there, json!({"ids": [added], "mark": "READ"})).await;
    let event = follower.next().await;
    assert_eq!((&event["__typename"], &event["unreadCount"]), (&json!("NotificationsMarked"), &json!(0)));
    assert_eq!(event["notifications"], json!([{"id": added, "status": "READ"}]));
    // Both at once are told of one thing once each.
    let notice = of_a_job(&one);
    let (users, notices) = ([id], [notice]);
    tokio::join!(tell(&one, &users, notices[0]), tell(&two, &users, notices[0]));
    let mut kinds = [follower.next().await, follower.next().await].map(|event| event["__typename"].clone());
    kinds.sort_by_key(ToString::to_string);
    assert_eq!(kinds, ["NotificationAdded", "NotificationChanged"]);
    assert_eq!(there.ok(LIST, json!({})).await["notifications"]["nodes"][0]["count"], 2);
    one.stop().await;
    two.stop().await;
}
