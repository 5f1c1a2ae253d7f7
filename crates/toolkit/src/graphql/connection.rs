//! Relay connections over keysets.

use std::{borrow::Cow, sync::Arc};

use async_graphql::{ContainerType, Context, Enum, Object, OutputType, SimpleObject, TypeName};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use sea_orm::{EntityTrait, FromQueryResult, ModelTrait, PaginatorTrait, PrimaryKeyToColumn, Select};
use serde::{Deserialize, Serialize};

use super::{
    plain::{Plain, PlainFields},
    rows::{AsRow, Row, Rows},
    sizes::{DEFAULT_PAGE, MAX_PAGE},
};
use crate::{
    db::{Bound, Db, Direction, Keyset, KeysetPage, PageRequest, SortKey},
    error::{Error, Problems, Result},
};

/// Sort direction of a list.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortDirection {
    /// Smallest, earliest, A first.
    Asc,
    /// Largest, latest, Z first.
    Desc,
}

impl From<SortDirection> for Direction {
    fn from(direction: SortDirection) -> Self {
        match direction {
            SortDirection::Asc => Self::Ascending,
            SortDirection::Desc => Self::Descending,
        }
    }
}

/// The four pagination arguments of every list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PageArgs {
    /// Number of rows from the start.
    pub first: Option<i32>,
    /// Cursor after which the page starts.
    pub after: Option<String>,
    /// Number of rows from the end.
    pub last: Option<i32>,
    /// Cursor before which the page ends.
    pub before: Option<String>,
}

impl PageArgs {
    /// Creates the arguments.
    pub fn new(first: Option<i32>, after: Option<String>, last: Option<i32>, before: Option<String>) -> Self {
        Self { first, after, last, before }
    }

    /// Returns the page request for a list in the order `keyset`.
    ///
    /// # Errors
    /// [`Error::BadInput`] for invalid sizes, [`Error::BadCursor`] for cursors of another list or order.
    pub fn request<E>(&self, keyset: Keyset<E>) -> Result<PageRequest>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
        E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    {
        let mut problems = Problems::default();
        if self.first.is_some() && self.last.is_some() {
            problems.add("first", "Ask for the first rows or the last, not both.");
        }
        for (name, size) in [("first", self.first), ("last", self.last)] {
            if size.is_some_and(|size| !(0..=MAX_PAGE).contains(&size)) {
                problems.add(name, format!("Must be from 0 to {MAX_PAGE}; follow the cursors for more."));
            }
        }
        problems.into_result()?;
        let rows = self.first.or(self.last).unwrap_or(DEFAULT_PAGE);
        Ok(PageRequest {
            limit: u64::try_from(rows).unwrap_or_default(),
            backward: self.last.is_some(),
            after: self.after.as_deref().map(|text| decode(text, keyset)).transpose()?,
            before: self.before.as_deref().map(|text| decode(text, keyset)).transpose()?,
        })
    }
}

/// The content of a list cursor.
#[derive(Serialize, Deserialize)]
struct Place<'a> {
    #[serde(rename = "v")]
    version: u8,
    #[serde(rename = "o")]
    order: Cow<'a, str>,
    #[serde(rename = "k")]
    keys: Cow<'a, [SortKey]>,
}

const VERSION: u8 = 1;

/// Encodes the cursor of the row at `keys` in an order.
fn encode(order: &str, keys: &[SortKey]) -> String {
    let place = Place { version: VERSION, order: Cow::Borrowed(order), keys: Cow::Borrowed(keys) };
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&place).unwrap_or_default())
}

fn decode<E>(text: &str, keyset: Keyset<E>) -> Result<Bound>
where
    E: EntityTrait,
    E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    let message = "The cursor does not belong to this list and order; begin again without it.";
    BASE64_URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| {
            serde_json::from_slice::<Place<'_>>(&bytes)
                .ok()
                .map(|place| (place.version, place.order.into_owned(), place.keys.into_owned()))
        })
        .filter(|(version, order, keys)| *version == VERSION && *order == keyset.name() && keyset.accepts(keys))
        .map(|(_, _, keys)| Bound(keys))
        .ok_or_else(|| Error::BadCursor(message.to_owned()))
}

type Count = dyn for<'c, 'x> Fn(&'c Context<'x>) -> BoxFuture<'c, async_graphql::Result<u64>> + Send + Sync;

/// The number of rows of a list, counted on request.
#[derive(Clone)]
pub struct TotalCount(Arc<Count>);

impl TotalCount {
    /// Creates a count computed by `count` from the context of the field.
    pub fn new<F>(count: F) -> Self
    where
        F: for<'c, 'x> Fn(&'c Context<'x>) -> BoxFuture<'c, async_graphql::Result<u64>> + Send + Sync + 'static,
    {
        Self(Arc::new(count))
    }

    /// Counts the rows of `select`.
    pub fn of_rows<E>(db: &Db, select: Select<E>) -> Self
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Send + Sync + 'static,
        Select<E>: Send + Sync,
    {
        let db = db.clone();
        Self::new(move |_| {
            let (db, select) = (db.clone(), select.clone());
            Box::pin(async move { Ok(select.count(db.reader()).await.map_err(Error::from)?) })
        })
    }
}

/// A GraphQL type that shows a row of a table: the row itself, or a wrapper.
pub trait Shown: ContainerType + PlainFields + 'static {
    /// The type of the row.
    type Row: ModelTrait;

    /// Wraps `row`.
    fn of(row: Self::Row) -> Self;

    /// Returns the row.
    fn row(&self) -> &Self::Row;
}

impl<M: ModelTrait + ContainerType + PlainFields + 'static> Shown for M {
    type Row = M;

    fn of(row: M) -> M {
        row
    }

    fn row(&self) -> &M {
        self
    }
}

/// Encodes the cursor of a row on request.
type CursorOf<N> = Arc<dyn Fn(&N) -> String + Send + Sync>;

/// A page of a list of `N`. Cheap to clone.
#[derive(Clone)]
pub struct Connection<N> {
    page: Arc<KeysetPage<N>>,
    cursor: CursorOf<N>,
    total: TotalCount,
}

/// A row of a list with its cursor.
pub struct Edge<'a, N> {
    node: &'a N,
    cursor: &'a CursorOf<N>,
}

/// An edge has no plain fields of its own.
impl<N> PlainFields for Edge<'_, N> {
    fn plain_field(_: &str) -> Option<Plain<Self>> {
        None
    }
}

impl<N: Shown> AsRow for Edge<'_, N> {
    type Node = Self;

    fn node(&self) -> &Self {
        self
    }
}

/// Position of a page in its list. A page of 0 rows has none: nothing comes before or after it.
#[derive(SimpleObject, Clone, Debug)]
pub struct PageInfo {
    /// True if rows come before this page. When paging forward, true if the page starts after a cursor.
    has_previous_page: bool,
    /// True if rows come after this page. When paging backward, true if the page ends before a cursor.
    has_next_page: bool,
    /// Cursor of the first row; null on an empty page.
    start_cursor: Option<String>,
    /// Cursor of the last row; null on an empty page. Pass it as `after` to get the next page.
    end_cursor: Option<String>,
}

impl<N: Shown> Connection<N> {
    /// Creates the connection of a page of rows.
    pub fn new<E>(page: KeysetPage<E::Model>, keyset: Keyset<E>, total: TotalCount) -> Self
    where
        N: Shown<Row = E::Model>,
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
        E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    {
        Self::shared(Arc::new(page.map(N::of)), keyset, total)
    }

    /// Creates the connection of a shared page.
    pub fn shared<E>(page: Arc<KeysetPage<N>>, keyset: Keyset<E>, total: TotalCount) -> Self
    where
        N: Shown<Row = E::Model>,
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
        E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    {
        let cursor = move |node: &N| encode(&keyset.name(), &keyset.place(node.row()));
        Self { page, cursor: Arc::new(cursor), total }
    }
}

impl<N: OutputType> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for Edge<'_, N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// A page of a list.
#[Object(name_type)]
impl<N: Shown> Connection<N> {
    /// Rows of the page, each with its cursor.
    async fn edges(&self) -> Rows<Edge<'_, N>> {
        Rows(self.page.items.iter().map(|node| Edge { node, cursor: &self.cursor }).collect())
    }

    /// Rows of the page without cursors.
    async fn nodes(&self) -> Rows<&N> {
        Rows(self.page.items.iter().collect())
    }

    /// Position of the page in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.page.has_previous,
            has_next_page: self.page.has_next,
            start_cursor: self.page.items.first().map(|node| (self.cursor)(node)),
            end_cursor: self.page.items.last().map(|node| (self.cursor)(node)),
        }
    }

    /// Number of rows that match the filter on all pages. Counted only on request.
    async fn total_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u64> {
        (self.total.0)(ctx).await
    }
}

/// A row of a list with its cursor.
#[Object(name_type)]
impl<N: Shown> Edge<'_, N> {
    /// The listed object.
    async fn node(&self) -> Row<'_, N> {
        Row(self.node)
    }

    /// Opaque cursor of the row, valid only for the same list and order.
    async fn cursor(&self) -> String {
        (self.cursor)(self.node)
    }
}
