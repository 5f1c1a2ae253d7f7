//! Interactions: contacts with leads and customers, and how they went.

mod entity;
mod graphql;
mod input;
mod list;
mod service;

pub use entity::{Entity as InteractionEntity, Kind as InteractionKind, Model as Interaction, Sentiment};
pub use graphql::{InteractionsList, InteractionsMutation, InteractionsQuery};
pub(crate) use graphql::{InteractionsOfCustomer, InteractionsOfLead};
