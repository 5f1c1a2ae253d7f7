//! Notifications are kept for a while, and go with their user.

use chrono::TimeDelta;
use rapport::{
    auth::SystemRole,
    domains::notifications::{Notification, PurgeNotifications},
    jobs::{NewJob, enqueue},
};
use serde_json::json;

use super::{id_of, of_a_job, tell};
use crate::support::TestApp;

#[tokio::test]
async fn those_read_before_the_retention_are_deleted_and_unread_ones_twice_as_old() {
    let app = TestApp::builder().set("NOTIFICATION_RETENTION_DAYS", 30).start().await;
    let admin = app.admin().await;
    let user = id_of(&admin).await;
    let ago = |days: i64| app.app.ambient.now() - TimeDelta::days(days);
    let aged = |count: i32, happened: i64, read: Option<i64>| Notification {
        count,
        updated_at: ago(happened),
        read_at: read.map(ago),
        ..app.notification(user)
    };
    let rows = [
        aged(1, 100, Some(31)),
        aged(2, 100, Some(29)),
        aged(3, 61, None),
        aged(4, 59, None),
        aged(5, 31, Some(31)),
        aged(6, 1, Some(0)),
    ];
    app.insert(rows).await;
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<PurgeNotifications>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    assert_eq!(admin.finished(&job.id.to_string()).await["status"], "COMPLETED");
    let mut left: Vec<_> = super::listed(&admin).await.iter().map(|row| row["count"].as_i64().unwrap()).collect();
    left.sort_unstable();
    assert_eq!(left, [2, 4, 6]);
    app.stop().await;
}

#[tokio::test]
async fn the_notifications_of_a_user_go_with_the_user_who_gets_no_more() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, dana) = (app.admin().await, app.user(SystemRole::Viewer).await);
    let (admin_id, dana_id) = (id_of(&admin).await, id_of(&dana).await);
    tell(&app, &[admin_id, dana_id], of_a_job(&app)).await;
    assert_eq!(app.count("SELECT id FROM notifications").await, 2);
    admin.ok("mutation($id: ID!) { deleteUser(id: $id) { id } }", json!({"id": dana_id})).await;
    assert_eq!(app.count("SELECT id FROM notifications").await, 1);
    let before = app.count("SELECT id FROM events").await;
    tell(&app, &[dana_id], of_a_job(&app)).await;
    assert_eq!(app.count("SELECT id FROM notifications").await, 1);
    assert_eq!(app.count("SELECT id FROM events").await, before);
}
