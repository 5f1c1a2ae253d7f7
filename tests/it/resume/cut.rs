//! A subscriber that is cut off after every possible number of events and comes back with its last cursor sees each event
//! exactly once, in order: at the same server, at one that was started again, at another process.

use std::net::SocketAddr;

use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::{BOTH, Follower, Onboarding, Over, cursor_of};
use crate::support::{Client, Process, TestApp};

/// Connections at a time.
const AT_ONCE: usize = 12;

/// Subscribers of one job, each cut off after another number of events.
struct CutOff<'a> {
    job: &'a Onboarding,
    client: &'a Client,
    history: &'a [Value],
    /// What each has seen, and over which transport.
    seen: Vec<(Over, Vec<Value>)>,
}

impl<'a> CutOff<'a> {
    /// Over both transports, for each number from none to all: reads so many events at `address`, then hangs up.
    async fn everywhere(job: &'a Onboarding, client: &'a Client, history: &'a [Value], address: SocketAddr) -> Self {
        let cuts = BOTH.into_iter().flat_map(|over| (0..=history.len()).map(move |count| (over, count)));
        let read = cuts.map(|(over, count)| async move {
            let mut follower = Follower::start(over, address, client, &job.id, Some(&job.start)).await;
            (over, follower.events(count).await)
        });
        let seen: Vec<_> = stream::iter(read).buffered(AT_ONCE).collect().await;
        for (index, (over, seen)) in seen.iter().enumerate() {
            let count = index % (history.len() + 1);
            assert_eq!(seen, &history[..count], "{over:?}: the first {count} events");
        }
        Self { job, client, history, seen }
    }

    /// Each comes back at `address` with its last cursor and reads to the end.
    async fn come_back(&self, address: SocketAddr) {
        let resumed = self.seen.iter().map(|(over, seen)| async move {
            let last = seen.last().map_or(self.job.start.as_str(), cursor_of);
            let mut all = seen.clone();
            all.extend(Follower::start(*over, address, self.client, &self.job.id, Some(last)).await.rest().await);
            assert_eq!(all, self.history, "{over:?}: cut off after {} events", seen.len());
        });
        stream::iter(resumed).buffer_unordered(AT_ONCE).collect::<()>().await;
    }
}

#[tokio::test]
async fn at_the_same_server() {
    let app = TestApp::start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let history = job.history(&app, &client).await;
    let cut_off = CutOff::everywhere(&job, &client, &history, app.address).await;
    cut_off.come_back(app.address).await;
}

#[tokio::test]
async fn at_a_server_that_was_started_again() {
    let app = TestApp::start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let history = job.history(&app, &client).await;
    let cut_off = CutOff::everywhere(&job, &client, &history, app.address).await;
    let db = app.db.clone();
    app.stop().await;
    let again = TestApp::builder().on(&db).start().await;
    cut_off.come_back(again.address).await;
}

#[tokio::test]
async fn at_another_process_after_the_first_one_was_killed() {
    let app = TestApp::start().await;
    let client = app.admin().await;
    let job = Onboarding::begin(&client).await;
    let history = job.history(&app, &client).await;
    let first = Process::start(&app.db, &[]).await;
    let cut_off = CutOff::everywhere(&job, &client, &history, first.address).await;
    first.kill9().await;
    let second = Process::start(&app.db, &[]).await;
    cut_off.come_back(second.address).await;
}
