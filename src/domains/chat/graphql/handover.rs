//! The hand-over of a session to a person, as clients see it.

use async_graphql::{Context, Object, Result, SimpleObject};
use uuid::Uuid;

use crate::{
    db::Id,
    domains::{
        chat::handover::{Handover, HandoverReason, HandoverStatus},
        identity::{User, person_of},
    },
    graphql::{Timestamp, nullable},
};

/// Somebody of the team, as the other side of a chat sees them.
#[derive(SimpleObject, Clone, Debug)]
pub struct ChatStaff {
    /// The user's id.
    pub id: Id<User>,
    /// The name to show.
    pub full_name: String,
}

/// The user of the team with this id.
pub(super) async fn staff(ctx: &Context<'_>, id: Option<Uuid>) -> Option<Result<ChatStaff>> {
    let id = Id::from_uuid(id?);
    // Who sees the session sees who answers in it.
    let named =
        async { Ok(person_of(ctx, id).await?.map(|person| ChatStaff { id: person.id, full_name: person.full_name })) };
    nullable(named).await
}

/// Who answers in a chat session: its persona, or a person of the team.
#[derive(Clone)]
pub struct ChatHandover(pub Handover);

/// Who answers in a chat session: its persona, or a person of the team.
#[Object]
impl ChatHandover {
    /// Who answers, or is to.
    async fn status(&self) -> HandoverStatus {
        self.0.status
    }

    /// Why a person was asked for the last time; null when none was.
    async fn reason(&self) -> Option<HandoverReason> {
        self.0.reason
    }

    /// When a person was asked for the last time; null when none was.
    async fn requested_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.requested_at)
    }

    /// Who of the team answers, or is to; null when nobody in particular.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<ChatStaff>> {
        staff(ctx, self.0.assignee_id).await
    }
}
