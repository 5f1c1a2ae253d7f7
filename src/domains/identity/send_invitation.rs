//! The job that sends an invitation by mail.

use std::sync::Arc;

use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Identity,
    invitation::{self, open_invitation},
    user::{self, Model as User},
};
use crate::{
    clients::mail::{Mail, Mailbox, Mailer},
    config::SMTP_HOST,
    db::Id,
    error::Error,
    jobs::{Context, Job, JobError},
    mails,
};

/// Sends the link of an invitation. The link is derived from the server's key, so that it is not stored.
#[derive(Debug)]
pub struct SendInvitation(pub Identity);

/// The input of the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendInvitationInput {
    /// The id of the invitation.
    pub invitation: Id<invitation::Model>,
}

/// The outcome.
#[derive(Debug, Serialize, Deserialize)]
pub struct InvitationSent {
    /// True if the mail server accepted it; false if the invitation was withdrawn or accepted meanwhile.
    was_sent: bool,
}

impl Job for SendInvitation {
    const KIND: &'static str = "send_invitation";
    type Input = SendInvitationInput;
    type Output = InvitationSent;

    async fn run(&self, _ctx: Context, input: SendInvitationInput) -> Result<InvitationSent, JobError> {
        let app = self.0.app();
        let mailer: Arc<dyn Mailer> = app
            .clients
            .mail
            .clone()
            .ok_or_else(|| Error::ProviderNotConfigured { what: "Sending mail".to_owned(), setting: SMTP_HOST })?;
        let open = open_invitation(app.db.reader(), input.invitation, app.ambient.now()).await?;
        let Some((row, user)) = open else { return Ok(InvitationSent { was_sent: false }) };
        let inviter = user::Entity::find_by_id(row.invited_by).one(app.db.reader()).await?;
        let mail = self.mail(&row, &user, inviter.as_ref())?;
        mailer.send(&mail).await.map_err(Error::from)?;
        Ok(InvitationSent { was_sent: true })
    }

    fn summary(output: &InvitationSent) -> String {
        let said = if output.was_sent { "The invitation was sent." } else { "The invitation is no longer open." };
        said.to_owned()
    }
}

impl SendInvitation {
    fn mail(&self, row: &invitation::Model, user: &User, inviter: Option<&User>) -> Result<Mail, Error> {
        let link = Url::parse(&self.0.invitation_link(row)).map_err(Error::internal)?;
        let name = inviter.map_or("An administrator", |inviter| inviter.full_name.as_str());
        let content = mails::invitation(name, &user.full_name, &link, row.expires_at)?;
        Ok(Mail {
            to: Mailbox::named(&user.full_name, &user.email),
            subject: content.subject,
            text: content.text,
            html: Some(content.html),
            message_id: row.id.to_string(),
            reply_to: inviter.map(|inviter| Mailbox::named(&inviter.full_name, &inviter.email)),
        })
    }
}
