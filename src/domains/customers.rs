//! Customers: the accounts of a company, found by research.

mod entity;
mod graphql;
mod loader;
mod service;

pub use entity::{Listing, Model as Customer, Segment};
pub(crate) use graphql::customer_of;
pub use graphql::{CustomerFilter, CustomerOrder, CustomersQuery};
pub use loader::{CountBelow, CustomersBelow};
pub use service::{CustomerList, Discovered, record_discovered};
