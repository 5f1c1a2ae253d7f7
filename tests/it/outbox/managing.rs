//! Having mails sent that were not.

use rapport::auth::SystemRole;
use serde_json::json;

use super::{SEND, World, builder, new_mail, queued};
use crate::support::{
    TestApp, TestDb,
    mail_server::{MailServer, Trouble},
};

#[tokio::test]
async fn held_mails_are_not_sent_by_themselves_but_when_somebody_says_so() {
    let db = TestDb::new().await;
    let first = TestApp::builder().quiet().on(&db).start().await;
    let held = queued(&first, new_mail("held")).await.unwrap().to_string();
    first.stop().await;
    let post = MailServer::start(db.folder()).await;
    let world = World::of(builder(&post.settings()).on(&db).start().await, post).await;
    let other = world.queue(new_mail("other")).await;
    world.comes_to(&other, "SENT").await;
    assert_eq!(world.mail(&held).await["status"], "HELD");
    let data = world.admin.ok(SEND, json!({"ids": [held]})).await;
    assert_eq!(data["sendMails"]["mails"], json!([{"id": held, "status": "QUEUED"}]));
    world.comes_to(&held, "SENT").await;
    assert_eq!(world.post.taken().len(), 2);
}

#[tokio::test]
async fn asking_twice_and_at_the_same_time_sends_a_mail_once() {
    let world = World::start().await;
    world.post.troubles([Trouble::Refused]);
    let id = world.queue(new_mail("summary 1")).await;
    world.comes_to(&id, "FAILED").await;
    let ask = || world.admin.send(SEND, json!({"ids": [id]}));
    futures_util::future::join_all((0..5).map(|_| ask())).await;
    world.comes_to(&id, "SENT").await;
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_whose_job_was_cancelled_can_be_sent() {
    let db = TestDb::new().await;
    let post = MailServer::start(db.folder()).await;
    let first = builder(&post.settings()).without_worker().on(&db).start().await;
    let id = queued(&first, new_mail("summary 1")).await.unwrap().to_string();
    let admin = first.admin().await;
    let job = super::mail(&admin, &id).await["job"]["id"].clone();
    let again = admin.ok(SEND, json!({"ids": [id]})).await;
    assert_eq!(again["sendMails"]["mails"][0]["status"], "QUEUED");
    assert_eq!(super::mail(&admin, &id).await["job"]["id"], job, "one that waits is left to its job");
    admin.ok("mutation($id: ID!) { cancelJob(id: $id) { id } }", json!({"id": job})).await;
    admin.ok(SEND, json!({"ids": [id]})).await;
    assert_ne!(super::mail(&admin, &id).await["job"]["id"], job);
    first.stop().await;
    let world = World::of(builder(&post.settings()).on(&db).start().await, post).await;
    world.comes_to(&id, "SENT").await;
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn all_are_sent_or_none_and_each_that_cannot_be_is_named() {
    let world = World::start().await;
    let sent = world.queue(new_mail("sent")).await;
    world.comes_to(&sent, "SENT").await;
    world.post.troubles([Trouble::Refused]);
    let failed = world.queue(new_mail("failed")).await;
    world.comes_to(&failed, "FAILED").await;
    let nobody = "mail_00000000000000000000000000000000";
    let error = world.admin.fail(SEND, json!({"ids": [failed, sent, nobody, failed]})).await;
    assert_eq!(error["extensions"]["code"], "BAD_INPUT");
    let paths: Vec<_> = error["extensions"]["fields"].as_array().unwrap().iter().map(|field| &field["path"]).collect();
    assert_eq!(paths, ["ids[1]", "ids[2]", "ids[3]"]);
    assert_eq!(world.mail(&failed).await["status"], "FAILED");
}

#[tokio::test]
async fn one_to_a_hundred_mails_are_sent_at_a_time() {
    let world = World::start().await;
    for count in [0, 101] {
        let ids = vec!["mail_00000000000000000000000000000000"; count];
        assert_eq!(world.admin.code(SEND, json!({"ids": ids})).await, "BAD_INPUT", "{count}");
    }
}

#[tokio::test]
async fn without_a_mail_server_the_setting_is_named() {
    let app = TestApp::builder().quiet().start().await;
    let id = queued(&app, new_mail("held")).await.unwrap().to_string();
    let error = app.admin().await.fail(SEND, json!({"ids": [id]})).await;
    assert_eq!(error["extensions"]["code"], "PROVIDER_NOT_CONFIGURED");
    assert!(error["message"].as_str().unwrap().contains("SMTP_HOST"), "{error:#}");
}

#[tokio::test]
async fn only_who_may_has_mails_sent() {
    let app = TestApp::builder().quiet().start().await;
    let id = queued(&app, new_mail("held")).await.unwrap().to_string();
    for role in [SystemRole::Manager, SystemRole::Counselor, SystemRole::Viewer] {
        let error = app.user(role).await.fail(SEND, json!({"ids": [id]})).await;
        assert_eq!(error["extensions"]["permission"], "outbox:manage", "{error:#}");
    }
}
