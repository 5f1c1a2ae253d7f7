//! Reading entries.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::{
    entity::{Column, Entity, Model},
    graphql::{AuditEntryFilter, AuditEntryOrder},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Keyset, KeysetPage, fetch_page},
    domains::identity::{UserColumn, UserEntity},
    error::Result,
    graphql::{PageArgs, TotalCount, contains},
};

/// Which entries are wanted, and in which order.
#[derive(Debug, Clone, Default)]
pub(super) struct AuditList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<AuditEntryFilter>,
    pub(super) order: Option<AuditEntryOrder>,
    pub(super) search: Option<String>,
}

impl AuditList {
    pub(super) fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn select(&self) -> Select<Entity> {
        let search = self.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let condition = Condition::all()
            .add_option(self.filter.as_ref().map(AuditEntryFilter::condition))
            .add_option(search.map(matches));
        Entity::find().filter(condition)
    }
}

/// Entries that hold `text` in what was done, to what, how it was before and after, why, or by whom.
fn matches(text: &str) -> Condition {
    let people = UserEntity::find()
        .select_only()
        .column(UserColumn::Id)
        .filter(Condition::any().add(contains(UserColumn::EmailFolded, text)).add(contains(UserColumn::NameKey, text)))
        .into_query();
    Condition::any()
        .add(contains(Column::Words, text))
        .add(Column::ActorId.in_subquery(people.clone()))
        .add(Column::OnBehalfOfId.in_subquery(people))
}

/// A page of entries, and the count of all.
pub(super) async fn list(app: &App, viewer: &Viewer, list: AuditList) -> Result<(KeysetPage<Model>, TotalCount)> {
    viewer.need(Permission::AuditRead)?;
    let request = list.page.request(list.keyset())?;
    let page = fetch_page(app.db.reader(), list.select(), list.keyset(), &request).await?;
    let total = TotalCount::of_rows(&app.db, list.select());
    Ok((page, total))
}

/// Those of the entries with these ids that the viewer may see.
///
/// # Errors
/// When nobody is signed in, or the database fails.
pub(super) async fn find_many(app: &App, viewer: &Viewer, ids: &[Id<Model>]) -> Result<Vec<Model>> {
    viewer.session()?;
    if !viewer.may(Permission::AuditRead) {
        return Ok(Vec::new());
    }
    Ok(Entity::find().filter(Column::Id.is_in(ids.iter().copied())).all(app.db.reader()).await?)
}
