//! Lists of all rows, and single rows by their ids: what the fields of the schema do for whatever is [`Listed`].

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

/// The page of `list` that the viewer may see. Boxed, for a field is as large as the largest field of its type.
///
/// # Errors
/// When the viewer may not see the rows, for a bad page or cursor, or when the database fails.
pub(crate) fn connection<'c, E: Listed>(
    ctx: &'c Context<'_>,
    list: ListOf<E>,
) -> BoxFuture<'c, async_graphql::Result<Connection<E::Node>>> {
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

/// The row with this id, loaded together with those that sibling fields ask for; `None` when there is none, or when the
/// viewer may not see it.
///
/// # Errors
/// When the viewer may see none, or when the database fails.
pub(crate) async fn one<E: Listed>(ctx: &Context<'_>, id: Id<E::Model>) -> Result<Option<E::Node>> {
    Ok(ctx.loader()?.load_one(ById::<E>(id)).await.map_err(Error::shared)?.map(E::Node::of))
}

/// A row that the viewer may see, by its id.
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

/// Defines an object whose one field is a list of all rows that the viewer may see:
///
/// ```text
/// root_list! {
///     /// Customers of all companies; null without `customers:read`.
///     CustomersList: customers of Entity,
///     needs: "customers:read", filter: "Which customers.", order: "In which order; by name when not given.", search: "Words that …"
/// }
/// ```
macro_rules! root_list {
    (
        $(#[$doc:meta])*
        $object:ident: $field:ident of $entity:ty,
        $(needs: $needs:tt $(or $more:tt)?,)? filter: $filter:tt, order: $order:tt $(, search: $search:tt)?
    ) => {
        #[doc = concat!("The list `", stringify!($field), "`.")]
        #[derive(Default, Debug)]
        pub struct $object;

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
                #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")]
                first: Option<i32>,
                #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
                #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
                #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
                #[graphql(desc = $filter)] filter: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
                #[graphql(desc = $order)]
                order_by: Option<$crate::graphql::Order<<$entity as $crate::graphql::Listed>::OrderField>>,
                $(#[graphql(
                    desc = $search,
                    directive = $crate::graphql::Costs::apply($crate::graphql::TEXT),
                    validator(custom = "crate::graphql::AtMost(200)")
                )]
                search: Option<String>,)?
            ) -> Option<async_graphql::Result<$crate::graphql::Connection<<$entity as $crate::graphql::Listed>::Node>>> {
                let page = $crate::graphql::PageArgs::new(first, after, last, before);
                let list = $crate::graphql::ListQuery::new(page, filter, order_by);
                $(let list = $crate::domains::shared::searching!(list, search, $search);)?
                // Null alone where the viewer lacks the right, not the whole answer.
                Some($crate::domains::shared::connection::<$entity>(ctx, list).await)
            }
        }
    };
}

/// A list in which somebody may search.
macro_rules! searching {
    ($list:ident, $text:ident, $description:tt) => {
        $list.searching($text)
    };
}

/// Defines an object whose one field is a list of the rows below a parent, for `#[graphql(flatten)]` of that:
///
/// ```text
/// list_below! {
///     /// What happened at the customer; null without `signals:read`.
///     SignalsOfCustomer: signals of Entity, below Customer,
///     needs: "signals:read", filter: "Which signals.", order: "In which order; the last filed first when not given."
/// }
/// ```
macro_rules! list_below {
    (
        $(#[$doc:meta])*
        $object:ident: $field:ident of $entity:ty, below $parent:ty,
        $(needs: $needs:tt $(or $more:tt)?,)? filter: $filter:tt, order: $order:tt $(, search: $search:tt)?
    ) => {
        #[doc = concat!("The list `", stringify!($field), "` below one.")]
        #[derive(Debug)]
        pub struct $object(pub(crate) $crate::db::Id<$parent>);

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
                #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")]
                first: Option<i32>,
                #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
                #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
                #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
                #[graphql(desc = $filter)] filter: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
                #[graphql(desc = $order)]
                order_by: Option<$crate::graphql::Order<<$entity as $crate::graphql::Listed>::OrderField>>,
                $(#[graphql(
                    desc = $search,
                    directive = $crate::graphql::Costs::apply($crate::graphql::TEXT),
                    validator(custom = "crate::graphql::AtMost(200)")
                )]
                search: Option<String>,)?
            ) -> Option<async_graphql::Result<$crate::graphql::Connection<<$entity as $crate::graphql::Listed>::Node>>> {
                let page = $crate::graphql::PageArgs::new(first, after, last, before);
                let list = $crate::graphql::ListQuery::new(page, filter, order_by);
                $(let list = $crate::domains::shared::searching!(list, search, $search);)?
                // Null alone where the viewer lacks the right, not the whole answer.
                Some($crate::domains::shared::below::<$parent, $entity>(ctx, self.0, list).await)
            }
        }
    };
}

pub(crate) use {list_below, root_list, searching};
