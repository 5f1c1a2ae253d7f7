//! GraphQL types for the handover of a session to a team member.

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

/// Team member, as shown to the other side of a chat.
#[derive(SimpleObject, Clone, Debug)]
pub struct ChatStaff {
    /// Id of the user.
    pub user_id: Id<User>,
    /// Display name.
    pub full_name: String,
}

/// Returns the team member with this id.
pub(super) async fn staff(ctx: &Context<'_>, id: Option<Uuid>) -> Option<Result<ChatStaff>> {
    let id = Id::from_uuid(id?);
    // Who sees the session sees who answers in it.
    let named = async {
        Ok(person_of(ctx, id).await?.map(|person| ChatStaff { user_id: person.user_id, full_name: person.full_name }))
    };
    nullable(named).await
}

/// Handover of a chat session from its persona to a team member.
#[derive(Clone)]
pub struct ChatHandover(pub Handover);

/// Handover of a chat session from its persona to a team member.
#[Object]
impl ChatHandover {
    /// Present status.
    async fn status(&self) -> HandoverStatus {
        self.0.status
    }

    /// Reason of the last request for a person; null if there was none.
    async fn reason(&self) -> Option<HandoverReason> {
        self.0.reason
    }

    /// Time of the last request for a person; null if there was none.
    async fn requested_at(&self) -> Option<Timestamp> {
        Timestamp::maybe(self.0.requested_at)
    }

    /// Team member who answers or is assigned; null if nobody is assigned.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<ChatStaff>> {
        staff(ctx, self.0.assignee_id).await
    }
}
