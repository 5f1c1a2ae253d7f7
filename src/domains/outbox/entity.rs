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

/// A mail that the product sends.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "outbox_mails")]
#[graphql(name = "OutboxMail", complex)]
pub struct Model {
    /// The id, beginning with `mail_`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    #[graphql(skip)]
    pub idempotency_key: String,
    /// What it is for.
    pub kind: Kind,
    /// What became of it.
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
    /// The subject.
    pub subject: String,
    /// The mail as plain text.
    pub text: String,
    /// The mail as HTML, a whole page. Show it in a frame that runs no scripts.
    pub html: String,
    #[graphql(skip)]
    pub about: Option<String>,
    #[graphql(skip)]
    pub job_id: Option<Id<JobRow>>,
    /// How often sending it was tried.
    pub attempts: i32,
    #[graphql(skip)]
    pub error_code: Option<String>,
    #[graphql(skip)]
    pub error_message: Option<String>,
    /// When it was written.
    #[graphql(skip, derived(name = "created_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    pub created_at: DateTimeUtc,
    #[graphql(skip)]
    pub updated_at: DateTimeUtc,
    /// When the mail server took it; null until then.
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
    /// Who gets it.
    pub fn to(&self) -> Mailbox {
        Mailbox { name: self.to_name.clone(), address: self.to_address.clone() }
    }

    /// Who gets the answers, when not the sender.
    pub fn reply_to(&self) -> Option<Mailbox> {
        Some(Mailbox { name: self.reply_to_name.clone(), address: self.reply_to_address.clone()? })
    }

    /// What went wrong, when the last attempt failed.
    pub fn failure(&self) -> Option<Failure> {
        let code = serde_json::from_value(self.error_code.as_deref()?.into()).unwrap_or(ErrorCode::Internal);
        Some(Failure { code, message: self.error_message.clone().unwrap_or_default() })
    }
}

/// What a mail is for.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "MailKind")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// Tells a visitor what they told in a chat, and what happens next.
    ChatSummary,
    /// Tells the team of a new lead.
    NewLead,
    /// Tells the team that something of a lead has changed.
    LeadChanged,
    /// Tells the team that a person is asked for in a chat.
    ChatHandover,
}

impl PlainValue for Kind {}

/// What became of a mail.
#[derive(Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "MailStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It will be sent, or sent again after an attempt that failed.
    Queued,
    /// The mail server took it.
    Sent,
    /// It was given up; `sendMails` tries again.
    Failed,
    /// No mail server was set up when it was to be sent; `sendMails` sends it when there is one.
    Held,
}

impl PlainValue for Status {}
