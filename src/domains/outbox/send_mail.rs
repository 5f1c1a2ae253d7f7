//! The job that sends a mail of the outbox.

use std::sync::Arc;

use sea_orm::{ActiveValue::Set, EntityTrait, QuerySelect};
use serde::{Deserialize, Serialize};

use super::entity::{ActiveModel, Entity, Model, Status};
use crate::{
    app::App,
    clients::mail::{Mail, MailError, Mailer},
    db::Id,
    error::Error,
    jobs::{Context, Failure, Job, JobError},
};

/// Sends a mail of the outbox. See [`super`] for the guarantee that each is sent once.
#[derive(Debug)]
pub struct SendMail(pub App);

/// The input of the job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SendMailInput {
    /// The id of the mail.
    pub mail: Id<Model>,
}

/// The outcome of sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MailOutcome {
    /// Accepted by the mail server.
    Sent,
    /// Held, because there is no mail server any more.
    Held,
    /// Already sent, assigned to another job, or deleted.
    NothingToDo,
}

impl Job for SendMail {
    const KIND: &'static str = "send_mail";
    /// Maximum number of attempts, about six hours with the pauses of the queue: a mail server that is down for a
    /// morning loses nothing.
    const MAX_ATTEMPTS: i32 = 45;
    type Input = SendMailInput;
    type Output = MailOutcome;

    async fn run(&self, ctx: Context, input: SendMailInput) -> Result<MailOutcome, JobError> {
        let Some(row) = self.begin_attempt(&ctx, input.mail).await? else { return Ok(MailOutcome::NothingToDo) };
        let Some(mailer) = self.mailer() else { return Ok(MailOutcome::Held) };
        match mailer.send(&mail_of(&row)).await {
            Ok(()) => {
                let sent_at = Some(self.0.ambient.now());
                let change = ActiveModel { status: Set(Status::Sent), sent_at: Set(sent_at), ..Default::default() };
                self.settle(&ctx, row.id, change, None).await?;
                Ok(MailOutcome::Sent)
            }
            Err(error) => {
                let (failure, may_help) = (failure(&error), error.is_retryable());
                let status =
                    if may_help && ctx.attempt() < Self::MAX_ATTEMPTS { Status::Queued } else { Status::Failed };
                let change = ActiveModel { status: Set(status), ..Default::default() };
                self.settle(&ctx, row.id, change, Some(&failure)).await?;
                Err(if may_help { JobError::Retry { failure, after: None } } else { JobError::Fail(failure) })
            }
        }
    }

    fn summary(output: &MailOutcome) -> String {
        let said = match output {
            MailOutcome::Sent => "The mail was sent.",
            MailOutcome::Held => "The mail is held, because no mail server is set up.",
            MailOutcome::NothingToDo => "There was nothing to send.",
        };
        said.to_owned()
    }
}

impl SendMail {
    fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        self.0.clients.mail.clone()
    }

    /// Returns the mail with the attempt counted, if it is this job's to send. Without a mail server it is held.
    async fn begin_attempt(&self, ctx: &Context, id: Id<Model>) -> Result<Option<Model>, JobError> {
        let mut tx = ctx.begin().await?;
        // Locked, so that nobody gives the mail to another job between this look and the change.
        let row = Entity::find_by_id(id).lock_exclusive().one(&**tx.tx()).await?;
        // A job that had given up may have been started again.
        let is_open = |row: &Model| matches!(row.status, Status::Queued | Status::Failed);
        let Some(row) = row.filter(|row| is_open(row) && row.job_id == Some(ctx.id())) else { return Ok(None) };
        let (status, attempts) =
            if self.mailer().is_some() { (Status::Queued, row.attempts + 1) } else { (Status::Held, row.attempts) };
        let change = ActiveModel {
            id: Set(id),
            status: Set(status),
            attempts: Set(attempts),
            error_code: Set(None),
            error_message: Set(None),
            updated_at: Set(self.0.ambient.now()),
            ..Default::default()
        };
        let row = Entity::update(change).exec(&**tx.tx()).await?;
        tx.commit().await?;
        Ok(Some(row))
    }

    /// Records the outcome of the attempt, if this worker still holds the job.
    async fn settle(
        &self,
        ctx: &Context,
        id: Id<Model>,
        change: ActiveModel,
        failure: Option<&Failure>,
    ) -> Result<(), JobError> {
        let mut tx = ctx.begin().await?;
        let change = ActiveModel {
            id: Set(id),
            error_code: Set(failure.map(|failure| failure.code.as_str().to_owned())),
            error_message: Set(failure.map(|failure| failure.message.clone())),
            updated_at: Set(self.0.ambient.now()),
            ..change
        };
        Entity::update(change).exec(&**tx.tx()).await?;
        tx.commit().await
    }
}

fn mail_of(row: &Model) -> Mail {
    Mail {
        to: row.to(),
        subject: row.subject.clone(),
        text: row.text.clone(),
        html: Some(row.html.clone()),
        message_id: row.idempotency_key.clone(),
        reply_to: row.reply_to(),
    }
}

/// Returns the stored form of an error: its code, and a sentence with the server's message.
fn failure(error: &MailError) -> Failure {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    Failure::new(Error::from(error.clone()).code(), format!("{first}{}.", letters.as_str().trim_end_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn a_failure_is_a_sentence_with_the_words_of_the_server() {
        let refused = MailError::Refused { status: 550, reason: "5.1.1 no such mailbox.".to_owned() };
        let sentence = "The mail server refused the mail with 550: 5.1.1 no such mailbox.";
        assert_eq!(failure(&refused), Failure::new(ErrorCode::BadInput, sentence));
        let silent = Failure::new(ErrorCode::ProviderUnavailable, "The mail server did not answer in time.");
        assert_eq!(failure(&MailError::Timeout), silent);
    }
}
