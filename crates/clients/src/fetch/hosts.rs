//! Serialization of requests per host, with pauses.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use moka::policy::EvictionPolicy;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::{Instant, sleep_until};
use url::Url;

/// Maximum number of remembered hosts; the least recently used are dropped.
const HOSTS: u64 = 10_000;

/// Time for which a host is remembered, longer than any pause and any queue.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The earliest time of the next request to each host.
pub(super) struct Hosts {
    pause: Duration,
    next: Cache<String, Arc<Mutex<Option<Instant>>>>,
}

impl Hosts {
    /// Creates the queue with this pause for all hosts, extended by [`Turn::pause_at_least`].
    pub(super) fn new(pause: Duration) -> Self {
        let next = Cache::builder()
            .max_capacity(HOSTS)
            .time_to_idle(REMEMBERED)
            // The default policy may decline to keep a newcomer, and then two requests would go to it at a time.
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { pause, next }
    }

    /// Waits until nobody else requests from the URL's host. The turn ends when dropped.
    pub(super) async fn turn(&self, url: &Url) -> Turn {
        let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
        let next = self.next.get_with(host, async { Arc::default() }).await;
        Turn { next: next.lock_owned().await, pause: self.pause, begun: false }
    }
}

/// The permission to request from one host.
pub(super) struct Turn {
    next: OwnedMutexGuard<Option<Instant>>,
    pause: Duration,
    begun: bool,
}

impl Turn {
    /// Extends the pause after this turn to at least this duration.
    pub(super) fn pause_at_least(&mut self, pause: Duration) {
        self.pause = self.pause.max(pause);
    }

    /// Waits until the pause after the previous turn is over. From here on this turn is followed by a pause too, even
    /// if abandoned.
    pub(super) async fn begin(&mut self) {
        if let Some(next) = *self.next {
            sleep_until(next).await;
        }
        self.begun = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.begun {
            *self.next = Some(Instant::now() + self.pause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    /// Returns the time until the next request to the URL's host.
    async fn wait(hosts: &Hosts, of: &str) -> Duration {
        let before = Instant::now();
        hosts.turn(&url(of)).await.begin().await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn the_second_request_to_a_host_waits_out_the_pause() {
        let hosts = Hosts::new(SECOND);
        assert!(wait(&hosts, "http://a.example/").await < SECOND / 2);
        assert!(wait(&hosts, "https://a.example./other").await >= SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn another_host_does_not_wait() {
        let hosts = Hosts::new(SECOND);
        wait(&hosts, "http://a.example/").await;
        assert!(wait(&hosts, "http://b.example/").await < SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_longer_pause_is_kept_and_a_shorter_one_changes_nothing() {
        let hosts = Hosts::new(SECOND);
        let mut turn = hosts.turn(&url("http://a.example/")).await;
        turn.pause_at_least(5 * SECOND);
        turn.pause_at_least(SECOND / 10);
        turn.begin().await;
        drop(turn);
        assert!(wait(&hosts, "http://a.example/").await >= 5 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_asked_nothing_leaves_no_pause() {
        let hosts = Hosts::new(SECOND);
        drop(hosts.turn(&url("http://a.example/")).await);
        assert!(wait(&hosts, "http://a.example/").await < SECOND / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_is_waited_for() {
        let hosts = Hosts::new(Duration::ZERO);
        let url = url("http://a.example/");
        let turn = hosts.turn(&url).await;
        assert!(tokio::time::timeout(60 * SECOND, hosts.turn(&url)).await.is_err());
        drop(turn);
        assert!(tokio::time::timeout(60 * SECOND, hosts.turn(&url)).await.is_ok());
    }
}
