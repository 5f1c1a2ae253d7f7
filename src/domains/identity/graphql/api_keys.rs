//! GraphQL types, queries and mutations for API keys.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use secrecy::ExposeSecret;

use crate::{
    auth::Permission,
    db::Id,
    domains::{
        ContextExt,
        identity::{ApiKey, Identity, User, UserEntity, api_key::Entity, input::CreateApiKeyInput},
        shared::{one, root_list},
    },
    graphql::{Requires, nullable},
};

#[ComplexObject]
impl ApiKey {
    /// Owner of the key; null if you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(one::<UserEntity>(ctx, self.owner_id)).await
    }

    /// Permissions of the owner that the key may use. Without any, it can only read what every signed-in user may.
    async fn scopes(&self) -> Vec<Permission> {
        self.permissions().all()
    }
}

/// Queries for API keys.
#[derive(Default, Debug)]
pub struct ApiKeysQuery;

#[Object]
impl ApiKeysQuery {
    /// The API key with this id; null if it does not exist, or if it is somebody else's and you lack
    /// `api_keys:manage_all`.
    async fn api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the key.")] id: Id<ApiKey>,
    ) -> Option<Result<ApiKey>> {
        nullable(one::<Entity>(ctx, id)).await
    }
}

root_list! {
    /// API keys, newest first by default: one's own with `api_keys:manage`, all with `api_keys:manage_all`; null
    /// without either.
    ApiKeysList: api_keys of Entity,
    needs: "api_keys:manage" or "api_keys:manage_all",
    filter: "Conditions on the keys.",
    order: "Sort order. Defaults to newest first.",
    search: "Words that the name or prefix must contain, in any order, ignoring case and accents; at most 10 words and 200 characters."
}

/// Result of creating an API key.
#[derive(SimpleObject)]
pub struct CreateApiKeyPayload {
    /// The new key's metadata.
    api_key: ApiKey,
    /// The key itself, shown once and not stored. Send it as `Authorization: Bearer <key>`.
    secret: String,
}

/// Mutations of API keys.
#[derive(Default, Debug)]
pub struct ApiKeysMutation;

#[Object]
impl ApiKeysMutation {
    /// Creates an API key of one's own and shows it once. Needs `api_keys:manage`, every permission in its scopes, and
    /// a personal sign-in: not an API key or impersonation.
    #[graphql(directive = Requires::apply(&["api_keys:manage"]))]
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Settings of the new key.")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let (api_key, secret) = ctx.service::<Identity>()?.create_api_key(ctx.viewer()?, input).await?;
        Ok(CreateApiKeyPayload { api_key, secret: secret.expose_secret().to_owned() })
    }

    /// Revokes an API key: its requests are rejected at once, its sockets close within seconds. Requires
    /// `api_keys:manage` for one's own keys, `api_keys:manage_all` for others, and a personal sign-in. Returns a
    /// revoked key unchanged.
    #[graphql(directive = Requires::apply(&["api_keys:manage", "api_keys:manage_all"]))]
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the key.")] id: Id<ApiKey>,
    ) -> Result<ApiKey> {
        Ok(ctx.service::<Identity>()?.revoke_api_key(ctx.viewer()?, id).await?)
    }
}
