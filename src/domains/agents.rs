//! Language models in the business domains, and their metrics.

mod graphql;
mod service;

pub use graphql::AgentsQuery;
