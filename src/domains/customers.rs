//! Customers: the accounts of a company, found by research.

mod entity;
mod graphql;
mod loader;
mod service;

pub use entity::{Listing, Model as Customer, Segment};
pub(crate) use graphql::customer_of;
pub use graphql::{CustomerFilter, CustomerOrder, CustomersMutation, CustomersQuery};
pub(crate) use loader::CUSTOMER_FIELDS;
pub use service::{CustomerList, Discovered, record_discovered};
pub(crate) use service::{find, seen_since};
