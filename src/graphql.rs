//! The GraphQL toolkit, extended by listed entities.

mod filter_input;
mod listed;

pub(crate) use filter_input::filter_input;
pub(crate) use listed::id_column;
pub use listed::{ListFilter, ListOf, ListQuery, Listed, naming, related};
pub use rapport_toolkit::graphql::*;
