//! The audit log, as clients see it.

use std::collections::BTreeSet;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use sea_orm::ColumnTrait;
use serde_json::{Map, Value};

use super::{
    entity::{Column, Entity, Model as AuditEntry},
    service::{self, AuditList},
};
use crate::graphql::{Costs, TEXT};
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{ApiKey, Person, User, api_key_of, person_of},
    },
    error::Error,
    graphql::{
        About, AtMost, Connection, DateTimeFilter, IdFilter, Order, OrderField, PageArgs, Paged, SortDirection,
        StringFilter, filter_input, nullable,
    },
};

/// The entry with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn entry_of(ctx: &Context<'_>, id: Id<AuditEntry>) -> crate::error::Result<Option<AuditEntry>> {
    ctx.loader()?.load_one(id).await.map_err(Error::shared)
}

/// One value that was changed.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct AuditChange {
    /// Which, such as `fullName`.
    field: String,
    /// What it was: a text as it is, anything else as JSON; null when there was nothing.
    before: Option<String>,
    /// What it is since: a text as it is, anything else as JSON; null when there is nothing.
    after: Option<String>,
}

/// The changes between two states, in the order of their names.
fn changes(before: Option<&str>, after: Option<&str>) -> Vec<AuditChange> {
    let read = |state: Option<&str>| -> Map<String, Value> {
        state.and_then(|state| serde_json::from_str(state).ok()).unwrap_or_default()
    };
    let (before, after) = (read(before), read(after));
    let fields: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let text = |value: Option<&Value>| match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    let change = |field: &String| AuditChange {
        field: field.clone(),
        before: text(before.get(field)),
        after: text(after.get(field)),
    };
    fields.into_iter().map(change).filter(|change| change.before != change.after).collect()
}

#[ComplexObject]
impl AuditEntry {
    /// Who did it; null for the server itself. An administrator who acted in the place of a user is the one who did it.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.actor_id?;
        nullable(person_of(ctx, id)).await
    }

    /// In whose place it was done; null unless the actor impersonated somebody.
    async fn on_behalf_of(&self, ctx: &Context<'_>) -> Option<Result<Person>> {
        let id = self.on_behalf_of_id?;
        nullable(person_of(ctx, id)).await
    }

    /// The API key by which the actor's program did it; null unless it was one, or when you may not see the key.
    async fn api_key(&self, ctx: &Context<'_>) -> Option<Result<ApiKey>> {
        let id = self.api_key_id?;
        nullable(api_key_of(ctx, id)).await
    }

    /// The id of what was changed. `node` finds it, where it is of a type that `node` knows and still there.
    async fn subject_id(&self) -> ID {
        ID::from(&self.subject_id)
    }

    /// What was changed, value by value. Secrets show as `[redacted]`.
    #[graphql(directive = About::apply(5))]
    async fn changes(&self) -> Vec<AuditChange> {
        changes(self.before.as_deref(), self.after.as_deref())
    }
}

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

/// By what entries can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditEntryOrderField {
    /// When it was.
    At,
}

/// The order of a list of them.
pub type AuditEntryOrder = Order<AuditEntryOrderField>;

impl OrderField for AuditEntryOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::At, SortDirection::Desc);

    fn column(self) -> Column {
        match self {
            Self::At => Column::At,
        }
    }
}

/// Queries for the audit log.
#[derive(Default, Debug)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was changed, and by whom: the newest first unless ordered otherwise. Needs `audit:read`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which entries.")] filter: Option<AuditEntryFilter>,
        #[graphql(desc = "In which order; newest first when not given.")] order_by: Option<AuditEntryOrder>,
        #[graphql(
            desc = "Words in what was done, to what, how it was and is, why, or by whom; up to 200 characters.",
            directive = Costs::apply(TEXT),
            validator(custom = "AtMost(200)")
        )]
        search: Option<String>,
    ) -> Result<Connection<AuditEntry>> {
        let list = AuditList { page: PageArgs::new(first, after, last, before), filter, order: order_by, search };
        let keyset = list.keyset();
        let (page, total) = service::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_shows_texts_as_they_are_and_the_rest_as_json() {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| AuditChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        assert_eq!(
            changes(Some(r#"{"b": "x", "a": [1], "d": null}"#), Some(r#"{"b": null, "c": true, "d": null}"#)),
            [change("a", Some("[1]"), None), change("b", Some("x"), None), change("c", None, Some("true"))]
        );
        assert_eq!(changes(None, None), []);
    }
}
