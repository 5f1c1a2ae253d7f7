//! Mails are kept for a while.

use chrono::TimeDelta;
use rapport::{
    db::Id,
    domains::outbox::{MailKind, MailStatus, OutboxMail, PurgeMails},
    jobs::{NewJob, enqueue},
};
use serde_json::json;

use super::count;
use crate::support::TestApp;

fn mail(app: &TestApp, status: MailStatus, days: i64) -> OutboxMail {
    let id = Id::new(&app.app.ambient);
    let at = app.app.ambient.now() - TimeDelta::days(days);
    OutboxMail {
        id,
        idempotency_key: id.to_string(),
        kind: MailKind::NewLead,
        status,
        to_name: None,
        to_address: "li@example.com".to_owned(),
        to_folded: "li@example.com".to_owned(),
        reply_to_name: None,
        reply_to_address: None,
        subject: format!("{status:?} {days}"),
        text: String::new(),
        html: String::new(),
        about: None,
        job_id: None,
        attempts: 0,
        error_code: None,
        error_message: None,
        created_at: at,
        updated_at: at,
        sent_at: None,
    }
}

#[tokio::test]
async fn mails_of_before_the_retention_are_deleted_unless_they_are_still_to_be_sent() {
    use MailStatus::{Failed, Held, Queued, Sent};
    let app = TestApp::builder().set("MAIL_RETENTION_DAYS", 30).start().await;
    app.insert(
        [Queued, Sent, Failed, Held].into_iter().flat_map(|status| [mail(&app, status, 31), mail(&app, status, 29)]),
    )
    .await;
    assert_eq!(count(&app, "outbox_mails").await, 8);
    let mut tx = app.app.db.begin().await.unwrap();
    let job = enqueue::<PurgeMails>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let admin = app.admin().await;
    assert_eq!(admin.finished(&job.id.to_string()).await["status"], "COMPLETED");
    let data = admin.ok("{ outbox { nodes { subject } } }", json!({})).await;
    let mut left: Vec<_> =
        data["outbox"]["nodes"].as_array().unwrap().iter().map(|mail| mail["subject"].as_str().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["Failed 29", "Held 29", "Queued 29", "Queued 31", "Sent 29"]);
}
