//! What a field costs and how long its list is, said on the schema: `@cost` and `@listSize` of IBM's cost directives
//! (<https://ibm.github.io/graphql-specs/cost-spec.html>). The prices of operations are read from there, so that what a
//! client reckons by the schema is what it pays.

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

/// Rows of a page when nobody says how many.
pub const DEFAULT_PAGE: i32 = 25;
/// What a condition costs that looks into the text of every row.
pub const TEXT: u32 = 50;
/// What a condition costs on the row that another names.
pub const RELATED: u32 = 10;
/// The most rows of a page.
pub const MAX_PAGE: i32 = 100;

mod declared {
    use async_graphql::TypeDirective;

    /// What a field costs itself, in points, or an argument or a field of an input when it is given. A field without this
    /// directive costs 1, whatever its type is, an argument or a field of an input nothing; `__typename` costs nothing.
    #[TypeDirective(
        location = "FieldDefinition",
        location = "ArgumentDefinition",
        location = "InputFieldDefinition",
        name = "cost"
    )]
    pub fn cost(weight: String) {}

    /// How many times what is asked below a field counts: as often as the first of `slicingArguments` that is given says,
    /// or as many as it has items, and never more than 100 times for a number; `assumedSize` times where none is given.
    /// With `sizedFields` only what is below those counts so often.
    #[TypeDirective(location = "FieldDefinition", name = "listSize")]
    pub fn list_size(
        assumed_size: Option<i32>,
        slicing_arguments: Option<Vec<String>>,
        sized_fields: Option<Vec<String>>,
        #[graphql(default = true)] require_one_slicing_argument: bool,
    ) {
    }

    /// What seeing or doing this needs: the permission of this name, or the other one, which lets people see more. Who has
    /// neither gets the error `FORBIDDEN`; of a query null there and the rest of the answer, of a mutation no answer, since
    /// what a mutation returns is never null.
    #[TypeDirective(location = "FieldDefinition", name = "requires")]
    pub fn requires(permission: String, or: Option<String>) {}
}

/// A directive on a field that is given in fewer words than the declared one takes.
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
            /// The directive, for async-graphql's attribute `directive`.
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
    /// A field that costs so many points itself, or what is given and costs so many.
    Costs, cost, (points: u32) => directive("cost", [("weight", points.to_string().into())])
}

short_for! {
    /// A connection: its rows are as many as `first` or `last` says.
    Paged, list_size, () => directive("listSize", [
        ("assumedSize", DEFAULT_PAGE.into()),
        ("slicingArguments", value!(["first", "last"])),
        ("sizedFields", value!(["edges", "nodes"])),
        ("requireOneSlicingArgument", false.into()),
    ])
}

short_for! {
    /// A list that is reckoned with so many items.
    About, list_size, (items: i32) => directive("listSize", [("assumedSize", items.into())])
}

short_for! {
    /// A list of as many items as an argument asks for, or has itself: its name, or its path in an input. `below` is the
    /// field that is the list where this one is an object.
    AsMany, list_size, (argument: &str, below: Option<&str>) => {
        let mut list_size = directive("listSize", [("slicingArguments", value!([argument]))]);
        if let Some(field) = below {
            list_size.args.insert("sizedFields".to_owned(), value!([field]));
        }
        list_size
    }
}

short_for! {
    /// A field that needs one of these permissions: one, or one that lets people see more.
    Requires, requires, (permissions: &[&str]) => {
        let named = ["permission", "or"].into_iter().zip(permissions);
        let args = named.map(|(name, permission)| (name.to_owned(), (*permission).into())).collect();
        MetaDirectiveInvocation { name: "requires".to_owned(), args }
    }
}
