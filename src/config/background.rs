//! Settings of the worker and the event log.

use std::time::Duration;

use super::reader::Reader;

/// The worker and its queue.
#[derive(Debug, Clone)]
pub struct JobsConfig {
    /// Maximum number of concurrent jobs in this process.
    pub concurrency: usize,
    /// Time without a renewal after which a job is given to another worker.
    pub lease: Duration,
    /// Retention time of ended jobs.
    pub retention: Duration,
    /// Poll interval of the queue without wake-ups.
    pub poll: Duration,
}

/// The event log.
#[derive(Debug, Clone)]
pub struct EventsConfig {
    /// Retention time of events.
    pub retention: Duration,
    /// Poll interval of the log without wake-ups.
    pub poll: Duration,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> (JobsConfig, EventsConfig) {
    r.section("Background work");
    let jobs = JobsConfig {
        concurrency: r.size(
            "WORKER_CONCURRENCY",
            64,
            1,
            "Jobs run at a time by this process, replies in chats among them.",
        ),
        lease: r.seconds(
            "JOB_LEASE_SECONDS",
            30,
            2,
            "How long a worker may be silent before its job is given to another.",
        ),
        retention: r.days(
            "JOB_RETENTION_DAYS",
            90,
            3650,
            "How long jobs that have ended are kept, with their idempotency keys.",
        ),
        poll: r.millis("JOB_POLL_MS", 1000, "How often the queue is looked at when nothing wakes the worker."),
    };
    let events = EventsConfig {
        retention: r.days("EVENT_RETENTION_DAYS", 30, 3650, "How long events are kept."),
        poll: r.millis("EVENT_POLL_MS", 250, "How often the event log is looked at when nothing wakes the tail."),
    };
    (jobs, events)
}
