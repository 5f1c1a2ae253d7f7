//! Mails to the team about a session that waits for a person.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{
    message::{Column, Entity, Role},
    personas::Persona,
    session::Model as Session,
    winning::{conversation, facts},
};
use crate::{
    app::App,
    clients::mail::Mailbox,
    db::WriteTx,
    domains::{
        identity::User,
        outbox::{self, MailKind, NewMail},
    },
    error::Result,
    mails::{self, HandoverMail, RenderedMail},
};

/// Maximum length of the quoted last message, in characters.
const LAST_WORDS: usize = 500;

/// Queues a mail to each of the team, in the transaction in which a person is requested.
///
/// # Errors
/// When the database fails.
pub(super) async fn to_team(
    tx: &mut WriteTx,
    app: &App,
    (session, persona): (&Session, &Persona),
    team: &[User],
) -> Result<()> {
    let content = content(tx, app, session, persona).await?;
    for user in team {
        queue(tx, app, session, user, content.clone()).await?;
    }
    Ok(())
}

/// Queues a mail to the assignee.
///
/// # Errors
/// When the database fails.
pub(super) async fn to_assignee(
    tx: &mut WriteTx,
    app: &App,
    session: &Session,
    persona: &Persona,
    user: &User,
) -> Result<()> {
    let content = content(tx, app, session, persona).await?;
    queue(tx, app, session, user, content).await
}

async fn queue(tx: &mut WriteTx, app: &App, session: &Session, user: &User, content: RenderedMail) -> Result<()> {
    let (assignee, now) = (session.handover_assignee_id, app.ambient.now().timestamp_micros());
    let role = if assignee == Some(user.id.uuid()) { "assignee" } else { "team" };
    let mail = NewMail {
        idempotency_key: format!("chat_handover {} {role} {} {now}", session.id, user.id),
        kind: MailKind::ChatHandover,
        to: Mailbox::named(user.full_name.clone(), user.email.clone()),
        reply_to: None,
        content,
        about: Some(session.id.to_string()),
    };
    outbox::queue(tx, app, mail).await.map(drop)
}

async fn content(tx: &WriteTx, app: &App, session: &Session, persona: &Persona) -> Result<RenderedMail> {
    let last = Entity::find()
        .filter(Column::SessionId.eq(session.id))
        .filter(Column::Role.eq(Role::User))
        .order_by_desc(Column::Place)
        .one(&**tx)
        .await?;
    let last = last.map(|message| message.text.chars().take(LAST_WORDS).collect::<String>());
    let facts = facts(persona, &session.collected());
    let reason = session.handover_reason.map_or("", |reason| reason.phrase());
    mails::handover_to_team(&HandoverMail {
        persona: &persona.name,
        reason,
        last_words: last.as_deref(),
        facts: &facts,
        conversation: &conversation(app, session),
    })
}
