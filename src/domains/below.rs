//! Lists below many parents. A domain says what is listed ([`List`]) and below what it stands ([`Below`]); pages and counts
//! of all parents of a request are read by one statement each.

use std::{
    collections::HashMap,
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, EntityTrait, PrimaryKeyToColumn, QueryFilter, QuerySelect, Select, sea_query::Expr};
use uuid::Uuid;

use super::{Batch, ContextExt};
use crate::{
    auth::Permission,
    db::{Id, Keyset, KeysetPage, Partial, Rows, fetch_children},
    error::Error,
    graphql::{Connection, PageArgs, Shown, TotalCount},
};

/// The rows of a list.
pub(crate) type Row<L> = <<L as List>::Entity as EntityTrait>::Model;

/// What shows the rows below a parent. A page of them is shared by all fields that ask for it.
type Page<L> = Arc<KeysetPage<<L as List>::Node>>;

/// A list of rows: which, in which order, and which page.
pub(crate) trait List: Clone + fmt::Debug + Eq + Hash + Send + Sync + 'static {
    /// What is listed.
    type Entity: EntityTrait<
            Model: Clone + Send + Sync + 'static,
            PrimaryKey: PrimaryKeyToColumn<Column = <Self::Entity as EntityTrait>::Column>,
        >;

    /// What shows a row.
    type Node: Shown<Row = Row<Self>>;

    /// What seeing it needs; `None` where who sees a parent sees what stands below it.
    const NEEDS: Option<Permission>;

    /// Which page.
    fn page(&self) -> &PageArgs;

    /// In which order.
    fn keyset(&self) -> Keyset<Self::Entity>;

    /// The rows of all pages.
    fn select(&self) -> Select<Self::Entity>;

    /// Which of their columns are wanted; `None` is all of them.
    fn partial(&self) -> Option<Partial<Row<Self>>> {
        None
    }
}

/// A list whose rows stand below a `P`.
pub(crate) trait Below<P>: List {
    /// The column that names the parent.
    fn parent() -> <Self::Entity as EntityTrait>::Column;
}

/// A page of the rows below one parent.
pub(crate) struct PageBelow<P, L> {
    parent: Id<P>,
    list: Arc<L>,
    /// Of the list. It is looked up for each parent several times, and long.
    hash: u64,
}

impl<P, L: Hash> PageBelow<P, L> {
    fn new(parent: Id<P>, list: L) -> Self {
        let mut hasher = DefaultHasher::new();
        list.hash(&mut hasher);
        Self { parent, list: Arc::new(list), hash: hasher.finish() }
    }
}

impl<P, L> PageBelow<P, L> {
    /// The same page below another parent.
    fn beside(&self, parent: Id<P>) -> Self {
        Self { parent, list: self.list.clone(), hash: self.hash }
    }
}

impl<P, L> Clone for PageBelow<P, L> {
    fn clone(&self) -> Self {
        self.beside(self.parent)
    }
}

impl<P, L: Eq> PartialEq for PageBelow<P, L> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.is_beside(other)
    }
}

impl<P, L: Eq> Eq for PageBelow<P, L> {}

impl<P, L> Hash for PageBelow<P, L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
        self.hash.hash(state);
    }
}

impl<P, L: Eq> PageBelow<P, L> {
    /// Whether the other is a page of the same list.
    fn is_beside(&self, other: &Self) -> bool {
        self.hash == other.hash && self.list == other.list
    }
}

/// The count of the rows below one parent.
pub(crate) struct CountBelow<P, L>(PageBelow<P, L>);

impl<P, L> Clone for CountBelow<P, L> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P, L: Eq> PartialEq for CountBelow<P, L> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<P, L: Eq> Eq for CountBelow<P, L> {}

impl<P, L> Hash for CountBelow<P, L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Fields that ask for the same list of different parents are loaded together: one of them, and all the parents. A request
/// asks for few lists.
fn by_list<'a, P, L: List>(keys: impl Iterator<Item = &'a PageBelow<P, L>>) -> Vec<(&'a PageBelow<P, L>, Vec<Uuid>)> {
    let mut groups: Vec<(&PageBelow<P, L>, Vec<Uuid>)> = Vec::new();
    for key in keys {
        match groups.iter_mut().find(|(first, _)| first.is_beside(key)) {
            Some((_, parents)) => parents.push(key.parent.uuid()),
            None => groups.push((key, vec![key.parent.uuid()])),
        }
    }
    groups
}

impl<P: 'static, L: Below<P>> Loader<PageBelow<P, L>> for Batch {
    // Shared, since the loader hands out copies.
    type Value = Page<L>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PageBelow<P, L>]) -> Result<HashMap<PageBelow<P, L>, Self::Value>, Arc<Error>> {
        if let Some(permission) = L::NEEDS {
            self.viewer.need(permission)?;
        }
        let mut loaded = HashMap::new();
        for (key, parents) in by_list(keys.iter()) {
            let (list, reader) = (&*key.list, self.app.db.reader());
            let request = list.page().request(list.keyset())?;
            let (rows, below) = (Rows::new(list.select(), list.partial()), (L::parent(), parents));
            let pages = fetch_children(reader, rows, below, list.keyset(), &request, L::Node::of).await;
            for (parent, page) in pages.map_err(Error::from)? {
                loaded.insert(key.beside(Id::from_uuid(parent)), Arc::new(page));
            }
        }
        Ok(loaded)
    }
}

impl<P: 'static, L: Below<P>> Loader<CountBelow<P, L>> for Batch {
    type Value = u64;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[CountBelow<P, L>]) -> Result<HashMap<CountBelow<P, L>, u64>, Arc<Error>> {
        if let Some(permission) = L::NEEDS {
            self.viewer.need(permission)?;
        }
        let mut loaded = HashMap::new();
        for (key, parents) in by_list(keys.iter().map(|CountBelow(key)| key)) {
            let counts: Vec<(Uuid, i64)> = key
                .list
                .select()
                .filter(L::parent().is_in(parents))
                .select_only()
                .column(L::parent())
                .expr_as(Expr::cust("COUNT(*)"), "rows_below")
                .group_by(L::parent())
                .into_tuple()
                .all(self.app.db.reader())
                .await
                .map_err(Error::from)?;
            for (parent, count) in counts {
                let key = key.beside(Id::from_uuid(parent));
                loaded.insert(CountBelow(key), u64::try_from(count).unwrap_or_default());
            }
        }
        Ok(loaded)
    }
}

/// The page of `list` below `parent`; loaded together with those that sibling fields ask for. Boxed, as filters of lists
/// are: each field of a row is as large as the largest field of its type.
///
/// # Errors
/// When the viewer may not see the rows, for a bad page or cursor, or when the database fails.
pub(crate) fn connection_below<'c, P: 'static, L: Below<P>>(
    ctx: &'c Context<'_>,
    parent: Id<P>,
    list: L,
) -> BoxFuture<'c, async_graphql::Result<Connection<L::Node>>> {
    Box::pin(load_below(ctx, parent, list))
}

async fn load_below<P: 'static, L: Below<P>>(
    ctx: &Context<'_>,
    parent: Id<P>,
    list: L,
) -> async_graphql::Result<Connection<L::Node>> {
    let keyset = list.keyset();
    let request = list.page().request(keyset)?;
    let key = PageBelow::new(parent, list);
    let page = ctx.loader()?.load_one(key.clone()).await?;
    let page = page.unwrap_or_else(|| Arc::new(KeysetPage::empty(&request)));
    let total = TotalCount::new(move |ctx| {
        let key = CountBelow(key.clone());
        Box::pin(async move { Ok(ctx.loader()?.load_one(key).await?.unwrap_or(0)) })
    });
    Ok(Connection::shared(page, keyset, total))
}
