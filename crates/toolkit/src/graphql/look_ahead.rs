//! Columns needed by the selection of a list.

use std::collections::HashMap;

use async_graphql::{Context, SelectionField};
use sea_orm::{EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn};

use super::PlainFields;
use crate::db::{Columns, Keyset};

/// The fields of a type that need only certain columns of a row.
#[derive(Debug)]
pub struct ColumnFields(HashMap<String, Columns>);

impl ColumnFields {
    /// Creates the map of the fields of `N` that show a column of a row of `E`.
    pub fn of<E: EntityTrait, N: PlainFields>() -> Self {
        let shown = E::Column::iter().filter_map(|column| {
            let field = field_of(column);
            N::plain_field(&field)?;
            Some((field, Columns::named::<E>(column.as_str())?))
        });
        Self(shown.collect())
    }

    /// Adds the fields called `names`, whose resolvers need only `column`.
    #[must_use]
    pub fn needing<E: EntityTrait>(mut self, column: E::Column, names: &[&str]) -> Self {
        if let Some(columns) = Columns::named::<E>(column.as_str()) {
            self.0.extend(names.iter().map(|name| ((*name).to_owned(), columns)));
        }
        self
    }

    /// Returns the columns needed by the selection of the list in `ctx`, including those of its order if cursors are
    /// selected; `None` if a field needs more than columns.
    pub fn asked_for<E>(&self, ctx: &Context<'_>, keyset: Keyset<E>) -> Option<Columns>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
        E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
    {
        let mut columns = Columns::NONE;
        for field in ctx.field().selection_set() {
            match field.name() {
                "nodes" => columns = columns.and(self.of_row(&field)?),
                "edges" | "pageInfo" => {
                    for field in field.selection_set() {
                        match field.name() {
                            "node" => columns = columns.and(self.of_row(&field)?),
                            "cursor" | "startCursor" | "endCursor" => columns = columns.and(keyset.places()?),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Some(columns)
    }

    fn of_row(&self, row: &SelectionField<'_>) -> Option<Columns> {
        row.selection_set()
            .filter(|field| field.name() != "__typename")
            .try_fold(Columns::NONE, |columns, field| Some(columns.and(*self.0.get(field.name())?)))
    }
}

/// Returns the name of the field that shows `column`, which may be called otherwise in the database.
fn field_of(column: impl IdenStatic) -> String {
    let name = format!("{column:?}");
    let (initial, rest) = name.split_at(name.len().min(1));
    initial.to_ascii_lowercase() + rest
}
