//! The audit log: actor, time, origin, and values before and after each change. Entries are written in the transaction
//! of the change and never changed or deleted.

mod action;
mod entity;
mod entry;
mod graphql;
mod list;
mod write;

pub use action::{AuditAction, AuditSubjectType};
pub use entity::{Column as AuditColumn, Entity as AuditEntity, Model as AuditEntry};
pub use entry::{Entry, record};
pub use graphql::{AuditList, AuditQuery};
pub use write::{Audited, Change, ChangesOf, ColumnOf, Versioned, Write};
