//! Cursors that cannot be honoured are refused by a code, never by silence.

use std::{pin::pin, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rapport::events::EventsError;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use tokio::time::timeout;

use super::{BOTH, Follower, Heard, Onboarding, cursor_of, names, position_of};
use crate::support::{Client, TestApp, patience};

struct Finished {
    app: TestApp,
    client: Client,
    job: Onboarding,
    history: Vec<Value>,
}

impl Finished {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let client = app.admin().await;
        let job = Onboarding::begin(&client).await;
        let history = job.history(&app, &client).await;
        Self { app, client, job, history }
    }

    async fn follow(&self, over: super::Over, after: Option<&str>) -> Follower {
        Follower::start(over, self.app.address, &self.client, &self.job.id, after).await
    }

    async fn execute(&self, sql: &str) {
        let tx = self.app.app.db.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Holds that a cursor is refused, over both transports.
    async fn assert_refused(&self, cursor: &str, code: &str) {
        for over in BOTH {
            let mut follower = self.follow(over, Some(cursor)).await;
            assert_eq!(follower.hear().await, Heard::Error(code.to_owned()), "{over:?}: {cursor}");
        }
    }

    /// Holds that the way that the error's message names leads on.
    async fn assert_starts_anew(&self) {
        for over in BOTH {
            let events = self.follow(over, None).await.rest().await;
            assert_eq!(names(&events).first(), Some(&"JobState"), "{over:?}");
        }
    }
}

#[tokio::test]
async fn a_cursor_whose_history_was_purged() {
    let job = Finished::start().await;
    let middle = job.history.len() / 2;
    let cutoff: DateTime<Utc> = job.history[middle]["occurredAt"].as_str().unwrap().parse().unwrap();
    job.app.app.events.purge(cutoff).await.unwrap();
    for event in &job.history[..middle - 1] {
        job.assert_refused(cursor_of(event), "HISTORY_LOST").await;
    }
    // Whoever has seen the last of the purged events has missed nothing.
    for over in BOTH {
        let after = Some(cursor_of(&job.history[middle - 1]));
        assert_eq!(job.follow(over, after).await.rest().await, job.history[middle..]);
    }
    job.assert_starts_anew().await;
}

#[tokio::test]
async fn a_cursor_of_a_job_whose_whole_history_was_purged() {
    let job = Finished::start().await;
    job.app.app.events.purge(job.app.app.ambient.now() + TimeDelta::hours(1)).await.unwrap();
    job.assert_refused(cursor_of(&job.history[3]), "HISTORY_LOST").await;
    job.assert_starts_anew().await;
}

#[tokio::test]
async fn a_cursor_of_an_earlier_epoch() {
    let job = Finished::start().await;
    let events = &job.app.app.events;
    let mut live = events.subscribe("any", events.end().await.unwrap());
    let mut next = pin!(live.next());
    assert!(timeout(Duration::from_millis(50), &mut next).await.is_err(), "there is nothing to read");
    events.begin_new_epoch(&job.app.app.ambient).await.unwrap();
    // When the tail learns of it, it also ends who began to follow before that.
    assert!(matches!(patience(next).await, Err(EventsError::HistoryLost)));
    job.assert_refused(cursor_of(&job.history[3]), "HISTORY_LOST").await;
    job.assert_starts_anew().await;
}

#[tokio::test]
async fn a_cursor_beyond_the_end_of_a_restored_database() {
    let job = Finished::start().await;
    let kept = position_of(cursor_of(&job.history[10]));
    // What a backup looks like that was taken after the tenth event.
    job.execute(&format!("DELETE FROM events WHERE id > {}", kept.id)).await;
    job.execute(&format!(
        "UPDATE jobs SET status = 'QUEUED', run_at = '2999-01-01T00:00:00Z', last_event = {}",
        kept.id
    ))
    .await;
    for event in &job.history[11..] {
        job.assert_refused(cursor_of(event), "HISTORY_LOST").await;
    }
}

#[tokio::test]
async fn a_cursor_that_is_none() {
    let job = Finished::start().await;
    let good = cursor_of(&job.history[3]);
    for bad in ["garbage", "0", &good[1..], &format!("{good}AA"), &good.to_lowercase(), &"A".repeat(1000)] {
        job.assert_refused(bad, "BAD_CURSOR").await;
    }
}

#[tokio::test]
async fn a_live_follower_of_a_database_that_lost_its_end() {
    let app = TestApp::builder().without_worker().start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    // As far as the tail has come, or it would not miss anything.
    app.logged("any").await;
    let mut followers = Vec::new();
    for over in BOTH {
        let mut follower = Follower::start(over, app.address, &client, &job.id, None).await;
        assert!(matches!(follower.hear().await, Heard::Event(_)));
        followers.push(follower);
    }
    let tx = app.app.db.begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM events").await.unwrap();
    tx.commit().await.unwrap();
    for mut follower in followers {
        assert_eq!(patience(follower.hear()).await, Heard::Error("HISTORY_LOST".to_owned()));
    }
    let mut follower = Follower::start(BOTH[0], app.address, &client, &job.id, None).await;
    assert!(matches!(follower.hear().await, Heard::Event(_)));
}
