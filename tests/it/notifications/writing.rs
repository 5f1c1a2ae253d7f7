//! How notifications are written: with their cause or not at all, and by a number of statements that does not grow.

use rapport::{
    auth::SystemRole,
    db::Id,
    domains::{identity::User, notifications::notify},
};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::{id_of, listed, of_a_job, tell};
use crate::support::TestApp;

/// Users like one who is there, but for what must be unique.
async fn copies(app: &TestApp, count: usize) -> Vec<Id<User>> {
    use rapport::domains::identity::UserEntity;
    use sea_orm::EntityTrait;
    let one = UserEntity::find().one(app.app.db.reader()).await.unwrap().unwrap();
    let copy = |_| {
        let email = format!("{}@example.com", Uuid::new_v4().simple());
        User {
            id: Id::new(&app.app.ambient),
            email_key: email.clone(),
            email_folded: email.clone(),
            email,
            ..one.clone()
        }
    };
    let copies: Vec<User> = (0..count).map(copy).collect();
    app.insert(copies.clone()).await;
    copies.into_iter().map(|user| user.id).collect()
}

#[tokio::test]
async fn many_are_notified_by_as_many_statements_as_a_few() {
    let app = TestApp::builder().quiet().start().await;
    for count in [2, 200] {
        let users = copies(&app, count).await;
        let notice = of_a_job(&app);
        for expected in ["NotificationAdded", "NotificationChanged"] {
            let (before, events) =
                (app.count("SELECT id FROM notifications").await, app.count("SELECT id FROM events").await);
            let ((), statements) = app.statements.of(tell(&app, &users, notice)).await;
            let data: Vec<_> = statements.iter().filter(|sql| sql.contains(' ') && !sql.starts_with("BEGIN")).collect();
            assert_eq!(data.len(), 5, "{count}: {statements:#?}");
            let added = if expected == "NotificationAdded" { count } else { 0 };
            assert_eq!(app.count("SELECT id FROM notifications").await - before, added);
            assert_eq!(app.count("SELECT id FROM events").await - events, count);
        }
    }
}

#[tokio::test]
async fn a_notification_names_the_place_of_its_last_event() {
    let app = TestApp::builder().quiet().start().await;
    let users = copies(&app, 3).await;
    let notice = of_a_job(&app);
    tell(&app, &users, notice).await;
    tell(&app, &users[1..], notice).await;
    let sql = "SELECT n.id FROM notifications n JOIN events e ON e.id = n.event_id \
               WHERE e.id = (SELECT MAX(id) FROM events WHERE topic = e.topic)";
    assert_eq!(app.count(sql).await, 3);
    let db = app.app.db.reader();
    let distinct = Statement::from_string(db.get_database_backend(), "SELECT DISTINCT event_id FROM notifications");
    assert_eq!(db.query_all_raw(distinct).await.unwrap().len(), 3);
}

#[tokio::test]
async fn nothing_is_told_of_what_did_not_happen_nor_to_who_did_it() {
    let app = TestApp::builder().quiet().start().await;
    let (dana, fox) = (app.user(SystemRole::Viewer).await, app.user(SystemRole::Viewer).await);
    let (dana_id, fox_id) = (id_of(&dana).await, id_of(&fox).await);
    let notice = of_a_job(&app);
    let mut tx = app.app.db.begin().await.unwrap();
    notify(&mut tx, &app.app.ambient, None, &[(dana_id, notice)]).await.unwrap();
    drop(tx);
    assert!(listed(&dana).await.is_empty());
    let mut tx = app.app.db.begin().await.unwrap();
    // Given twice it is told once.
    let notices = [(dana_id, notice), (fox_id, notice), (fox_id, notice)];
    notify(&mut tx, &app.app.ambient, Some(dana_id.uuid()), &notices).await.unwrap();
    tx.commit().await.unwrap();
    assert!(listed(&dana).await.is_empty());
    assert_eq!(listed(&fox).await[0]["count"], 1);
}
