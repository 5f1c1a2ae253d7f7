//! What several devices mark, and what happens meanwhile, is counted right.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use rapport::{auth::SystemRole, domains::notifications::notify};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;

use super::{following::Follower, id_of, ids, listed, mark, of_a_job, settled_cursor, tell, unread};
use crate::support::{TestApp, patience};

#[tokio::test]
async fn devices_that_mark_at_once_mark_each_notification_once_and_the_last_count_is_right() {
    let app = TestApp::start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let id = id_of(&dana).await;
    let notices: Vec<_> = (0..30).map(|_| (id, of_a_job(&app))).collect();
    super::tell_all(&app, &notices).await;
    let all = ids(&dana).await;
    let start = settled_cursor(&app, &dana).await;
    let mut follower = Follower::start(&app, &dana, Some(&start)).await;
    // Each device marks ten, five of which another one marks as well.
    let devices = (0..4).map(|device| {
        let these = all[device * 5..device * 5 + 10].to_vec();
        let dana = &dana;
        async move { mark(dana, json!({"ids": these, "mark": "READ"})).await["notifications"].take() }
    });
    let (users, new) = ([id], [of_a_job(&app), of_a_job(&app)]);
    let (marked, ()) = tokio::join!(join_all(devices), async {
        for notice in new {
            tell(&app, &users, notice).await;
        }
    });
    let marked: Vec<_> = marked.iter().flat_map(|rows| rows.as_array().unwrap()).map(|row| row["id"].clone()).collect();
    let different: BTreeSet<_> = marked.iter().map(ToString::to_string).collect();
    assert_eq!((marked.len(), different.len()), (25, 25), "each was changed by one device");
    assert_eq!(unread(&dana).await, 30 - 25 + 2);
    // Each event says by how much it differs from the one before it, in whatever order they were written.
    let (mut count, mut seen) = (30, 0);
    while seen < 25 + 2 {
        let event = follower.next().await;
        let (change, things) = match event["__typename"].as_str().unwrap() {
            "NotificationAdded" => (1, 1),
            "NotificationsMarked" => (-event["markedCount"].as_i64().unwrap(), event["markedCount"].as_i64().unwrap()),
            other => panic!("{other}"),
        };
        (count, seen) = (count + change, seen + things);
        assert_eq!(event["unreadCount"], count, "{event:#}");
    }
    assert_eq!(count, 7);
    app.stop().await;
}

/// Waits until a transaction waits for another, where the database says so. On SQLite the next writer has not begun, whenever
/// that is.
async fn until_one_waits(app: &TestApp) {
    let db = app.app.db.reader();
    if !app.app.db.is_postgres() {
        return;
    }
    let sql = "SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    patience(async {
        while db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn what_happens_again_while_all_are_marked_stays_unread() {
    let app = TestApp::builder().quiet().start().await;
    let dana = app.user(SystemRole::Viewer).await;
    let (id, notice) = (id_of(&dana).await, of_a_job(&app));
    for notice in [notice, of_a_job(&app)] {
        tell(&app, &[id], notice).await;
    }
    let cursor = settled_cursor(&app, &dana).await;
    let mut tx = app.app.db.begin().await.unwrap();
    notify(&mut tx, &app.app.ambient, None, &[(id, notice)]).await.unwrap();
    let (marked, ()) = tokio::join!(mark(&dana, json!({"upTo": cursor, "mark": "READ"})), async {
        until_one_waits(&app).await;
        tx.commit().await.unwrap();
    });
    assert_eq!(marked["notifications"].as_array().unwrap().len(), 1, "{marked:#}");
    let rows = listed(&dana).await;
    assert_eq!(rows.len(), 2);
    assert_eq!((&rows[0]["status"], &rows[0]["count"]), (&json!("UNREAD"), &json!(2)), "{rows:#?}");
    assert_eq!(rows[1]["status"], "READ");
    assert_eq!(unread(&dana).await, 1);
}
