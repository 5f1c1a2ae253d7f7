//! Lists below many parents. A domain says what is listed ([`List`]) and below what it stands ([`Below`]); pages and counts
//! of all parents of a request are read by one statement each.

use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use async_graphql::{Context, dataloader::Loader};
use sea_orm::{ColumnTrait, EntityTrait, PrimaryKeyToColumn, QueryFilter, QuerySelect, Select, sea_query::Expr};
use uuid::Uuid;

use super::{Batch, ContextExt};
use crate::{
    auth::Permission,
    db::{Id, Keyset, KeysetPage, Partial, fetch_children},
    error::Error,
    graphql::{Connection, PageArgs, TotalCount},
};

/// The rows of a list.
pub(crate) type Row<L> = <<L as List>::Entity as EntityTrait>::Model;

/// A list of rows: which, in which order, and which page.
pub(crate) trait List: Clone + fmt::Debug + Eq + Hash + Send + Sync + 'static {
    /// What is listed.
    type Entity: EntityTrait<
            Model: Clone + Send + Sync + 'static,
            PrimaryKey: PrimaryKeyToColumn<Column = <Self::Entity as EntityTrait>::Column>,
        >;

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
}

impl<P, L> Clone for PageBelow<P, L> {
    fn clone(&self) -> Self {
        Self { parent: self.parent, list: self.list.clone() }
    }
}

impl<P, L: Eq> PartialEq for PageBelow<P, L> {
    fn eq(&self, other: &Self) -> bool {
        self.parent == other.parent && self.list == other.list
    }
}

impl<P, L: Eq> Eq for PageBelow<P, L> {}

impl<P, L: Hash> Hash for PageBelow<P, L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
        self.list.hash(state);
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

impl<P, L: Hash> Hash for CountBelow<P, L> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Fields that ask for the same list of different parents are loaded together.
fn by_list<'a, P: 'static, L: List>(keys: impl Iterator<Item = &'a PageBelow<P, L>>) -> HashMap<Arc<L>, Vec<Id<P>>> {
    let mut groups: HashMap<_, Vec<_>> = HashMap::new();
    for key in keys {
        groups.entry(key.list.clone()).or_default().push(key.parent);
    }
    groups
}

impl<P: 'static, L: Below<P>> Loader<PageBelow<P, L>> for Batch {
    // Shared, since the loader hands out copies.
    type Value = Arc<KeysetPage<Row<L>>>;
    type Error = Arc<Error>;

    async fn load(&self, keys: &[PageBelow<P, L>]) -> Result<HashMap<PageBelow<P, L>, Self::Value>, Arc<Error>> {
        if let Some(permission) = L::NEEDS {
            self.viewer.need(permission)?;
        }
        let mut loaded = HashMap::new();
        for (list, parents) in by_list(keys.iter()) {
            let request = list.page().request(list.keyset())?;
            let select = list.select().filter(L::parent().is_in(parents));
            let (reader, partial) = (self.app.db.reader(), list.partial());
            let pages = fetch_children(reader, select, L::parent(), list.keyset(), &request, partial.as_ref()).await;
            for (parent, page) in pages.map_err(Error::from)? {
                loaded.insert(PageBelow { parent: Id::from_uuid(parent), list: list.clone() }, Arc::new(page));
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
        for (list, parents) in by_list(keys.iter().map(|CountBelow(key)| key)) {
            let counts: Vec<(Uuid, i64)> = list
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
                let key = PageBelow { parent: Id::from_uuid(parent), list: list.clone() };
                loaded.insert(CountBelow(key), u64::try_from(count).unwrap_or_default());
            }
        }
        Ok(loaded)
    }
}

/// The page of `list` below `parent`, each row shown by `node`; loaded together with those that sibling fields ask for.
///
/// # Errors
/// When the viewer may not see the rows, for a bad page or cursor, or when the database fails.
pub(crate) async fn connection_below<P: 'static, L: Below<P>, N>(
    ctx: &Context<'_>,
    parent: Id<P>,
    list: L,
    node: impl Fn(Row<L>) -> N,
) -> async_graphql::Result<Connection<N>> {
    let keyset = list.keyset();
    let request = list.page().request(list.keyset())?;
    let key = PageBelow { parent, list: Arc::new(list) };
    let page = ctx.loader()?.load_one(key.clone()).await?;
    let page = page.map_or_else(|| KeysetPage::empty(&request), Arc::unwrap_or_clone);
    let total = TotalCount::new(move |ctx| {
        let key = CountBelow(key.clone());
        Box::pin(async move { Ok(ctx.loader()?.load_one(key).await?.unwrap_or(0)) })
    });
    Ok(Connection::new(page, keyset, total, node))
}
