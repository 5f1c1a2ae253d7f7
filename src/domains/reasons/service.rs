//! Business rules of reasons.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::{
    entity::{Column, Entity, Kind, Model},
    input::{SaveReasonInput, SetReasonActiveInput},
};
use crate::{
    app::App,
    auth::{Permission, Viewer},
    db::{Id, WriteTx},
    domains::{
        Batch,
        audit::{AuditAction, Audited, Change, Versioned, Write},
    },
    error::{Error, Problems, Result},
    text::{clean, fold},
};

/// Maximum number of reasons of a kind; a list of them has no pages.
const MOST: u64 = 100;
/// Maximum length of a name, in characters.
const LONGEST_NAME: usize = 100;

/// Returns an error unless the viewer may see reasons of this kind: those who see what they are given for.
pub(super) fn check(viewer: &Viewer, kind: Kind) -> Result<()> {
    match kind {
        Kind::Churn => viewer.need(Permission::CustomersRead),
        Kind::Lost if viewer.may(Permission::LeadsReadAll) => Ok(()),
        Kind::Lost => viewer.need(Permission::LeadsRead),
    }
}

/// Returns the reasons of a kind by name.
pub(super) async fn list(app: &App, viewer: &Viewer, kind: Kind) -> Result<Vec<Model>> {
    check(viewer, kind)?;
    let rows = Entity::find().filter(Column::Kind.eq(kind)).order_by_asc(Column::NameKey);
    Ok(rows.all(app.db.reader()).await?)
}

/// The loader key of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct OneReason(pub(super) Id<Model>);

impl Loader<OneReason> for Batch {
    type Value = Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[OneReason]) -> Result<HashMap<OneReason, Model>, Arc<Error>> {
        let these = Entity::find().filter(Column::Id.is_in(keys.iter().map(|OneReason(id)| *id)));
        let rows = these.all(self.app.db.reader()).await.map_err(Error::from)?;
        let seen = rows.into_iter().filter(|row| check(&self.viewer, row.kind).is_ok());
        Ok(seen.map(|row| (OneReason(row.id), row)).collect())
    }
}

/// Returns the active reason of a kind with this id.
///
/// # Errors
/// [`Error::BadInput`] at `path` if there is none.
pub(crate) async fn usable(tx: &WriteTx, path: &str, (id, kind): (Id<Model>, Kind)) -> Result<Model> {
    let found = Entity::find_by_id(id).filter(Column::Kind.eq(kind)).filter(Column::IsActive.eq(true));
    let found = found.one(&**tx).await?;
    found.ok_or_else(|| Error::bad_input(path, "There is no active reason of this kind with this id."))
}

/// Creates a reason, or renames one.
///
/// # Errors
/// [`Error::BadInput`]; [`Error::AlreadyExists`] if another has the name; [`Error::Outdated`].
pub(super) async fn save(app: &App, viewer: &Viewer, input: SaveReasonInput) -> Result<Model> {
    viewer.need(Permission::SettingsManage)?;
    let name = clean(&input.name);
    let mut problems = Problems::default();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        problems.add("input.name", format!("Give a name of up to {LONGEST_NAME} characters."));
    }
    match input.id {
        Some(_) if input.expected_version.is_none() => {
            problems.add("input.expectedVersion", "Give the version of the reason that you read.");
        }
        Some(_) if input.kind.is_some() => problems.add("input.kind", "The kind of a reason is fixed; leave it out."),
        None if input.kind.is_none() => problems.add("input.kind", "Say what it is the reason for."),
        _ => {}
    }
    problems.into_result()?;
    let write = Write::begin(app, viewer).await?;
    write.lock("reasons").await?;
    let row = match (input.id, input.expected_version, input.kind) {
        (Some(id), Some(version), _) => {
            let mut reason = write.change::<Model>(id, version).await?;
            keep_unique(&write, (reason.row.kind, &name), Some(id)).await?;
            reason.set.name_key = Set(fold(&name));
            reason.set.name = Set(name);
            write.save(AuditAction::ReasonUpdated, reason).await?
        }
        (_, _, Some(kind)) => create(&write, kind, name).await?,
        _ => return Err(Error::bad_input("input.kind", "Say what it is the reason for.")),
    };
    write.commit().await?;
    Ok(row)
}

async fn create(write: &Write, kind: Kind, name: String) -> Result<Model> {
    keep_unique(write, (kind, &name), None).await?;
    if Entity::find().filter(Column::Kind.eq(kind)).count(&***write).await? >= MOST {
        return Err(Error::Conflict(format!("There are {MOST} reasons of this kind already; rename one instead.")));
    }
    let now = write.ambient().now();
    let row = Model {
        id: Id::new(write.ambient()),
        kind,
        name_key: fold(&name),
        name,
        is_active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    write.create(AuditAction::ReasonCreated, &row).await?;
    Ok(row)
}

async fn keep_unique(write: &Write, (kind, name): (Kind, &str), except: Option<Id<Model>>) -> Result<()> {
    let same = Entity::find().filter(Column::Kind.eq(kind)).filter(Column::NameKey.eq(fold(name)));
    match same.one(&***write).await? {
        Some(row) if Some(row.id) != except => {
            Err(Error::already_exists("input.name", "Another reason of this kind has this name."))
        }
        _ => Ok(()),
    }
}

/// Lets a reason be given, or no longer.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn set_active(app: &App, viewer: &Viewer, input: SetReasonActiveInput) -> Result<Model> {
    viewer.need(Permission::SettingsManage)?;
    let write = Write::begin(app, viewer).await?;
    let mut reason = Change::<Model> { row: write.locked(input.id).await?, set: Default::default() };
    reason.set.is_active = Set(input.is_active);
    let row = write.save(AuditAction::ReasonUpdated, reason).await?;
    write.commit().await?;
    Ok(row)
}

impl Audited for Model {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(serde_json::json!({"kind": self.kind, "name": self.name, "isActive": self.is_active}))
    }
}

impl Versioned for Model {
    const VERSION: Column = Column::Version;
    const UPDATED_AT: Column = Column::UpdatedAt;
}
