//! Notifications: what somebody is told of, whoever else is there.

mod following;
mod marking;
mod racing;
mod retention;
mod rights;
mod senders;
mod writing;

use rapport::{
    db::Id,
    domains::{Notice, identity::User, notifications::notify},
    jobs::JobRow,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, patience};

const LIST: &str =
    "query($filter: NotificationFilter) { notifications(filter: $filter, first: 100) { totalCount nodes {
    id kind title text actionUrl severity status count seenAt readAt archivedAt actor { userId }
    subject { __typename id } } } }";
const COUNTS: &str = "{ notificationCounts { unread unseen bySeverity { severity unread } cursor } }";
const MARK: &str = "mutation($input: MarkNotificationsInput!) { markNotifications(input: $input) {
    notifications { id status readAt } counts { unread } } }";

/// The id of who is signed in.
async fn id_of(client: &Client) -> Id<User> {
    let data = client.ok("{ viewer { user { id } } }", json!({})).await;
    data["viewer"]["user"]["id"].as_str().unwrap().parse().unwrap()
}

/// A notice of a job that nobody can see.
fn of_a_job(app: &TestApp) -> Notice {
    Notice::JobCompleted(Id::<JobRow>::new(&app.app.ambient))
}

/// Notifies users in a transaction of the server.
async fn tell(app: &TestApp, users: &[Id<User>], notice: Notice) {
    let notices: Vec<_> = users.iter().map(|user| (*user, notice)).collect();
    tell_all(app, &notices).await;
}

async fn tell_all(app: &TestApp, notices: &[(Id<User>, Notice)]) {
    let mut tx = app.app.db.begin().await.unwrap();
    notify(&mut tx, &app.app.ambient, None, notices).await.unwrap();
    tx.commit().await.unwrap();
}

/// The notifications that somebody sees, the last first.
async fn listed(client: &Client) -> Vec<Value> {
    let data = client.ok(LIST, json!({})).await;
    data["notifications"]["nodes"].as_array().unwrap().clone()
}

/// The ids of the notifications that somebody sees, the last first.
async fn ids(client: &Client) -> Vec<String> {
    listed(client).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

async fn unread(client: &Client) -> i64 {
    client.ok(COUNTS, json!({})).await["notificationCounts"]["unread"].as_i64().unwrap()
}

async fn mark(client: &Client, input: Value) -> Value {
    client.ok(MARK, json!({"input": input})).await["markNotifications"].take()
}

async fn unseen(client: &Client) -> i64 {
    client.ok(COUNTS, json!({})).await["notificationCounts"]["unseen"].as_i64().unwrap()
}

/// The cursor of the counts, once all that is written can be read: a transaction of another test holds back the events of all
/// databases of a PostgreSQL server.
async fn settled_cursor(app: &TestApp, client: &Client) -> String {
    patience(async {
        while app.app.events.lag().await.unwrap().events > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    })
    .await;
    client.ok(COUNTS, json!({})).await["notificationCounts"]["cursor"].as_str().unwrap().to_owned()
}
