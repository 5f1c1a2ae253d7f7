//! Who may have a file read when.
//!
//! Reading may take long, so only few files are read at a time, one of each user, and those who find no place in time are told
//! to come back: slow files of one person hold up nobody else's.

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

/// Files that are read at a time.
const PLACES: usize = 2;
/// The longest time that a file gets.
const LONGEST: Duration = Duration::from_secs(12);
/// When somebody who found no place may come back.
const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How long a file that took too much is not tried again.
const REMEMBERED: Duration = Duration::from_secs(600);
/// Files that took too much, and users, that are remembered.
const MOST: u64 = 10_000;

/// Has files read, for each user one at a time.
pub(in super::super) struct Readers {
    program: Option<PathBuf>,
    /// How long a file may take: with the waiting less than an operation may, so that its end tells the reason.
    limit: Duration,
    /// How long a place is waited for.
    patience: Duration,
    places: Semaphore,
    /// The turn of each user who had a file read lately.
    turns: Cache<Uuid, Arc<Mutex<()>>>,
    /// Hashes of files that took too much time or memory.
    slow: Cache<[u8; 32], ()>,
}

impl Readers {
    /// Has files read by `program`, or by this one, within operations of that length.
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

    /// The text of a user's file in Base64, as Markdown, or why it has none.
    ///
    /// # Errors
    /// [`Error::Busy`] when others' files, or others of this user, took all the time.
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
