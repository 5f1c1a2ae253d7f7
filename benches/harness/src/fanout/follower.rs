//! The subscribers: each a socket that notes what it hears and when.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::{sync::watch, task::JoinSet};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{
    now_micros,
    target::{Heard, Target, WORDS},
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
    /// What was said and when, until somebody has time to read it.
    pub(super) unread: Vec<(Utf8Bytes, i64)>,
    /// Other events.
    pub(super) others: usize,
    /// Why the socket broke, when it did.
    pub(super) broken: Option<anyhow::Error>,
}

impl Record {
    fn read(&mut self, target: &Target) {
        for (text, at) in std::mem::take(&mut self.unread) {
            match Said::read(&text).map(|said| target.hear(&said)) {
                Ok(Heard::Message(id)) => self.heard.push((id, at)),
                Ok(Heard::Live | Heard::Other) => self.others += 1,
                Err(error) => self.broken = Some(error),
            }
        }
    }
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
            following.spawn(follow(socket, Arc::clone(shared), stopped.clone()));
        }
        Ok(Self { following, stop })
    }

    /// Ends all subscriptions and returns what was heard.
    ///
    /// # Errors
    /// When a subscriber panicked.
    pub(super) async fn disperse(mut self, target: &Target) -> Result<Vec<Record>> {
        self.stop.send_replace(true);
        let mut records = Vec::new();
        while let Some(record) = self.following.join_next().await {
            let mut record = record?;
            record.read(target);
            records.push(record);
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

async fn follow(mut socket: Socket, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) -> Record {
    // Texts are read when all is over: the load takes its CPU from the server.
    let mut record = Record::default();
    loop {
        let said = tokio::select! {
            _ = stopped.changed() => return record,
            said = socket.text() => said,
        };
        match said {
            Ok(text) => {
                let is_message = text.contains(WORDS);
                record.unread.push((text, now_micros()));
                shared.heard.fetch_add(usize::from(is_message), Ordering::Relaxed);
            }
            Err(error) => {
                record.broken = Some(error);
                return record;
            }
        }
    }
}
