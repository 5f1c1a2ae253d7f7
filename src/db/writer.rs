//! The state of the connections that write.

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

/// The outcome of the last transactions of this process.
#[derive(Debug, Default)]
pub(super) struct Writer {
    /// SQLite's writing connection must be closed: its last transaction could not be ended.
    is_spoilt: AtomicBool,
    commits: AtomicU64,
    /// When the last commit was, if nothing has failed since.
    committed_at: Mutex<Option<Instant>>,
    /// Writes that found no room, and how many of them there were when a large one worked last.
    refusals: AtomicU64,
    refusals_before_proof: AtomicU64,
}

impl Writer {
    /// Notes a commit.
    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.remember(Some(Instant::now()));
    }

    /// Notes a `BEGIN` or `COMMIT` that failed: the connection is not used again.
    pub(super) fn failed(&self) {
        self.is_spoilt.store(true, Ordering::Release);
        self.remember(None);
    }

    /// Returns whether the connection must be closed, and forgets it.
    pub(super) fn take_spoilt(&self) -> bool {
        self.is_spoilt.swap(false, Ordering::AcqRel)
    }

    /// Notes an error of a write, wherever in a transaction: after one that found no room the database counts as full.
    pub(super) fn note(&self, error: &DbErr) {
        if is_no_room(error) {
            self.refusals.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// The refusals so far, when none of the large writes since has worked.
    pub(super) fn unproved_refusals(&self) -> Option<u64> {
        let refusals = self.refusals.load(Ordering::Acquire);
        (refusals > self.refusals_before_proof.load(Ordering::Acquire)).then_some(refusals)
    }

    /// Notes that a large write has worked, after so many refusals.
    pub(super) fn proved(&self, refusals: u64) {
        self.refusals_before_proof.fetch_max(refusals, Ordering::AcqRel);
    }

    /// Returns how many commits there have been.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// Returns whether the last commit is so recent, and nothing has failed since.
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
