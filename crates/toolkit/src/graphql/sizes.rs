//! Costs and list sizes of fields in the schema: `@cost` and `@listSize` of IBM's cost directives
//! (<https://ibm.github.io/graphql-specs/cost-spec.html>). Operations are priced by these directives, so clients can
//! compute the cost from the schema.

use std::borrow::Cow;

use async_graphql::{
    TypeDirective, Value,
    registry::{
        MetaDirectiveInvocation, Registry,
        location_traits::{
            Directive_At_ARGUMENT_DEFINITION, Directive_At_FIELD_DEFINITION, Directive_At_INPUT_FIELD_DEFINITION,
        },
    },
    value,
};

/// Default number of rows of a page.
pub const DEFAULT_PAGE: i32 = 25;
/// Cost of a condition that searches the text of every row.
pub const TEXT: u32 = 50;
/// Cost of a condition on a related row.
pub const RELATED: u32 = 10;
/// Maximum number of rows of a page.
pub const MAX_PAGE: i32 = 100;

mod declared {
    use async_graphql::TypeDirective;

    /// Cost of a field itself, in points, or of an argument or input field when given. Without this directive, a field
    /// costs 1, whatever its type, and an argument or input field costs nothing; `__typename` costs nothing.
    #[TypeDirective(
        location = "FieldDefinition",
        location = "ArgumentDefinition",
        location = "InputFieldDefinition",
        name = "cost"
    )]
    pub fn cost(weight: String) {}

    /// Multiplier for the cost of the selection below a field: the value or the length of the first given argument of
    /// `slicingArguments`, where a value counts at most 100 times; `assumedSize` if none is given. With `sizedFields`,
    /// only the selections of those fields are multiplied.
    #[TypeDirective(location = "FieldDefinition", name = "listSize")]
    pub fn list_size(
        assumed_size: Option<i32>,
        slicing_arguments: Option<Vec<String>>,
        sized_fields: Option<Vec<String>>,
        #[graphql(default = true)] require_one_slicing_argument: bool,
    ) {
    }

    /// Permission required to see or do this, or the alternative one, which reveals more. Without either the error is
    /// `FORBIDDEN`; a query returns null in this place and the rest of the answer, a mutation returns no answer, since
    /// its result is never null; a subscription does not start, or ends.
    #[TypeDirective(location = "FieldDefinition", name = "requires")]
    pub fn requires(permission: String, or: Option<String>) {}
}

/// Defines a shorthand for applying a directive.
macro_rules! short_for {
    ($(#[$doc:meta])* $short:ident, $declared:ident, ($($name:ident: $ty:ty),*) => $invocation:expr) => {
        $(#[$doc])*
        pub struct $short;

        impl TypeDirective for $short {
            fn name(&self) -> Cow<'static, str> {
                declared::$declared.name()
            }

            fn register(&self, registry: &mut Registry) {
                declared::$declared.register(registry);
            }
        }

        impl Directive_At_FIELD_DEFINITION for $short {}

        impl Directive_At_ARGUMENT_DEFINITION for $short {}

        impl Directive_At_INPUT_FIELD_DEFINITION for $short {}

        impl $short {
            /// Returns the directive for async-graphql's attribute `directive`.
            pub fn apply($($name: $ty),*) -> MetaDirectiveInvocation {
                $invocation
            }
        }
    };
}

fn directive<const N: usize>(name: &str, args: [(&str, Value); N]) -> MetaDirectiveInvocation {
    let args = args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    MetaDirectiveInvocation { name: name.to_owned(), args }
}

short_for! {
    /// A field, argument or input field with this cost in points.
    Costs, cost, (points: u32) => directive("cost", [("weight", points.to_string().into())])
}

short_for! {
    /// A connection whose size is given by `first` or `last`.
    Paged, list_size, () => directive("listSize", [
        ("assumedSize", DEFAULT_PAGE.into()),
        ("slicingArguments", value!(["first", "last"])),
        ("sizedFields", value!(["edges", "nodes"])),
        ("requireOneSlicingArgument", false.into()),
    ])
}

short_for! {
    /// A list with an assumed number of items.
    About, list_size, (items: i32) => directive("listSize", [("assumedSize", items.into())])
}

short_for! {
    /// A list whose size is given by an argument: its number, or its length. `argument` is its name, or its path in an
    /// input; `below` names the list field if this field is an object.
    AsMany, list_size, (argument: &str, below: Option<&str>) => {
        let mut list_size = directive("listSize", [("slicingArguments", value!([argument]))]);
        if let Some(field) = below {
            list_size.args.insert("sizedFields".to_owned(), value!([field]));
        }
        list_size
    }
}

short_for! {
    /// A field that requires one of these permissions: one, or an alternative that reveals more.
    Requires, requires, (permissions: &[&str]) => {
        let named = ["permission", "or"].into_iter().zip(permissions);
        let args = named.map(|(name, permission)| (name.to_owned(), (*permission).into())).collect();
        MetaDirectiveInvocation { name: "requires".to_owned(), args }
    }
}
