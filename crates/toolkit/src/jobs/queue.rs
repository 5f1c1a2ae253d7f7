//! Statements on the queue: claim, renew, fence, and change of a row together with its event.

use std::{cmp::Reverse, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, Statement, Value,
    sea_query::{Expr, IntoCondition, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{
    JobError,
    entity::{ActiveModel, Column, Entity, JobStatus, Model},
    events::{JobEvent, JobEventKind, job_topic},
    progress::Stages,
    step,
};
use crate::{
    ambient::Ambient,
    db::{Db, Id, Signal, WriteTx},
    events,
};

/// Maximum pause between two attempts.
const MAX_BACKOFF: Duration = Duration::from_secs(600);

/// A kind of job, and how many of it a process may start.
pub(super) type Room = (&'static str, usize);

/// Claims up to `most` jobs of the kinds in `room` with one statement, and returns them by priority, then by due time.
/// If a kind exceeds its room, only its first jobs are claimed: fewer jobs are returned then, though others may be
/// waiting.
pub(super) async fn claim(
    db: &Db,
    ambient: &Ambient,
    rooms: &[Room],
    most: usize,
    lease: Duration,
    worker: Option<Uuid>,
) -> Result<Vec<Model>, DbErr> {
    let now = ambient.shared_now();
    let mut values: Vec<Value> =
        vec![ambient.uuid().into(), (now + lease).into(), now.into(), number(most), worker.into()];
    let (mut kinds, mut limits) = (Vec::new(), String::new());
    for (kind, room) in rooms {
        values.extend([(*kind).into(), number(*room)]);
        let place = values.len();
        kinds.push(format!("${}", place - 1));
        limits += &format!(" WHEN ${} THEN ${place}", place - 1);
    }
    let kinds = kinds.join(", ");
    let skip_locked = if db.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "WITH due AS (SELECT id, kind, priority, run_at FROM jobs \
         WHERE status = 'QUEUED' AND run_at <= $3 AND kind IN ({kinds}) \
         ORDER BY priority DESC, run_at, id LIMIT $4 {skip_locked}), \
         placed AS (SELECT id, kind, ROW_NUMBER() OVER (PARTITION BY kind ORDER BY priority DESC, run_at, id) AS place \
         FROM due) \
         UPDATE jobs SET status = 'RUNNING', attempt = attempt + 1, lease = $1, lease_until = $2, worker = $5, \
         started_at = COALESCE(started_at, $3), updated_at = $3 \
         WHERE id IN (SELECT id FROM placed WHERE place <= CASE kind{limits} END) RETURNING *"
    );
    let rows = db.write_alone(Statement::from_sql_and_values(db.backend(), sql, values)).await?;
    let mut jobs = rows.iter().map(|row| Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    jobs.sort_by_key(|job| (Reverse(job.priority), job.run_at, job.id));
    Ok(jobs)
}

fn number(count: usize) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

/// Renews a lease. Returns `None` if it is lost, otherwise true if cancellation was requested.
pub(super) async fn renew(
    db: &Db,
    ambient: &Ambient,
    id: Id<Model>,
    lease: Uuid,
    ttl: Duration,
) -> Result<Option<bool>, DbErr> {
    let now = ambient.shared_now();
    let tx = db.begin().await?;
    let renewed = Entity::update_many()
        .col_expr(Column::LeaseUntil, Expr::value(now + ttl))
        .filter(holds(id, lease, now))
        .exec(&*tx)
        .await?;
    let cancelled = Entity::find_by_id(id).select_only().column(Column::CancelRequested).into_tuple::<bool>().one(&*tx);
    let cancelled = cancelled.await?;
    tx.commit().await?;
    Ok((renewed.rows_affected == 1).then_some(cancelled.unwrap_or(false)))
}

/// Starts a transaction for the lease holder: it locks the job's topic, so that the job's events commit in order and
/// nobody can take the job over before the transaction ends.
pub(super) async fn begin_fenced(
    db: &Db,
    ambient: &Ambient,
    id: Id<Model>,
    lease: Uuid,
) -> Result<(WriteTx, Model), JobError> {
    let tx = db.begin().await?;
    job_topic(id).lock(&tx).await?;
    let row = Entity::find().filter(holds(id, lease, ambient.shared_now())).one(&*tx).await?;
    row.map(|row| (tx, row)).ok_or(JobError::Interrupted)
}

/// Starts a transaction on a job unless its worker is writing at this moment. A worker stopped in the middle of a
/// transaction must not block the one that takes over its jobs.
pub(super) async fn try_begin_on(db: &Db, id: Id<Model>) -> Result<Option<(WriteTx, Option<Model>)>, DbErr> {
    let tx = db.begin().await?;
    if !tx.try_lock(job_topic(id).name()).await? {
        return Ok(None);
    }
    let row = Entity::find_by_id(id).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).one(&*tx).await?;
    Ok(Some((tx, row)))
}

/// Starts a transaction on a job, serialized with its worker. The row is locked too, because a claim takes no topic
/// lock; it skips a locked row.
pub(super) async fn begin_on(db: &Db, id: Id<Model>) -> Result<(WriteTx, Option<Model>), DbErr> {
    take_turn(db.begin().await?, id).await
}

/// Locks the job in a transaction that has changed nothing yet.
pub(super) async fn take_turn(tx: WriteTx, id: Id<Model>) -> Result<(WriteTx, Option<Model>), DbErr> {
    job_topic(id).lock(&tx).await?;
    let row = Entity::find_by_id(id).lock_exclusive().one(&*tx).await?;
    Ok((tx, row))
}

/// Returns true if cancellation of the job was requested; false if the job is missing.
pub(super) async fn is_cancel_requested(db: &Db, id: Id<Model>) -> Result<bool, DbErr> {
    let asked = Entity::find_by_id(id).select_only().column(Column::CancelRequested).into_tuple();
    Ok(asked.one(db.reader()).await?.unwrap_or(false))
}

/// Maximum clock difference before stored times count as wrong.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5);

/// Returns true if a lease of the length `ttl` has expired. A lease that ends further ahead than its length was taken
/// with a clock that was ahead, and counts as expired.
pub(super) fn has_run_out(until: DateTime<Utc>, now: DateTime<Utc>, ttl: Duration) -> bool {
    until < now || until > now + ttl + CLOCKS_DIFFER
}

/// Returns the ids of jobs whose worker has been silent for longer than its lease.
pub(super) async fn expired(db: &Db, now: DateTime<Utc>, ttl: Duration) -> Result<Vec<Id<Model>>, DbErr> {
    let has_run_out =
        Condition::any().add(Column::LeaseUntil.lt(now)).add(Column::LeaseUntil.gt(now + ttl + CLOCKS_DIFFER));
    running_where(db, has_run_out).await
}

/// Returns the ids of the jobs that a worker runs.
pub(super) async fn run_by(db: &Db, worker: Uuid) -> Result<Vec<Id<Model>>, DbErr> {
    running_where(db, Column::Worker.eq(worker).into_condition()).await
}

async fn running_where(db: &Db, condition: Condition) -> Result<Vec<Id<Model>>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(JobStatus::Running))
        .filter(condition)
        .limit(50)
        .into_tuple()
        .all(db.reader())
        .await
}

/// Returns the workers that run jobs, if their liveness is visible.
pub(super) async fn workers(db: &Db) -> Result<Vec<Uuid>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::Worker)
        .distinct()
        .filter(Column::Status.eq(JobStatus::Running))
        .filter(Column::Worker.is_not_null())
        .into_tuple()
        .all(db.reader())
        .await
}

/// Corrects the times of jobs that were delayed by a clock that was ahead, keeping the length of their delay.
pub(super) async fn correct_times(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    let wrong = Condition::all()
        .add(Column::Status.eq(JobStatus::Queued))
        .add(Column::RunAt.gt(now))
        .add(Column::UpdatedAt.gt(now + CLOCKS_DIFFER));
    let jobs = Entity::find().filter(wrong.clone()).limit(50).all(db.reader()).await?;
    for job in jobs {
        let run_at = now + (job.run_at - job.updated_at).max(TimeDelta::zero());
        let mut tx = db.begin().await?;
        let change = ActiveModel { run_at: Set(run_at), updated_at: Set(now), ..Default::default() };
        let update = Entity::update_many().set(change).filter(Column::Id.eq(job.id)).filter(wrong.clone());
        update.exec(&*tx).await?;
        tracing::warn!(job = %job.id, "a job was put off by a clock that was ahead; it waits as long as it was to wait");
        tx.signal(Signal::Jobs);
        tx.commit().await?;
    }
    Ok(())
}

/// Number of jobs of a kind and status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    /// The kind.
    pub kind: String,
    /// `QUEUED` or `RUNNING`.
    pub status: JobStatus,
    /// Number of jobs.
    pub jobs: i64,
    /// Time since which the first of them has been due.
    pub due_since: DateTime<Utc>,
}

/// Returns the unfinished jobs by kind and status.
///
/// # Errors
/// When the database fails.
pub async fn depth(db: &Db) -> Result<Vec<QueueDepth>, DbErr> {
    let rows = Entity::find()
        .select_only()
        .column(Column::Kind)
        .column(Column::Status)
        .column_as(Column::Id.count(), "jobs")
        .column_as(Column::RunAt.min(), "due_since")
        .filter(Column::Status.is_in([JobStatus::Queued, JobStatus::Running]))
        .group_by(Column::Kind)
        .group_by(Column::Status)
        .into_tuple()
        .all(db.reader())
        .await?;
    let row = |(kind, status, jobs, due_since)| QueueDepth { kind, status, jobs, due_since };
    Ok(rows.into_iter().map(row).collect())
}

/// Applies `change` to the row and appends its event. Progress never decreases, even if `change` says so.
pub(super) async fn record(
    tx: &mut WriteTx,
    ambient: &Ambient,
    row: &Model,
    kind: JobEventKind,
    change: ActiveModel,
) -> Result<(), JobError> {
    let change = tell(tx, ambient, row, kind, change).await?;
    Entity::update(change).exec_without_returning(&**tx).await?;
    Ok(())
}

/// Records a change and its event, and returns the changed row.
pub(super) async fn record_and_read(
    tx: &mut WriteTx,
    ambient: &Ambient,
    row: &Model,
    kind: JobEventKind,
    change: ActiveModel,
) -> Result<Model, JobError> {
    let change = tell(tx, ambient, row, kind, change).await?;
    Ok(Entity::update(change).exec(&**tx).await?)
}

/// Appends the event of a change of the row, and returns the whole change.
async fn tell(
    tx: &mut WriteTx,
    ambient: &Ambient,
    row: &Model,
    kind: JobEventKind,
    change: ActiveModel,
) -> Result<ActiveModel, JobError> {
    let asked = change.progress.clone().take().unwrap_or(row.progress);
    let progress = asked.max(row.progress).min(1.0);
    let status = kind.status().unwrap_or(row.status);
    let event = JobEvent { progress, kind };
    let last_event = events::append(tx, ambient, event.to_new_event(row.id)?).await?;
    Ok(ActiveModel {
        id: Set(row.id),
        status: Set(status),
        progress: Set(progress),
        last_event: Set(last_event),
        updated_at: Set(ambient.shared_now()),
        ..change
    })
}

/// Deletes the failed steps of a job, so that the next attempt retries them, and returns its stages without them.
pub(super) async fn forget_failures(tx: &WriteTx, row: &Model) -> Result<Stages, DbErr> {
    step::Entity::delete_many()
        .filter(step::Column::JobId.eq(row.id))
        .filter(step::Column::ErrorCode.is_not_null())
        .exec(&**tx)
        .await?;
    let mut stages = row.stages();
    stages.forget_failures();
    Ok(stages)
}

/// Returns the pause before the next attempt: two seconds, doubled each time up to ten minutes, times a random 0.5 to
/// 1.5 so that jobs that failed together do not retry together.
pub(super) fn backoff(attempt: i32, jitter: f64) -> Duration {
    let exponent = attempt.saturating_sub(1).clamp(0, 16);
    let pause = Duration::from_secs(2).saturating_mul(1 << exponent).min(MAX_BACKOFF);
    pause.mul_f64(0.5 + jitter)
}

fn holds(id: Id<Model>, lease: Uuid, now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::Id.eq(id))
        .add(Column::Lease.eq(lease))
        .add(Column::Status.eq(JobStatus::Running))
        .add(Column::LeaseUntil.gt(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_its_limit() {
        let pauses: Vec<_> = [1, 2, 3, 20].map(|attempt| backoff(attempt, 0.5).as_secs()).into();
        assert_eq!(pauses, [2, 4, 8, 600]);
    }

    #[test]
    fn jitter_spreads_the_pause_from_half_to_one_and_a_half() {
        assert_eq!(backoff(1, 0.0), Duration::from_secs(1));
        assert!(backoff(1, 0.999) < Duration::from_secs(3));
    }
}
