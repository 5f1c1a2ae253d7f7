//! Links to other objects: fields that load the object by its id when they are selected.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    indexmap::IndexMap,
    parser::types::{Field, Selection},
    registry::Registry,
};
use futures_util::future::BoxFuture;

use super::{context::ContextExt, list::one};
use crate::{
    db::{Id, Identified},
    graphql::{Listed, nullable},
};

/// A link to the row with this id, as it is now; null if it is gone or the viewer may not see it. Links of sibling
/// fields are loaded by one statement.
#[derive(Debug, Clone)]
pub(crate) struct Link<E: Listed> {
    /// The id; `None` if the row is known to be gone.
    id: Option<Id<E::Model>>,
    /// True if the viewer sees the row as surely as the object with the link, so that its id needs no statement.
    is_certain: bool,
}

impl<E: Listed> Link<E> {
    /// Creates a link to a row that may be gone, or hidden from the viewer.
    pub(crate) fn to(id: Id<E::Model>) -> Self {
        Self { id: Some(id), is_certain: false }
    }

    /// Creates a link to a row that exists and is visible as long as the object with the link is.
    pub(crate) fn within(id: Id<E::Model>) -> Self {
        Self { id: Some(id), is_certain: true }
    }

    /// Creates a link to a row that was deleted.
    pub(crate) fn gone() -> Self {
        Self { id: None, is_certain: true }
    }
}

impl<E: Listed<Model: Identified>> Link<E> {
    /// Returns the row if only its id and type are selected, without loading it.
    fn id_alone(ctx: &ContextSelectionSet<'_>, id: Id<E::Model>) -> Option<Value> {
        let mut object = IndexMap::new();
        for selection in &ctx.item.node.items {
            let Selection::Field(field) = &selection.node else { return None };
            let value = match field.node.name.node.as_str() {
                _ if !field.node.directives.is_empty() => return None,
                "id" => Value::from(id.to_string()),
                "__typename" => Value::from(E::Node::type_name().into_owned()),
                _ => return None,
            };
            object.insert(field.node.response_key().node.clone(), value);
        }
        Some(Value::Object(object))
    }
}

impl<E: Listed<Model: Identified>> OutputType for Link<E> {
    fn type_name() -> Cow<'static, str> {
        Option::<E::Node>::type_name()
    }

    fn qualified_type_name() -> String {
        Option::<E::Node>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Option::<E::Node>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(id) = self.id else { return Ok(Value::Null) };
        if self.is_certain
            && let Some(object) = Self::id_alone(ctx, id)
        {
            return Ok(object);
        }
        let found = nullable(one::<E>(ctx, id)).await;
        Box::pin(async move { found.resolve(ctx, field).await }).await
    }
}

/// Resolves a link to an object of any type, for [`NodeLink`]. The types are known above the domains only, so the schema
/// holds the function as data.
#[derive(Debug, Clone, Copy)]
pub struct ResolveNode(
    /// The function.
    pub for<'a> fn(&'a ContextSelectionSet<'a>, &'a Positioned<Field>, &'a str) -> BoxFuture<'a, ServerResult<Value>>,
);

/// A link to the object of any type with this id, as it is now; null if it is gone, the viewer may not see it, or its type
/// has no objects in the schema.
#[derive(Debug, Clone)]
pub(crate) struct NodeLink(pub(crate) String);

impl OutputType for NodeLink {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("Node")
    }

    fn qualified_type_name() -> String {
        "Node".to_owned()
    }

    /// Registers nothing: the schema registers the interface.
    fn create_type_info(_: &mut Registry) -> String {
        "Node".to_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let ResolveNode(resolve) = ctx
            .service()
            .map_err(|error: crate::error::Error| async_graphql::Error::from(error).into_server_error(field.pos))?;
        resolve(ctx, field, &self.0).await
    }
}
