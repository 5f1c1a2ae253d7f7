//! Lists of children of many parents. A domain declares the parent of a [`Listed`] entity ([`Below`]); the pages and
//! counts for all parents in a request are read by one statement each.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, QueryFilter, Select};
use uuid::Uuid;

use super::{context::ContextExt, loader::Batch};
use crate::{
    auth::Viewer,
    db::{Count, Id, KeysetPage, counts_by, fetch_children},
    error::{Error, Result},
    graphql::{Connection, ListOf, Listed, Shown, TotalCount},
};

/// A page of children, shared by all fields that request it.
type Page<E> = Arc<KeysetPage<<E as Listed>::Node>>;

/// An entity listed as children of `P`.
pub(crate) trait Below<P>: Listed {
    /// Returns the column that refers to the parent.
    fn parent() -> Self::Column;

    /// Returns the rows that `viewer` may see of a visible parent.
    ///
    /// # Errors
    /// If they may see none.
    fn visible_below(viewer: &Viewer) -> Result<Select<Self>> {
        Self::visible_to(viewer)
    }
}

/// The loader key of a page of children of one parent.
pub(crate) struct PageBelow<P, E: Listed> {
    parent: Id<P>,
    list: Arc<ListOf<E>>,
    /// Hash of the list request, computed once because keys are looked up several times.
    hash: u64,
}

impl<P, E: Listed> PageBelow<P, E> {
    fn new(parent: Id<P>, list: ListOf<E>) -> Self {
        let mut hasher = DefaultHasher::new();
        list.hash(&mut hasher);
        Self { parent, list: Arc::new(list), hash: hasher.finish() }
    }
}

impl<P, E: Listed> PageBelow<P, E> {
    /// Returns the key of the same page of another parent.
    fn beside(&self, parent: Id<P>) -> Self {
        Self { parent, list: self.list.clone(), hash: self.hash }
    }
}

impl<P, E: Listed> Clone for PageBelow<P, E> {
    fn clone(&self) -> Self {
        self.beside(self.parent)
    }
}

impl<P, E: Listed> PartialEq for PageBelow<P, E> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.is_beside(other)
    }
}

impl<P, E: Listed> Eq for PageBelow<P, E> {}

impl<P, E: Listed> Hash for PageBelow<P, E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
        self.hash.hash(state);
    }
}

impl<P, E: Listed> PageBelow<P, E> {
    /// Returns true if the other key is a page of the same list.
    fn is_beside(&self, other: &Self) -> bool {
        self.hash == other.hash && self.list == other.list
    }
}

/// The loader key of the number of children of one parent.
pub(crate) struct CountBelow<P, E: Listed>(PageBelow<P, E>);

impl<P, E: Listed> Clone for CountBelow<P, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P, E: Listed> PartialEq for CountBelow<P, E> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<P, E: Listed> Eq for CountBelow<P, E> {}

impl<P, E: Listed> Hash for CountBelow<P, E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Groups keys by list, so that the same list of different parents is loaded together. A request has few lists.
fn by_list<'a, P, E: Listed>(keys: impl Iterator<Item = &'a PageBelow<P, E>>) -> Vec<(&'a PageBelow<P, E>, Vec<Uuid>)> {
    let mut groups: Vec<(&PageBelow<P, E>, Vec<Uuid>)> = Vec::new();
    for key in keys {
        match groups.iter_mut().find(|(first, _)| first.is_beside(key)) {
            Some((_, parents)) => parents.push(key.parent.uuid()),
            None => groups.push((key, vec![key.parent.uuid()])),
        }
    }
    groups
}

impl<P: 'static, E: Below<P>> Loader<PageBelow<P, E>> for Batch {
    // Shared, since the loader hands out copies.
    type Value = Page<E>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PageBelow<P, E>]) -> Result<HashMap<PageBelow<P, E>, Self::Value>, Arc<Error>> {
        let mut loaded = HashMap::new();
        for (key, parents) in by_list(keys.iter()) {
            let (list, reader) = (&*key.list, self.app.db.reader());
            let (request, rows) =
                (list.request()?, list.rows(list.narrow(E::visible_below(&self.viewer)?, &self.viewer)?));
            let below = (E::parent(), parents);
            let pages = fetch_children(reader, rows, below, list.keyset(), &request, E::Node::of).await;
            for (parent, page) in pages.map_err(Error::from)? {
                loaded.insert(key.beside(Id::from_uuid(parent)), Arc::new(page));
            }
        }
        Ok(loaded)
    }
}

impl<P: 'static, E: Below<P>> Loader<CountBelow<P, E>> for Batch {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountBelow<P, E>]) -> Result<HashMap<CountBelow<P, E>, u64>, Arc<Error>> {
        let mut loaded = HashMap::new();
        for (key, parents) in by_list(keys.iter().map(|CountBelow(key)| key)) {
            let rows = key.list.narrow(E::visible_below(&self.viewer)?, &self.viewer)?;
            let rows = rows.filter(E::parent().is_in(parents));
            let counts = counts_by::<Uuid, _, _>(self.app.db.reader(), rows, E::parent()).await;
            for Count { key: parent, rows } in counts.map_err(Error::from)? {
                loaded.insert(CountBelow(key.beside(Id::from_uuid(parent))), rows);
            }
        }
        Ok(loaded)
    }
}

/// Returns the page of `list` below `parent`, batched with the requests of sibling fields. Boxed, since a field's
/// future is as large as the largest field of its type.
///
/// # Errors
/// If the viewer may not see the rows, for an invalid page or cursor, or if the database fails.
pub(crate) fn below<'c, P: 'static, E: Below<P>>(
    ctx: &'c Context<'_>,
    parent: Id<P>,
    list: ListOf<E>,
) -> BoxFuture<'c, async_graphql::Result<Connection<E::Node>>> {
    Box::pin(async move {
        let list = list.for_field(ctx);
        let (keyset, request) = (list.keyset(), list.request()?);
        let key = PageBelow::<P, E>::new(parent, list);
        let page = ctx.loader()?.load_one(key.clone()).await?;
        let page = page.unwrap_or_else(|| Arc::new(KeysetPage::empty(&request)));
        let total = TotalCount::new(move |ctx| {
            let key = CountBelow(key.clone());
            Box::pin(async move { Ok(ctx.loader()?.load_one(key).await?.unwrap_or(0)) })
        });
        Ok(Connection::shared(page, keyset, total))
    })
}
