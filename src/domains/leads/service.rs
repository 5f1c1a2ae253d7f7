//! Who may see which leads.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{
    entity::{Column, Entity, Model},
    graphql::{LeadFilter, LeadOrder},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, Keyset, KeysetPage, fetch_page},
    error::Result,
    graphql::{PageArgs, TotalCount, contains},
};

/// Which leads are wanted, and in which order.
#[derive(Debug, Clone, Default)]
pub(super) struct LeadList {
    pub(super) page: PageArgs,
    pub(super) filter: Option<LeadFilter>,
    pub(super) order: Option<LeadOrder>,
    pub(super) search: Option<String>,
}

impl LeadList {
    pub(super) fn keyset(&self) -> Keyset<Entity> {
        self.order.unwrap_or_default().keyset()
    }

    fn condition(&self) -> Condition {
        let search = self.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
        Condition::all().add_option(self.filter.as_ref().map(LeadFilter::condition)).add_option(search.map(|text| {
            let columns = [Column::NameKey, Column::EmailFolded, Column::Phone];
            columns.into_iter().fold(Condition::any(), |any, column| any.add(contains(column, text)))
        }))
    }
}

/// The leads that `viewer` may see: all with `leads:read_all`, else with `leads:read` those that are assigned to them. The
/// one rule, for lists, single leads and those that other objects name.
fn visible_to(viewer: &Viewer) -> Result<Select<Entity>> {
    if viewer.may(Permission::LeadsReadAll) {
        return Ok(Entity::find());
    }
    viewer.need(Permission::LeadsRead)?;
    Ok(Entity::find().filter(Column::AssignedToId.eq(viewer.user_id()?)))
}

/// A page of leads, and the count of all.
pub(super) async fn list(app: &App, viewer: &Viewer, list: LeadList) -> Result<(KeysetPage<Model>, TotalCount)> {
    let select = visible_to(viewer)?.filter(list.condition());
    let request = list.page.request(list.keyset())?;
    let page = fetch_page(app.db.reader(), select.clone(), list.keyset(), &request).await?;
    Ok((page, TotalCount::of_rows(&app.db, select)))
}

/// Those of the leads with these ids that the viewer may see.
pub(super) async fn find_many(app: &App, viewer: &Viewer, ids: &[Id<Model>]) -> Result<Vec<Model>> {
    let these = Column::Id.is_in(ids.iter().copied());
    Ok(visible_to(viewer)?.filter(these).all(app.db.reader()).await?)
}
