//! Customers, found by research or entered by hand: their contacts, contract terms and churn.

mod care_lists;
mod churn;
mod churning;
mod contact;
mod contacts;
mod contract;
mod contracts;
mod discovering;
mod entity;
mod events;
mod graphql;
mod input;
mod list;
mod loader;
mod personal;
mod service;
mod status;
mod terms;

pub use contact::{Entity as CustomerContactEntity, Model as CustomerContact};
pub use contract::{Entity as ContractEntity, Model as Contract};
pub use discovering::{Discovered, record_discovered};
pub use entity::{Column as CustomerColumn, Entity as CustomerEntity, Listing, Model as Customer, Segment};
pub use events::{CustomerChurned, CustomerCreated, CustomerDeleted, CustomerReactivated, CustomerUpdated};
pub(crate) use graphql::CustomersOfCompany;
pub use graphql::{CustomerCareMutation, CustomerCareQuery};
pub use graphql::{CustomersList, CustomersMutation, CustomersQuery};
pub use list::CustomerFilter;
pub use personal::Personal;
pub(crate) use service::{find, index_missing, seen_since, set_last_contact};
pub use status::{Lifecycle, Status as CustomerStatus};
