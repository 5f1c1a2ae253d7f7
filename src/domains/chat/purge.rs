//! The job that deletes pieces of finished replies.

use chrono::TimeDelta;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{
    log,
    message::{ActiveModel, Column, Entity, Model as Message},
};
use crate::{
    app::App,
    error::Result,
    jobs::{Context, Job, JobError},
};

/// Time for which the pieces of a finished reply are kept: a client that returns within it receives them as written, a
/// later one the whole reply at once.
const KEPT: TimeDelta = TimeDelta::minutes(5);
/// Number of replies per batch.
const BATCH: u64 = 100;

/// Deletes the pieces of finished replies, whose final event contains the whole text. Cursors on deleted events stay
/// valid, since the history continues.
#[derive(Debug)]
pub struct PurgeDeltas(pub App);

/// The number of deleted events.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgedDeltas {
    events: u64,
}

impl Job for PurgeDeltas {
    const KIND: &'static str = "purge_chat_deltas";
    const CONCURRENCY: usize = 1;
    type Input = ();
    type Output = PurgedDeltas;

    async fn run(&self, _ctx: Context, (): ()) -> Result<PurgedDeltas, JobError> {
        let mut events = 0;
        loop {
            let ended = self.ended().await?;
            for reply in &ended {
                events += self.purge(reply).await?;
            }
            if (ended.len() as u64) < BATCH {
                return Ok(PurgedDeltas { events });
            }
        }
    }

    fn summary(output: &PurgedDeltas) -> String {
        format!("Deleted {} pieces of replies that are stored as a whole.", output.events)
    }
}

impl PurgeDeltas {
    /// Returns finished replies whose pieces still exist.
    async fn ended(&self) -> Result<Vec<Message>> {
        let find = Entity::find()
            .filter(Column::EndedBy.is_not_null())
            .filter(Column::CompletedAt.lt(self.0.ambient.now() - KEPT))
            .order_by_asc(Column::EndedBy)
            .limit(BATCH);
        Ok(find.all(self.0.db.reader()).await?)
    }

    async fn purge(&self, reply: &Message) -> Result<u64> {
        let Some(ended_by) = reply.ended_by else { return Ok(0) };
        let tx = self.0.db.begin().await?;
        let topic = log::topic(reply.session_id);
        let deleted = self.0.events.forget(&tx, topic.name(), &log::PIECES, ended_by).await?;
        let change = ActiveModel { id: Set(reply.id), ended_by: Set(None), ..Default::default() };
        match Entity::update(change).exec_without_returning(&*tx).await {
            // Its session may have been deleted in between.
            Ok(_) | Err(sea_orm::DbErr::RecordNotUpdated) => {}
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(deleted)
    }
}
