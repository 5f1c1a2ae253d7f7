//! Who sees the audit log, and how it is listed.

use async_graphql::ID;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use super::entity::{Column, Entity, Model};
use crate::{
    auth::{Permission, Viewer},
    domains::identity::{ApiKey, User, UserColumn, UserEntity},
    error::Result,
    graphql::{DateTimeFilter, IdFilter, Listed, StringFilter, contains, filter_input, order_input},
};

filter_input! {
    /// Which entries. All parts that are given must hold.
    pub struct AuditEntryFilter {
        /// By when it was.
        at: DateTimeFilter => |filter| filter.on(Column::At),
        /// By who did it.
        actor_id: IdFilter<User> => |filter| filter.on(Column::ActorId),
        /// By in whose place it was done.
        on_behalf_of_id: IdFilter<User> => |filter| filter.on(Column::OnBehalfOfId),
        /// By the API key that did it.
        api_key_id: IdFilter<ApiKey> => |filter| filter.on(Column::ApiKeyId),
        /// By what was done, such as `user.updated`.
        action: StringFilter => |filter| filter.on(Column::Action),
        /// By the kind of thing that was changed, such as `user`.
        subject_type: StringFilter => |filter| filter.on(Column::SubjectType),
        /// By the id of what was changed.
        subject_id: ID => |id| Column::SubjectId.eq(id.as_str()),
    }
}

order_input! {
    /// By what entries can be ordered.
    pub enum AuditEntryOrderField of Entity, At Desc unless given {
        /// When it was.
        At => Column::At,
    }
}

impl Listed for Entity {
    type Node = Model;
    type Filter = AuditEntryFilter;
    type OrderField = AuditEntryOrderField;

    const SEARCHED: &'static [Column] = &[Column::Words];

    fn visible_to(viewer: &Viewer) -> Result<Select<Self>> {
        viewer.need(Permission::AuditRead)?;
        Ok(Self::find())
    }

    /// In what was done, to what, how it was before and after, why, or by whom.
    fn holding(word: &str) -> Condition {
        let named =
            Condition::any().add(contains(UserColumn::EmailFolded, word)).add(contains(UserColumn::NameKey, word));
        let people = UserEntity::find().select_only().column(UserColumn::Id).filter(named).into_query();
        Condition::any()
            .add(contains(Column::Words, word))
            .add(Column::ActorId.in_subquery(people.clone()))
            .add(Column::OnBehalfOfId.in_subquery(people))
    }
}
