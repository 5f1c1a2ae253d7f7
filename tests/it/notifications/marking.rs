//! Counting, and marking as read and unread.

use rapport::{auth::SystemRole, db::Id, domains::Notice};
use serde_json::{Value, json};

use super::{COUNTS, LIST, MARK, id_of, ids, listed, mark, of_a_job, settled_cursor, tell, unread, unseen};
use crate::support::TestApp;

#[tokio::test]
async fn unread_notifications_are_counted_by_severity() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let counts = dana.ok(COUNTS, json!({})).await["notificationCounts"].take();
    assert_eq!((&counts["unread"], &counts["bySeverity"]), (&json!(0), &json!([])));
    for notice in [of_a_job(&app), of_a_job(&app), Notice::ChatWaiting(Id::new(&app.app.ambient))] {
        tell(&app, &[id], notice).await;
    }
    let counts = dana.ok(COUNTS, json!({})).await["notificationCounts"].take();
    let by_severity = json!([{"severity": "WARNING", "unread": 1}, {"severity": "SUCCESS", "unread": 2}]);
    assert_eq!((&counts["unread"], &counts["bySeverity"]), (&json!(3), &by_severity));
    assert_eq!(counts["unseen"], 3);
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
    let marked = mark(&dana, json!({"ids": [all[0], all[2]], "mark": "READ"})).await;
    let changed = marked["notifications"].as_array().unwrap();
    assert_eq!(changed.iter().map(|row| &row["id"]).collect::<Vec<_>>(), [&all[0], &all[2]]);
    assert!(changed.iter().all(|row| row["status"] == "READ" && row["readAt"].is_string()), "{marked:#}");
    assert_eq!(marked["counts"]["unread"], 1);
    let again = mark(&dana, json!({"ids": [all[0], all[1]], "mark": "READ"})).await;
    assert_eq!(again["notifications"].as_array().unwrap().len(), 1, "{again:#}");
    let again = mark(&dana, json!({"ids": all, "mark": "READ"})).await;
    assert_eq!(again, json!({"notifications": [], "counts": {"unread": 0}}));
    // The time at which it was read first stays.
    let read_at = listed(&dana).await[0]["readAt"].clone();
    assert_eq!(read_at, changed[0]["readAt"]);
    let marked = mark(&dana, json!({"ids": [all[1]], "mark": "UNREAD"})).await;
    let expected = json!([{"id": all[1], "status": "UNREAD", "readAt": null}]);
    assert_eq!(marked, json!({"notifications": expected, "counts": {"unread": 1}}));
    // Both are listed apart.
    for (status, expected) in [("UNREAD", vec![&all[1]]), ("READ", vec![&all[0], &all[2]]), ("ARCHIVED", vec![])] {
        let data = dana.ok(LIST, json!({"filter": {"status": {"eq": status}}})).await;
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
    let marked = mark(&dana, json!({"upTo": cursor, "mark": "READ"})).await;
    assert_eq!(marked["counts"]["unread"], 2, "{marked:#}");
    assert_eq!(marked["notifications"].as_array().unwrap().len(), 1);
    assert_eq!(marked["notifications"][0]["id"], before[2]["id"]);
    let again = mark(&dana, json!({"upTo": cursor, "mark": "READ"})).await;
    assert_eq!(again["notifications"], json!([]));
    let cursor = settled_cursor(&app, &dana).await;
    assert_eq!(mark(&dana, json!({"upTo": cursor, "mark": "READ"})).await["counts"]["unread"], 0);
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
    let marked = mark(&dana, json!({"upTo": cursor, "mark": "READ"})).await;
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
    mark(&dana, json!({"ids": [first["id"]], "mark": "READ"})).await;
    tell(&app, &[id], notice).await;
    let counts = |rows: &[Value]| rows.iter().map(|row| row["count"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(counts(&listed(&dana).await), [1, 3]);
    // One that was read once and is kept for later counts nothing more.
    mark(&dana, json!({"ids": [first["id"]], "mark": "UNREAD"})).await;
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
        (json!({"mark": "READ"}), "input"),
        (json!({"ids": [none], "upTo": cursor, "mark": "READ"}), "input"),
        (json!({"ids": [], "mark": "READ"}), "input.ids"),
        (json!({"ids": vec![none; 101], "mark": "READ"}), "input.ids"),
        (json!({"ids": [none], "mark": "UNREAD"}), "input.ids[0]"),
    ] {
        let error = dana.fail(MARK, json!({"input": input})).await;
        assert_eq!(error["extensions"]["fields"][0]["path"], path, "{input}: {error:#}");
    }
    assert_eq!(dana.code(MARK, json!({"input": {"upTo": "nonsense", "mark": "READ"}})).await, "BAD_CURSOR");
}

#[tokio::test]
async fn what_was_seen_is_unread_still_and_unseen_again_when_it_happens_again() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let (id, notice) = (id_of(&dana).await, of_a_job(&app));
    tell(&app, &[id], of_a_job(&app)).await;
    tell(&app, &[id], notice).await;
    assert_eq!((unread(&dana).await, unseen(&dana).await), (2, 2));
    let cursor = settled_cursor(&app, &dana).await;
    let marked = mark(&dana, json!({"upTo": cursor, "mark": "SEEN"})).await;
    assert_eq!(marked["notifications"].as_array().unwrap().len(), 2);
    assert_eq!((unread(&dana).await, unseen(&dana).await), (2, 0));
    let again = mark(&dana, json!({"upTo": cursor, "mark": "SEEN"})).await;
    assert_eq!(again["notifications"], json!([]), "once is enough");
    tell(&app, &[id], notice).await;
    assert_eq!((unread(&dana).await, unseen(&dana).await), (2, 1));
    let rows = listed(&dana).await;
    assert_eq!((&rows[0]["count"], &rows[0]["seenAt"]), (&json!(2), &Value::Null));
    assert!(rows[1]["seenAt"].is_string(), "{rows:#?}");
    // What is read was seen by that.
    mark(&dana, json!({"ids": [rows[0]["id"]], "mark": "READ"})).await;
    assert_eq!((unread(&dana).await, unseen(&dana).await), (1, 0));
}

#[tokio::test]
async fn what_is_archived_was_read_and_stays_there_unless_it_is_named() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    for _ in 0..2 {
        tell(&app, &[id], of_a_job(&app)).await;
    }
    let all = ids(&dana).await;
    let marked = mark(&dana, json!({"ids": [all[1]], "mark": "ARCHIVED"})).await;
    assert_eq!((&marked["notifications"][0]["status"], &marked["counts"]["unread"]), (&json!("ARCHIVED"), &json!(1)));
    let again = mark(&dana, json!({"ids": [all[1]], "mark": "ARCHIVED"})).await;
    assert_eq!(again["notifications"], json!([]));
    let row = listed(&dana).await.remove(1);
    assert!(["seenAt", "readAt", "archivedAt"].iter().all(|time| row[time].is_string()), "{row:#}");
    let status = async |mark_all: &str| {
        let cursor = settled_cursor(&app, &dana).await;
        mark(&dana, json!({"upTo": cursor, "mark": mark_all})).await;
        let rows = listed(&dana).await;
        [rows[0]["status"].clone(), rows[1]["status"].clone()]
    };
    assert_eq!(status("READ").await, ["READ", "ARCHIVED"]);
    assert_eq!(status("UNREAD").await, ["UNREAD", "ARCHIVED"]);
    for (wanted, expected) in [("READ", "READ"), ("ARCHIVED", "ARCHIVED"), ("UNREAD", "UNREAD")] {
        let marked = mark(&dana, json!({"ids": [all[1]], "mark": wanted})).await;
        assert_eq!(marked["notifications"][0]["status"], expected, "{wanted}");
    }
    assert_eq!(unread(&dana).await, 2);
}

#[tokio::test]
async fn notifications_are_filtered_by_severity_and_by_what_they_are_about() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let (chat, job) = (Notice::ChatWaiting(Id::new(&app.app.ambient)), Id::new(&app.app.ambient));
    for notice in [chat, Notice::JobCompleted(job), Notice::JobFailed(job)] {
        tell(&app, &[id], notice).await;
    }
    for (filter, expected) in [
        (json!({"severity": {"eq": "WARNING"}}), vec!["CHAT_WAITING"]),
        (json!({"severity": {"in": ["ERROR", "SUCCESS"]}}), vec!["JOB_FAILED", "JOB_COMPLETED"]),
        (json!({"severity": {"notIn": ["ERROR", "SUCCESS"]}}), vec!["CHAT_WAITING"]),
        (json!({"subjectId": {"eq": job.to_string()}}), vec!["JOB_FAILED", "JOB_COMPLETED"]),
        (json!({"subjectId": {"eq": job.to_string()}, "severity": {"eq": "INFO"}}), vec![]),
        (json!({"status": {"in": []}}), vec![]),
        (json!({"status": {"notIn": ["READ"]}, "kind": {"eq": "JOB_FAILED"}}), vec!["JOB_FAILED"]),
    ] {
        let data = dana.ok(LIST, json!({"filter": filter})).await;
        let kinds: Vec<_> = data["notifications"]["nodes"].as_array().unwrap().iter().map(|row| &row["kind"]).collect();
        assert_eq!(kinds, expected, "{filter}");
    }
}
