//! Orders of lists. A domain names the fields and their columns; the rest is the same everywhere.

use std::borrow::Cow;

use async_graphql::{InputObject, InputType, TypeName};
use sea_orm::{EntityTrait, FromQueryResult, ModelTrait, PrimaryKeyToColumn};

use super::SortDirection;
use crate::db::Keyset;

/// By what lists of an entity can be ordered: an enum named `<Thing>OrderField`.
pub trait OrderField: InputType + Copy {
    /// What is listed.
    type Entity: EntityTrait;

    /// The order of a list when nobody says another.
    const DEFAULT: (Self, SortDirection);

    /// The column it stands for: indexed and never null.
    fn column(self) -> <Self::Entity as EntityTrait>::Column;
}

/// The order of a list.
#[derive(InputObject, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(name_type)]
pub struct Order<F: OrderField> {
    /// By what.
    pub field: F,
    /// Which way.
    #[graphql(default_with = "F::DEFAULT.1")]
    pub direction: SortDirection,
}

impl<F: OrderField> TypeName for Order<F> {
    fn type_name() -> Cow<'static, str> {
        let field = <F as InputType>::type_name();
        field.strip_suffix("Field").unwrap_or(&field).to_owned().into()
    }
}

impl<F: OrderField> Default for Order<F> {
    fn default() -> Self {
        let (field, direction) = F::DEFAULT;
        Self { field, direction }
    }
}

impl<F: OrderField> Order<F>
where
    <F::Entity as EntityTrait>::Model: ModelTrait<Entity = F::Entity> + FromQueryResult + Send + Sync,
    <F::Entity as EntityTrait>::PrimaryKey: PrimaryKeyToColumn<Column = <F::Entity as EntityTrait>::Column>,
{
    /// The keyset of this order.
    pub fn keyset(self) -> Keyset<F::Entity> {
        Keyset::new(self.field.column(), self.direction.into())
    }
}
