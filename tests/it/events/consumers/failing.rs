//! Consumers that fail, in whatever way.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use rapport::{
    db::WriteTx,
    error::Error,
    events::{Event, EventConsumer},
};
use sea_orm::ConnectionTrait;

use super::{Failure, Log, POLL, Scribe, numbers};
use crate::support::{TestDb, patience};

#[tokio::test]
async fn a_reaction_that_does_not_end_or_panics_is_given_up_noted_and_tried_again() {
    for failure in [Failure::Hangs, Failure::Panic] {
        let files = TestDb::new().await;
        let log = Log::with_scribe(&files).await;
        let scribe = Scribe::failing_by("2", failure);
        log.consume(&scribe);
        log.write_numbers("t", 1..=3).await;
        let state = log.failed(2).await;
        assert!(state.failing_since.is_some() && state.last_error.is_some(), "{state:?}");
        assert_eq!(log.heard_so_many(1).await, numbers(1));
        scribe.may_fail.store(false, Ordering::Relaxed);
        assert_eq!(log.heard_so_many(3).await, numbers(3));
        patience(async {
            while log.scribe().await.last_error.is_some() {
                tokio::time::sleep(POLL).await;
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_failure_before_the_reaction_is_noted() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    log.write("t", &["first"]).await;
    let written = log.positions("t", 1).await;
    patience(async {
        while log.events.seen() < *written.last().unwrap() {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
    let unreadable = "UPDATE events SET payload = '{' WHERE topic = 't'";
    log.db.owner().execute_unprepared(unreadable).await.unwrap();
    log.consume(&Scribe::new());
    let state = log.failed(1).await;
    assert_eq!(state.last_error.as_deref(), Some("It failed inside; the reason is in the log."));
    assert_eq!(log.heard().await, Vec::<String>::new());
    log.db.owner().execute_unprepared("UPDATE events SET payload = '\"first\"' WHERE topic = 't'").await.unwrap();
    assert_eq!(log.heard_so_many(1).await, ["first"]);
}

#[tokio::test]
async fn a_consumer_that_fails_holds_up_no_other() {
    let files = TestDb::new().await;
    let log = Log::with_scribe(&files).await;
    let (events, stop) = (log.events.clone(), log.stop.clone());
    let consumers: Vec<Arc<dyn EventConsumer>> =
        vec![Arc::new(Named("stuck", Scribe::failing_by("1", Failure::Hangs))), Scribe::new()];
    events.register(&["stuck"]).await.unwrap();
    tokio::spawn(async move { events.consume(&consumers, POLL, stop).await });
    log.write_numbers("t", 1..=3).await;
    assert_eq!(log.heard_so_many(3).await, numbers(3));
}

/// A scribe by another name.
struct Named(&'static str, Arc<Scribe>);

#[async_trait]
impl EventConsumer for Named {
    fn name(&self) -> &'static str {
        self.0
    }

    fn time_limit(&self) -> Duration {
        self.1.time_limit()
    }

    async fn react(&self, tx: &mut WriteTx, events: &[Arc<Event>]) -> Result<(), Error> {
        self.1.react(tx, events).await
    }

    async fn history_lost(&self, tx: &mut WriteTx) -> Result<(), Error> {
        self.1.history_lost(tx).await
    }
}
