//! What is put into the outbox.

use rapport::{clients::mail::Mailbox, domains::outbox::NewMail, error::ErrorCode};
use sea_orm::EntityTrait;

use super::{World, count, mail, new_mail, queued};
use crate::support::TestApp;

#[tokio::test]
async fn one_key_is_one_mail_however_often_it_is_queued() {
    let world = World::start().await;
    let first = world.queue(new_mail("summary 1")).await;
    world.comes_to(&first, "SENT").await;
    assert_eq!(world.queue(new_mail("summary 1")).await, first);
    let second = world.queue(new_mail("summary 2")).await;
    world.comes_to(&second, "SENT").await;
    assert_eq!(world.post.taken().len(), 2);
    assert_eq!(count(&world.app, "outbox_mails").await, 2);
}

#[tokio::test]
async fn one_key_at_the_same_time_is_one_mail() {
    let world = World::start().await;
    let all = futures_util::future::join_all((0..8).map(|_| world.queue(new_mail("summary 1")))).await;
    assert!(all.iter().all(|id| *id == all[0]), "{all:?}");
    world.comes_to(&all[0], "SENT").await;
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn a_key_that_stands_for_another_mail_is_refused() {
    let app = TestApp::builder().quiet().start().await;
    queued(&app, new_mail("summary 1")).await.unwrap();
    let mut other_words = new_mail("summary 1");
    other_words.content.text += "And more.";
    for other in [
        other_words,
        NewMail { to: Mailbox::unnamed("eve@example.com"), ..new_mail("summary 1") },
        NewMail { reply_to: None, ..new_mail("summary 1") },
        NewMail { about: None, ..new_mail("summary 1") },
    ] {
        assert_eq!(queued(&app, other).await.unwrap_err().code(), ErrorCode::IdempotencyMismatch);
    }
    assert_eq!(count(&app, "outbox_mails").await, 1);
}

#[tokio::test]
async fn what_is_rolled_back_is_not_sent() {
    let world = World::start().await;
    let mut tx = world.app.app.db.begin().await.unwrap();
    rapport::domains::outbox::queue(&mut tx, &world.app.app, new_mail("never")).await.unwrap();
    drop(tx);
    let next = world.queue(new_mail("next")).await;
    world.comes_to(&next, "SENT").await;
    assert_eq!(world.post.taken().len(), 1);
    assert_eq!(count(&world.app, "outbox_mails").await, 1);
}

#[tokio::test]
async fn without_a_mail_server_mails_are_held_and_no_job_is_made() {
    let app = TestApp::builder().quiet().start().await;
    let id = queued(&app, new_mail("summary 1")).await.unwrap().to_string();
    let held = mail(&app.admin().await, &id).await;
    assert_eq!((&held["status"], &held["attempts"], &held["job"]), (&"HELD".into(), &0.into(), &().into()), "{held:#}");
    assert!(rapport::jobs::JobEntity::find().one(app.app.db.reader()).await.unwrap().is_none());
}
