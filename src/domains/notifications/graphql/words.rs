//! The text of a notification, made when it is read from the subject as its reader may see it.

use async_graphql::Context;

use crate::{
    db::{Id, Identified},
    domains::{
        chat::ChatSessionEntity, leads::LeadEntity, notification_kinds::NotificationKind, notifications::Notification,
        shared::one, signals::SignalEntity, system::Job,
    },
    error::Result,
    graphql::Listed,
    jobs::JobEntity,
};

/// Returns the text; `None` if the subject is gone, or the viewer may not see it.
///
/// # Errors
/// When the database fails.
pub(super) async fn of(ctx: &Context<'_>, notification: &Notification) -> Result<Option<String>> {
    let id = &notification.subject_id;
    Ok(match NotificationKind::named(&notification.kind) {
        NotificationKind::ChatWaiting => {
            let session = seen::<ChatSessionEntity>(ctx, id).await?;
            session.map(|_| "A chat asked for a person of the team.".to_owned())
        }
        NotificationKind::SignalDetected => seen::<SignalEntity>(ctx, id).await?.map(|signal| signal.summary),
        NotificationKind::LeadCreated => {
            seen::<LeadEntity>(ctx, id).await?.map(|lead| format!("{} left their details in a chat.", lead.name))
        }
        NotificationKind::JobCompleted => {
            seen::<JobEntity>(ctx, id).await?.map(|_| "What you started is done.".to_owned())
        }
        NotificationKind::JobFailed => seen::<JobEntity>(ctx, id).await?.map(of_failed),
        NotificationKind::Other => None,
    })
}

/// Returns the folder of the subject in the path at which an application shows it.
pub(super) fn folder(notification: &Notification) -> &'static str {
    match NotificationKind::named(&notification.kind) {
        NotificationKind::ChatWaiting => "chats",
        NotificationKind::SignalDetected => "signals",
        NotificationKind::LeadCreated => "leads",
        NotificationKind::JobCompleted | NotificationKind::JobFailed => "jobs",
        NotificationKind::Other => "notifications",
    }
}

/// Returns the subject, if the viewer sees it.
async fn seen<E: Listed<Model: Identified>>(ctx: &Context<'_>, id: &str) -> Result<Option<E::Node>> {
    let Ok(id) = id.parse::<Id<E::Model>>() else { return Ok(None) };
    match one::<E>(ctx, id).await {
        Err(error) if error.is_refusal() => Ok(None),
        found => found,
    }
}

fn of_failed(Job(job): Job) -> String {
    job.error_message.unwrap_or_else(|| "What you started failed, and was started again.".to_owned())
}
