//! Settings of the worker, the event log and notifications.

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

/// Notifications of users.
#[derive(Debug, Clone)]
pub struct NotificationsConfig {
    /// Retention time of notifications after they were read; unread ones are kept twice as long.
    pub retention: Duration,
}

/// Least poll interval, in milliseconds: without a pause the database would do nothing else.
const LEAST_POLL: u32 = 10;

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> (JobsConfig, EventsConfig, NotificationsConfig) {
    r.section("Background work");
    let jobs = JobsConfig {
        concurrency: r.size(
            "WORKER_CONCURRENCY",
            64,
            1,
            "Maximum number of concurrent jobs in this process, including chat replies.",
        ),
        lease: r.seconds(
            "JOB_LEASE_SECONDS",
            30,
            2,
            "Time without a renewal after which a job is given to another worker.",
        ),
        retention: r.days("JOB_RETENTION_DAYS", 90, 3650, "Retention time of ended jobs and their idempotency keys."),
        poll: r.millis("JOB_POLL_MS", 1000, LEAST_POLL, "Poll interval of the queue without wake-ups."),
    };
    let events = EventsConfig {
        retention: r.days("EVENT_RETENTION_DAYS", 30, 3650, "Retention time of events."),
        poll: r.millis("EVENT_POLL_MS", 250, LEAST_POLL, "Poll interval of the event log without wake-ups."),
    };
    let notifications = NotificationsConfig {
        retention: r.days(
            "NOTIFICATION_RETENTION_DAYS",
            90,
            3650,
            "Retention time of notifications after they were read; unread ones are kept twice as long.",
        ),
    };
    (jobs, events, notifications)
}
