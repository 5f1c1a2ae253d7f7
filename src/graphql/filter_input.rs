//! Definition of list filters.

/// Defines the filter of a list: its own conditions with their SQL, and the common `and`, `or` and `not`. Ids of rows that not
/// every viewer of the list may see go into `naming`, conditions on such rows into `through`; both check the permission.
///
/// ```text
/// filter_input! {
///     /// Conditions on signals. All given conditions must hold.
///     pub struct SignalFilter {
///         /// Condition on the kind of event.
///         kind: EnumFilter<SignalType> => |filter| filter.on(Column::Kind),
///     }
///     naming {
///         /// Condition on the id of the customer.
///         customer_id: IdFilter<Customer> as CustomerEntity => Column::CustomerId,
///     }
///     through {
///         /// Condition on the customer.
///         customer: CustomerEntity => Column::CustomerId,
///     }
/// }
/// ```
macro_rules! filter_input {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty => $to_sql:expr,)*
        }
        $(naming {
            $($(#[$named_meta:meta])* $named:ident: $named_type:ty as $named_entity:ty => $named_column:expr,)*
        })?
        $(through {
            $($(#[$relation_meta:meta])* $relation:ident: $entity:ty => $column:expr,)*
        })?
    ) => {
        #[derive(async_graphql::InputObject, Debug, Clone, Default, PartialEq, Eq, Hash)]
        $(#[$meta])*
        pub struct $name {
            $($(#[$field_meta])* pub $field: Option<$type>,)*
            $($(
                $(#[$named_meta])*
                pub $named: Option<$named_type>,
            )*)?
            $($(
                $(#[$relation_meta])*
                #[graphql(directive = $crate::graphql::Costs::apply($crate::graphql::RELATED))]
                pub $relation: Option<Box<<$entity as $crate::graphql::Listed>::Filter>>,
            )*)?
            /// Filters that must all match too.
            pub and: Option<Vec<$name>>,
            /// Filters of which at least one must match.
            pub or: Option<Vec<$name>>,
            /// Filter that must not match.
            pub not: Option<Box<$name>>,
        }

        impl $crate::graphql::ListFilter for $name {
            fn condition(&self, viewer: &$crate::auth::Viewer) -> $crate::error::Result<sea_orm::Condition> {
                let own = sea_orm::Condition::all()$(.add_option(self.$field.as_ref().map($to_sql)))*;
                $($(let own = match &self.$named {
                    Some(filter) => own.add(
                        $crate::graphql::naming::<$named_entity>(viewer, filter, filter.on($named_column))
                            .map_err(|error| error.within(&$crate::graphql::camel_case(stringify!($named))))?,
                    ),
                    None => own,
                };)*)?
                $($(let own = match self.$relation.as_deref() {
                    Some(filter) => own.add(
                        $crate::graphql::related::<$entity>(viewer, filter, $column)
                            .map_err(|error| error.within(&$crate::graphql::camel_case(stringify!($relation))))?,
                    ),
                    None => own,
                };)*)?
                let parts = (self.and.as_deref(), self.or.as_deref(), self.not.as_deref());
                $crate::graphql::combined(own, parts, |filter: &Self| filter.condition(viewer))
            }
        }
    };
}

pub(crate) use filter_input;
