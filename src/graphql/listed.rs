//! Listed entities. An entity defines visibility, filters, sort orders and search once ([`Listed`]), for all access to
//! its rows: root lists, lists of a parent, single rows, and conditions in filters of other entities.

use std::{fmt, hash::Hash};

use async_graphql::Context;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    QuerySelect, QueryTrait, Select, sea_query::SimpleExpr,
};

use super::{ColumnFields, IdCondition, Order, OrderField, PageArgs, Shown, contains};
use crate::{
    auth::Viewer,
    db::{Columns, Identified, Keyset, PageRequest, Partial, Rows},
    error::{Error, Result},
};

/// Maximum number of words of a search; each is looked for in every row.
const MAX_WORDS: usize = 10;

/// An entity that can be listed.
pub trait Listed:
    EntityTrait<
        Model: ModelTrait<Entity = Self> + FromQueryResult + Default + Clone + Send + Sync + 'static,
        PrimaryKey: PrimaryKeyToColumn<Column = Self::Column>,
    >
{
    /// The GraphQL type of a row.
    type Node: Shown<Row = Self::Model>;

    /// The filter of its lists.
    type Filter: ListFilter;

    /// The sort fields of its lists.
    type OrderField: OrderField<Entity = Self> + Eq + Hash + fmt::Debug + Send + Sync;

    /// The columns of folded text that a search looks in.
    const SEARCHED: &'static [Self::Column];

    /// Returns the rows that `viewer` may see: the only visibility rule of the entity.
    ///
    /// # Errors
    /// If the viewer may see none.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>>;

    /// Returns an error unless `viewer` may filter rows of other entities by `ids` of this one.
    ///
    /// # Errors
    /// If the viewer may not see the rows that the ids name.
    fn check_naming(viewer: &Viewer, _ids: &dyn IdCondition<Self::Model>) -> Result<()>
    where
        Self::Model: Identified,
    {
        Self::visible_to(viewer).map(drop)
    }

    /// Returns an error unless `viewer` may list all visible rows; some viewers may only read single rows.
    ///
    /// # Errors
    /// If the viewer may not list them.
    fn check_listing(_viewer: &Viewer) -> Result<()> {
        Ok(())
    }

    /// Returns the condition of a list with `filter`.
    ///
    /// # Errors
    /// If the viewer may not see what the filter is about.
    fn wanted(filter: Option<&Self::Filter>, viewer: &Viewer) -> Result<Condition> {
        filter.map_or_else(|| Ok(Condition::all()), |filter| filter.condition(viewer))
    }

    /// Returns the condition that a row contains `word`, in what `viewer` may see of it.
    fn holding(_viewer: &Viewer, word: &str) -> Condition {
        Self::SEARCHED.iter().fold(Condition::any(), |any, column| any.add(contains(*column, word)))
    }

    /// Returns the condition that a row contains all `words`, in what `viewer` may see of it.
    fn holding_all(viewer: &Viewer, words: &[&str]) -> Condition {
        words.iter().fold(Condition::all(), |all, word| all.add(Self::holding(viewer, word)))
    }

    /// Adds the fields with a resolver that need only some columns to `fields`, which holds those that show a column. A
    /// list of which other fields are selected reads whole rows.
    fn partial(fields: ColumnFields) -> ColumnFields {
        fields
    }
}

/// The filter of a list, defined by [`filter_input!`](super::filter_input).
pub trait ListFilter: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static {
    /// Converts the filter to SQL, restricted to what `viewer` may see.
    ///
    /// # Errors
    /// If the viewer may not see what the filter is about.
    fn condition(&self, viewer: &Viewer) -> Result<Condition>;
}

/// A request for a list: page, filter, order and search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListQuery<F, O: OrderField> {
    page: PageArgs,
    // Boxed: each field of a row is as large as the largest field of its type.
    filter: Option<Box<F>>,
    order: Order<O>,
    search: Option<String>,
    /// The columns to read; `None` reads all.
    columns: Option<Columns>,
}

/// A request for a list of `E`.
pub type ListOf<E> = ListQuery<<E as Listed>::Filter, <E as Listed>::OrderField>;

impl<F, O: OrderField> ListQuery<F, O> {
    /// Creates a request; without `order` the default order applies.
    pub fn new(page: PageArgs, filter: Option<Box<F>>, order: Option<Order<O>>) -> Self {
        Self { page, filter, order: order.unwrap_or_default(), search: None, columns: None }
    }

    /// Restricts the list to rows that contain each word of `text`.
    #[must_use]
    pub fn searching(mut self, text: Option<String>) -> Self {
        self.search = text;
        self
    }

    /// Replaces the filter by what `change` makes of it.
    #[must_use]
    pub fn with_filter(mut self, change: impl FnOnce(F) -> F) -> Self
    where
        F: Default,
    {
        self.filter = Some(Box::new(change(self.filter.map(|filter| *filter).unwrap_or_default())));
        self
    }
}

impl<F, O> ListQuery<F, O>
where
    O: OrderField<Entity: Listed<Filter = F, OrderField = O>>,
{
    /// Restricts the columns to those that the selection of the field in `ctx` needs.
    #[must_use]
    pub fn for_field(mut self, ctx: &Context<'_>) -> Self {
        let fields = O::column_fields().get_or_init(|| {
            let shown = ColumnFields::of::<O::Entity, <O::Entity as Listed>::Node>();
            O::Entity::partial(shown)
        });
        self.columns = fields.asked_for(ctx, self.keyset());
        self
    }

    /// Returns the keyset of the sort order.
    pub fn keyset(&self) -> Keyset<O::Entity> {
        self.order.keyset()
    }

    /// Returns the page request.
    ///
    /// # Errors
    /// [`Error::BadInput`] for invalid sizes, [`Error::BadCursor`] for cursors of another list or order.
    pub fn request(&self) -> Result<PageRequest> {
        self.page.request(self.keyset())
    }

    /// Restricts `visible` to the rows that match filter and search, on all pages.
    ///
    /// # Errors
    /// If the viewer may not see what the filter is about; [`Error::BadInput`] for a search with too many words.
    pub fn narrow(&self, visible: Select<O::Entity>, viewer: &Viewer) -> Result<Select<O::Entity>> {
        let wanted = O::Entity::wanted(self.filter.as_deref(), viewer).map_err(|error| error.within("filter"))?;
        Ok(visible.filter(wanted.add_option(self.searched(viewer)?)))
    }

    fn searched(&self, viewer: &Viewer) -> Result<Option<Condition>> {
        let words: Vec<_> = self.search.as_deref().unwrap_or_default().split_whitespace().collect();
        if words.len() > MAX_WORDS {
            return Err(Error::bad_input("search", format!("Search for at most {MAX_WORDS} words.")));
        }
        Ok((!words.is_empty()).then(|| O::Entity::holding_all(viewer, &words)))
    }

    /// Restricts `select` to the requested columns.
    pub fn rows(&self, select: Select<O::Entity>) -> Rows<O::Entity> {
        Rows::new(select, self.columns.map(|columns| Partial { columns, blank: Default::default() }))
    }
}

/// Returns the condition that `column` refers to a row of `E` that `viewer` may see and that matches `filter`.
///
/// # Errors
/// If the viewer may not see such rows.
pub fn related<E: Listed>(viewer: &Viewer, filter: &E::Filter, column: impl ColumnTrait) -> Result<SimpleExpr> {
    let wanted = E::visible_to(viewer)?.filter(filter.condition(viewer)?).select_only();
    let ids = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    Ok(column.in_subquery(wanted.columns(ids).into_query()))
}

/// Returns `condition`, which is on `ids` of another entity.
///
/// # Errors
/// If the viewer may not see the rows that the ids name.
pub fn naming<E: Listed<Model: Identified>>(
    viewer: &Viewer,
    ids: &dyn IdCondition<E::Model>,
    condition: Condition,
) -> Result<Condition> {
    E::check_naming(viewer, ids)?;
    Ok(condition)
}

/// Returns the id column, the primary key of an entity.
pub(crate) fn id_column<E: Listed>() -> Option<E::Column> {
    E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column)
}
