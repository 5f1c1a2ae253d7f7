//! The subscribers: each a socket that notes what it hears and when.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{sync::watch, task::JoinSet};

use super::{
    now_micros,
    target::{Heard, Target},
};
use crate::socket::{Said, Socket};

/// What all subscribers count together.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Messages heard, each time they were.
    pub(super) heard: AtomicUsize,
}

/// What one subscriber heard.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The ids of messages, and when they came, in microseconds since 1970.
    pub(super) heard: Vec<(String, i64)>,
    /// Other events.
    pub(super) others: usize,
    /// Why the socket broke, when it did.
    pub(super) broken: Option<anyhow::Error>,
}

/// All subscribers.
#[derive(Debug)]
pub(super) struct Crowd {
    following: JoinSet<Record>,
    stop: watch::Sender<bool>,
}

impl Crowd {
    /// Connects so many, so many at a time, and returns when all are live.
    ///
    /// # Errors
    /// When one cannot be connected.
    pub(super) async fn gather(
        target: &Arc<Target>,
        shared: &Arc<Shared>,
        subscribers: usize,
        at_a_time: usize,
    ) -> Result<Self> {
        let connecting = (0..subscribers).map(|subscriber| join(Arc::clone(target), subscriber));
        let mut sockets = stream::iter(connecting).buffer_unordered(at_a_time.max(1));
        let (stop, stopped) = watch::channel(false);
        let mut following = JoinSet::new();
        while let Some(socket) = sockets.try_next().await? {
            following.spawn(follow(socket, Arc::clone(target), Arc::clone(shared), stopped.clone()));
        }
        Ok(Self { following, stop })
    }

    /// Ends all subscriptions and returns what was heard.
    ///
    /// # Errors
    /// When a subscriber panicked.
    pub(super) async fn disperse(mut self) -> Result<Vec<Record>> {
        self.stop.send_replace(true);
        let mut records = Vec::new();
        while let Some(record) = self.following.join_next().await {
            records.push(record?);
        }
        if let Some(error) = records.iter().find_map(|record| record.broken.as_ref()) {
            println!("A socket broke, for one because: {error:#}\n");
        }
        Ok(records)
    }
}

/// Connects a subscriber and waits until its subscription is live.
async fn join(target: Arc<Target>, subscriber: usize) -> Result<Socket> {
    let mut socket = target.subscribe(subscriber).await.with_context(|| format!("subscriber {subscriber}"))?;
    loop {
        let said = socket.next().await?;
        if let Said::Complete = said {
            bail!("the subscription ended before it began");
        }
        if target.hear(&said) == Heard::Live {
            return Ok(socket);
        }
    }
}

async fn follow(
    mut socket: Socket,
    target: Arc<Target>,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) -> Record {
    let mut record = Record::default();
    loop {
        let said = tokio::select! {
            _ = stopped.changed() => return record,
            said = socket.next() => said,
        };
        let at = now_micros();
        match said.map(|said| target.hear(&said)) {
            Ok(Heard::Message(id)) => {
                record.heard.push((id, at));
                shared.heard.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Heard::Live | Heard::Other) => record.others += 1,
            Err(error) => {
                record.broken = Some(error);
                return record;
            }
        }
    }
}
