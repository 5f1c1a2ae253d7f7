//! What a list's rows are asked for.

use std::collections::HashMap;

use async_graphql::{ComplexObject, Context, SelectionField, registry::Registry};
use sea_orm::{EntityTrait, FromQueryResult, IdenStatic, Iterable, ModelTrait, PrimaryKeyToColumn};

use crate::db::{Columns, Keyset};

/// The fields of a type that need no more of a row than some of its columns.
#[derive(Debug)]
pub struct ColumnFields(HashMap<String, Columns>);

impl ColumnFields {
    /// The fields of `M`: named as its columns, without those that have a resolver.
    pub fn of<M: ModelTrait + ComplexObject>() -> Self {
        let resolved = M::fields(&mut Registry::default());
        let columns = <M::Entity as EntityTrait>::Column::iter().filter_map(|column| {
            let columns = Columns::named::<M::Entity>(column.as_str())?;
            Some((camel_case(column.as_str()), columns))
        });
        Self(columns.filter(|(field, _)| resolved.iter().all(|(name, _)| name != field)).collect())
    }

    /// The same, where the fields called `names`, which have resolvers, need no more of a row than `column`.
    #[must_use]
    pub fn needing<E: EntityTrait>(mut self, column: E::Column, names: &[&str]) -> Self {
        if let Some(columns) = Columns::named::<E>(column.as_str()) {
            self.0.extend(names.iter().map(|name| ((*name).to_owned(), columns)));
        }
        self
    }

    /// The columns that show all that is asked for of the rows of the list in `ctx`, with those of its order where cursors
    /// are asked for; `None` where a field needs more than its column.
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

/// `account_manager_id` as `accountManagerId`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
