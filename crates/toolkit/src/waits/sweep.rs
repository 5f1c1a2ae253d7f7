//! The sweep, which proves that nothing waits for nothing.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, prelude::Uuid};
use serde::{Deserialize, Serialize};

use super::{
    ending::{Ending, end, locked},
    opening::set_timer,
    registry::Waiters,
    row::{Column, Entity, Model, WaitOutcome},
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, delete_in_batches},
    error::{Error, Result},
    jobs::{Context, Job, JobColumn, JobEntity, JobError, JobRow, JobStatus},
};

/// Waits that are looked at together.
const PAGE: u64 = 500;

/// Ends or mends waits that nothing else would end, and deletes those that ended before the retention.
#[derive(Debug)]
pub struct SweepWaits {
    /// The database.
    pub db: Db,
    /// Time and randomness.
    pub ambient: Ambient,
    /// What waits.
    pub waiters: Waiters,
    /// Time for which ended waits are kept.
    pub retention: Duration,
}

/// The result of a sweep.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// Number of open waits.
    pub open: u64,
    /// Number of waits that nothing would have ended, by what was wrong. They are mended now.
    pub lost: BTreeMap<String, u64>,
    /// Number of waits that could not be mended, for reasons that are in the log.
    pub failed: u64,
    /// Number of deleted waits, which had ended before the retention.
    pub deleted: u64,
}

/// Reason why a wait would wait for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// Its owner is gone, has ended, or is of a later generation.
    OwnerGone,
    /// Events that it may have waited for were purged.
    HistoryLost,
    /// Its time has passed, and the job that was to end it is gone or has ended.
    Overdue,
    /// Its time is to come, and no job will end it then.
    NoTimer,
}

impl Problem {
    fn as_str(self) -> &'static str {
        match self {
            Self::OwnerGone => "owner_gone",
            Self::HistoryLost => "history_lost",
            Self::Overdue => "overdue",
            Self::NoTimer => "no_timer",
        }
    }
}

/// What is known beside a wait.
#[derive(Default)]
struct Known {
    jobs: HashMap<Id<JobRow>, JobStatus>,
    generations: HashMap<(String, Uuid), i32>,
}

impl Job for SweepWaits {
    const KIND: &'static str = "sweep_waits";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = Swept;

    async fn run(&self, _ctx: Context, (): ()) -> Result<Swept, JobError> {
        Ok(self.look_at_all().await?)
    }

    fn summary(output: &Swept) -> String {
        let lost: u64 = output.lost.values().sum();
        format!("Looked at {} open waits; nothing would have ended {lost} of them.", output.open)
    }
}

impl SweepWaits {
    /// Looks at all open waits.
    ///
    /// # Errors
    /// When the database fails. A wait that cannot be mended is logged and counted, and keeps no other from it.
    pub async fn look_at_all(&self) -> Result<Swept> {
        let mut swept = Swept::default();
        let mut after = Id::nil();
        loop {
            let page = self.page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            swept.open += page.len() as u64;
            self.sweep(&page, &mut swept).await?;
        }
        let cutoff = self.ambient.shared_now() - TimeDelta::from_std(self.retention).unwrap_or(TimeDelta::MAX);
        let is_old = Condition::all().add(Column::EndedAt.lt(cutoff)).add(Column::Outcome.is_not_null());
        swept.deleted = delete_in_batches::<Entity>(&self.db, &is_old).await?;
        Ok(swept)
    }

    async fn page(&self, after: Id<Model>) -> Result<Vec<Model>> {
        let page = Entity::find()
            .filter(Column::Outcome.is_null())
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(PAGE);
        Ok(page.all(self.db.reader()).await?)
    }

    async fn sweep(&self, page: &[Model], swept: &mut Swept) -> Result<()> {
        let known = self.known(page).await?;
        for wait in page {
            if self.waiters.find(&wait.owner_kind).is_none() {
                tracing::warn!(wait = %wait.id, owner = wait.owner_kind, "a wait of a kind that only another release knows");
                continue;
            }
            let Some(problem) = known.problem(wait, self.ambient.shared_now()) else { continue };
            match self.mend(wait, problem).await {
                Ok(true) => {
                    *swept.lost.entry(problem.as_str().to_owned()).or_default() += 1;
                    self.ambient.metrics().waits().lost(problem.as_str());
                    tracing::error!(wait = %wait.id, owner = wait.owner_kind, problem = problem.as_str(), "nothing would have ended a wait; it is mended");
                }
                Ok(false) => {}
                Err(error) => {
                    swept.failed += 1;
                    tracing::error!(wait = %wait.id, ?error, "a wait that nothing ends cannot be mended; the next sweep tries again");
                }
            }
        }
        Ok(())
    }

    /// Reads what is beside the waits of a page, after the waits: whatever was right then is found.
    async fn known(&self, page: &[Model]) -> Result<Known> {
        let jobs = JobEntity::find()
            .select_only()
            .column(JobColumn::Id)
            .column(JobColumn::Status)
            .filter(JobColumn::Id.is_in(page.iter().filter_map(|wait| wait.job_id)));
        let jobs: Vec<(Id<JobRow>, JobStatus)> = jobs.into_tuple().all(self.db.reader()).await?;
        let mut known = Known { jobs: jobs.into_iter().collect(), ..Known::default() };
        let mut owners: BTreeMap<&str, Vec<Uuid>> = BTreeMap::new();
        for wait in page {
            owners.entry(&wait.owner_kind).or_default().push(wait.owner_id);
        }
        for (kind, owners) in owners {
            let Some(waiter) = self.waiters.find(kind) else { continue };
            // Nothing is written: the transaction ends when it is dropped.
            let tx = self.db.begin().await?;
            let generations = waiter.generations(&tx, &owners).await?.into_iter();
            known.generations.extend(generations.map(|(owner, generation)| ((kind.to_owned(), owner), generation)));
        }
        Ok(known)
    }

    /// Ends or mends a wait, and returns false if that was not needed any more.
    async fn mend(&self, seen: &Model, problem: Problem) -> Result<bool> {
        let mut tx = self.db.begin().await?;
        let is_same = |wait: &Model| wait.outcome.is_none() && wait.job_id == seen.job_id;
        let open = locked(&tx, &self.waiters, seen.id).await?.filter(is_same);
        let Some(wait) = open else { return Ok(false) };
        let outcome = match problem {
            Problem::OwnerGone => WaitOutcome::Cancelled,
            Problem::HistoryLost => WaitOutcome::HistoryLost,
            Problem::Overdue => match wait.outcome_at(self.ambient.shared_now()) {
                Some(outcome) => outcome,
                None => return Ok(false),
            },
            Problem::NoTimer => {
                let at = wait.due_at().ok_or_else(|| Error::internal(anyhow::anyhow!("a wait lost its time")))?;
                set_timer(&mut tx, &self.ambient, wait, at).await?;
                tx.commit().await?;
                return Ok(true);
            }
        };
        if end(&mut tx, &self.ambient, &self.waiters, &wait, Ending::of(outcome)).await?.is_none() {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }
}

impl Known {
    fn problem(&self, wait: &Model, now: DateTime<Utc>) -> Option<Problem> {
        let generation = self.generations.get(&(wait.owner_kind.clone(), wait.owner_id));
        let has_timer = wait.job_id.and_then(|job| self.jobs.get(&job)).is_some_and(|status| !status.is_final());
        match wait.due_at() {
            _ if generation != Some(&wait.generation) => Some(Problem::OwnerGone),
            _ if wait.lost_at.is_some() => Some(Problem::HistoryLost),
            Some(due) if !has_timer && due <= now => Some(Problem::Overdue),
            Some(_) if !has_timer => Some(Problem::NoTimer),
            _ => None,
        }
    }
}
