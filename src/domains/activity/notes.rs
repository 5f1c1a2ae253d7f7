//! Notes on leads and customers.

mod entity;
mod graphql;
mod input;
mod list;
mod service;

pub use entity::{Entity as NoteEntity, Model as Note};
pub use graphql::{NotesMutation, NotesQuery};
pub(crate) use graphql::{NotesOfCustomer, NotesOfLead};
