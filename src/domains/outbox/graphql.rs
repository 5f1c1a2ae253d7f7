//! The outbox, as clients see it.

use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};

use super::{
    entity::{Entity, Model as OutboxMail},
    service,
};
use crate::{
    clients::mail::Mailbox,
    db::Id,
    domains::{
        ContextExt,
        shared::{one, root_list},
        system::Job,
    },
    error::ErrorCode,
    graphql::{AsMany, Requires, nullable},
    jobs::{Failure, JobEntity},
};

/// A person and the address of their mailbox.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct MailAddress {
    /// The name to be shown; null when only the address is known.
    name: Option<String>,
    /// The address, such as `dana@example.com`.
    address: String,
}

impl From<Mailbox> for MailAddress {
    fn from(mailbox: Mailbox) -> Self {
        Self { name: mailbox.name, address: mailbox.address }
    }
}

/// Why a mail was not sent.
#[derive(SimpleObject, Debug, Clone)]
pub struct MailFailure {
    /// The code to decide by.
    code: ErrorCode,
    /// What happened, for a person, with the words of the mail server.
    message: String,
}

impl From<Failure> for MailFailure {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code, message: failure.message }
    }
}

#[ComplexObject]
impl OutboxMail {
    /// Who gets it.
    #[graphql(name = "to")]
    async fn recipient(&self) -> MailAddress {
        self.to().into()
    }

    /// Who gets the answers; null when that is the sender.
    #[graphql(name = "replyTo")]
    async fn answers_to(&self) -> Option<MailAddress> {
        self.reply_to().map(MailAddress::from)
    }

    /// The id of what it is about, such as a lead; null when it is about nothing that has one. `node` finds it, where it
    /// is of a type that `node` knows, still there, and for you to see.
    #[graphql(name = "aboutId")]
    async fn subject_matter(&self) -> Option<ID> {
        self.about.as_ref().map(ID::from)
    }

    /// What went wrong; null unless the last attempt failed.
    async fn error(&self) -> Option<MailFailure> {
        self.failure().map(MailFailure::from)
    }

    /// The job that sends it, or did; null when it was never handed to one, when the job was purged, or when you lack
    /// `jobs:read_all`.
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
    /// The mail with this id; null when there is none. Needs `outbox:read`.
    #[graphql(directive = Requires::apply(&["outbox:read"]))]
    async fn outbox_mail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mail's id.")] id: Id<OutboxMail>,
    ) -> Option<Result<OutboxMail>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// The mails that the product sends, with what became of them: the newest first unless ordered otherwise. They are kept
    /// for 90 days, unless the server's operator sets another time. Invitations are not among them. Null without `outbox:read`.
    OutboxList: outbox of Entity,
    needs: "outbox:read",
    filter: "Which mails.",
    order: "In which order; newest first when not given.",
    search: "Words that the recipient's address must contain, in any order, regardless of case; at most 10 words and 200 characters."
}

/// What came of having mails sent.
#[derive(SimpleObject)]
pub struct SendMailsPayload {
    /// The mails as they are now, in the order of the ids.
    mails: Vec<OutboxMail>,
}

/// Mutations of the outbox.
#[derive(Default, Debug)]
pub struct OutboxMutation;

#[Object]
impl OutboxMutation {
    /// Has mails sent that were held back because no mail server was set up, or that were given up; all of them or none.
    /// Those that wait to be sent are left as they are, so asking twice sends nothing twice. Needs `outbox:manage`. Fails
    /// with `BAD_INPUT`, which names each mail that was sent already or does not exist, and with
    /// `PROVIDER_NOT_CONFIGURED` when there is no mail server.
    #[graphql(directive = AsMany::apply("ids", Some("mails")), directive = Requires::apply(&["outbox:manage"]))]
    async fn send_mails(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mails' ids, 1 to 100.")] ids: Vec<Id<OutboxMail>>,
    ) -> Result<SendMailsPayload> {
        Ok(SendMailsPayload { mails: service::send(ctx.app()?, ctx.viewer()?, &ids).await? })
    }
}
