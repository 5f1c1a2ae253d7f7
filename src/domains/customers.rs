//! Customers of companies, found by research.

mod entity;
mod graphql;
mod input;
mod list;
mod personal;
mod service;

pub use entity::{Column as CustomerColumn, Entity as CustomerEntity, Listing, Model as Customer, Segment};
pub(crate) use graphql::CustomersOfCompany;
pub use graphql::{CustomersList, CustomersMutation, CustomersQuery};
pub use list::CustomerFilter;
pub use personal::Personal;
pub use service::{Discovered, record_discovered};
pub(crate) use service::{find, seen_since};
