//! Kills at random points.

use std::{process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Args;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rapport_toolkit::{
    ambient::Ambient,
    db::{Db, WriteTx},
    events::{EventLog, NewEvent, Topic, append},
    waits::{NewWait, Until, Waiters, open_wait},
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    database::{config, count, open, prepare, statement},
    owner::{HAPPENED, owner_of, topic_of},
    process::{READY, consumers, waiters},
    verdict,
};

/// Runs that are under way at a time.
const AT_A_TIME: i64 = 12;
/// Time within which all must be done after the last kill.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often, and with which numbers.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// How often a process is killed.
    #[arg(long, default_value_t = 200)]
    kills: u32,
    /// The seed of the random numbers that say whom and when.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// A process that is to be killed.
struct Victim {
    child: Child,
    /// Kept open: it must not fail because nobody reads what it prints.
    _stdout: BufReader<ChildStdout>,
}

impl Victim {
    async fn start(url: &str) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--database", url, "work"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().context("a process without an output")?);
        let mut line = String::new();
        timeout(PATIENCE, stdout.read_line(&mut line)).await.context("a process does not begin")??;
        if line.trim() != READY {
            bail!("a process ended before it was at work");
        }
        Ok(Self { child, _stdout: stdout })
    }

    /// `kill -9`, until it is gone.
    async fn kill(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("a process ended by itself: {status}");
        }
        self.child.start_kill()?;
        self.child.wait().await?;
        Ok(())
    }
}

/// What begins runs and has events happen, and is not killed.
struct Driver {
    db: Db,
    log: EventLog,
    ambient: Ambient,
    waiters: Waiters,
    random: StdRng,
    begun: i32,
    /// Events that are still to happen, of runs that have begun.
    to_happen: Vec<i32>,
}

/// Kills, waits until all is done, and looks whether all is as it should be.
///
/// # Errors
/// If something is not.
pub(crate) async fn run(url: &str, arguments: &Arguments) -> Result<()> {
    let (config, ambient) = (config(url)?, Ambient::system());
    let db = open(&config.database).await?;
    prepare(&db).await?;
    let log = EventLog::open(&db, &ambient).await?;
    let names: Vec<_> = consumers(&log, &ambient).iter().map(|consumer| consumer.name()).collect();
    log.register(&names).await?;
    let (tail, stop) = (log.clone(), CancellationToken::new());
    let (token, poll) = (stop.clone(), config.events.poll);
    tokio::spawn(async move { tail.run(poll, token).await });
    let waiters = waiters(&ambient);
    let random = StdRng::seed_from_u64(arguments.seed);
    let mut driver = Driver { db, log, ambient, waiters, random, begun: 0, to_happen: Vec::new() };
    let began = Instant::now();
    let mut victims = [Victim::start(url).await?, Victim::start(url).await?];
    for _ in 0..arguments.kills {
        let pause = driver.pause();
        driver.live(pause).await?;
        let which = driver.random.random_range(0..victims.len());
        if driver.random.random_bool(0.2) {
            for victim in &mut victims {
                victim.kill().await?;
            }
            victims = [Victim::start(url).await?, Victim::start(url).await?];
        } else if let Some(victim) = victims.get_mut(which) {
            victim.kill().await?;
            *victim = Victim::start(url).await?;
        }
    }
    let (seconds, killed_within) = (began.elapsed().as_secs(), Instant::now());
    driver.finish().await?;
    let settled = killed_within.elapsed().as_secs();
    // They are still at work: the last events and jobs are theirs.
    verdict::give(&driver.db, &driver.log, &driver.ambient, &driver.waiters, driver.begun).await?;
    drop(victims);
    let (kills, seed, runs) = (arguments.kills, arguments.seed, driver.begun);
    let kind = if driver.db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    println!("| {kind} | {kills} | {seed} | {runs} | {seconds} | {settled} |");
    stop.cancel();
    Ok(())
}

impl Driver {
    /// Returns how long until the next kill.
    fn pause(&mut self) -> Duration {
        Duration::from_millis(self.random.random_range(0..150))
    }

    /// Begins runs and has events happen for this time.
    async fn live(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        loop {
            self.turn(true).await?;
            if Instant::now() >= end {
                return Ok(());
            }
            sleep(Duration::from_millis(self.random.random_range(1..15))).await;
        }
    }

    async fn turn(&mut self, may_begin: bool) -> Result<()> {
        let open = count(&self.db, "SELECT COUNT(*) AS count FROM probe_runs WHERE is_done = FALSE").await?;
        if may_begin && open < AT_A_TIME {
            self.begin().await?;
        }
        // About half of the events come when the run has long waited for them, the others before.
        if !self.to_happen.is_empty() && self.random.random_bool(0.5) {
            let which = self.random.random_range(0..self.to_happen.len());
            let number = self.to_happen.swap_remove(which);
            let mut tx = self.db.begin().await?;
            self.happen(&mut tx, number).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Begins a run, which waits for a time first. Every third time its event happens in the same transaction.
    async fn begin(&mut self) -> Result<()> {
        let (run, number, since) = (self.ambient.uuid(), self.begun, self.log.end().await?);
        let pause = Duration::from_millis(self.random.random_range(0..400));
        let mut tx = self.db.begin().await?;
        topic_of(run).lock(&tx).await?;
        let insert = "INSERT INTO probe_runs (id, number, is_done, since_tx, since_id) VALUES ($1, $2, FALSE, $3, $4)";
        let values = [run.into(), number.into(), since.tx.into(), since.id.into()];
        tx.execute_raw(statement(&*tx, insert, values)).await?;
        let until = Until::Time(self.ambient.shared_now() + pause);
        let new = NewWait { owner: owner_of(run), path: "pause".to_owned(), until, expires_at: None };
        open_wait(&mut tx, &self.ambient, &self.waiters, new).await?;
        if number % 3 == 0 {
            self.happen(&mut tx, number).await?;
        } else {
            self.to_happen.push(number);
        }
        tx.commit().await?;
        self.begun += 1;
        Ok(())
    }

    async fn happen(&self, tx: &mut WriteTx, number: i32) -> Result<()> {
        let payload = json!({ "number": number });
        let event = NewEvent { topic: Topic::unordered("probes"), kind: HAPPENED, payload, actor: None };
        append(tx, &self.ambient, event).await?;
        Ok(())
    }

    /// Waits until all runs are done.
    async fn finish(&mut self) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while count(&self.db, "SELECT COUNT(*) AS count FROM probe_runs WHERE is_done = FALSE").await? > 0 {
            if Instant::now() > end {
                bail!("some runs are not done: {}", verdict::undone(&self.db).await?);
            }
            self.turn(false).await?;
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}
