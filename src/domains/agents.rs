//! What language models do for the business, and what their work comes to.

mod graphql;
mod service;

pub use graphql::AgentsQuery;
