//! `kill -9` in the middle of a job.

use std::{collections::BTreeMap, time::Duration};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use super::{
    follower::Follower,
    world::{COMPANY, CUSTOMERS, World, admin, onboard},
};
use crate::support::{Client, Process};

/// A job has eight attempts, and each kill costs one.
const MOST_KILLS: u32 = 6;

/// A job changes hands by a kill alone, and not because a busy machine renewed a lease too late.
const LEASE: &[(&str, &str)] = &[("JOB_LEASE_SECONDS", "60")];

/// A job whose server is killed again and again.
struct Killed {
    world: World,
    process: Process,
    client: Client,
    job: (String, String),
    follower: Follower,
    kills: u32,
    /// How often each question had been asked when its answer was found to be kept.
    kept: BTreeMap<String, usize>,
}

impl Killed {
    async fn start() -> Self {
        let world = World::new().await;
        // Answers come one by one, so that there is a middle to be killed in.
        for (n, topic) in TOPICS.iter().enumerate() {
            world.openai.delay(topic, Duration::from_millis(40 + 30 * n as u64));
        }
        let process = world.process_with(LEASE).await;
        let client = admin(&process).await;
        let job = onboard(&client).await;
        let mut follower = Follower::new(&client, &job);
        follower.come_back(&process).await;
        Self { world, process, client, job, follower, kills: 0, kept: BTreeMap::new() }
    }

    /// Waits for the next attempt, and for so many steps of it; `Err` when the job is completed before.
    async fn works_on(&mut self, mut steps: u32) -> Result<(), u16> {
        self.follower.until(|event| event["__typename"] == "JobStarted").await?;
        while steps > 0 {
            self.follower.until(is_step).await?;
            steps -= 1;
        }
        Ok(())
    }

    /// Kills the server and starts it again.
    async fn kill(self) -> Self {
        let Self { world, process, client, job, mut follower, kills, mut kept } = self;
        process.kill9().await;
        follower.until_the_end().await;
        for step in world.finished_steps().await {
            if let Some(question) = question_of(&step) {
                let asked = world.openai.count(&question);
                kept.entry(question).or_insert(asked);
            }
        }
        let process = world.process_with(LEASE).await;
        follower.come_back(&process).await;
        Self { client: client.at(process.address), world, process, job, follower, kills: kills + 1, kept }
    }

    /// Reads to the end of the job and holds that nothing was lost and nothing done twice.
    async fn finish(mut self) {
        assert_eq!(self.follower.until_the_end().await, 1000, "the stream should complete");
        let job = self.client.finished(&self.job.0).await;
        assert_eq!(job["status"], "COMPLETED", "{job:#}");
        assert!(
            job["attempt"].as_u64().unwrap() <= u64::from(self.kills) + 1,
            "each kill begins one attempt more: {job:#}"
        );
        self.assert_nothing_kept_was_asked_again();
        self.assert_events_are_whole().await;
        self.assert_all_is_saved_once().await;
        self.process.terminate().await;
    }

    fn assert_nothing_kept_was_asked_again(&self) {
        let now: BTreeMap<_, _> =
            self.kept.keys().map(|question| (question.clone(), self.world.openai.count(question))).collect();
        assert_eq!(self.kept, now);
        assert_eq!(self.world.openai.counts().len(), TOPICS.len() + 3, "each question was asked");
        let mut completed = self.follower.completed_tasks();
        completed.sort();
        assert_eq!(completed, self.world_steps(), "each task is told to be completed once");
    }

    /// The steps of the whole job.
    fn world_steps(&self) -> Vec<String> {
        let mut steps: Vec<_> = TOPICS.iter().map(|topic| format!("research: {topic}")).collect();
        steps.extend(["customer_pages", "case_studies", "third_party"].map(|query| format!("discovery: {query}")));
        steps.extend(CUSTOMERS.map(|(name, _)| format!("tickers: {name}")));
        steps.push("saving: profile".to_owned());
        steps.sort();
        steps
    }

    /// Who followed over all restarts saw what the log holds, each event once, in order.
    async fn assert_events_are_whole(&self) {
        let mut late = Follower::new(&self.client, &self.job);
        late.come_back(&self.process).await;
        assert_eq!(late.until_the_end().await, 1000);
        assert_eq!(self.follower.seen, late.seen);
        let sql = format!("SELECT id FROM events WHERE topic = 'job:{}'", self.job.0);
        // The first event, from whose cursor they followed, is not among them.
        assert_eq!(self.world.query(&sql).await.len(), late.seen.len() + 1);
        let progress: Vec<_> = late.seen.iter().map(|event| event["progress"].as_f64().unwrap()).collect();
        assert!(progress.is_sorted(), "{progress:?}");
        assert_eq!(progress.last(), Some(&1.0));
    }

    async fn assert_all_is_saved_once(&self) {
        let query = "{ companies { nodes { name customers(first: 100) { nodes { name ticker } } } } }";
        let data = self.client.ok(query, json!({})).await;
        let [company] = data["companies"]["nodes"].as_array().unwrap().as_slice() else { panic!("{data:#}") };
        assert_eq!(company["name"], COMPANY);
        // The stand-in tells two facts for each topic.
        assert_eq!(self.world.query("SELECT id FROM company_facts").await.len(), 2 * TOPICS.len());
        let mut customers = company["customers"]["nodes"].as_array().unwrap().clone();
        customers.sort_by_key(|customer| customer["name"].as_str().unwrap().to_owned());
        let expected: Vec<_> = CUSTOMERS.iter().map(|(name, ticker)| json!({"name": name, "ticker": ticker})).collect();
        assert_eq!(customers, expected);
    }
}

const TOPICS: [&str; 10] = [
    "products",
    "pricing",
    "ideal_customers",
    "personas",
    "competitors",
    "integrations",
    "positioning",
    "case_studies",
    "news",
    "leadership",
];

/// The stand-in's name of the question that a step asks, if it asks one.
fn question_of(step: &str) -> Option<String> {
    match step.split_once(": ")? {
        ("research", topic) => Some(topic.to_owned()),
        ("discovery", query) => Some(format!("discovery_{query}")),
        _ => None,
    }
}

/// Whether the event tells of something that was committed as a part of the work.
fn is_step(event: &Value) -> bool {
    ["JobTaskCompleted", "JobStageStarted", "JobStageCompleted"].contains(&event["__typename"].as_str().unwrap())
}

/// Onboards a company while the server is killed after a random number of steps and a random pause.
async fn onboard_through_random_kills(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut killed = Killed::start().await;
    while killed.kills < MOST_KILLS {
        let (steps, pause) = (random.random_range(0..=6), random.random_range(0..40));
        if killed.works_on(steps).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(pause)).await;
        killed = killed.kill().await;
    }
    // How many there are is up to the machine: on a busy one the follower hears late, and the job is soon through.
    assert!(killed.kills >= 1, "the seed {seed} is of no use");
    killed.finish().await;
}

#[tokio::test]
async fn a_job_outlives_kills_at_random_points() {
    onboard_through_random_kills(1).await;
}

#[tokio::test]
async fn a_job_outlives_kills_at_other_random_points() {
    onboard_through_random_kills(2).await;
}

#[tokio::test]
async fn a_job_outlives_kills_at_yet_other_random_points() {
    onboard_through_random_kills(3).await;
}

#[tokio::test]
async fn a_job_outlives_a_kill_at_the_begin_of_each_stage() {
    let mut killed = Killed::start().await;
    for stage in ["research", "discovery", "tickers", "saving"] {
        // A stage that began before a kill is not told again: the stage of one kill is never that of another. On a busy
        // machine the job is ahead of who hears of it, and what was told until the kill is read behind it.
        let begins = |event: &Value| event["__typename"] == "JobStageStarted" && event["stage"] == stage;
        if !killed.follower.seen.iter().any(begins) {
            killed.follower.until(begins).await.unwrap();
        }
        killed = killed.kill().await;
    }
    killed.finish().await;
}

#[tokio::test]
async fn a_job_outlives_a_kill_before_its_first_step() {
    let mut killed = Killed::start().await;
    killed = killed.kill().await;
    killed.finish().await;
}
