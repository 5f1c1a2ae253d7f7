//! Reasons that people give: why customers leave, and why leads are lost. The list is theirs to change.

mod entity;
mod graphql;
mod input;
mod personal;
mod service;

pub use entity::{Entity as ReasonEntity, Kind as ReasonKind, Model as Reason};
pub(crate) use graphql::reason_of;
pub use graphql::{ReasonsMutation, ReasonsQuery};
pub use personal::Personal;
pub(crate) use service::usable;
