//! Visibility, filters and sort orders of users and API keys.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, sea_query::SimpleExpr,
};

use super::{
    api_key,
    role::Model as Role,
    user::{Column, Entity, Model as User, Status},
};
use crate::{
    auth::{Permission, Viewer},
    error::Result,
    graphql::{
        DateTimeFilter, EnumFilter, IdCondition, IdFilter, ListFilter, Listed, MailAddressFilter, Nullable,
        StringFilter, contains, filter_input, order_input,
    },
};

filter_input! {
    /// Conditions on users. All given conditions must hold.
    pub struct UserFilter {
        /// Condition on the mail address.
        email: MailAddressFilter => |filter| filter.on_text(Column::Email, Column::EmailFolded),
        /// Condition on the name.
        full_name: StringFilter => |filter| filter.on_text(Column::FullName, Column::NameKey),
        /// Condition on the role.
        role_id: IdFilter<Role> => |filter| filter.on(Column::RoleId),
        /// Condition on the status. Deleted users are omitted unless this is given.
        status: EnumFilter<Status> => |filter| filter.on(Column::Status),
        /// Condition on the time of the last sign-in.
        last_login_at: Nullable<DateTimeFilter> => |filter| filter.on(Column::LastLoginAt),
        /// Condition on the creation time.
        created_at: DateTimeFilter => |filter| filter.on(Column::CreatedAt),
    }
}

impl UserFilter {
    /// Returns true if any part of the filter is about the status.
    fn asks_for_status(&self) -> bool {
        let parts = self.and.iter().chain(&self.or).flatten().chain(self.not.as_deref());
        self.status.is_some() || parts.into_iter().any(Self::asks_for_status)
    }
}

order_input! {
    /// Fields by which users can be sorted.
    pub enum UserOrderField of Entity, FullName Asc unless given {
        /// Name, ignoring case.
        FullName => Column::NameKey,
        /// Creation time.
        CreatedAt => Column::CreatedAt,
        /// Time of the last sign-in; users who never signed in come last.
        LastLoginAt => Column::LastLoginAt,
        /// Status, by its name.
        Status => Column::Status,
    }
}

impl Listed for Entity {
    type Node = User;
    type Filter = UserFilter;
    type OrderField = UserOrderField;

    const SEARCHED: &'static [Column] = &[Column::NameKey, Column::EmailFolded];

    /// Oneself, and with `users:read` all users, including deleted ones, to whom past changes still refer.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let own = viewer.user_id()?;
        let own = (!viewer.may(Permission::UsersRead)).then(|| Column::Id.eq(own));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }

    fn check_listing(viewer: &Viewer) -> Result<()> {
        viewer.need(Permission::UsersRead)
    }

    /// One's own id is always allowed.
    fn check_naming(viewer: &Viewer, ids: &dyn IdCondition<User>) -> Result<()> {
        let own = viewer.user_id()?;
        if ids.asks_only_for(&|id| id.uuid() == own) { Ok(()) } else { viewer.need(Permission::UsersRead) }
    }

    /// Omits deleted users unless the filter is about the status.
    fn wanted(filter: Option<&UserFilter>, viewer: &Viewer) -> Result<Condition> {
        let asks_status = filter.is_some_and(UserFilter::asks_for_status);
        let wanted = filter.map(|filter| filter.condition(viewer)).transpose()?;
        let standing = (!asks_status).then(|| Column::Status.ne(Status::Deleted));
        Ok(Condition::all().add_option(wanted).add_option(standing))
    }
}

filter_input! {
    /// Conditions on API keys. All given conditions must hold.
    pub struct ApiKeyFilter {
        /// Condition on the name.
        name: StringFilter => |filter| filter.on_text(api_key::Column::Name, api_key::Column::NameFolded),
        /// Condition on the prefix.
        prefix: StringFilter => |filter| filter.on(api_key::Column::Prefix),
        /// Condition on the expiry time.
        expires_at: Nullable<DateTimeFilter> => |filter| filter.on(api_key::Column::ExpiresAt),
        /// Condition on the time of last use.
        last_used_at: Nullable<DateTimeFilter> => |filter| filter.on(api_key::Column::LastUsedAt),
        /// Condition on the revocation time; `{isNull: true}` matches keys that are not revoked.
        revoked_at: Nullable<DateTimeFilter> => |filter| filter.on(api_key::Column::RevokedAt),
    }
    naming {
        /// Condition on the owner. Needs `users:read`, unless it is your own id.
        owner_id: IdFilter<User> as Entity => api_key::Column::OwnerId,
    }
}

order_input! {
    /// Fields by which API keys can be sorted.
    #[expect(clippy::enum_variant_names, reason = "each sorts by a time, and is named as its field")]
    pub enum ApiKeyOrderField of api_key::Entity, CreatedAt Desc unless given {
        /// Creation time.
        CreatedAt => api_key::Column::CreatedAt,
        /// Time of last use; unused keys come last.
        LastUsedAt => api_key::Column::LastUsedAt,
        /// Expiry time; keys that never expire come last.
        ExpiresAt => api_key::Column::ExpiresAt,
    }
}

impl Listed for api_key::Entity {
    type Node = api_key::Model;
    type Filter = ApiKeyFilter;
    type OrderField = ApiKeyOrderField;

    const SEARCHED: &'static [api_key::Column] = &[api_key::Column::NameFolded, api_key::Column::Prefix];

    /// One's own keys, and all with `api_keys:manage_all`.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        let user = viewer.user_id()?;
        let own = (!viewer.may(Permission::ApiKeysManageAll)).then(|| api_key::Column::OwnerId.eq(user));
        Ok(Self::find().filter(Condition::all().add_option(own)))
    }

    fn check_listing(viewer: &Viewer) -> Result<()> {
        if viewer.may(Permission::ApiKeysManageAll) { Ok(()) } else { viewer.need(Permission::ApiKeysManage) }
    }

    fn check_naming(viewer: &Viewer, _: &dyn IdCondition<Self::Model>) -> Result<()> {
        viewer.need(Permission::ApiKeysManageAll)
    }
}

/// Returns the condition that `column` refers to a user whose name or mail address contains `word`. The caller has checked that
/// the viewer may see them.
pub(crate) fn named_in(column: impl ColumnTrait, word: &str) -> SimpleExpr {
    let named = Condition::any().add(contains(Column::EmailFolded, word)).add(contains(Column::NameKey, word));
    column.in_subquery(Entity::find().select_only().column(Column::Id).filter(named).into_query())
}
