//! GraphQL types, queries and mutations for the outbox.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};

use super::{
    entity::{Entity, Model as OutboxMail},
    service,
};
use crate::{
    clients::mail::Mailbox,
    db::Id,
    domains::{
        ContextExt,
        shared::{NodeLink, one, root_list},
        system::Job,
    },
    error::ErrorCode,
    graphql::{AsMany, Requires, nullable},
    jobs::{Failure, JobEntity},
};

/// Mail address of a person.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// Display name; null if unknown.
    name: Option<String>,
    /// The address, such as `dana@example.com`.
    address: String,
}

impl From<Mailbox> for MailAddress {
    fn from(mailbox: Mailbox) -> Self {
        Self { name: mailbox.name, address: mailbox.address }
    }
}

/// Reason why a mail was not sent.
#[derive(SimpleObject, Debug, Clone)]
pub struct MailFailure {
    /// Machine-readable error code.
    code: ErrorCode,
    /// Human-readable message, including that of the mail server.
    message: String,
}

impl From<Failure> for MailFailure {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message }
    }
}

#[ComplexObject]
impl OutboxMail {
    /// Recipient.
    #[graphql(name = "to")]
    async fn recipient(&self) -> MailAddress {
        self.to().into()
    }

    /// Address for replies; null if it is the sender.
    #[graphql(name = "replyTo")]
    async fn answers_to(&self) -> Option<MailAddress> {
        self.reply_to().map(MailAddress::from)
    }

    /// Object that the mail is about, such as a lead, as it is now; null if there is none, if it no longer exists, or if
    /// you may not see it.
    #[graphql(name = "about")]
    async fn subject_matter(&self) -> Option<NodeLink> {
        self.about.clone().map(NodeLink)
    }

    /// Error of the last attempt; null unless it failed.
    async fn error(&self) -> Option<MailFailure> {
        self.failure().map(MailFailure::from)
    }

    /// Job that sends the mail; null if there was none, if it was purged, or if you lack `jobs:read_all`.
    async fn job(&self, ctx: &Context<'_>) -> Option<Result<Job>> {
        let id = self.job_id?;
        nullable(one::<JobEntity>(ctx, id)).await
    }
}

/// Queries for the outbox.
#[derive(Default, Debug)]
pub struct OutboxQuery;

#[Object]
impl OutboxQuery {
    /// The mail with this id; null if it does not exist. Needs `outbox:read`.
    #[graphql(directive = Requires::apply(&["outbox:read"]))]
    async fn outbox_mail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the mail.")] id: Id<OutboxMail>,
    ) -> Option<Result<OutboxMail>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// Mails sent by the server, newest first by default, with their delivery status. They are kept for 90 days unless
    /// configured otherwise. Invitations are not included. Null without `outbox:read`.
    OutboxList: outbox of Entity,
    needs: "outbox:read",
    filter: "Conditions on the mails.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that the recipient's address must contain, in any order, regardless of case; at most 10 words and 200 characters."
}

/// Result of sending mails.
#[derive(SimpleObject)]
pub struct SendMailsPayload {
    /// Mails after the call, in the order of the ids.
    mails: Vec<OutboxMail>,
}

/// Mutations of the outbox.
#[derive(Default, Debug)]
pub struct OutboxMutation;

#[Object]
impl OutboxMutation {
    /// Sends mails that were held for lack of a mail server or given up, all or none. Queued mails stay unchanged, so a
    /// repeated call sends nothing twice. Needs `outbox:manage`. Fails with `BAD_INPUT`, naming each mail that was sent
    /// already or does not exist, and with `PROVIDER_NOT_CONFIGURED` if there is no mail server.
    #[graphql(directive = AsMany::apply("ids", Some("mails")), directive = Requires::apply(&["outbox:manage"]))]
    async fn send_mails(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of the mails, 1–100.")] ids: Vec<Id<OutboxMail>>,
    ) -> Result<SendMailsPayload> {
        Ok(SendMailsPayload { mails: service::send(ctx.app()?, ctx.viewer()?, &ids).await? })
    }
}
