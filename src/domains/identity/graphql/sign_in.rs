//! Sign-in, as clients see it.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::viewer::Viewer;
use crate::domains::identity::Identity;
use crate::{
    domains::{
        ContextExt,
        identity::{User, profile::ProfileChange, sign_in::SignIn},
    },
    error::Problems,
    graphql::Timestamp,
};

/// How to sign in.
#[derive(InputObject)]
pub struct LoginInput {
    /// The mail address; upper and lower case alike.
    email: String,
    /// The password.
    #[graphql(secret)]
    password: String,
}

/// A session that has begun.
#[derive(SimpleObject)]
pub struct LoginPayload {
    /// The token to send as `Authorization: Bearer <token>`, and in the `connection_init` of a WebSocket.
    access_token: String,
    /// When the access token expires; call `refreshToken` before.
    #[graphql(skip, derived(name = "expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    expires_at: DateTime<Utc>,
    /// The token that `refreshToken` takes, once; keep it where scripts of others cannot read it.
    refresh_token: String,
    /// When the session ends unless it is refreshed.
    #[graphql(skip, derived(name = "refresh_expires_at", owned, into = "Timestamp", with = "Timestamp::of"))]
    refresh_expires_at: DateTime<Utc>,
    /// Who signed in.
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

/// How a session goes on.
#[derive(InputObject)]
pub struct RefreshTokenInput {
    /// The refresh token of the last `login` or `refreshToken`.
    #[graphql(secret)]
    refresh_token: String,
}

/// What was ended.
#[derive(SimpleObject)]
pub struct LogoutPayload {
    /// Sessions that were open and are not any more. Their sockets close within seconds.
    sessions_ended: u64,
}

/// What to change of one's profile. What is left out stays.
#[derive(InputObject)]
pub struct UpdateProfileInput {
    /// The name to show, up to 200 characters.
    full_name: MaybeUndefined<String>,
    /// The mail address, which is also the name to sign in with.
    email: MaybeUndefined<String>,
    /// The telephone number, up to 40 characters; null clears it.
    phone: MaybeUndefined<String>,
}

/// How to change one's password.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The present password.
    #[graphql(secret)]
    current_password: String,
    /// The new one: at least 12 characters, and not one that is guessed first.
    #[graphql(secret)]
    new_password: String,
}

/// Mutations of sign-in.
#[derive(Default, Debug)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Signs in by mail address and password. Fails with `UNAUTHENTICATED`, whatever of the two is wrong, and
    /// with `RATE_LIMITED` after ten failures in 15 minutes, of the account or from the same network address.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Mail address and password.")] input: LoginInput,
    ) -> Result<LoginPayload> {
        let mut problems = Problems::default();
        if input.email.trim().is_empty() || input.email.len() > 320 {
            problems.add("input.email", "Give the mail address you sign in with.");
        }
        if input.password.is_empty() || input.password.len() > 1024 {
            problems.add("input.password", "Give your password.");
        }
        problems.into_result()?;
        Ok(ctx.service::<Identity>()?.login(ctx.viewer()?, &input.email, input.password).await?.into())
    }

    /// Goes on with a session: yields a new access token, and the next refresh token, which replaces the one that was
    /// given. The same answer comes again within 30 seconds; later use of an old refresh token ends the session.
    async fn refresh_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token.")] input: RefreshTokenInput,
    ) -> Result<LoginPayload> {
        Ok(ctx.service::<Identity>()?.refresh(ctx.viewer()?, &input.refresh_token).await?.into())
    }

    /// Ends this session: its tokens are good for nothing any more. An API key has no session; revoke it instead.
    async fn logout(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { sessions_ended: ctx.service::<Identity>()?.logout(ctx.viewer()?).await? })
    }

    /// Ends all sessions of the signed-in user, this one included. Only in person: not by an API key, nor in somebody's
    /// place.
    async fn logout_everywhere(&self, ctx: &Context<'_>) -> Result<LogoutPayload> {
        Ok(LogoutPayload { sessions_ended: ctx.service::<Identity>()?.logout_everywhere(ctx.viewer()?).await? })
    }

    /// Changes one's own name, mail address or telephone number. Only in person. Fails with `ALREADY_EXISTS` when the
    /// address is somebody else's.
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateProfileInput,
    ) -> Result<User> {
        let change = ProfileChange { full_name: input.full_name, email: input.email, phone: input.phone };
        Ok(ctx.service::<Identity>()?.update_profile(ctx.viewer()?, change).await?)
    }

    /// Changes one's own password, and ends all other sessions. Only in person.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present password and the new one.")] input: ChangePasswordInput,
    ) -> Result<User> {
        let identity = ctx.service::<Identity>()?;
        Ok(identity.change_password(ctx.viewer()?, input.current_password, input.new_password).await?)
    }
}
