//! Columns needed by the selection of a list.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, SelectionField, registry::Registry};
use sea_orm::{EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn};

use crate::db::{Columns, Keyset};

/// The fields of a type that need only certain columns of a row.
#[derive(Debug)]
pub struct ColumnFields(HashMap<String, Columns>);

impl ColumnFields {
    /// Creates the map of the fields of `M` that have no resolver, each with its column.
    pub fn of<M: ModelTrait + ComplexObject>() -> Self {
        let resolved = M::fields(&mut Registry::default());
        let columns = <M::Entity as EntityTrait>::Column::iter().filter_map(|column| {
            let columns = Columns::named::<M::Entity>(column.as_str())?;
            Some((camel_case(column.as_str()), columns))
        });
        Self(columns.filter(|(field, _)| resolved.iter().all(|(name, _)| name != field)).collect())
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

/// Converts `account_manager_id` to `accountManagerId`.
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
