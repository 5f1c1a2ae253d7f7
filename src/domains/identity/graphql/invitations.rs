//! GraphQL types and mutations for invitations and impersonation.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::sign_in::LoginPayload;
use crate::domains::identity::Identity;
use crate::{
    domains::{
        ContextExt,
        identity::{
            User,
            input::{AcceptInvitationInput, ImpersonateUserInput, InviteUserInput},
        },
    },
    graphql::{Requires, Timestamp},
};

/// A pending invitation.
#[derive(SimpleObject)]
pub struct InviteUserPayload {
    /// Invited user, who can sign in after accepting.
    user: User,
    /// Expiry time of the link.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// One-time link to pass on to the user; null if it is sent by mail.
    link: Option<String>,
}

/// Credentials for impersonating a user.
#[derive(SimpleObject)]
pub struct ImpersonateUserPayload {
    /// Token to send as `Authorization: Bearer <token>` instead of your own. Cannot be refreshed.
    access_token: String,
    /// Expiry time of the token.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// The impersonated user.
    user: User,
}

/// Mutations of invitations.
#[derive(Default, Debug)]
pub struct InvitationsMutation;

#[Object]
impl InvitationsMutation {
    /// Invites a user by mail with a one-time link, or returns the link if no mail server is set up. Inviting again
    /// before acceptance replaces the link and invalidates the old one. Needs `users:manage`, and every permission of
    /// the role. Fails with `ALREADY_EXISTS` if a user has the address.
    #[graphql(directive = Requires::apply(&["users:manage"]))]
    async fn invite_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "User to invite.")] input: InviteUserInput,
    ) -> Result<InviteUserPayload> {
        let invited = ctx.service::<Identity>()?.invite(ctx.viewer()?, input).await?;
        Ok(InviteUserPayload { user: invited.user, expires_at: invited.expires_at, link: invited.link })
    }

    /// Accepts an invitation with the token from its link: sets the password and signs in. Open to everybody with the
    /// link. Fails with `BAD_INPUT` if the link is no longer valid.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Token and new password.")] input: AcceptInvitationInput,
    ) -> Result<LoginPayload> {
        Ok(ctx.service::<Identity>()?.accept_invitation(ctx.viewer()?, input).await?.into())
    }

    /// Impersonates a user for the lifetime of an access token. The audit log names you as the actor. Needs
    /// `users:impersonate`, every permission of the user, and a personal sign-in. Administrators cannot be
    /// impersonated, and impersonators cannot change credentials.
    #[graphql(directive = Requires::apply(&["users:impersonate"]))]
    async fn impersonate_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "User to impersonate and the reason.")] input: ImpersonateUserInput,
    ) -> Result<ImpersonateUserPayload> {
        let begun = ctx.service::<Identity>()?.impersonate(ctx.viewer()?, input).await?;
        Ok(ImpersonateUserPayload { access_token: begun.access_token, expires_at: begun.expires_at, user: begun.user })
    }
}
