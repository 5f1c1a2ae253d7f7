//! Use of uploaded files by other domains.

use futures_util::StreamExt;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    downloading::content,
    entity::{Column, Entity, Model as File},
    purpose::Purpose,
    receiving::UNUSED,
};
use crate::{
    app::App,
    auth::Viewer,
    db::{Id, Identified},
    domains::audit::Write,
    error::{Error, Result},
};

/// Reads a whole file of the viewer into memory, of at most `most` bytes. `path` names the input.
///
/// # Errors
/// [`Error::NotFound`] for a file that is not the viewer's, [`Error::BadInput`] for one of another purpose or size.
pub(crate) async fn read_unused(
    app: &App,
    viewer: &Viewer,
    (path, id): (&str, Id<File>),
    purpose: Purpose,
    most: usize,
) -> Result<(File, Vec<u8>)> {
    let own = Entity::find_by_id(id).filter(Column::OwnerId.eq(viewer.user_id()?));
    let file = own.one(app.db.reader()).await?.ok_or(Error::NotFound("file"))?;
    check(app, &file, path, purpose)?;
    let size = usize::try_from(file.size).unwrap_or_default();
    if size > most {
        return Err(Error::bad_input(path, format!("The file has {size} bytes; at most {most} can be used here.")));
    }
    let mut chunks = content(app, &file, 0..size as u64).await?;
    let mut bytes = Vec::with_capacity(size);
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok((file, bytes))
}

fn check(app: &App, file: &File, path: &str, purpose: Purpose) -> Result<()> {
    if file.expires_at.is_some_and(|end| end <= app.ambient.now()) {
        return Err(Error::NotFound("file"));
    }
    if file.purpose != purpose {
        return Err(Error::bad_input(path, "The file was uploaded for another purpose; upload it again for this one."));
    }
    Ok(())
}

/// Marks a file of the viewer as used by `user` in the transaction that makes `user`; it is kept as long as that is.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Conflict`] if something else uses it.
pub(crate) async fn take<T: Identified>(
    app: &App,
    write: &Write,
    (path, id): (&str, Id<File>),
    purpose: Purpose,
    user: Id<T>,
) -> Result<()> {
    let file = write.locked(id).await?;
    if file.owner_id.uuid() != write.viewer().user_id()? {
        return Err(Error::NotFound("file"));
    }
    check(app, &file, path, purpose)?;
    if let Some(other) = &file.used_by {
        return Err(Error::Conflict(format!("The file belongs to {other} already; upload it again.")));
    }
    let update = Entity::update_many()
        .col_expr(Column::UsedBy, Expr::value(user.to_string()))
        .col_expr(Column::ExpiresAt, Expr::value(None::<chrono::DateTime<chrono::Utc>>));
    update.filter(Column::Id.eq(id)).exec(&***write).await?;
    Ok(())
}

/// Releases the files that `user` used, in the transaction that deletes it; they go as unused ones do.
///
/// # Errors
/// When the database fails.
pub(crate) async fn release<T: Identified>(write: &Write, user: Id<T>) -> Result<()> {
    let update = Entity::update_many()
        .col_expr(Column::UsedBy, Expr::value(None::<String>))
        .col_expr(Column::ExpiresAt, Expr::value(write.ambient().now() + UNUSED));
    update.filter(Column::UsedBy.eq(user.to_string())).exec(&***write).await?;
    Ok(())
}
