//! How soon background jobs begin after they were asked for, and how many a second end.
//!
//! The jobs are replies in chat, made without a language model: each is a row of the queue, is claimed by a worker, writes
//! its events and its result, and has no network in it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout_at},
};

use crate::{
    api::{Api, socket_url},
    report::{self, Latencies, a_second},
    socket::{Said, Socket},
};

const CHAT: &str = "subscription ($id: ID!) { chatReply(sessionId: $id) { __typename \
                    ... on ChatReplyStarted { reply { id } } ... on ChatReplyCompleted { reply { id } } \
                    ... on ChatReplyFailed { reply { id } } } }";

/// How many and how fast.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Jobs asked for in a second, whether or not those before have begun.
    #[arg(long, default_value_t = 50)]
    rate: u32,
    /// For how many seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Chat sessions that take turns; each has one reply at a time, and at most ten that wait.
    #[arg(long, default_value_t = 200)]
    sessions: usize,
    /// Seconds after the last request in which all jobs must have ended.
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

/// What happened to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Started,
    Completed,
    Failed,
}

/// What was heard of a job, by the id of its reply.
type Note = (String, Step, Instant);

/// A job that was asked for and accepted.
#[derive(Debug, Clone, Copy)]
struct Asked {
    sent: Instant,
    answered: Instant,
}

/// Measures and prints a table.
///
/// # Errors
/// When the server refuses a session or a subscription.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.rate > 0 && arguments.sessions > 0, "there is nothing to ask for");
    let api = Api::sign_in().await?;
    let (notes, mut heard) = mpsc::unbounded_channel();
    let mut following = JoinSet::new();
    let mut sessions = Vec::new();
    for _ in 0..arguments.sessions {
        let session = api.chat_session().await?;
        following.spawn(follow(live(&api, &session).await?, notes.clone()));
        sessions.push(session);
    }
    drop(notes);
    let began = Instant::now();
    let (asked, refused) = ask(&api, &sessions, arguments).await?;
    let told = listen(&mut heard, asked.len(), Duration::from_secs(arguments.patience)).await;
    following.shutdown().await;
    println!("{}", table(arguments, began, &asked, refused, &told)?);
    Ok(())
}

/// A socket whose subscription is live.
async fn live(api: &Api, session: &str) -> Result<Socket> {
    let mut socket = Socket::connect(&socket_url()?, api.token()).await?;
    socket.subscribe(CHAT, json!({"id": session})).await?;
    socket.next().await.context("the subscription did not begin")?;
    Ok(socket)
}

async fn follow(mut socket: Socket, notes: mpsc::UnboundedSender<Note>) -> Result<()> {
    loop {
        let said = socket.next().await?;
        let at = Instant::now();
        if let Said::Event(data) = said
            && let Some((id, step)) = step(&data["chatReply"])
        {
            notes.send((id, step, at))?;
        }
    }
}

fn step(event: &Value) -> Option<(String, Step)> {
    let (id, step) = match event["__typename"].as_str()? {
        "ChatReplyStarted" => (&event["reply"]["id"], Step::Started),
        "ChatReplyCompleted" => (&event["reply"]["id"], Step::Completed),
        "ChatReplyFailed" => (&event["reply"]["id"], Step::Failed),
        _ => return None,
    };
    Some((id.as_str()?.to_owned(), step))
}

/// Asks for jobs on time; returns those that were accepted, and how many were not.
async fn ask(api: &Api, sessions: &[String], arguments: &Arguments) -> Result<(HashMap<String, Asked>, usize)> {
    let mut ticks = interval(Duration::from_secs(1) / arguments.rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asking = JoinSet::new();
    let wanted = usize::try_from(arguments.rate.saturating_mul(arguments.seconds))?;
    for session in sessions.iter().cycle().take(wanted) {
        ticks.tick().await;
        let (api, session) = (api.clone(), session.clone());
        asking.spawn(async move {
            let sent = Instant::now();
            let said = api.say(&session, "What is momentum?").await;
            said.map(|(_, reply)| (reply, Asked { sent, answered: Instant::now() }))
        });
    }
    let (mut asked, mut refused) = (HashMap::new(), 0);
    while let Some(done) = asking.join_next().await {
        match done? {
            Ok(accepted) => asked.extend([accepted]),
            Err(_) => refused += 1,
        }
    }
    Ok((asked, refused))
}

/// What was heard of the jobs, until so many have ended or the time is over.
async fn listen(heard: &mut mpsc::UnboundedReceiver<Note>, jobs: usize, patience: Duration) -> Vec<Note> {
    let until = tokio::time::Instant::now() + patience;
    let (mut told, mut ended) = (Vec::new(), 0);
    while ended < jobs {
        let Ok(Some(note)) = timeout_at(until, heard.recv()).await else { break };
        ended += usize::from(note.1 != Step::Started);
        told.push(note);
    }
    told
}

fn table(
    arguments: &Arguments,
    began: Instant,
    asked: &HashMap<String, Asked>,
    refused: usize,
    told: &[Note],
) -> Result<String> {
    let (mut begin, mut end, mut accept) = (Latencies::new()?, Latencies::new()?, Latencies::new()?);
    asked.values().for_each(|job| accept.record(job.answered - job.sent));
    let (mut completed, mut failed, mut last) = (0, 0, began);
    for (id, step, at) in told {
        let Some(job) = asked.get(id) else { continue };
        match step {
            Step::Started => begin.record(at.saturating_duration_since(job.sent)),
            Step::Completed => {
                end.record(at.saturating_duration_since(job.sent));
                completed += 1;
                last = last.max(*at);
            }
            Step::Failed => failed += 1,
        }
    }
    Ok(report::figures(&[
        ("asked for a second / seconds", format!("{} / {}", arguments.rate, arguments.seconds)),
        ("accepted / refused", format!("{} / {refused}", asked.len())),
        ("completed / failed", format!("{completed} / {failed}")),
        ("completed a second, until the last", a_second(completed, last - began)),
        ("ms from sending to the answer, p50 / p99 / max", accept.summary()),
        ("ms from sending to the first event of the job, p50 / p99 / max", begin.summary()),
        ("ms from sending to its last event, p50 / p99 / max", end.summary()),
    ]))
}
