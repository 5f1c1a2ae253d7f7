//! State of the writing connections.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::DbErr;
use tokio::time::Instant;

use super::outage::is_no_room;

/// The results of the last transactions of this process.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// True if SQLite's writing connection must be closed, because its last transaction could not be ended.
    is_spoilt: AtomicBool,
    commits: AtomicU64,
    /// Time of the last commit, if nothing has failed since.
    committed_at: Mutex<Option<Instant>>,
    /// Number of writes that found no space, and that number at the last successful large write.
    refusals: AtomicU64,
    refusals_before_proof: AtomicU64,
}

impl Writer {
    /// Records a commit.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.remember(Some(Instant::now()));
    }

    /// Records a failed `BEGIN` or `COMMIT`, so that the connection is not used again.
    pub(super) fn failed(&self) {
        self.is_spoilt.store(true, Ordering::Release);
        self.remember(None);
    }

    /// Returns true if the connection must be closed, and resets this.
    pub(super) fn take_spoilt(&self) -> bool {
        self.is_spoilt.swap(false, Ordering::AcqRel)
    }

    /// Records an error of a write in a transaction: after one that found no space the database counts as full.
    pub(super) fn note(&self, error: &DbErr) {
        if is_no_room(error) {
            self.refusals.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Returns the number of failed writes, unless a large write has succeeded since.
    pub(super) fn unproved_refusals(&self) -> Option<u64> {
        let refusals = self.refusals.load(Ordering::Acquire);
        (refusals > self.refusals_before_proof.load(Ordering::Acquire)).then_some(refusals)
    }

    /// Records a successful large write, made after this number of failed writes.
    pub(super) fn proved(&self, refusals: u64) {
        self.refusals_before_proof.fetch_max(refusals, Ordering::AcqRel);
    }

    /// Returns the number of commits.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Returns true if the last commit is that recent and nothing has failed since.
    pub(super) fn has_committed_within(&self, time: Duration) -> bool {
        self.last().is_some_and(|at| at.elapsed() < time)
    }

    fn last(&self) -> Option<Instant> {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, at: Option<Instant>) {
        *self.committed_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}
