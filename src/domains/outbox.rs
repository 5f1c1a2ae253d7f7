//! The outbox of sent mails. Each mail is a row that commits with its cause, is sent by its own job ([`SendMail`]), and
//! is kept for a while with its status.
//!
//! # Each mail once
//! - The same idempotency key identifies the same mail, however often it is queued.
//! - A mail belongs to one job at a time. An attempt starts in a transaction that holds the job's lease and the mail's
//!   row lock, and checks that the mail still belongs to the job and is unsent; sending it again assigns it to another
//!   job under the same lock. Hence no two attempts at a mail run concurrently, and none starts after it was sent.
//! - A crash between the server's acceptance and our commit loses the record that the mail was sent; the next attempt
//!   sends it again, which SMTP cannot prevent. Both have the same `Message-ID`, derived from the idempotency key, by
//!   which the receiver can detect duplicates.

mod entity;
mod graphql;
mod list;
mod personal;
mod purge;
mod queue;
mod send_mail;
mod service;

pub use entity::{Entity as OutboxMailEntity, Kind as MailKind, Model as OutboxMail, Status as MailStatus};
pub use graphql::{OutboxList, OutboxMutation, OutboxQuery};
pub use personal::Personal;
pub use purge::PurgeMails;
pub use queue::{NewMail, queue};
pub use send_mail::{SendMail, SendMailInput};
