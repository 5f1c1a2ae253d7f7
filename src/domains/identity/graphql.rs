//! Sign-in, as clients see it.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};

use super::{User, service::SignIn};
use crate::{
    db::Id,
    domains::ContextExt,
    error::{self, Error, Problems},
    graphql::nullable,
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
    /// When the token expires; sign in again before.
    expires_at: DateTime<Utc>,
    /// Who signed in.
    viewer: User,
}

impl From<SignIn> for LoginPayload {
    fn from(sign_in: SignIn) -> Self {
        Self { access_token: sign_in.access_token, expires_at: sign_in.expires_at, viewer: sign_in.user }
    }
}

/// Queries of sign-in.
#[derive(Default, Debug)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// The signed-in user; null when nobody is signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(async { ctx.identity()?.me(ctx.viewer()?).await }).await
    }
}

/// Mutations of sign-in.
#[derive(Default, Debug)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs in by mail address and password. Fails with `UNAUTHENTICATED`, whatever of the two is wrong.
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
        Ok(ctx.identity()?.login(&input.email, input.password).await?.into())
    }
}

/// The user with this id, loaded together with those that sibling fields ask for.
pub(crate) async fn user_of(ctx: &Context<'_>, id: Id<User>) -> error::Result<Option<User>> {
    ctx.loaders()?.identity.load_one(id).await.map_err(Error::shared)
}
