//! Each mail once, whatever happens in between.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use rapport::db::Id;
use rapport::domains::outbox::{OutboxMail, SendMail, SendMailInput};
use rapport::jobs::{JobEntity, JobStatus, NewJob, enqueue};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;

use super::{SEND, World, new_mail};
use crate::support::mail_server::Trouble;

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_under_the_same_message_id() {
    let world = World::start().await;
    world.post.troubles([Trouble::TakenUnheard]);
    let id = world.queue(new_mail("summary 1")).await;
    let sent = world.comes_to(&id, "SENT").await;
    assert_eq!(sent["attempts"], 2);
    let ids = world.post.message_ids();
    // The server has it twice, and can tell that it is one.
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]));
}

#[tokio::test]
async fn through_any_troubles_each_mail_arrives_under_one_message_id() {
    let mut random = StdRng::seed_from_u64(11);
    let world = World::start().await;
    let kinds = [Trouble::TakenUnheard, Trouble::Cut, Trouble::PutOff];
    world.post.troubles((0..20).map(|_| kinds[random.random_range(0..3)]));
    let mut mails = Vec::new();
    for n in 0..8 {
        mails.push(world.queue(new_mail(&format!("summary {n}"))).await);
    }
    for id in &mails {
        world.comes_to(id, "SENT").await;
    }
    assert!(world.post.is_through());
    let ids: std::collections::BTreeSet<_> = world.post.message_ids().into_iter().collect();
    assert_eq!(ids.len(), mails.len());
}

#[tokio::test]
async fn a_job_that_is_run_again_after_its_mail_was_sent_sends_nothing() {
    let world = World::start().await;
    let id = world.queue(new_mail("summary 1")).await;
    let sent = world.comes_to(&id, "SENT").await;
    let job = world.job(sent["job"]["id"].as_str().unwrap()).await;
    // As after a crash between the two commits.
    let tx = world.app.app.db.begin().await.unwrap();
    let mut again = job.clone().into_active_model();
    again.status = Set(JobStatus::Queued);
    again.attempt = Set(0);
    again.update(&*tx).await.unwrap();
    tx.commit().await.unwrap();
    world.admin.finished(&job.id.to_string()).await;
    let job = JobEntity::find_by_id(job.id).one(world.app.app.db.reader()).await.unwrap().unwrap();
    assert_eq!(job.output.as_deref(), Some("\"NOTHING_TO_DO\""));
    assert_eq!(world.mail(&id).await["sentAt"], sent["sentAt"]);
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn a_job_whose_mail_was_given_to_another_sends_nothing() {
    let world = World::start().await;
    world.post.troubles([Trouble::Refused]);
    let id = world.queue(new_mail("summary 1")).await;
    let failed = world.comes_to(&id, "FAILED").await;
    let first = failed["job"]["id"].as_str().unwrap();
    world.admin.ok(SEND, json!({"ids": [id]})).await;
    let sent = world.comes_to(&id, "SENT").await;
    assert_ne!(sent["job"]["id"], first);
    world.admin.ok("mutation($id: ID!) { retryJob(id: $id) { id } }", json!({"id": first})).await;
    assert_eq!(world.admin.finished(first).await["status"], "COMPLETED");
    assert_eq!(world.post.taken().len(), 1);
}

#[tokio::test]
async fn a_job_that_had_given_up_and_is_started_again_sends_its_mail() {
    let world = World::start().await;
    world.post.troubles([Trouble::Refused]);
    let id = world.queue(new_mail("summary 1")).await;
    let failed = world.comes_to(&id, "FAILED").await;
    let job = failed["job"]["id"].clone();
    world.admin.ok("mutation($id: ID!) { retryJob(id: $id) { id } }", json!({"id": job})).await;
    let sent = world.comes_to(&id, "SENT").await;
    assert_eq!((&sent["attempts"], &sent["job"]["id"], &sent["error"]), (&json!(2), &job, &json!(null)));
}

#[tokio::test]
async fn a_job_of_a_mail_that_has_gone_ends_well() {
    let world = World::start().await;
    let gone: Id<OutboxMail> = Id::new(&world.app.app.ambient);
    let mut tx = world.app.app.db.begin().await.unwrap();
    let new = NewJob::new(SendMailInput { mail: gone }, None);
    let job = enqueue::<SendMail>(&mut tx, &world.app.app.ambient, new).await.unwrap().job;
    tx.commit().await.unwrap();
    assert_eq!(world.admin.finished(&job.id.to_string()).await["status"], "COMPLETED");
}
