//! Sort orders of lists. A domain names the fields and their columns; the rest is shared.

use std::{borrow::Cow, sync::OnceLock};

use async_graphql::{InputObject, InputType, TypeName};
use sea_orm::{EntityTrait, FromQueryResult, ModelTrait, PrimaryKeyToColumn};

use super::{ColumnFields, SortDirection};
use crate::db::Keyset;

/// A field by which lists of an entity can be sorted: an enum named `<Thing>OrderField`.
pub trait OrderField: InputType + Copy {
    /// The listed entity.
    type Entity: EntityTrait;

    /// The default order of a list.
    const DEFAULT: (Self, SortDirection);

    /// Returns the indexed column of the field.
    fn column(self) -> <Self::Entity as EntityTrait>::Column;

    /// Returns where the columns that the fields of a row need are kept.
    fn column_fields() -> &'static OnceLock<ColumnFields>;
}

/// Sort order of a list.
#[derive(InputObject, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(name_type)]
pub struct Order<F: OrderField> {
    /// Field to sort by.
    pub field: F,
    /// Sort direction.
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
    /// Returns the keyset of this order.
    pub fn keyset(self) -> Keyset<F::Entity> {
        Keyset::new(self.field.column(), self.direction.into())
    }
}

/// Defines the sort orders of a list, each with its indexed column, and the default.
///
/// ```text
/// order_input! {
///     /// Fields by which leads can be sorted.
///     pub enum LeadOrderField of Entity, CreatedAt Desc unless given {
///         /// Name, ignoring case.
///         Name => Column::NameKey,
///         /// Creation time.
///         CreatedAt => Column::CreatedAt,
///     }
/// }
/// ```
#[macro_export]
macro_rules! order_input {
    (
        $(#[$meta:meta])*
        pub enum $name:ident of $entity:ty, $default:ident $direction:ident unless given {
            $($(#[$order_meta:meta])* $order:ident => $column:expr,)*
        }
    ) => {
        #[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $(#[$meta])*
        pub enum $name {
            $($(#[$order_meta])* $order,)*
        }

        impl $crate::graphql::OrderField for $name {
            type Entity = $entity;

            const DEFAULT: (Self, $crate::graphql::SortDirection) =
                (Self::$default, $crate::graphql::SortDirection::$direction);

            fn column(self) -> <$entity as sea_orm::EntityTrait>::Column {
                match self {
                    $(Self::$order => $column,)*
                }
            }

            fn column_fields() -> &'static std::sync::OnceLock<$crate::graphql::ColumnFields> {
                static FIELDS: std::sync::OnceLock<$crate::graphql::ColumnFields> = std::sync::OnceLock::new();
                &FIELDS
            }
        }
    };
}

pub use order_input;
