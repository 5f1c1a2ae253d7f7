//! The audit log: actor, time, origin, and values before and after each change. Entries are written in the transaction
//! of the change and never changed or deleted. Personal values in them are sealed by a key of the person, so that who deletes
//! the key has erased them.

mod action;
mod entity;
mod entry;
mod graphql;
mod list;
mod loader;
mod person_key;
mod personal;
mod seal_log;
mod sealing;
mod write;

pub use action::{AuditAction, AuditSubjectType};
pub use entity::{Column as AuditColumn, Entity as AuditEntity, Model as AuditEntry};
pub use entry::{Entry, record};
pub use graphql::{AuditList, AuditQuery};
pub use person_key::{Entity as PersonKeyEntity, Model as PersonKey};
pub use personal::Personal;
pub use seal_log::{SealAuditLog, SealedLog};
pub use sealing::PERSON_KEYS;
pub use write::{Audited, Change, ChangesOf, ColumnOf, Versioned, Write};
