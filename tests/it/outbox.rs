//! The outbox: mails that commit with what they tell of, and are sent once.

mod managing;
mod once;
mod queueing;
mod reading;
mod retention;
mod sending;

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use rapport::{
    clients::mail::Mailbox,
    db::Id,
    domains::outbox::{MailKind, NewMail, OutboxMail, queue},
    error::Error,
    jobs::{JobEntity, JobRow, JobStatus},
    mails,
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, TestAppBuilder, TestDb, mail_server::MailServer, patience};

const FIELDS: &str =
    "id kind status to { name address } replyTo { name address } subject text html about { id } attempts
    error { code message } createdAt sentAt job { id kind status }";

/// A server with a mail server.
struct World {
    app: TestApp,
    admin: Client,
    post: MailServer,
}

impl World {
    async fn start() -> Self {
        let db = TestDb::new().await;
        let post = MailServer::start(db.folder()).await;
        Self::of(builder(&post.settings()).on(&db).start().await, post).await
    }

    async fn of(app: TestApp, post: MailServer) -> Self {
        Self { admin: app.admin().await, app, post }
    }

    /// Puts a mail into the outbox.
    async fn queue(&self, new: NewMail) -> String {
        queued(&self.app, new).await.unwrap().to_string()
    }

    /// The mail, when it has come to `status`. Pauses between attempts are over as soon as they begin.
    async fn comes_to(&self, mail: &str, status: &str) -> Value {
        patience(async {
            loop {
                let found = self.mail(mail).await;
                if found["status"] == status && found["job"]["status"] != "RUNNING" {
                    return found;
                }
                self.skip_pause(&found).await;
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        })
        .await
    }

    async fn skip_pause(&self, mail: &Value) {
        let Some(job) = mail["job"]["id"].as_str() else { return };
        let job = self.job(job).await;
        // While the job waits nobody holds a lease that would run out.
        let wait = job.run_at - self.app.app.ambient.now();
        if job.status == JobStatus::Queued && wait > TimeDelta::zero() {
            self.app.advance(wait);
        }
    }

    async fn mail(&self, id: &str) -> Value {
        mail(&self.admin, id).await
    }

    async fn job(&self, id: &str) -> JobRow {
        let id: Id<JobRow> = id.parse().unwrap();
        JobEntity::find_by_id(id).one(self.app.app.db.reader()).await.unwrap().unwrap()
    }
}

/// A server with these settings. Its access tokens and the leases of its jobs outlast the pauses that are skipped.
fn builder(settings: &BTreeMap<&'static str, String>) -> TestAppBuilder {
    let builder = TestApp::builder().set("ACCESS_TOKEN_MINUTES", 1440).set("JOB_LEASE_SECONDS", 86_400);
    settings.iter().fold(builder, |builder, (name, value)| builder.set(name, value))
}

async fn mail(client: &Client, id: &str) -> Value {
    let query = format!("query($id: ID!) {{ outboxMail(id: $id) {{ {FIELDS} }} }}");
    client.ok(&query, json!({"id": id})).await["outboxMail"].take()
}

/// A mail under this key.
fn new_mail(key: &str) -> NewMail {
    let facts = [("Income".to_owned(), "85,000 USD a year".to_owned())];
    NewMail {
        idempotency_key: key.to_owned(),
        kind: MailKind::ChatSummary,
        to: Mailbox::named("Li Wei", "li@example.com"),
        reply_to: Some(Mailbox::unnamed("sales@example.com")),
        content: mails::chat_summary_to_visitor("Maya", "Li Wei", &facts, "A counselor calls you.").unwrap(),
        about: Some("lead_00000000000000000000000000000007".to_owned()),
    }
}

/// Puts a mail into the outbox, in a transaction of its own.
async fn queued(app: &TestApp, new: NewMail) -> Result<Id<OutboxMail>, Error> {
    let mut tx = app.app.db.begin().await.unwrap();
    let id = queue(&mut tx, &app.app, new).await?;
    tx.commit().await.unwrap();
    Ok(id)
}

const SEND: &str = "mutation($ids: [ID!]!) { sendMails(ids: $ids) { mails { id status } } }";

/// How many rows a table has.
async fn count(app: &TestApp, table: &str) -> i64 {
    use sea_orm::{ConnectionTrait, Statement};
    let db = app.app.db.reader();
    let sql = format!("SELECT COUNT(*) AS count FROM {table}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
    row.try_get("", "count").unwrap()
}
