//! Business rules of the outbox.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use super::{
    entity::{Column, Entity, Model, Status},
    queue::hand_over,
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    config::SMTP_HOST,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Entry, Write},
    error::{Error, Problems, Result},
    jobs::{JobColumn, JobEntity, JobRow, JobStatus},
};

/// Maximum number of mails per call.
const MAX_MAILS: usize = 100;

/// Sends mails that were held, given up, or lost their job; all or none. Queued mails stay unchanged.
///
/// # Errors
/// [`Error::BadInput`] with each mail that does not exist or was sent; [`Error::ProviderNotConfigured`] without a mail
/// server.
pub(super) async fn send(app: &App, viewer: &Viewer, ids: &[Id<Model>]) -> Result<Vec<Model>> {
    viewer.need(Permission::OutboxManage)?;
    if ids.is_empty() || ids.len() > MAX_MAILS {
        return Err(Error::bad_input("ids", format!("Give 1 to {MAX_MAILS} mails.")));
    }
    if app.clients.mail.is_none() {
        return Err(Error::ProviderNotConfigured { what: "Sending mail".to_owned(), setting: SMTP_HOST });
    }
    let mut write = Write::begin(app, viewer).await?;
    let rows = locked(&write, ids).await?;
    check(ids, &rows)?;
    let live = live_jobs(&write, rows.values()).await?;
    let mut mails = Vec::new();
    for row in ids.iter().filter_map(|id| rows.get(id)) {
        let waits = row.status == Status::Queued && row.job_id.is_some_and(|job| live.contains(&job));
        mails.push(if waits { row.clone() } else { send_one(&mut write, row).await? });
    }
    write.commit().await?;
    Ok(mails)
}

async fn send_one(write: &mut Write, row: &Model) -> Result<Model> {
    let ambient = write.ambient().clone();
    let after = hand_over(write, &ambient, row.id).await?;
    let state = |mail: &Model| json!({"status": mail.status, "job": mail.job_id});
    let entry = Entry::of(AuditAction::MailQueued, row.id, &row.subject).between(state(row), state(&after));
    let entry = entry.about(row.about.clone().unwrap_or_else(|| row.id.to_string()));
    write.record(entry).await?;
    Ok(after)
}

/// Returns the mails with these ids, locked so that no attempt at sending starts before the transaction ends. Locked in
/// the order of ids to avoid deadlocks.
async fn locked(tx: &WriteTx, ids: &[Id<Model>]) -> Result<HashMap<Id<Model>, Model>> {
    let these = Entity::find().filter(Column::Id.is_in(ids.iter().copied())).order_by_asc(Column::Id);
    let rows = these.lock_exclusive().all(&**tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

fn check(ids: &[Id<Model>], rows: &HashMap<Id<Model>, Model>) -> Result<()> {
    let mut problems = Problems::default();
    for (index, id) in ids.iter().enumerate() {
        let problem = match rows.get(id) {
            _ if ids[..index].contains(id) => "Give each mail once.",
            None => "There is no such mail, or you may not see it.",
            Some(row) if row.status == Status::Sent => "This mail was already sent and is not sent again.",
            Some(_) => continue,
        };
        problems.add(format!("ids[{index}]"), problem);
    }
    problems.into_result()
}

/// Returns the unfinished jobs of the mails. A job that was cancelled, or lost its worker too often, leaves its mail
/// behind.
async fn live_jobs(tx: &WriteTx, rows: impl Iterator<Item = &Model>) -> Result<HashSet<Id<JobRow>>> {
    let jobs = JobEntity::find()
        .select_only()
        .column(JobColumn::Id)
        .filter(JobColumn::Id.is_in(rows.filter_map(|row| row.job_id)))
        .filter(JobColumn::Status.is_in([JobStatus::Queued, JobStatus::Running]));
    Ok(jobs.into_tuple().all(&**tx).await?.into_iter().collect())
}
