//! The job for visitors to whom no person came.

use sea_orm::{EntityTrait, IntoActiveModel};
use serde::{Deserialize, Serialize};

use super::{
    gathering,
    handover::HandoverStatus,
    jobs::{Unanswered, UnansweredInput},
    log::{self, ChatLog, KnownSoFar},
    message::{self, Author, Model as Message, Role, Status},
    personas::Persona,
    pick::one_of,
    sending,
    session::{self, Model as Session},
};
use crate::{
    error::Result,
    jobs::{Context, Job, JobError},
};

/// The result of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct LookedAfter {
    is_told: bool,
}

impl Job for Unanswered {
    const KIND: &'static str = "chat_unanswered";
    const MAX_ATTEMPTS: i32 = 20;
    type Input = UnansweredInput;
    type Output = LookedAfter;

    async fn run(&self, ctx: Context, input: UnansweredInput) -> Result<LookedAfter, JobError> {
        let app = self.0.app();
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        log::topic(input.session).lock(tx).await?;
        let Some(before) = session::Entity::find_by_id(input.session).one(&**tx).await? else {
            return Ok(LookedAfter { is_told: false });
        };
        let still_waits = before.handover_status == HandoverStatus::Waiting
            && before
                .handover_requested_at
                .is_some_and(|at| at.timestamp_micros() == input.requested_at.timestamp_micros());
        let persona = self.0.personas().get(&before.persona).cloned();
        let (true, Some(persona)) = (still_waits, persona) else { return Ok(LookedAfter { is_told: false }) };
        let (session, text) = gathering::leave_waiting(tx, app, &persona, before.clone(), |known| {
            text(&persona, known, app.ambient.unit())
        })
        .await?;
        let message = Message {
            role: Role::Assistant,
            author: Some(Author::BuiltIn),
            status: Status::Completed,
            text,
            completed_at: Some(app.ambient.now()),
            ..sending::next_message(tx, app, &session).await?
        };
        message::Entity::insert(message.clone().into_active_model()).exec_without_returning(&**tx).await?;
        let session = Session { last_message_at: message.created_at, ..session };
        let added = ChatLog::Added { message: Box::new(message), reply_id: None, known: KnownSoFar::of(&session) };
        let change = (session.id, session.since(&before));
        log::append_with(tx, &app.ambient, change, None, &added).await?;
        fenced.commit().await?;
        Ok(LookedAfter { is_told: true })
    }

    fn summary(output: &LookedAfter) -> String {
        let text = if output.is_told { "The visitor was told that nobody came." } else { "Somebody came." };
        text.to_owned()
    }
}

/// Returns the message to the visitor; `known` is the address that the team may write to.
fn text(persona: &Persona, known: Option<&str>, unit: f64) -> String {
    let begin = one_of(&persona.replies.unanswered, unit);
    match known {
        Some(address) => format!("{begin}\n\nThey have your address, {address}, and will write to you there."),
        None => format!("{begin}\n\nAt which email address can they write to you?"),
    }
}
