//! Who sees which users and API keys, and how they are listed.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, Select};

use super::{
    api_key,
    role::Model as Role,
    user::{Column, Entity, Model as User, Status},
};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{DateTimeFilter, EnumFilter, IdFilter, ListFilter, Listed, StringFilter, filter_input, order_input},
};

filter_input! {
    /// Which users. All parts that are given must hold.
    pub struct UserFilter {
        /// By mail address.
        email: StringFilter => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// By name.
        full_name: StringFilter => |filter| filter.on_text(Column::FullName, Column::NameKey),
        /// By role.
        role_id: IdFilter<Role> => |filter| filter.on(Column::RoleId),
        /// By whether they may sign in. Without it those who were deleted are left out.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// By when they last signed in.
        last_login_at: DateTimeFilter => |filter| filter.on(Column::LastLoginAt),
        /// By when they were made.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

impl UserFilter {
    /// Whether the filter says something of the status, in any of its parts.
    fn asks_for_status(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.status.is_some() || parts.into_iter().any(Self::asks_for_status)
    }
}

order_input! {
    /// By what users can be ordered.
    pub enum UserOrderField of Entity, FullName Asc unless given {
        /// The name, without regard to case.
        FullName => Column::NameKey,
        /// When they were made.
        CreatedAt => Column::CreatedAt,
        /// When they last signed in; who never did comes last.
        LastLoginAt => Column::LastLoginAt,
    }
}

impl Listed for Entity {
    type Node = User;
    type Filter = UserFilter;
    type OrderField = UserOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameKey, Column::EmailFolded];

    /// Oneself, and all with `users:read`, also those who were deleted, because what they did still names them.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let own = viewer.user_id()?;
        let own = (!viewer.may(Permission::UsersRead)).then(|| Column::Id.eq(own));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }

    fn check_listing(viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::UsersRead)
    }

    /// Who was deleted shows only where somebody asks by status.
    fn wanted(filter: Option<&UserFilter>, viewer: &Viewer) -> Result<Condition> {
        let asks_status = filter.is_some_and(UserFilter::asks_for_status);
        let wanted = filter.map(|filter| filter.condition(viewer)).transpose()?;
        let standing = (!asks_status).then(|| Column::Status.ne(Status::Deleted));
        Ok(Condition::all().add_option(wanted).add_option(standing))
    }
}

filter_input! {
    /// Which API keys. All parts that are given must hold.
    pub struct ApiKeyFilter {
        /// By whose they are.
        owner_id: IdFilter<User> => |filter| filter.on(api_key::Column::OwnerId),
        /// By what they are for.
        name: StringFilter => |filter| filter.on_text(api_key::Column::Name, api_key::Column::NameFolded),
        /// By how they begin.
        prefix: StringFilter => |filter| filter.on(api_key::Column::Prefix),
        /// By when they stop being good.
        expires_at: DateTimeFilter => |filter| filter.on(api_key::Column::ExpiresAt),
        /// By when they were last used.
        last_used_at: DateTimeFilter => |filter| filter.on(api_key::Column::LastUsedAt),
        /// By when they were revoked; `{isNull: true}` for those that were not.
        revoked_at: DateTimeFilter => |filter| filter.on(api_key::Column::RevokedAt),
    }
}

order_input! {
    /// By what API keys can be ordered.
    pub enum ApiKeyOrderField of api_key::Entity, CreatedAt Desc unless given {
        /// When they were made.
        CreatedAt => api_key::Column::CreatedAt,
    }
}

impl Listed for api_key::Entity {
    type Node = api_key::Model;
    type Filter = ApiKeyFilter;
    type OrderField = ApiKeyOrderField;

    const SEARCHED: &'static [api_key::Column] = &[api_key::Column::NameFolded, api_key::Column::Prefix];

    /// One's own, and all with `api_keys:manage_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user = viewer.user_id()?;
        let own = (!viewer.may(Permission::ApiKeysManageAll)).then(|| api_key::Column::OwnerId.eq(user));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }

    fn check_listing(viewer: &Viewer) -> Result<()> {
        if viewer.may(Permission::ApiKeysManageAll) { Ok(()) } else { viewer.need(Permission::ApiKeysManage) }
    }
}
