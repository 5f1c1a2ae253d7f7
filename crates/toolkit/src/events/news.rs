//! Wake-ups between the processes on a PostgreSQL database, by `LISTEN` and `NOTIFY`.

use std::{sync::Arc, time::Duration};

use sea_orm::{DbErr, RuntimeErr};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::{
    ambient::Ambient,
    db::{Db, Listener, SHARE, Signal, timely},
};

/// Pause after a failure of the database.
pub(super) const AFTER_FAILURE: Duration = Duration::from_millis(500);
/// The PostgreSQL channel for wake-ups.
const CHANNEL: &str = "rapport";
/// Interval of tests of the listening connection, which may have been cut silently. Each test also reads the clock of
/// the database.
const LOOK: Duration = Duration::from_secs(3);

/// Exchanges wake-ups with other processes. SQLite has no notifications; there the poll finds changes.
pub(super) async fn exchange_news(db: &Db, ambient: &Ambient) {
    let Some(pool) = db.postgres() else { return std::future::pending().await };
    loop {
        if let Err(error) = listen_and_tell(db, pool, ambient).await {
            let error = DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
            if !db.outage().covers(&error) {
                tracing::warn!(%error, "exchanging wake-ups with the other processes; will try again");
            }
            sleep(AFTER_FAILURE).await;
        }
    }
}

async fn listen_and_tell(db: &Db, pool: &sqlx::PgPool, ambient: &Ambient) -> Result<(), sqlx::Error> {
    let mut listener = Listener::connect(pool).await?;
    timely(listener.get()?.listen(CHANNEL)).await?;
    timely(sqlx::query(SHARE).execute(listener.get()?)).await?;
    // What this process is called in its wake-ups, so that it does not wake itself by them. Made by the database, so that
    // no two of its clients have the same name.
    let own: String = timely(sqlx::query_scalar("SELECT gen_random_uuid()::text").fetch_one(listener.get()?)).await?;
    // Anything may have been missed until now.
    raise(db, &Signal::ALL);
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            heard = listener.get()?.try_recv() => match heard? {
                Some(notification) => raise(db, &news(&own, notification.payload())),
                // The connection was lost and made again.
                None => raise(db, &Signal::ALL),
            },
            raised = db.signals().wait_remote() => {
                // Outside any transaction: `NOTIFY` inside one takes a lock on commit that all writers would share.
                // Wake-ups that come while one is sent are told as one.
                let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(wake_up(&own, &raised));
                timely(notify.execute(listener.get()?)).await?;
            }
            _ = looks.tick() => {
                let clock = sqlx::query_scalar("SELECT clock_timestamp()").fetch_one(listener.get()?);
                ambient.learn_database_time(timely(clock).await?);
            }
        }
    }
}

fn raise(db: &Db, signals: &[Signal]) {
    for signal in signals {
        db.signals().raise_here(*signal);
    }
}

/// Returns the wake-up message: sender and signals. Earlier releases sent one word without a sender, and treat unknown
/// messages as all signals.
fn wake_up(own: &str, news: &[Signal]) -> String {
    let words: Vec<_> = std::iter::once(own).chain(news.iter().map(|signal| signal.as_str())).collect();
    words.join(" ")
}

/// Returns the signals in a wake-up message: none if it is our own, all if it is unreadable.
fn news(own: &str, payload: &str) -> Vec<Signal> {
    let words: Vec<_> = payload.split(' ').collect();
    if words.first() == Some(&own) {
        return Vec::new();
    }
    let told: Vec<_> = Signal::ALL.into_iter().filter(|signal| words.contains(&signal.as_str())).collect();
    if told.is_empty() { Signal::ALL.to_vec() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_hears_the_others_and_not_itself() {
        let payload = wake_up("me", &[Signal::Events, Signal::Jobs]);
        assert_eq!(news("me", &payload), []);
        assert_eq!(news("you", &payload), Signal::ALL);
        assert_eq!(news("you", &wake_up("me", &[Signal::Jobs])), [Signal::Jobs]);
    }

    #[test]
    fn wake_ups_of_other_releases_are_heard() {
        assert_eq!(news("me", "events"), [Signal::Events]);
        assert_eq!(news("me", "jobs"), [Signal::Jobs]);
        assert_eq!(news("me", "something new"), Signal::ALL);
        assert_eq!(news("me", ""), Signal::ALL);
    }
}
