//! Mails of the outbox.

#![expect(missing_docs, reason = "SeaORM generates public items without documentation")]

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    clients::mail::Mailbox,
    db::{Id, Identified},
    error::ErrorCode,
    graphql::{PlainValue, Timestamp, plain_fields},
    jobs::{Failure, JobRow},
};

/// Mail sent by the server.
#[derive(Clone, Default, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "outbox_mails")]
#[graphql(name = "OutboxMail", complex)]
pub struct Model {
    /// The id, beginning with `mail_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub idempotency_key: String,
    /// Purpose of the mail.
    pub kind: Kind,
    /// Delivery status.
    pub status: Status,
    #[graphql(skip)]
    pub to_name: Option<String>,
    #[graphql(skip)]
    pub to_address: String,
    #[graphql(skip)]
    pub to_folded: String,
    #[graphql(skip)]
    pub reply_to_name: Option<String>,
    #[graphql(skip)]
    pub reply_to_address: Option<String>,
    /// Subject line.
    pub subject: String,
    /// Plain text body.
    pub text: String,
    /// HTML body, a complete page. Show it in a frame that runs no scripts.
    pub html: String,
    #[graphql(skip)]
    pub about: Option<String>,
    #[graphql(skip)]
    pub job_id: Option<Id<JobRow>>,
    /// Number of attempts to send it.
    pub attempts: i32,
    #[graphql(skip)]
    pub error_code: Option<String>,
    #[graphql(skip)]
    pub error_message: Option<String>,
    /// Creation time.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
    /// Time at which the mail server accepted it; null before.
    #[graphql(skip, derived(name = "sent_at", owned, into = "Option<Timestamp>", with = "Timestamp::maybe"))]
    pub sent_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "mail";
    const NOUN: &'static str = "mail";
}

plain_fields!(Model => id, kind, status, subject, text, html, attempts, created_at, sent_at);

impl Model {
    /// Returns the recipient.
    pub fn to(&self) -> Mailbox {
        Mailbox { name: self.to_name.clone(), address: self.to_address.clone() }
    }

    /// Returns the address for replies, if it differs from the sender.
    pub fn reply_to(&self) -> Option<Mailbox> {
        Some(Mailbox { name: self.reply_to_name.clone(), address: self.reply_to_address.clone()? })
    }

    /// Returns the error of the last attempt, if it failed.
    pub fn failure(&self) -> Option<Failure> {
        let code = serde_json::from_value(self.error_code.as_deref()?.into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }
}

/// Purpose of a mail.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "MailKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Summary of a chat for the visitor, with the next steps.
    #[default]
    ChatSummary,
    /// Notification of the team about a new lead.
    NewLead,
    /// Notification of the team about a changed lead.
    LeadChanged,
    /// Notification of the team that a chat waits for a person.
    ChatHandover,
}

impl PlainValue for Kind {}

/// Delivery status of a mail.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "MailStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Waits to be sent, or for the next attempt.
    #[default]
    Queued,
    /// Accepted by the mail server.
    Sent,
    /// Given up; `sendMails` retries.
    Failed,
    /// Held, because no mail server was configured; `sendMails` sends it once one is.
    Held,
}

impl PlainValue for Status {}
