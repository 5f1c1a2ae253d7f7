//! Invitations and impersonation, as clients see them.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::sign_in::LoginPayload;
use crate::domains::identity::Identity;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{Role, User, editing::UserDraft, invitations::Acceptance},
    },
    graphql::{Requires, Timestamp},
};

/// Whom to invite.
#[derive(InputObject)]
pub struct InviteUserInput {
    /// The mail address, to which the link goes.
    email: String,
    /// The name to show, up to 200 characters.
    full_name: String,
    /// The telephone number, up to 40 characters.
    phone: Option<String>,
    /// The role; one with no permission that you lack.
    role_id: Id<Role>,
    /// A text of your choice, 1 to 200 characters: the same key and input give the first invitation again instead of a
    /// second mail, and with another input `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// An invitation that is out.
#[derive(SimpleObject)]
pub struct InviteUserPayload {
    /// The user, who may sign in once the invitation is accepted.
    user: User,
    /// When the link stops being good.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// The link, good once, to pass on to the user; null when it goes out by mail.
    link: Option<String>,
}

/// How an invitation is accepted.
#[derive(InputObject)]
pub struct AcceptInvitationInput {
    /// The token of the link: what stands after `token=`.
    #[graphql(secret)]
    token: String,
    /// The password to sign in with: at least 12 characters, and not one that is guessed first.
    #[graphql(secret)]
    password: String,
    /// The name to show, up to 200 characters; the one of the invitation when left out.
    full_name: Option<String>,
}

/// In whose place to act.
#[derive(InputObject)]
pub struct ImpersonateUserInput {
    /// The user's id.
    user_id: Id<User>,
    /// Why, for the audit log; up to 500 characters.
    reason: Option<String>,
}

/// What you act by in the place of a user.
#[derive(SimpleObject)]
pub struct ImpersonateUserPayload {
    /// The token to send as `Authorization: Bearer <token>` in the place of your own. It cannot be refreshed.
    access_token: String,
    /// When the token stops being good.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// In whose place you act.
    user: User,
}

/// Mutations of invitations.
#[derive(Default, Debug)]
pub struct InvitationsMutation;

#[Object]
impl InvitationsMutation {
    /// Invites somebody to become a user, by a mail with a link that is good once. Without a mail server the link is
    /// returned, to be passed on. Who was invited before and has not accepted gets a new link, and the old one is good for
    /// nothing. Needs `users:manage`, and every permission that the role gives. Fails with `ALREADY_EXISTS` when the
    /// address is a user's.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn invite_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite.")] input: InviteUserInput,
    ) -> Result<InviteUserPayload> {
        let InviteUserInput { email, full_name, phone, role_id, idempotency_key } = input;
        let draft = UserDraft { email, full_name, phone, role_id };
        let invited = ctx.service::<Identity>()?.invite(ctx.viewer()?, draft, idempotency_key).await?;
        Ok(InviteUserPayload { user: invited.user, expires_at: invited.expires_at, link: invited.link })
    }

    /// Accepts an invitation by the token of its link: sets the password and signs in. For everybody who has the link.
    /// Fails with `BAD_INPUT` when the link is good no more.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token and the new password.")] input: AcceptInvitationInput,
    ) -> Result<LoginPayload> {
        let AcceptInvitationInput { token, password, full_name } = input;
        let acceptance = Acceptance { token, password, full_name };
        Ok(ctx.service::<Identity>()?.accept_invitation(ctx.viewer()?, acceptance).await?.into())
    }

    /// Begins to act in the place of a user, for as long as an access token lasts. All that is done shows you in the audit
    /// log. Needs `users:impersonate`, every permission that the user has, and a sign-in in person. Nobody may act in the
    /// place of an administrator, nor change credentials in somebody's place.
    #[graphql(directive = Requires::apply(&["users:impersonate"]))]
    async fn impersonate_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In whose place, and why.")] input: ImpersonateUserInput,
    ) -> Result<ImpersonateUserPayload> {
        let begun = ctx.service::<Identity>()?.impersonate(ctx.viewer()?, input.user_id, input.reason).await?;
        Ok(ImpersonateUserPayload { access_token: begun.access_token, expires_at: begun.expires_at, user: begun.user })
    }
}
