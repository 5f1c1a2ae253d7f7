//! Business rules of files.

use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;

use super::{
    entity::{Column, Entity, Model as File},
    store::delete_quietly,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Audited, Write},
    error::{Error, Result},
    graphql::Listed,
};

impl Audited for File {
    fn called(&self) -> &str {
        &self.name
    }

    async fn state(&self, _tx: &WriteTx) -> Result<serde_json::Value> {
        Ok(json!({
            "name": self.name,
            "purpose": self.purpose,
            "format": self.format,
            "size": self.size,
            "sha256": self.sha256,
            "usedBy": self.used_by,
        }))
    }
}

/// Returns a visible file, locked.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub(super) async fn locked(write: &Write, viewer: &Viewer, id: Id<File>) -> Result<File> {
    let visible = Entity::visible_to(viewer)?.filter(Column::Id.eq(id));
    if visible.one(&***write).await?.is_none() {
        return Err(Error::NotFound("file"));
    }
    write.locked(id).await
}

/// Deletes a file that nothing uses, with its links and its content.
///
/// # Errors
/// [`Error::NotFound`] also for a file that the viewer may not see, [`Error::Conflict`] for one in use.
pub(super) async fn delete(app: &App, viewer: &Viewer, id: Id<File>) -> Result<File> {
    viewer.user_id()?;
    let write = Write::begin(app, viewer).await?;
    let file = locked(&write, viewer, id).await?;
    if let Some(user) = &file.used_by {
        return Err(Error::Conflict(format!("The file belongs to {user}; delete that, and the file goes with it.")));
    }
    write.delete(AuditAction::FileDeleted, &file).await?;
    write.commit().await?;
    if let (Some(store), Ok(key)) = (app.clients.files.clone(), file.store_key.parse()) {
        // Also if nobody waits any more.
        let deleted = tokio::spawn(async move { delete_quietly(&*store, key).await });
        let _ = deleted.await;
    }
    Ok(file)
}
