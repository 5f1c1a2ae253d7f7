//! Scheduling of file reading.
//!
//! Reading may be slow, so only a few files are read concurrently, one per user, and others are told to retry after a
//! waiting time: slow files of one person delay nobody else's.

use std::{path::PathBuf, sync::Arc, time::Duration};

use moka::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::{
    sync::{Mutex, Semaphore},
    time::timeout,
};
use uuid::Uuid;

use super::{
    process::{decode, read},
    unread::Unread,
};
use crate::error::{Error, Result};

/// Maximum number of files read concurrently.
const PLACES: usize = 2;
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
    places: Semaphore,
    /// The turn of each recent user.
    turns: Cache<Uuid, Arc<Mutex<()>>>,
    /// Hashes of files that exceeded time or memory.
    slow: Cache<[u8; 32], ()>,
}

impl Readers {
    /// Creates readers that use `program`, or this program, within operations of this duration.
    pub(in super::super) fn new(program: Option<PathBuf>, operation: Duration) -> Self {
        Self {
            program,
            limit: LONGEST.min(operation * 3 / 5),
            patience: operation / 5,
            places: Semaphore::new(PLACES),
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
        let hash = Sha256::digest(&file).into();
        if self.slow.contains_key(&hash) {
            return Ok(Err(Unread::TooMuch));
        }
        let turn = self.turns.get_with(user, Arc::default);
        let waiting = async {
            let turn = turn.lock().await;
            (turn, self.places.acquire().await)
        };
        let Ok((_turn, Ok(_place))) = timeout(self.patience, waiting).await else {
            let message = "Other PDF files are being read".to_owned();
            return Err(Error::Busy { message, retry_after: TRY_AGAIN });
        };
        let text = read(self.program.as_deref(), &file, self.limit).await;
        if text == Err(Unread::TooMuch) {
            self.slow.insert(hash, ());
        }
        Ok(text)
    }
}
