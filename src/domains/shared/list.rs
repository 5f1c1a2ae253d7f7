//! Resolvers for lists and single rows of [`Listed`] entities.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, ModelTrait, QueryFilter, Value};

use super::{context::ContextExt, loader::Batch};
use crate::{
    db::{Id, fetch_page},
    error::{Error, Result},
    graphql::{Connection, ListOf, Listed, Shown, TotalCount, id_column},
};

/// A page of a list, still to be loaded.
pub(crate) type PageOf<'c, E> = BoxFuture<'c, async_graphql::Result<Connection<<E as Listed>::Node>>>;

/// Returns a page of the rows that the viewer may see. Boxed, since a field's future is as large as the largest field
/// of its type.
///
/// # Errors
/// If the viewer may not see the rows, for an invalid page or cursor, or if the database fails.
pub(crate) fn connection<'c, E: Listed>(ctx: &'c Context<'_>, list: ListOf<E>) -> PageOf<'c, E> {
    Box::pin(async move {
        let (app, viewer) = (ctx.app()?, ctx.viewer()?);
        E::check_listing(viewer)?;
        let list = list.for_field(ctx);
        let (request, select) = (list.request()?, list.narrow(E::visible_to(viewer)?, viewer)?);
        let rows = list.rows(select.clone());
        let page = fetch_page(app.db.reader(), rows, list.keyset(), &request).await.map_err(Error::from)?;
        Ok(Connection::new(page, list.keyset(), TotalCount::of_rows(&app.db, select)))
    })
}

/// Returns the row with this id, batched with the requests of sibling fields; `None` if it does not exist or the viewer
/// may not see it.
///
/// # Errors
/// If the viewer may see no rows, or if the database fails.
pub(crate) async fn one<E: Listed>(ctx: &(impl ContextExt<'_> + Sync), id: Id<E::Model>) -> Result<Option<E::Node>> {
    Ok(ctx.loader()?.load_one(ById::<E>(id)).await.map_err(Error::shared)?.map(E::Node::of))
}

/// The loader key of a visible row.
struct ById<E: Listed>(Id<E::Model>);

impl<E: Listed> Clone for ById<E> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

impl<E: Listed> PartialEq for ById<E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<E: Listed> Eq for ById<E> {}

impl<E: Listed> Hash for ById<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<E: Listed> Loader<ById<E>> for Batch {
    type Value = E::Model;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[ById<E>]) -> Result<HashMap<ById<E>, E::Model>, Arc<Error>> {
        let Some(id) = id_column::<E>() else { return Ok(HashMap::new()) };
        let these = E::visible_to(&self.viewer)?.filter(id.is_in(keys.iter().map(|ById(id)| *id)));
        let rows = these.all(self.app.db.reader()).await.map_err(Error::from)?;
        let found = rows.into_iter().filter_map(|row| match row.get(id) {
            Value::Uuid(Some(uuid)) => Some((ById(Id::from_uuid(uuid)), row)),
            _ => None,
        });
        Ok(found.collect())
    }
}

/// Defines an object with one field, the list of all rows that the viewer may see:
///
/// ```text
/// root_list! {
///     /// Customers of all companies; null without `customers:read`.
///     CustomersList: customers of Entity,
///     needs: "customers:read", filter: "Conditions on the customers.", order: "Sort order. Defaults to the name.",
///     search: "Words that …"
/// }
/// ```
macro_rules! root_list {
    ($(#[$doc:meta])* $object:ident: $field:ident of $entity:ty, $($rest:tt)*) => {
        #[doc = concat!("The list `", stringify!($field), "`.")]
        #[derive(Default, Debug)]
        pub struct $object;

        impl $object {
            fn page<'c>(
                &self,
                ctx: &'c async_graphql::Context<'_>,
                list: $crate::graphql::ListOf<$entity>,
            ) -> $crate::domains::shared::PageOf<'c, $entity> {
                $crate::domains::shared::connection::<$entity>(ctx, list)
            }
        }

        $crate::domains::shared::list_field! { $(#[$doc])* $object: $field of $entity, $($rest)* }
    };
}

/// Defines an object with one field, the list of a parent's rows, for `#[graphql(flatten)]` in the parent:
///
/// ```text
/// list_below! {
///     /// Signals of the customer; null without `signals:read`.
///     SignalsOfCustomer: signals of Entity, below Customer,
///     needs: "signals:read", filter: "Conditions on the signals.",
///     order: "Sort order. Defaults to the latest filing first."
/// }
/// ```
macro_rules! list_below {
    ($(#[$doc:meta])* $object:ident: $field:ident of $entity:ty, below $parent:ty, $($rest:tt)*) => {
        #[doc = concat!("The list `", stringify!($field), "` below one.")]
        #[derive(Debug)]
        pub struct $object(pub(crate) $crate::db::Id<$parent>);

        impl $object {
            fn page<'c>(
                &self,
                ctx: &'c async_graphql::Context<'_>,
                list: $crate::graphql::ListOf<$entity>,
            ) -> $crate::domains::shared::PageOf<'c, $entity> {
                $crate::domains::shared::below::<$parent, $entity>(ctx, self.0, list)
            }
        }

        $crate::domains::shared::list_field! { $(#[$doc])* $object: $field of $entity, $($rest)* }
    };
}

/// The resolver of a list: its arguments, and the page that the object of the list shows.
macro_rules! list_field {
    (
        $(#[$doc:meta])*
        $object:ident: $field:ident of $entity:ty,
        $(needs: $needs:tt $(or $more:tt)?,)? filter: $filter:tt, order: $order:tt $(, search: $search:tt)?
    ) => {
        #[async_graphql::Object]
        impl $object {
            $(#[$doc])*
            #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
            #[graphql(
                directive = $crate::graphql::Paged::apply(),
                $(directive = $crate::graphql::Requires::apply(&[$needs $(, $more)?]))?
            )]
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Number of items from the start, 0–100. Defaults to 25 unless `last` is given.")]
                first: Option<i32>,
                #[graphql(desc = "Cursor after which the page starts.")] after: Option<String>,
                #[graphql(desc = "Number of items from the end, 0–100. Cannot be combined with `first`.")] last: Option<i32>,
                #[graphql(desc = "Cursor before which the page ends.")] before: Option<String>,
                #[graphql(desc = $filter)] filter: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
                #[graphql(desc = $order)]
                order_by: Option<$crate::graphql::Order<<$entity as $crate::graphql::Listed>::OrderField>>,
                $(#[graphql(
                    desc = $search,
                    directive = $crate::graphql::Costs::apply($crate::graphql::TEXT),
                    validator(custom = "crate::graphql::SearchText(200)")
                )]
                search: Option<String>,)?
            ) -> Option<async_graphql::Result<$crate::graphql::Connection<<$entity as $crate::graphql::Listed>::Node>>> {
                let page = $crate::graphql::PageArgs::new(first, after, last, before);
                let list = $crate::graphql::ListQuery::new(page, filter, order_by);
                $(let list = $crate::domains::shared::searching!(list, search, $search);)?
                // Null alone where the viewer lacks the right, not the whole answer.
                Some(self.page(ctx, list).await)
            }
        }
    };
}

/// Adds the search to a list request.
macro_rules! searching {
    ($list:ident, $text:ident, $description:tt) => {
        $list.searching($text)
    };
}

pub(crate) use {list_below, list_field, root_list, searching};
