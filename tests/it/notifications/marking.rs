//! Counting, and marking as read and unread.

use rapport::{auth::SystemRole, db::Id, domains::Notice};
use serde_json::{Value, json};

use super::{COUNTS, LIST, MARK, id_of, ids, listed, mark, of_a_job, settled_cursor, tell, unread};
use crate::support::TestApp;

#[tokio::test]
async fn unread_notifications_are_counted_by_kind() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let counts = dana.ok(COUNTS, json!({})).await["notificationCounts"].take();
    assert_eq!((&counts["unread"], &counts["byKind"]), (&json!(0), &json!([])));
    for notice in [of_a_job(&app), of_a_job(&app), Notice::ChatWaiting(Id::new(&app.app.ambient))] {
        tell(&app, &[id], notice).await;
    }
    let counts = dana.ok(COUNTS, json!({})).await["notificationCounts"].take();
    let by_kind = json!([{"kind": "CHAT_WAITING", "unread": 1}, {"kind": "JOB_COMPLETED", "unread": 2}]);
    assert_eq!((&counts["unread"], &counts["byKind"]), (&json!(3), &by_kind));
}

#[tokio::test]
async fn some_are_marked_by_their_ids_and_marking_them_again_changes_nothing() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    for _ in 0..3 {
        tell(&app, &[id], of_a_job(&app)).await;
    }
    let all = ids(&dana).await;
    let marked = mark(&dana, json!({"ids": [all[0], all[2]], "isRead": true})).await;
    let changed = marked["notifications"].as_array().unwrap();
    assert_eq!(changed.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&all[0], &all[2]]);
    assert!(changed.iter().all(|row| row["isRead"] == true && row["readAt"].is_string()), "{marked:#}");
    assert_eq!(marked["counts"]["unread"], 1);
    let again = mark(&dana, json!({"ids": [all[0], all[1]], "isRead": true})).await;
    assert_eq!(again["notifications"].as_array().unwrap().len(), 1, "{again:#}");
    let again = mark(&dana, json!({"ids": all, "isRead": true})).await;
    assert_eq!(again, json!({"notifications": [], "counts": {"unread": 0}}));
    // The time at which it was read first stays.
    let read_at = listed(&dana).await[0]["readAt"].clone();
    assert_eq!(read_at, changed[0]["readAt"]);
    let marked = mark(&dana, json!({"ids": [all[1]], "isRead": false})).await;
    let expected = json!([{"id": all[1], "isRead": false, "readAt": null}]);
    assert_eq!(marked, json!({"notifications": expected, "counts": {"unread": 1}}));
    // Both are listed apart.
    for (is_read, expected) in [(false, vec![&all[1]]), (true, vec![&all[0], &all[2]])] {
        let data = dana.ok(LIST, json!({"filter": {"isRead": {"eq": is_read}}})).await;
        let nodes = data["notifications"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.iter().map(|row| &row["id"]).collect::<Vec<_>>(), expected);
        assert_eq!(data["notifications"]["totalCount"], json!(expected.len()));
    }
    let data = dana.ok(LIST, json!({"filter": {"kind": {"eq": "JOB_FAILED"}}})).await;
    assert_eq!(data["notifications"]["totalCount"], 0);
}

#[tokio::test]
async fn all_are_marked_up_to_a_cursor_and_what_came_after_it_stays_unread() {
    let app = TestApp::start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let notices = [of_a_job(&app), of_a_job(&app)];
    for notice in notices {
        tell(&app, &[id], notice).await;
    }
    let cursor = settled_cursor(&app, &dana).await;
    // A new one, and one that happens again.
    tell(&app, &[id], of_a_job(&app)).await;
    tell(&app, &[id], notices[1]).await;
    let before = listed(&dana).await;
    assert_eq!(before.iter().map(|row| row["count"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1, 1]);
    let marked = mark(&dana, json!({"upTo": cursor, "isRead": true})).await;
    assert_eq!(marked["counts"]["unread"], 2, "{marked:#}");
    assert_eq!(marked["notifications"].as_array().unwrap().len(), 1);
    assert_eq!(marked["notifications"][0]["id"], before[2]["id"]);
    let again = mark(&dana, json!({"upTo": cursor, "isRead": true})).await;
    assert_eq!(again["notifications"], json!([]));
    let cursor = settled_cursor(&app, &dana).await;
    assert_eq!(mark(&dana, json!({"upTo": cursor, "isRead": true})).await["counts"]["unread"], 0);
    app.stop().await;
}

#[tokio::test]
async fn more_than_are_shown_are_marked_at_once() {
    let app = TestApp::start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let notices: Vec<_> = (0..120).map(|_| (id, of_a_job(&app))).collect();
    super::tell_all(&app, &notices).await;
    assert_eq!(unread(&dana).await, 120);
    let cursor = settled_cursor(&app, &dana).await;
    let marked = mark(&dana, json!({"upTo": cursor, "isRead": true})).await;
    assert_eq!((marked["notifications"].as_array().unwrap().len(), &marked["counts"]["unread"]), (100, &json!(0)));
    app.stop().await;
}

#[tokio::test]
async fn what_happens_again_is_counted_until_it_was_read() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let (id, notice) = (id_of(&dana).await, of_a_job(&app));
    for _ in 0..3 {
        tell(&app, &[id], notice).await;
    }
    let [first] = listed(&dana).await.try_into().unwrap();
    assert_eq!((&first["count"], unread(&dana).await), (&json!(3), 1));
    mark(&dana, json!({"ids": [first["id"]], "isRead": true})).await;
    tell(&app, &[id], notice).await;
    let counts = |rows: &[Value]| rows.iter().map(|row| row["count"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(counts(&listed(&dana).await), [1, 3]);
    // One that was read once and is kept for later counts nothing more.
    mark(&dana, json!({"ids": [first["id"]], "isRead": false})).await;
    tell(&app, &[id], notice).await;
    assert_eq!(counts(&listed(&dana).await), [2, 3]);
    assert_eq!(unread(&dana).await, 2);
}

#[tokio::test]
async fn what_to_mark_is_said_in_one_way_and_exists() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let cursor = settled_cursor(&app, &dana).await;
    let none = "ntf_00000000000000000000000000000000";
    for (input, path) in [
        (json!({"isRead": true}), "input"),
        (json!({"ids": [none], "upTo": cursor, "isRead": true}), "input"),
        (json!({"ids": [], "isRead": true}), "input.ids"),
        (json!({"ids": vec![none; 101], "isRead": true}), "input.ids"),
        (json!({"ids": [none], "isRead": false}), "input.ids[0]"),
    ] {
        let error = dana.fail(MARK, json!({"input": input})).await;
        assert_eq!(error["extensions"]["fields"][0]["path"], path, "{input}: {error:#}");
    }
    assert_eq!(dana.code(MARK, json!({"input": {"upTo": "nonsense", "isRead": true}})).await, "BAD_CURSOR");
}
