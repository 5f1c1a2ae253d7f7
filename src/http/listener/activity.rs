//! The phases of a connection and their timeouts.

use std::{
    sync::{
        OnceLock,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{AcqRel, Acquire, Relaxed},
        },
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{Timeouts, counts::Permit};

/// Records the activity of a connection. Shared by its stream, its requests and the task that ends it.
#[derive(Debug)]
pub(super) struct Activity {
    started: Instant,
    timeouts: Timeouts,
    /// Number of unfinished answers.
    open: AtomicUsize,
    /// True after the first request.
    is_used: AtomicBool,
    /// True for HTTP/2, where pings between requests hide the start of a request head.
    is_http2: AtomicBool,
    idle: Mark,
    head: Mark,
    write: Mark,
    /// Start of lingering.
    lingering: Mark,
    /// True while the client may still be sending a request that is already answered.
    is_sending: AtomicBool,
    /// The permit of the request that took the connection over, among those of its client's address.
    held: OnceLock<Permit>,
}

/// Maximum time a connection is kept open for its client to read the answer to a request that it is still sending.
const LINGER: Duration = Duration::from_secs(2);

/// A time since the start of the connection, in milliseconds plus one; 0 is unset.
#[derive(Debug, Default)]
struct Mark(AtomicU64);

impl Mark {
    fn set(&self, at: Duration) {
        self.0.store(millis(at) + 1, Relaxed);
    }

    /// Sets the mark unless it is set.
    fn begin(&self, now: impl FnOnce() -> Duration) {
        if self.0.load(Relaxed) == 0 {
            self.set(now());
        }
    }

    /// Clears the mark, and returns true if it was set.
    fn end(&self) -> bool {
        self.0.load(Relaxed) != 0 && self.0.swap(0, Relaxed) != 0
    }

    fn get(&self) -> Option<Duration> {
        self.0.load(Relaxed).checked_sub(1).map(Duration::from_millis)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX - 1)
}

impl Activity {
    pub fn new(timeouts: Timeouts) -> Self {
        Self {
            started: Instant::now(),
            timeouts,
            open: AtomicUsize::new(0),
            is_used: AtomicBool::new(false),
            is_http2: AtomicBool::new(false),
            idle: Mark::default(),
            head: Mark::default(),
            write: Mark::default(),
            lingering: Mark::default(),
            is_sending: AtomicBool::new(false),
            held: OnceLock::new(),
        }
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Records received bytes.
    pub fn read(&self) {
        if self.open.load(Acquire) == 0 {
            self.head.begin(|| self.elapsed());
        }
    }

    /// Records bytes accepted by the client.
    pub fn written(&self) {
        if self.write.end() {
            self.idle.set(self.elapsed());
        }
    }

    /// Records that the client accepts no more bytes for now.
    pub fn write_blocked(&self) {
        self.write.begin(|| self.elapsed());
    }

    /// Records the start of a request, after its complete head.
    pub fn begin(&self, is_http2: bool) {
        self.open.fetch_add(1, AcqRel);
        self.head.end();
        self.is_used.store(true, Relaxed);
        self.is_http2.store(is_http2, Relaxed);
    }

    /// Records the end of an answer.
    pub fn end(&self) {
        self.idle.set(self.elapsed());
        self.open.fetch_sub(1, AcqRel);
    }

    /// Keeps a permit for the lifetime of the connection.
    pub fn hold(&self, permit: Option<Permit>) {
        if let Some(permit) = permit {
            // A connection is taken over once.
            let _ = self.held.set(permit);
        }
    }

    /// Records that the connection closes while its client may still be sending: it must linger, or the client may not
    /// receive the answer.
    pub fn linger(&self) {
        self.is_sending.store(true, Relaxed);
    }

    /// Returns true and starts lingering if the closing connection must linger.
    pub fn begin_lingering(&self) -> bool {
        let must = self.is_sending.load(Relaxed);
        if must {
            self.lingering.begin(|| self.elapsed());
        }
        must
    }

    /// Returns true if the present phase has timed out.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.due().is_some_and(|due| due <= now)
    }

    /// Returns the time of the next check. A phase that starts in between is checked at the latest after the shortest
    /// timeout.
    pub fn next_look(&self, now: Instant) -> Instant {
        let Timeouts { header, idle, write } = self.timeouts;
        let latest = now + header.min(idle).min(write);
        self.due().map_or(latest, |due| due.min(latest))
    }

    /// Returns the deadline of the present phase; `None` while a request is processed.
    fn due(&self) -> Option<Instant> {
        let timeouts = self.timeouts;
        let after = if let Some(lingering) = self.lingering.get() {
            lingering + LINGER
        } else if let Some(blocked) = self.write.get() {
            blocked + timeouts.write
        } else if self.open.load(Acquire) > 0 {
            return None;
        } else if !self.is_used.load(Relaxed) {
            timeouts.header
        } else {
            let idle = self.idle.get().unwrap_or_default() + timeouts.idle;
            let head = self.head.get().filter(|_| !self.is_http2.load(Relaxed));
            head.map_or(idle, |head| head + timeouts.header)
        };
        Some(self.started + after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts =
        Timeouts { header: Duration::from_secs(10), idle: Duration::from_secs(75), write: Duration::from_secs(30) };

    async fn seconds(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    fn due_in(activity: &Activity) -> Option<u64> {
        activity.due().map(|due| (due - Instant::now()).as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_request_has_the_time_of_a_head_however_it_comes() {
        let activity = Activity::new(TIMEOUTS);
        assert_eq!(due_in(&activity), Some(10));
        seconds(9).await;
        activity.read();
        assert_eq!(due_in(&activity), Some(1));
        seconds(1).await;
        assert!(activity.is_overdue(Instant::now()));
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_request_may_take_its_time_unless_its_answer_is_not_taken() {
        let activity = Activity::new(TIMEOUTS);
        activity.begin(false);
        seconds(1000).await;
        assert_eq!(due_in(&activity), None);
        activity.write_blocked();
        seconds(20).await;
        activity.write_blocked();
        assert_eq!(due_in(&activity), Some(10));
        activity.written();
        assert_eq!(due_in(&activity), None);
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_a_connection_may_idle_until_a_head_begins() {
        let activity = Activity::new(TIMEOUTS);
        activity.begin(false);
        seconds(5).await;
        activity.end();
        assert_eq!(due_in(&activity), Some(75));
        seconds(60).await;
        activity.read();
        assert_eq!(due_in(&activity), Some(10));
        activity.begin(false);
        activity.end();
        assert_eq!(due_in(&activity), Some(75));
    }

    #[tokio::test(start_paused = true)]
    async fn pings_of_http2_neither_end_a_connection_early_nor_keep_it() {
        let activity = Activity::new(TIMEOUTS);
        activity.begin(true);
        activity.end();
        seconds(60).await;
        activity.read();
        assert_eq!(due_in(&activity), Some(15));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_still_being_written_when_a_request_ends_is_not_idle_time() {
        let activity = Activity::new(TIMEOUTS);
        activity.begin(false);
        activity.write_blocked();
        activity.end();
        seconds(29).await;
        assert_eq!(due_in(&activity), Some(1));
        activity.written();
        assert_eq!(due_in(&activity), Some(75));
    }
}
