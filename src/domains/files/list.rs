//! Visibility, filters and sort orders of files and download links.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{
    download_link,
    entity::{Column, Entity, Model},
    format::Format,
    purpose::Purpose,
};
use crate::{
    auth::{Permission, Viewer},
    domains::shared::Below,
    error::Result,
    graphql::{
        AnyIdFilter, DateTimeFilter, EnumFilter, IntFilter, Listed, Nullable, StringFilter, filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on files. All given conditions must hold.
    pub struct FileFilter {
        /// Condition on the purpose.
        purpose: EnumFilter<Purpose> => |filter| filter.on(Column::Purpose),
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// Condition on the format.
        format: EnumFilter<Format> => |filter| filter.on(Column::Format),
        /// Condition on the size in bytes.
        size: IntFilter => |filter| filter.on(Column::Size),
        /// Condition on the id of the object that uses the file.
        used_by_id: Nullable<AnyIdFilter> => |filter| filter.on(Column::UsedBy),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
        /// Condition on the time at which the file is deleted.
        expires_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::ExpiresAt),
    }
}

order_input! {
    /// Fields by which files can be sorted.
    pub enum FileOrderField of Entity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Size.
        Size => Column::Size,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = FileFilter;
    type OrderField = FileOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameFolded];

    /// One's own files, and all with `files:manage_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user = viewer.user_id()?;
        let own = (!viewer.may(Permission::FilesManageAll)).then(|| Column::OwnerId.eq(user));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }
}

filter_input! {
    /// Conditions on download links. All given conditions must hold.
    pub struct DownloadLinkFilter {
        /// Condition on the expiry time.
        expires_at: DateTimeFilter => |filter| filter.on(download_link::Column::ExpiresAt),
        /// Condition on the revocation time; `{isNull: true}` matches links that are not revoked.
        revoked_at: Nullable<DateTimeFilter> => |filter| filter.on(download_link::Column::RevokedAt),
    }
}

order_input! {
    /// Fields by which download links can be sorted.
    pub enum DownloadLinkOrderField of download_link::Entity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => download_link::Column::CreatedAt,
    }
}

impl Listed for download_link::Entity {
    type Node = download_link::Model;
    type Filter = DownloadLinkFilter;
    type OrderField = DownloadLinkOrderField;

    const SEARCHED: &'static [download_link::Column] = &[];

    /// One's own links, and all with `files:manage_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user = viewer.user_id()?;
        let own = (!viewer.may(Permission::FilesManageAll)).then(|| download_link::Column::OwnerId.eq(user));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }
}

impl Below<Model> for download_link::Entity {
    fn parent() -> download_link::Column {
        download_link::Column::FileId
    }
}
