//! Writing of a reply, from loading its session to the end of the job.

use std::time::Duration;

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

use super::{
    building, drawing,
    halt::Halt,
    material::{Answer, Material},
    prompt,
    writing::{Beginning, Writer},
};
use crate::{
    app::App,
    auth::Viewer,
    db::Id,
    domains::chat::{
        gathering, handing_over,
        jobs::{ReplyInChat, ReplyInput},
        log::{self, ChatLog, KnownSoFar},
        message::{ActiveModel, Column, Entity, Model as Message, Status},
        sending,
        session::{self, Model as Session},
    },
    error::{ErrorCode, Result},
    jobs::{Context, Failure, Job, JobError},
};

/// Maximum number of failed attempts at a reply.
const ATTEMPTS: i32 = 3;
/// Maximum number of lost workers per reply, after which something in it presumably kills the process. Lower than the
/// limit of jobs, so that a last attempt can report the failure to waiting clients.
const LOSSES: i32 = 10;
/// Maximum number of messages of the conversation.
const HISTORY: u64 = 40;

/// The final state; `None` if the reply was stopped or deleted meanwhile.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Replied {
    state: Option<Status>,
}

impl Job for ReplyInChat {
    const KIND: &'static str = "reply_in_chat";
    const MAX_ATTEMPTS: i32 = ATTEMPTS;
    const CONCURRENCY: usize = 64;
    const TIMEOUT: Duration = Duration::from_secs(600);
    const BEGINS_BY_WRITING: bool = true;
    type Input = ReplyInput;
    type Output = Replied;

    async fn run(&self, ctx: Context, input: ReplyInput) -> Result<Replied, JobError> {
        let ended = if ctx.losses() >= LOSSES {
            let failure = Failure::new(ErrorCode::Internal, "The reply could not be written; regenerate it.");
            self.give_up(&ctx, input.reply, failure).await
        } else {
            match self.reply(&ctx, input).await {
                Err(Halt::Attempt(JobError::Fail(failure))) => self.give_up(&ctx, input.reply, failure).await,
                Err(Halt::Attempt(JobError::Retry { failure, .. })) if ctx.failures() + 1 >= ATTEMPTS => {
                    self.give_up(&ctx, input.reply, failure).await
                }
                other => other,
            }
        };
        match ended {
            Ok(state) | Err(Halt::Ended(state)) => Ok(Replied { state: Some(state) }),
            Err(Halt::Over) => Ok(Replied { state: None }),
            Err(Halt::Attempt(error)) => Err(error),
        }
    }

    fn summary(output: &Replied) -> String {
        match output.state {
            Some(Status::Completed) => "The reply is written.".to_owned(),
            Some(_) => "The reply could not be written.".to_owned(),
            None => "The reply was no longer needed.".to_owned(),
        }
    }
}

impl ReplyInChat {
    fn app(&self) -> &App {
        self.0.app()
    }

    async fn reply(&self, ctx: &Context, input: ReplyInput) -> Result<Status, Halt> {
        let Beginning { mut writer, session, is_again } = Writer::begin(self.app(), ctx, input).await?;
        let material = self.material(writer.row(), session, is_again).await?;
        // Looked for side by side: nobody should wait for the one because of the other.
        let (answer, learnt) = tokio::join!(
            self.answer(&mut writer, &material),
            gathering::by_model(self.app(), &material.session, &material.persona, material.question())
        );
        self.finish(ctx, writer, &material, answer?, learnt).await?;
        Ok(Status::Completed)
    }

    /// Writes the text, with a model if one is available.
    async fn answer(&self, writer: &mut Writer<'_>, material: &Material) -> Result<Answer, Halt> {
        if self.app().clients.llm.is_configured()
            && !material.plan.is_said_by_server()
            && let Some(answer) = prompt::by_model(self.app(), writer, material).await?
        {
            return Ok(answer);
        }
        writer.restart().await?;
        building::without_model(self.app(), writer, material).await
    }

    async fn material(&self, reply: &Message, session: Session, is_again: bool) -> Result<Material, Halt> {
        let persona = self.0.personas().get(&session.persona).cloned().ok_or_else(|| {
            let message = format!("The persona `{}` no longer exists; begin a new session.", session.persona);
            JobError::Fail(Failure::new(ErrorCode::NotFound, message))
        })?;
        let history = Entity::find()
            .filter(Column::SessionId.eq(session.id))
            .filter(Column::Place.lt(reply.place))
            .filter(Column::SupersededById.is_null())
            .filter(Column::Status.is_in([Status::Completed, Status::Stopped]))
            .filter(Column::Text.ne(""))
            .order_by_desc(Column::Place)
            .limit(HISTORY);
        let mut history = history.all(self.app().db.reader()).await?;
        history.reverse();
        let message = history.last().ok_or(Halt::Over)?;
        let passages = match gathering::question_of(&session, message) {
            Some(question) => drawing::passages(&self.0, &persona, &question).await,
            None => Vec::new(),
        };
        let plan = gathering::plan(self.app(), &session, &persona, message, (is_again, !passages.is_empty()));
        Ok(Material { session, persona, history, passages, plan, is_again })
    }

    /// Stores the complete reply with the collected values, appends its event, and starts the next reply: all in the
    /// transaction in which the job ends.
    async fn finish(
        &self,
        ctx: &Context,
        writer: Writer<'_>,
        material: &Material,
        answer: Answer,
        learnt: Vec<gathering::Change>,
    ) -> Result<(), Halt> {
        let (app, session) = (self.app(), material.session.id);
        let mut fenced = writer.begin_last().await?;
        let tx = fenced.tx();
        let before = session::Entity::find_by_id(session).one(&**tx).await?.ok_or(Halt::Over)?;
        let (learnt, plan) =
            ((&material.session, learnt), (&material.plan, writer.row().reply_to_id, material.is_again));
        let row = gathering::learn(tx, &self.0, before.clone(), learnt, plan).await?;
        let message = self.whole(&writer, material, answer)?;
        let ended = ActiveModel {
            author: Set(message.author),
            model: Set(message.model.clone()),
            status: Set(message.status),
            text: Set(message.text.clone()),
            citations: Set(message.citations.clone()),
            completed_at: Set(message.completed_at),
            ..Default::default()
        };
        let event = ChatLog::Completed { message: Box::new(message), known: KnownSoFar::of(&row) };
        let (change, ended) = ((session, row.since(&before)), (writer.reply(), ended));
        if !log::append_end(tx, &app.ambient, change, ended, None, &event).await? {
            return Err(Halt::Over);
        }
        handing_over::tell(tx, &self.0, &before, &row, &Viewer::system()).await?;
        sending::next(tx, app, session).await?;
        ctx.leave(fenced);
        Ok(())
    }

    /// Returns the final row of the reply. Nobody else changes it until then.
    fn whole(&self, writer: &Writer<'_>, material: &Material, answer: Answer) -> Result<Message> {
        Ok(Message {
            author: Some(answer.author),
            model: answer.model,
            status: Status::Completed,
            text: writer.text().to_owned(),
            citations: serde_json::to_string(&drawing::citations(&material.passages, &answer.cited))?,
            completed_at: Some(self.app().ambient.now()),
            ..writer.row().clone()
        })
    }

    /// Ends a failed reply, and starts the next one.
    async fn give_up(&self, ctx: &Context, id: Id<Message>, failure: Failure) -> Result<Status, Halt> {
        let app = self.app();
        let reply = Entity::find_by_id(id).one(app.db.reader()).await?.ok_or(Halt::Over)?;
        let mut fenced = ctx.begin().await?;
        let tx = fenced.tx();
        log::topic(reply.session_id).lock(tx).await?;
        let reply = Entity::find_by_id(id).one(&**tx).await?.ok_or(Halt::Over)?;
        if reply.status.is_final() {
            return Ok(reply.status);
        }
        let ended = ActiveModel {
            status: Set(Status::Failed),
            text: Set(String::new()),
            error_code: Set(Some(failure.code.as_str().to_owned())),
            error_message: Set(Some(failure.message.clone())),
            completed_at: Set(Some(app.ambient.now())),
            ..Default::default()
        };
        let event = ChatLog::Failed { message_id: id, failure };
        let session = (reply.session_id, session::ActiveModel::default());
        log::append_end(tx, &app.ambient, session, (id, ended), None, &event).await?;
        sending::next(tx, app, reply.session_id).await?;
        fenced.commit().await?;
        Ok(Status::Failed)
    }
}
