//! Sessions that wait for a person.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    handover::HandoverStatus,
    session::{Column, Entity, Model as Session},
};
use crate::{app::App, error::Result};

/// Maximum number of sessions in the present state.
const SHOWN: u64 = 25;

/// The sessions that wait for a person.
pub(super) struct Waiting {
    pub(super) count: u64,
    /// The longest waiting ones.
    pub(super) first: Vec<Session>,
}

/// Reads the waiting sessions.
///
/// # Errors
/// When the database fails.
pub(super) async fn waiting(app: &App) -> Result<Waiting> {
    let all = Entity::find().filter(Column::HandoverStatus.eq(HandoverStatus::Waiting));
    let longest = all.clone().order_by_asc(Column::HandoverRequestedAt).order_by_asc(Column::Id).limit(SHOWN);
    Ok(Waiting { count: all.count(app.db.reader()).await?, first: longest.all(app.db.reader()).await? })
}
