//! The outbox: the mails that the product sends. Each is a row that commits with what it tells of, sent by a job of its own
//! ([`SendMail`]), and kept for a while with what became of it.
//!
//! # Each mail once
//! - The same idempotency key is the same mail, however often it is queued.
//! - A mail belongs to one job at a time. An attempt begins in a transaction that holds the job's lease and the mail's row,
//!   and looks whether the mail is still the job's and still unsent; whoever has it sent again gives it to another job
//!   under the same lock. So no two attempts at a mail run side by side, and none begins after it was sent.
//! - Between the server's yes and our commit there is a moment in which a crash forgets that the mail was sent; the next
//!   attempt sends it again. SMTP knows no way around this. Both have the same `Message-ID`, which follows from the
//!   idempotency key, so that the receiving side can tell that they are one.

mod entity;
mod graphql;
mod list;
mod purge;
mod queue;
mod send_mail;
mod service;

pub use entity::{Entity as OutboxMailEntity, Kind as MailKind, Model as OutboxMail, Status as MailStatus};
pub use graphql::{OutboxList, OutboxMutation, OutboxQuery};
pub use purge::PurgeMails;
pub use queue::{NewMail, queue};
pub use send_mail::{SendMail, SendMailInput};
