//! Leads: people who may become customers, with their statements.

mod changing;
mod entity;
mod events;
mod graphql;
mod income;
mod list;
mod making;
mod personal;
mod team;

pub use changing::change_from_chat;
pub use entity::{
    Column as LeadColumn, Entity as LeadEntity, Fact as LeadFact, Model as Lead, Source as LeadSource,
    Status as LeadStatus,
};
pub use events::LeadCreated;
pub use graphql::{LeadsList, LeadsQuery};
pub use income::{Income, IncomePeriod};
pub use making::{NewLead, create_from_chat};
pub use personal::Personal;
pub use team::team;
