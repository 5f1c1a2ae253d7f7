//! What can be listed. An entity says once who sees which of its rows, by what they are filtered, ordered and searched
//! ([`Listed`]); every door to them begins there: lists, lists below others, single rows, and conditions on them.

use std::{fmt, hash::Hash};

use async_graphql::Context;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Iterable, ModelTrait, PrimaryKeyToColumn, QueryFilter,
    QuerySelect, QueryTrait, Select, sea_query::SimpleExpr,
};

use super::{ColumnFields, Order, OrderField, PageArgs, Shown, contains};
use crate::{
    auth::Viewer,
    db::{Columns, Keyset, PageRequest, Partial, Rows},
    error::{Error, Result},
};

/// The most words of a search: each is looked for in every row.
const MAX_WORDS: usize = 10;

/// What can be listed.
pub trait Listed:
    EntityTrait<
        Model: ModelTrait<Entity = Self> + FromQueryResult + Clone + Send + Sync + 'static,
        PrimaryKey: PrimaryKeyToColumn<Column = Self::Column>,
    >
{
    /// What shows a row.
    type Node: Shown<Row = Self::Model>;

    /// By what lists of them are filtered.
    type Filter: ListFilter;

    /// By what lists of them are ordered.
    type OrderField: OrderField<Entity = Self> + Eq + Hash + fmt::Debug + Send + Sync;

    /// The columns of folded text in which a search looks.
    const SEARCHED: &'static [Self::Column];

    /// The rows that `viewer` may see: the only rule of it.
    ///
    /// # Errors
    /// When they may see none.
    fn visible_to(viewer: &Viewer) -> Result<Select<Self>>;

    /// Holds that `viewer` may ask for lists of all rows that they see, which some may only be shown one by one.
    ///
    /// # Errors
    /// When they may not.
    fn check_listing(_viewer: &Viewer) -> Result<()> {
        Ok(())
    }

    /// The rows that a list shows by `filter`.
    ///
    /// # Errors
    /// When the viewer may not see what it asks about.
    fn wanted(filter: Option<&Self::Filter>, viewer: &Viewer) -> Result<Condition> {
        filter.map_or_else(|| Ok(Condition::all()), |filter| filter.condition(viewer))
    }

    /// The rows that hold `word`.
    fn holding(word: &str) -> Condition {
        Self::SEARCHED.iter().fold(Condition::any(), |any, column| any.add(contains(*column, word)))
    }

    /// How rows are read in part; `None` where they are always read whole.
    fn parts() -> Option<&'static Parts<Self>> {
        None
    }
}

/// How rows are read in part.
#[derive(Debug)]
pub struct Parts<E: EntityTrait> {
    /// What the fields need of a row.
    pub fields: ColumnFields,
    /// What stands in the columns that were not read, for nobody to look at.
    pub blank: E::Model,
}

/// By what a list is filtered. [`filter_input!`](super::filter_input) writes it.
pub trait ListFilter: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static {
    /// The filter as SQL, for what `viewer` may see.
    ///
    /// # Errors
    /// When the viewer may not see what it asks about.
    fn condition(&self, viewer: &Viewer) -> Result<Condition>;
}

/// A list that somebody asks for: which rows, in which order, and which page of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ListQuery<F, O: OrderField> {
    page: PageArgs,
    // Boxed: each field of a row is as large as the largest field of its type.
    filter: Option<Box<F>>,
    order: Order<O>,
    search: Option<String>,
    /// The columns that are wanted; `None` is all of them.
    columns: Option<Columns>,
}

/// A list of the rows of `E`.
pub type ListOf<E> = ListQuery<<E as Listed>::Filter, <E as Listed>::OrderField>;

impl<F, O: OrderField> ListQuery<F, O> {
    /// The rows by `filter`, in the usual order where there is no `order`.
    pub fn new(page: PageArgs, filter: Option<Box<F>>, order: Option<Order<O>>) -> Self {
        Self { page, filter, order: order.unwrap_or_default(), search: None, columns: None }
    }

    /// Those of them that hold each word of `text`.
    #[must_use]
    pub fn searching(mut self, text: Option<String>) -> Self {
        self.search = text;
        self
    }
}

impl<F, O> ListQuery<F, O>
where
    O: OrderField<Entity: Listed<Filter = F, OrderField = O>>,
{
    /// The same, of which no more is read than the selection of the field in `ctx` asks for.
    #[must_use]
    pub fn for_field(mut self, ctx: &Context<'_>) -> Self {
        self.columns = O::Entity::parts().and_then(|parts| parts.fields.asked_for(ctx, self.keyset()));
        self
    }

    /// The order of the list.
    pub fn keyset(&self) -> Keyset<O::Entity> {
        self.order.keyset()
    }

    /// The page that is asked for.
    ///
    /// # Errors
    /// [`Error::BadInput`] for impossible sizes, [`Error::BadCursor`] for cursors of another list or order.
    pub fn request(&self) -> Result<PageRequest> {
        self.page.request(self.keyset())
    }

    /// Those of `visible` rows that are listed on all pages.
    ///
    /// # Errors
    /// When the viewer may not see what the filter asks about; [`Error::BadInput`] for a search of too many words.
    pub fn narrow(&self, visible: Select<O::Entity>, viewer: &Viewer) -> Result<Select<O::Entity>> {
        let wanted = O::Entity::wanted(self.filter.as_deref(), viewer)?;
        Ok(visible.filter(wanted.add_option(self.searched()?)))
    }

    fn searched(&self) -> Result<Option<Condition>> {
        let words: Vec<_> = self.search.as_deref().unwrap_or_default().split_whitespace().collect();
        if words.len() > MAX_WORDS {
            return Err(Error::bad_input("search", format!("Search for at most {MAX_WORDS} words.")));
        }
        let all =
            words.iter().map(|word| O::Entity::holding(word)).reduce(|all, word| Condition::all().add(all).add(word));
        Ok(all)
    }

    /// `select`, read as far as somebody asked for its columns.
    pub fn rows(&self, select: Select<O::Entity>) -> Rows<O::Entity> {
        let partial = O::Entity::parts()
            .zip(self.columns)
            .map(|(Parts { blank, .. }, columns)| Partial { columns, blank: blank.clone() });
        Rows::new(select, partial)
    }
}

/// The rows whose `column` names a row of `E` that `viewer` may see and `filter` wants.
///
/// # Errors
/// When the viewer may not see such rows.
pub fn related<E: Listed>(viewer: &Viewer, filter: &E::Filter, column: impl ColumnTrait) -> Result<SimpleExpr> {
    let wanted = E::visible_to(viewer)?.filter(filter.condition(viewer)?).select_only();
    let ids = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    Ok(column.in_subquery(wanted.columns(ids).into_query()))
}

/// The primary key of an entity, which is its id.
pub(crate) fn id_column<E: Listed>() -> Option<E::Column> {
    E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column)
}
