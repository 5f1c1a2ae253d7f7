//! Enums of names that are stored as text.

use async_graphql::InputType;
use sea_orm::{ColumnTrait, Condition};

use crate::graphql::EnumFilter;

/// Returns the condition that a row's name in `column` is one of those that `filter` accepts: those of `known` by their
/// text, and all others as `other`.
pub(crate) fn named_condition<N: InputType + Copy + PartialEq>(
    filter: &EnumFilter<N>,
    column: impl ColumnTrait,
    (known, other): (&[(N, &'static str)], N),
) -> Condition {
    let accepts_other = filter.accepts(&other);
    let listed = known.iter().filter(|(name, _)| filter.accepts(name) != accepts_other).map(|(_, text)| *text);
    Condition::all().add(if accepts_other { column.is_not_in(listed) } else { column.is_in(listed) })
}

/// Defines an enum of names that rows hold as text. A row of another release may hold a name that this one does not know,
/// which reads as `Other`:
///
/// ```text
/// stored_names! {
///     /// Kind of work of a job.
///     pub enum JobKind, else "A kind of another release." {
///         /// Research of a company and its customers.
///         OnboardCompany = "onboard_company",
///     }
/// }
/// ```
macro_rules! stored_names {
    (
        $(#[$meta:meta])*
        pub enum $name:ident, else $other:literal { $($(#[$described:meta])* $variant:ident = $text:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$described])* $variant,)*
            #[doc = $other]
            Other,
        }

        impl $name {
            /// All values but `Other`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the condition of a filter on the column with the stored name.
            pub(crate) fn condition(
                filter: &$crate::graphql::EnumFilter<Self>,
                column: impl sea_orm::ColumnTrait,
            ) -> sea_orm::Condition {
                let known = [$((Self::$variant, $text),)*];
                $crate::domains::shared::named_condition(filter, column, (&known, Self::Other))
            }

            /// Returns the stored name; empty for `Other`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other => "",
                }
            }

            /// Returns the value with this stored name.
            pub fn named(name: &str) -> Self {
                match name {
                    $($text => Self::$variant,)*
                    _ => Self::Other,
                }
            }
        }

    };
}

pub(crate) use stored_names;
