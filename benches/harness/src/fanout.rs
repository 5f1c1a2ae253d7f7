//! How events reach many WebSockets: how soon they are connected, how soon each hears of what was committed, whether any
//! hears of it twice or never, and what a subscriber costs the server in memory.
//!
//! An event is a chat message: one row of the event log, where its commits can be told from there, else sent by a mutation,
//! which has a reply written too. At peers it is a row that they insert.

mod follower;
mod target;

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep},
};

use self::{
    follower::{Crowd, Record, Shared},
    target::{Target, WORDS},
};
use crate::{
    commits,
    database::Database,
    processes,
    report::{self, Latencies},
};

/// How long stragglers are waited for: whoever hears an event twice hears it soon after.
const LINGER: Duration = Duration::from_millis(500);

/// How many, how much, how fast.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Sockets, each with one subscription.
    #[arg(long, default_value_t = 5_000)]
    subscribers: usize,
    /// Topics over which the subscribers are spread evenly.
    #[arg(long, default_value_t = 1)]
    topics: usize,
    /// Events in all; the topics take turns.
    #[arg(long, default_value_t = 60)]
    messages: usize,
    /// Milliseconds from one event to the next.
    #[arg(long, default_value_t = 1_000)]
    every_ms: u64,
    /// Sockets that connect at a time.
    #[arg(long, default_value_t = 64)]
    connecting: usize,
    /// Seconds after the last event in which all must have been heard; what comes later is lost.
    #[arg(long, default_value_t = 30)]
    patience: u64,
    /// The server's process, whose memory and that of its children is read.
    #[arg(long)]
    pid: Option<u32>,
    /// The server's PostgreSQL, which must keep commit timestamps: messages are then written to its event log, and latencies
    /// counted from the commit too.
    #[arg(long)]
    commits_from: Option<String>,
    /// The endpoint of a peer, such as <http://127.0.0.1:4000/graphql>, instead of Rapport.
    #[arg(long, conflicts_with = "commits_from")]
    peer: Option<String>,
}

/// Where the messages come from, by their ids.
type Sent = HashMap<String, Origin>;

/// Where a message comes from. Times are in microseconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Origin {
    topic: usize,
    /// When the mutation was sent.
    sent: i64,
    /// When what it wrote was committed, where that is known.
    committed: Option<i64>,
}

/// Measures and prints a table.
///
/// # Errors
/// When a socket cannot be connected or a message cannot be sent.
pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    ensure!(arguments.topics > 0 && arguments.subscribers >= arguments.topics, "each topic needs a subscriber");
    let log = match &arguments.commits_from {
        Some(url) => Some(Database::open(url, 4).await?),
        None => None,
    };
    let target = Arc::new(Target::open(arguments.peer.as_deref(), arguments.topics, log).await?);
    let shared = Arc::new(Shared::default());
    let before = memory(&arguments)?;
    let began = Instant::now();
    let crowd = Crowd::gather(&target, &shared, arguments.subscribers, arguments.connecting).await?;
    let connected = began.elapsed();
    let after = memory(&arguments)?;
    let mut sent = send(&target, &arguments).await?;
    await_all(&shared, expected(&sent, &arguments), Duration::from_secs(arguments.patience)).await;
    let records = crowd.disperse(&target).await?;
    if let Some(url) = &arguments.commits_from {
        note_commits(&mut sent, url, target.topics()).await?;
    }
    let outcome = Outcome::of(&sent, &records, &arguments)?;
    println!("{}", outcome.table(&arguments, connected, before.zip(after)));
    Ok(())
}

fn memory(arguments: &Arguments) -> Result<Option<u64>> {
    arguments.pid.map(processes::resident_bytes).transpose()
}

/// Sends the messages on time, whether or not those before were answered.
async fn send(target: &Arc<Target>, arguments: &Arguments) -> Result<Sent> {
    let mut ticks = interval(Duration::from_millis(arguments.every_ms.max(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut sending = JoinSet::new();
    for number in 0..arguments.messages {
        ticks.tick().await;
        let (target, topic) = (Arc::clone(target), number % arguments.topics);
        sending.spawn(async move {
            let sent = now_micros();
            let id = target.publish(topic, &format!("{WORDS}{number}")).await?;
            anyhow::Ok((id, Origin { topic, sent, committed: None }))
        });
    }
    let mut sent = Sent::new();
    while let Some(done) = sending.join_next().await {
        sent.extend([done?.context("sending a message")?]);
    }
    Ok(sent)
}

/// How often messages are heard when none is lost.
fn expected(sent: &Sent, arguments: &Arguments) -> usize {
    sent.values().map(|origin| listeners(origin.topic, arguments)).sum()
}

/// How many listen to a topic; the first topics have one more where it does not divide.
fn listeners(topic: usize, arguments: &Arguments) -> usize {
    let rest = arguments.subscribers % arguments.topics;
    arguments.subscribers / arguments.topics + usize::from(topic < rest)
}

async fn await_all(shared: &Shared, expected: usize, patience: Duration) {
    let until = Instant::now() + patience;
    while shared.heard.load(Ordering::Relaxed) < expected && Instant::now() < until {
        sleep(Duration::from_millis(20)).await;
    }
    sleep(LINGER).await;
}

async fn note_commits(sent: &mut Sent, url: &str, sessions: &[String]) -> Result<()> {
    let commits = commits::of_messages(&Database::open(url, 1).await?, sessions).await?;
    for (id, origin) in sent {
        origin.committed = Some(*commits.get(id).with_context(|| format!("the log does not hold {id}"))?);
    }
    Ok(())
}

/// The time of the system's clock, which the database shares, in microseconds since 1970.
fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Latencies from one beginning.
#[derive(Debug)]
struct Times {
    /// To each socket.
    each: Latencies,
    /// To the last socket of a message's topic; of messages that all heard.
    last: Latencies,
}

impl Times {
    fn new() -> Result<Self> {
        Ok(Self { each: Latencies::new()?, last: Latencies::new()? })
    }

    /// Adds a message that was heard at these times, by all or not.
    fn record(&mut self, from: i64, heard: &[i64], by_all: bool) {
        heard.iter().for_each(|at| self.each.record_micros(micros_between(from, *at)));
        if let (true, Some(at)) = (by_all, heard.iter().max()) {
            self.last.record_micros(micros_between(from, *at));
        }
    }
}

/// What came of it.
#[derive(Debug)]
struct Outcome {
    from_sending: Times,
    from_commit: Times,
    expected: usize,
    lost: usize,
    twice: usize,
    others: usize,
    broken: usize,
}

impl Outcome {
    fn of(sent: &Sent, records: &[Record], arguments: &Arguments) -> Result<Self> {
        let mut by_message: HashMap<&str, Vec<i64>> = HashMap::new();
        let (mut twice, mut others) = (0, 0);
        for record in records {
            let mut own = HashMap::new();
            for (id, at) in &record.heard {
                // Greetings and the like are none of ours.
                match (sent.contains_key(id), own.insert(id.as_str(), *at)) {
                    (true, None) => by_message.entry(id).or_default().push(*at),
                    (true, Some(_)) => twice += 1,
                    (false, _) => others += 1,
                }
            }
            others += record.others;
        }
        let (mut from_sending, mut from_commit, mut lost) = (Times::new()?, Times::new()?, 0);
        for (id, origin) in sent {
            let heard = by_message.get(id.as_str()).map(Vec::as_slice).unwrap_or_default();
            let missing = listeners(origin.topic, arguments).saturating_sub(heard.len());
            lost += missing;
            from_sending.record(origin.sent, heard, missing == 0);
            if let Some(committed) = origin.committed {
                from_commit.record(committed, heard, missing == 0);
            }
        }
        let broken = records.iter().filter(|record| record.broken.is_some()).count();
        Ok(Self { from_sending, from_commit, expected: expected(sent, arguments), lost, twice, others, broken })
    }

    fn table(&self, arguments: &Arguments, connected: Duration, memory: Option<(u64, u64)>) -> String {
        let mut rows = vec![
            ("subscribers / topics", format!("{} / {}", arguments.subscribers, arguments.topics)),
            ("ms until all were subscribed", report::in_millis(connected)),
            ("events / ms between them", format!("{} / {}", arguments.messages, arguments.every_ms)),
            ("deliveries expected", self.expected.to_string()),
            ("lost", self.lost.to_string()),
            ("heard twice", self.twice.to_string()),
            ("sockets that broke", self.broken.to_string()),
            ("other events delivered", self.others.to_string()),
            ("ms from sending to each socket, p50 / p99 / max", self.from_sending.each.summary()),
            ("ms from sending to the last socket, p50 / p99 / max", self.from_sending.last.summary()),
        ];
        if arguments.commits_from.is_some() {
            rows.push(("ms from commit to each socket, p50 / p99 / max", self.from_commit.each.summary()));
            rows.push(("ms from commit to the last socket, p50 / p99 / max", self.from_commit.last.summary()));
        }
        if let Some((before, after)) = memory {
            let subscribers = u64::try_from(arguments.subscribers).unwrap_or(1);
            rows.push(("KiB a subscriber", report::in_kib(after.saturating_sub(before) / subscribers)));
        }
        report::figures(&rows)
    }
}

/// From one time to a later one. A clock that was set back in between makes it nothing.
fn micros_between(from: i64, to: i64) -> u64 {
    u64::try_from(to.saturating_sub(from)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(subscribers: usize, topics: usize) -> Arguments {
        Arguments {
            subscribers,
            topics,
            messages: 2,
            every_ms: 1,
            connecting: 1,
            patience: 1,
            pid: None,
            commits_from: None,
            peer: None,
        }
    }

    fn record(heard: &[(&str, i64)]) -> Record {
        let heard = heard.iter().map(|(id, at)| ((*id).to_owned(), *at)).collect();
        Record { heard, ..Record::default() }
    }

    #[test]
    fn what_is_lost_and_what_is_heard_twice_is_counted_apart() {
        let origin = Origin { topic: 0, sent: 1_000, committed: Some(1_500) };
        let sent = Sent::from([("a".to_owned(), origin), ("b".to_owned(), origin)]);
        let records = [record(&[("a", 2_000), ("a", 2_500), ("b", 3_000)]), record(&[("a", 4_000), ("x", 1)])];
        let outcome = Outcome::of(&sent, &records, &arguments(2, 1)).unwrap();
        assert_eq!((outcome.expected, outcome.lost, outcome.twice, outcome.others), (4, 1, 1, 1));
        assert_eq!(outcome.from_sending.last.at(1.0), "3.00", "only `a` reached all, the last at 4,000");
        assert_eq!(outcome.from_commit.last.at(1.0), "2.50");
    }

    #[test]
    fn subscribers_that_do_not_divide_go_to_the_first_topics() {
        let arguments = arguments(5, 3);
        assert_eq!([0, 1, 2].map(|topic| listeners(topic, &arguments)), [2, 2, 1]);
    }
}
