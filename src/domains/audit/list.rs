//! Visibility, filters and sort orders of the audit log.

use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

use super::{
    action::{AuditAction, AuditSubjectType},
    entity::{Column, Entity, Model},
    sealing::sealed_word,
};
use crate::{
    auth::{Permission, Viewer},
    domains::identity::{ApiKey, ApiKeyEntity, User, named_in},
    error::Result,
    graphql::{
        AnyIdFilter, ColumnFields, DateTimeFilter, EnumFilter, IdFilter, Listed, Nullable, contains, filter_input,
        order_input,
    },
    text::fold,
};

filter_input! {
    /// Conditions on audit log entries. All given conditions must hold.
    pub struct AuditEntryFilter {
        /// Condition on the time.
        occurred_at: DateTimeFilter => |filter| filter.on(Column::OccurredAt),
        /// Condition on the actor.
        actor_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::ActorId),
        /// Condition on the impersonated user.
        on_behalf_of_id: Nullable<IdFilter<User>> => |filter| filter.on(Column::OnBehalfOfId),
        /// Condition on the action.
        action: EnumFilter<AuditAction> => |filter| AuditAction::condition(filter, Column::Action),
        /// Condition on the type of the changed object.
        subject_type: EnumFilter<AuditSubjectType> => |filter| AuditSubjectType::condition(filter, Column::SubjectType),
        /// Condition on the id of the changed object.
        subject_id: AnyIdFilter => |filter| filter.on(Column::SubjectId),
        /// Condition on the run that made the change on behalf of the actor.
        via: Nullable<AnyIdFilter> => |filter| filter.on(Column::Via),
    }
    naming {
        /// Condition on the API key. Needs `api_keys:manage_all`.
        api_key_id: Nullable<IdFilter<ApiKey>> as ApiKeyEntity => Column::ApiKeyId,
    }
}

order_input! {
    /// Fields by which audit log entries can be sorted.
    pub enum AuditEntryOrderField of Entity, OccurredAt Desc unless given {
        /// Time.
        OccurredAt => Column::OccurredAt,
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

    /// Searches the action, as it is stored and as the API names it, the subject, the values before and after, the reason and
    /// the actor.
    fn holding(_: &Viewer, word: &str) -> Condition {
        let actions = actions_named(word);
        let named = (!actions.is_empty()).then(|| Column::Action.is_in(actions));
        Condition::any()
            .add(contains(Column::Words, word))
            .add_option(named)
            .add(sealed_word(word))
            .add(named_in(Column::ActorId, word))
            .add(named_in(Column::OnBehalfOfId, word))
    }

    fn partial(fields: ColumnFields) -> ColumnFields {
        fields.needing::<Self>(Column::Action, &["action"]).needing::<Self>(Column::SubjectType, &["subjectType"])
    }
}

/// Returns the stored names of the actions whose name in the API contains `word`, unless the stored ones do too: `USER_UPDATED`
/// is stored as `user.updated`.
fn actions_named(word: &str) -> Vec<&'static str> {
    let word = fold(word);
    let names = AuditAction::ALL.iter().map(|action| action.as_str());
    names.filter(|name| !name.contains(&word) && name.replace('.', "_").contains(&word)).collect()
}
