//! Scheduling of file reading.
//!
//! Reading may take long, so the number of concurrent reads is limited, with one per user, and requests without a slot in time
//! are told to retry. Most files take a moment. A slow one gives way to waiting requests, unless it holds one of the slots
//! for slow files, so slow files of several users do not block quick ones.

use std::{future::pending, path::PathBuf, sync::Arc, time::Duration};

use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::{
    sync::{Mutex, Semaphore, SemaphorePermit, watch},
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{
    process::{MAX_FILE, decode, read},
    unread::Unread,
};
use crate::error::{Error, Result};

/// Maximum number of files read concurrently.
const PLACES: usize = 3;
/// Maximum number of slow files that keep their slot while requests wait.
const LONG_PLACES: usize = 2;
/// Maximum time for a file.
const LONGEST: Duration = Duration::from_secs(12);
/// Retry delay if no place was free.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// Time for which a file that exceeded its limits is not tried again.
const REMEMBERED: Duration = Duration::from_secs(600);
/// Maximum number of remembered files and users.
const MOST: u64 = 10_000;

/// Reads files, one at a time per user.
pub(in super::super) struct Readers {
    program: Option<PathBuf>,
    /// Time limit of a file, which together with the waiting time is below that of an operation, so that the reason can
    /// be returned.
    limit: Duration,
    /// Maximum waiting time for a place.
    patience: Duration,
    /// Duration after which a file is slow.
    quick: Duration,
    places: Semaphore,
    long_places: Semaphore,
    /// Number of requests that wait for a slot.
    waiting: watch::Sender<usize>,
    /// The turn of each recent user.
    turns: Cache<Uuid, Arc<Mutex<()>>>,
    /// Hashes of files that exceeded time or memory.
    slow: Cache<[u8; 32], ()>,
}

impl Readers {
    /// Creates readers that use `program`, or this program, within operations of this duration.
    pub(in super::super) fn new(program: Option<PathBuf>, operation: Duration) -> Self {
        let limit = LONGEST.min(operation * 3 / 5);
        Self {
            program,
            limit,
            patience: operation / 5,
            quick: limit / 6,
            places: Semaphore::new(PLACES),
            long_places: Semaphore::new(LONG_PLACES),
            waiting: watch::Sender::new(0),
            turns: Cache::builder().max_capacity(MOST).time_to_idle(REMEMBERED).build(),
            slow: Cache::builder().max_capacity(MOST).time_to_live(REMEMBERED).build(),
        }
    }

    /// Returns the text of a user's file in Base64 as Markdown, or the reason for having none.
    ///
    /// # Errors
    /// [`Error::Busy`] if other files took all the time.
    pub(in super::super) async fn read(&self, user: Uuid, content: &str) -> Result<Result<String, Unread>> {
        let file = match decode(content) {
            Ok(file) => file,
            Err(unread) => return Ok(Err(unread)),
        };
        self.read_file(user, file).await
    }

    /// Returns the text of a user's file as Markdown, or the reason for having none.
    ///
    /// # Errors
    /// [`Error::Busy`] if other files took all the time.
    pub(in super::super) async fn read_file(&self, user: Uuid, file: Vec<u8>) -> Result<Result<String, Unread>> {
        if file.len() > MAX_FILE {
            return Ok(Err(Unread::TooMuch));
        }
        let hash = Sha256::digest(&file).into();
        if self.slow.contains_key(&hash) {
            return Ok(Err(Unread::TooMuch));
        }
        let turn = self.turns.get_with(user, Arc::default);
        let waiting = async {
            let turn = turn.lock().await;
            (turn, self.place().await)
        };
        let Ok((_turn, Some(_place))) = timeout(self.patience, waiting).await else { return Err(busy()) };
        let text = tokio::select! {
            text = read(self.program.as_deref(), &file, self.limit) => text,
            () = self.in_the_way() => return Err(busy()),
        };
        if text == Err(Unread::TooMuch) {
            self.slow.insert(hash, ());
        }
        Ok(text)
    }

    async fn place(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        let _waits = Waits::begin(&self.waiting);
        self.places.acquire().await.ok()
    }

    /// Waits until the file that is read from now on has to give way: it is slow, the slots for slow files are taken, and a
    /// request waits.
    async fn in_the_way(&self) {
        sleep(self.quick).await;
        let mut waiting = self.waiting.subscribe();
        let _long_place = tokio::select! {
            biased;
            place = self.long_places.acquire() => place,
            _ = waiting.wait_for(|waiting| *waiting > 0) => return,
        };
        pending().await
    }
}

fn busy() -> Error {
    Error::Busy { message: "Other PDF files are being read".to_owned(), retry_after: TRY_AGAIN }
}

/// A guard that counts a waiting request.
struct Waits<'a>(&'a watch::Sender<usize>);

impl<'a> Waits<'a> {
    fn begin(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}
