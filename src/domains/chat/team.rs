//! The sessions in which a person is waited for.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    handover::HandoverStatus,
    session::{Column, Entity, Model as Session},
};
use crate::{app::App, error::Result};

/// Sessions that the present state shows.
const SHOWN: u64 = 25;

/// The sessions in which a person is waited for.
pub(super) struct Waiting {
    pub(super) count: u64,
    /// Those that wait longest.
    pub(super) first: Vec<Session>,
}

/// Reads them.
///
/// # Errors
/// When the database fails.
pub(super) async fn waiting(app: &App) -> Result<Waiting> {
    let all = Entity::find().filter(Column::HandoverStatus.eq(HandoverStatus::Waiting));
    let longest = all.clone().order_by_asc(Column::HandoverRequestedAt).order_by_asc(Column::Id).limit(SHOWN);
    Ok(Waiting { count: all.count(app.db.reader()).await?, first: longest.all(app.db.reader()).await? })
}
