//! GraphQL types and mutations for signing in and out.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::viewer::Viewer;
use crate::domains::identity::Identity;
use crate::{
    domains::{
        ContextExt,
        identity::{
            User,
            input::{ChangePasswordInput, LoginInput, RefreshTokenInput, UpdateProfileInput},
            sign_in::SignIn,
        },
    },
    graphql::Timestamp,
};

/// Tokens of a new or refreshed session.
#[derive(SimpleObject)]
pub struct LoginPayload {
    /// Access token, to send as `Authorization: Bearer <token>`, and in the `connection_init` of a WebSocket.
    access_token: String,
    /// Expiry time of the access token; call `refreshToken` before.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// One-time token for `refreshToken`. Store it where third-party scripts cannot read it.
    refresh_token: String,
    /// Expiry time of the session unless it is refreshed.
    #[graphql(skip, derived(name = "refresh_expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    refresh_expires_at: DateTime<Utc>,
    /// The signed-in user.
    viewer: Viewer,
}

impl From<SignIn> for LoginPayload {
    fn from(sign_in: SignIn) -> Self {
        Self {
            access_token: sign_in.access_token,
            expires_at: sign_in.expires_at,
            refresh_token: sign_in.refresh_token,
            refresh_expires_at: sign_in.refresh_expires_at,
            viewer: Viewer::new(sign_in.user, sign_in.session),
        }
    }
}

/// Result of ending sessions.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Number of sessions ended. Their sockets close within seconds.
    sessions_ended: u64,
}

/// Mutations of sign-in.
#[derive(Default, Debug)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Signs in with mail address and password. Fails with `UNAUTHENTICATED` if either is wrong, and with
    /// `RATE_LIMITED` after ten failures in 15 minutes, per account and per IP address.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Mail address and password.")] input: LoginInput,
    ) -> Result<LoginPayload> {
        Ok(ctx.service::<Identity>()?.login(ctx.viewer()?, input).await?.into())
    }

    /// Refreshes a session: returns a new access token and the next refresh token. Repeating the call within 30 seconds
    /// returns the same answer; later reuse of an old refresh token ends the session.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshTokenInput,
    ) -> Result<LoginPayload> {
        Ok(ctx.service::<Identity>()?.refresh(ctx.viewer()?, input).await?.into())
    }

    /// Ends this session and invalidates its tokens. API keys have no session; revoke them instead.
    async fn logout(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { sessions_ended: ctx.service::<Identity>()?.logout(ctx.viewer()?).await? })
    }

    /// Ends all sessions of the signed-in user, including this one. Requires a personal sign-in: not an API key or
    /// impersonation.
    async fn logout_everywhere(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { sessions_ended: ctx.service::<Identity>()?.logout_everywhere(ctx.viewer()?).await? })
    }

    /// Updates one's own name, mail address or telephone number. Requires a personal sign-in. Fails with
    /// `ALREADY_EXISTS` if another user has the address.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the profile.")] input: UpdateProfileInput,
    ) -> Result<User> {
        Ok(ctx.service::<Identity>()?.update_profile(ctx.viewer()?, input).await?)
    }

    /// Changes one's own password and ends all other sessions. Requires a personal sign-in.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Present and new password.")] input: ChangePasswordInput,
    ) -> Result<User> {
        Ok(ctx.service::<Identity>()?.change_password(ctx.viewer()?, input).await?)
    }
}
