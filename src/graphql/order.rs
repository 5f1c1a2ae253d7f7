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

    /// The column it stands for: indexed.
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

/// Defines the orders of a list: each with its column, which is indexed, and the one that holds when nobody says another.
///
/// ```text
/// order_input! {
///     /// By what leads can be ordered.
///     pub enum LeadOrderField of Entity, CreatedAt Desc unless given {
///         /// The name, without regard to case.
///         Name => Column::NameKey,
///         /// When we first knew of them.
///         CreatedAt => Column::CreatedAt,
///     }
/// }
/// ```
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
        }
    };
}

pub(crate) use order_input;
