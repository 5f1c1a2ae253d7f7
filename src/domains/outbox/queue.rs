//! Queueing of mails, and handover to the job that sends them.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

use super::{
    SendMail,
    entity::{ActiveModel, Column, Entity, Kind, Model, Status},
    send_mail::SendMailInput,
};
use crate::{
    ambient::Ambient,
    app::App,
    clients::mail::Mailbox,
    db::{Id, WriteTx},
    error::{Error, Result},
    jobs::{self, NewJob},
    mails::RenderedMail,
    text::fold,
};

/// A mail to send. Not `Debug`, so that its content is never logged.
#[derive(Clone)]
pub struct NewMail {
    /// Unique key of this mail, from which its `Message-ID` is derived. Name what it is about, such as `chat_summary
    /// <session>`.
    pub idempotency_key: String,
    /// The purpose.
    pub kind: Kind,
    /// The recipient.
    pub to: Mailbox,
    /// The address for replies, if it differs from the sender.
    pub reply_to: Option<Mailbox>,
    /// The content.
    pub content: RenderedMail,
    /// The id of the object it is about, such as a lead.
    pub about: Option<String>,
}

/// Queues a mail in the transaction of its cause; it is sent after the commit. A key used before for the same mail
/// returns that one. Without a mail server the mail is held until somebody sends it.
///
/// # Errors
/// [`Error::IdempotencyMismatch`] if the key was used for another mail, or if the database fails.
pub async fn queue(tx: &mut WriteTx, app: &App, new: NewMail) -> Result<Id<Model>> {
    let row = row_of(&app.ambient, new);
    // "Do nothing" instead of a look before: two transactions with one key at the same time both get the one mail.
    let inserted = Entity::insert(row.clone().into_active_model())
        .on_conflict(OnConflict::column(Column::IdempotencyKey).do_nothing().to_owned())
        .exec_without_returning(&**tx)
        .await?;
    if inserted == 0 {
        return existing(tx, &row).await;
    }
    if app.clients.mail.is_some() {
        hand_over(tx, &app.ambient, row.id).await?;
    } else {
        tracing::warn!(mail = %row.id, kind = ?row.kind, "a mail is held in the outbox, because SMTP_HOST is not set");
    }
    Ok(row.id)
}

/// Assigns a mail to a new job, which sends it.
pub(super) async fn hand_over(tx: &mut WriteTx, ambient: &Ambient, id: Id<Model>) -> Result<Model> {
    let job = jobs::enqueue::<SendMail>(tx, ambient, NewJob::new(SendMailInput { mail: id }, None)).await?.job;
    let change = ActiveModel {
        id: Set(id),
        status: Set(Status::Queued),
        job_id: Set(Some(job.id)),
        error_code: Set(None),
        error_message: Set(None),
        updated_at: Set(ambient.now()),
        ..Default::default()
    };
    Ok(Entity::update(change).exec(&**tx).await?)
}

async fn existing(tx: &WriteTx, row: &Model) -> Result<Id<Model>> {
    let existing = Entity::find().filter(Column::IdempotencyKey.eq(&row.idempotency_key)).one(&**tx).await?;
    let existing =
        existing.ok_or_else(|| Error::internal(anyhow::anyhow!("a mail that blocked an insert has gone")))?;
    let content = |mail: &Model| {
        let Model { kind, subject, text, html, about, .. } = mail.clone();
        (kind, mail.to(), mail.reply_to(), subject, text, html, about)
    };
    if content(&existing) == content(row) { Ok(existing.id) } else { Err(Error::IdempotencyMismatch) }
}

fn row_of(ambient: &Ambient, new: NewMail) -> Model {
    let now = ambient.now();
    let (reply_to_name, reply_to_address) = match new.reply_to {
        Some(reply_to) => (reply_to.name, Some(reply_to.address)),
        None => (None, None),
    };
    Model {
        id: Id::new(ambient),
        idempotency_key: new.idempotency_key,
        kind: new.kind,
        status: Status::Held,
        to_name: new.to.name,
        to_folded: fold(&new.to.address),
        to_address: new.to.address,
        reply_to_name,
        reply_to_address,
        subject: new.content.subject,
        text: new.content.text,
        html: new.content.html,
        about: new.about,
        job_id: None,
        attempts: 0,
        error_code: None,
        error_message: None,
        created_at: now,
        updated_at: now,
        sent_at: None,
    }
}
