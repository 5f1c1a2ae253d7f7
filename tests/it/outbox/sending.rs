//! What becomes of mails.

use mail_parser::MessageParser;
use serde_json::json;

use super::{World, builder, mail, new_mail, queued};
use crate::support::{
    TestApp, TestDb,
    mail_server::{MailServer, Trouble},
};

#[tokio::test]
async fn a_mail_is_sent_as_it_was_written_and_the_outbox_shows_it() {
    let world = World::start().await;
    let new = new_mail("summary 1");
    let id = world.queue(new.clone()).await;
    let shown = world.comes_to(&id, "SENT").await;
    let raw = world.post.taken().remove(0);
    let parsed = MessageParser::default().parse(&raw).unwrap();
    let to = parsed.to().unwrap().first().unwrap();
    assert_eq!((to.name(), to.address()), (Some("Li Wei"), Some("li@example.com")));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("sales@example.com"));
    assert_eq!(parsed.subject(), Some(new.content.subject.as_str()));
    let arrived = |text: std::borrow::Cow<'_, str>| text.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(arrived(parsed.body_text(0).unwrap()), new.content.text.trim_end());
    assert_eq!(arrived(parsed.body_html(0).unwrap()), new.content.html.trim_end());
    let expected = json!({
        "id": id, "kind": "CHAT_SUMMARY", "status": "SENT", "attempts": 1, "error": null,
        "to": {"name": "Li Wei", "address": "li@example.com"},
        "replyTo": {"name": null, "address": "sales@example.com"},
        "subject": new.content.subject, "text": new.content.text, "html": new.content.html,
        "about": null,
        "createdAt": shown["createdAt"], "sentAt": shown["sentAt"],
        "job": {"id": shown["job"]["id"], "kind": "SEND_MAIL", "status": "COMPLETED"},
    });
    assert_eq!(shown, expected);
    assert!(shown["sentAt"].as_str() >= shown["createdAt"].as_str(), "{shown:#}");
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_tried_again() {
    let world = World::start().await;
    world.post.troubles([Trouble::PutOff, Trouble::PutOff]);
    let id = world.queue(new_mail("summary 1")).await;
    let sent = world.comes_to(&id, "SENT").await;
    assert_eq!((&sent["attempts"], &sent["error"]), (&json!(3), &json!(null)));
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_that_waits_for_another_attempt_shows_why() {
    let db = TestDb::new().await;
    let post = MailServer::start(db.folder()).await;
    let app = builder(&post.settings()).on(&db).start().await;
    post.troubles([Trouble::PutOff]);
    let id = queued(&app, new_mail("summary 1")).await.unwrap().to_string();
    let admin = app.admin().await;
    let waiting = crate::support::patience(async {
        loop {
            let found = mail(&admin, &id).await;
            if found["error"].is_object() || found["status"] != "QUEUED" {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!((&waiting["status"], &waiting["sentAt"]), (&json!("QUEUED"), &json!(null)));
    assert_eq!(waiting["error"]["code"], "PROVIDER_UNAVAILABLE");
    let message = waiting["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("The mail server put the mail off with 451: "), "{message}");
}

#[tokio::test]
async fn a_mail_that_is_refused_is_given_up_at_once_and_shows_why() {
    let world = World::start().await;
    world.post.troubles([Trouble::Refused]);
    let id = world.queue(new_mail("summary 1")).await;
    let failed = world.comes_to(&id, "FAILED").await;
    assert_eq!((&failed["attempts"], &failed["error"]["code"]), (&json!(1), &json!("BAD_INPUT")));
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("The mail server refused the mail with 550: "), "{message}");
    assert_eq!(failed["job"]["status"], "FAILED");
}

#[tokio::test]
async fn a_wrong_password_shows_which_setting_to_look_at() {
    let db = TestDb::new().await;
    let post = MailServer::start(db.folder()).await;
    let app = builder(&post.settings()).set("SMTP_PASSWORD", "a wrong password").on(&db).start().await;
    let world = World::of(app, post).await;
    let id = world.queue(new_mail("summary 1")).await;
    let failed = world.comes_to(&id, "FAILED").await;
    assert_eq!(failed["error"]["code"], "PROVIDER_NOT_CONFIGURED");
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains("SMTP_PASSWORD") && !message.contains("a wrong password"), "{message}");
}

#[tokio::test]
async fn a_mail_server_that_goes_away_and_comes_back_gets_each_mail() {
    let world = World::start().await;
    world.post.is_gone(true);
    let mut mails = Vec::new();
    for n in 0..3 {
        mails.push(world.queue(new_mail(&format!("summary {n}"))).await);
    }
    let tried = |mail: &serde_json::Value| mail["error"].is_object();
    for id in &mails {
        crate::support::patience(async {
            while !tried(&world.mail(id).await) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await;
    }
    world.post.is_gone(false);
    for id in &mails {
        world.comes_to(id, "SENT").await;
    }
    let mut ids = world.post.message_ids();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), world.post.taken().len()), (3, 3));
}

#[tokio::test]
async fn a_mail_whose_server_was_taken_out_of_the_settings_is_held() {
    let db = TestDb::new().await;
    let post = MailServer::start(db.folder()).await;
    let first = builder(&post.settings()).without_worker().on(&db).start().await;
    let id = queued(&first, new_mail("summary 1")).await.unwrap().to_string();
    first.stop().await;
    let app = TestApp::builder().on(&db).start().await;
    let world = World::of(app, post).await;
    let held = world.comes_to(&id, "HELD").await;
    assert_eq!((&held["attempts"], &held["error"]), (&json!(0), &json!(null)));
    assert!(world.post.taken().is_empty());
}
