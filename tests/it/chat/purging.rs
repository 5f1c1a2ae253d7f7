//! The pieces of a reply go when it is stored as a whole, and nobody misses them.

use chrono::TimeDelta;
use rapport::{
    domains::chat::PurgeDeltas,
    jobs::{self, NewJob},
};

use sea_orm::ConnectionTrait;

use super::{BOTH, Behaviour, Follower, Screen, Talk, course, cursor_of, started};
use crate::support::TestApp;

const DELTAS: &str = "SELECT id FROM events WHERE kind = 'chat_reply.continued'";

/// Runs the job that deletes pieces.
async fn purge(app: &TestApp) {
    let mut tx = app.app.db.begin().await.unwrap();
    let job = jobs::enqueue::<PurgeDeltas>(&mut tx, &app.app.ambient, NewJob::new((), None)).await.unwrap().job;
    tx.commit().await.unwrap();
    let job = app.admin().await.finished(&job.id.to_string()).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
}

#[tokio::test]
async fn who_comes_back_among_pieces_that_are_gone_gets_the_whole() {
    let (model, app) = started().await;
    let talk = Talk::begin(&app.admin().await).await;
    model.always(Behaviour::Chopped((0..50).map(|n| format!("word{n} ")).collect(), 25));
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    talk.say("Well?").await;
    let history = follower.until_answered().await;
    assert!(app.count(DELTAS).await > 0);
    app.advance(TimeDelta::minutes(6));
    purge(&app).await;
    assert_eq!(app.count(DELTAS).await, 0);
    let talk = Talk { by: app.admin().await, ..talk };
    for over in BOTH {
        for event in &history[..history.len() - 1] {
            let mut late = Follower::start(over, app.address, &talk.by, &talk.id, Some(cursor_of(event))).await;
            let rest = late.until_answered().await;
            assert_eq!(rest.last(), history.last(), "{over:?} after {event}");
            assert!(!course(&rest).contains(&"ChatReplyDelta"), "{rest:#?}");
        }
    }
}

#[tokio::test]
async fn what_an_earlier_release_wrote_is_read_and_its_pieces_go() {
    let (model, app) = started().await;
    let talk = Talk::begin(&app.admin().await).await;
    model.once(Behaviour::say("All of it."));
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    talk.say("Well?").await;
    let history = follower.until_answered().await;
    for statement in [
        "UPDATE events SET kind = 'chat_delta' WHERE kind = 'chat_reply.continued'",
        "UPDATE events SET kind = 'chat' WHERE kind LIKE 'chat%.%'",
    ] {
        app.app.db.owner().execute_unprepared(statement).await.unwrap();
    }
    let mut again = talk.follow(app.address, Some(&talk.start)).await;
    assert_eq!(again.until_answered().await, history);
    app.advance(TimeDelta::minutes(6));
    purge(&app).await;
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'chat_delta'").await, 0);
    assert!(app.count("SELECT id FROM events WHERE kind = 'chat'").await >= 3);
}

#[tokio::test]
async fn pieces_of_a_reply_that_is_being_written_stay() {
    let (model, app) = started().await;
    let talk = Talk::begin(&app.admin().await).await;
    model.once(Behaviour::say("The first is whole."));
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    talk.say("What is momentum?").await;
    follower.until_answered().await;
    app.advance(TimeDelta::minutes(6));
    model.once(Behaviour::Held("The second ".to_owned(), "goes on.".to_owned()));
    talk.say("What is leverage?").await;
    let mut events = follower.until("ChatReplyDelta").await;
    purge(&app).await;
    assert!(app.count(DELTAS).await >= 1);
    let first =
        app.count("SELECT id FROM events WHERE kind = 'chat_reply.continued' AND payload LIKE '%The first%'").await;
    assert_eq!(first, 0);
    model.release();
    events.extend(follower.until_answered().await);
    assert_eq!(Screen::of(&events).text(), "The second goes on.");
}
