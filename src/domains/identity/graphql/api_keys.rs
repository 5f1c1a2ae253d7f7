//! API keys, as clients see them.

use async_graphql::{ComplexObject, Context, InputObject, Object, Result, SimpleObject};
use secrecy::ExposeSecret;

use crate::{
    auth::Permission,
    db::Id,
    domains::{
        ContextExt,
        identity::{ApiKey, Identity, User, UserEntity, api_key::Entity, api_keys::ApiKeyDraft},
        shared::{one, root_list},
    },
    graphql::{Requires, Timestamp, nullable},
};

#[ComplexObject]
impl ApiKey {
    /// Whose it is; null when you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(one::<UserEntity>(ctx, self.owner_id)).await
    }

    /// What it leaves of its owner's permissions. One without any reads nothing but what every signed-in user may.
    async fn scopes(&self) -> Vec<Permission> {
        self.permissions().all()
    }
}

root_list! {
    /// API keys, newest first unless ordered otherwise: one's own with
    /// `api_keys:manage`, all with `api_keys:manage_all`; null without either.
    ApiKeysList: api_keys of Entity,
    needs: "api_keys:manage" or "api_keys:manage_all",
    filter: "Which keys.",
    order: "In which order; newest first when not given.",
    search: "Words that must occur in the name or the beginning of the key, in any order, regardless of case and accents; at most 10 words and 200 characters."
}

/// A new API key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for, up to 100 characters.
    name: String,
    /// What it leaves of your permissions; nothing that you lack.
    scopes: Vec<Permission>,
    /// When it stops being good; never when left out.
    expires_at: Option<Timestamp>,
}

/// A key that was made.
#[derive(SimpleObject)]
pub struct CreateApiKeyPayload {
    /// The key, as it is listed.
    api_key: ApiKey,
    /// The key itself, to send as `Authorization: Bearer <key>`. It is shown this once and kept nowhere.
    secret: String,
}

/// Mutations of API keys.
#[derive(Default, Debug)]
pub struct ApiKeysMutation;

#[Object]
impl ApiKeysMutation {
    /// Makes an API key of one's own, which is shown this once. Needs `api_keys:manage`, every permission of its scopes, and
    /// a sign-in in person: not another key, and not in somebody's place.
    #[graphql(directive = Requires::apply(&["api_keys:manage"]))]
    async fn create_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new key.")] input: CreateApiKeyInput,
    ) -> Result<CreateApiKeyPayload> {
        let CreateApiKeyInput { name, scopes, expires_at } = input;
        let draft = ApiKeyDraft { name, scopes, expires_at: expires_at.map(|Timestamp(time)| time) };
        let (api_key, secret) = ctx.service::<Identity>()?.create_api_key(ctx.viewer()?, draft).await?;
        Ok(CreateApiKeyPayload { api_key, secret: secret.expose_secret().to_owned() })
    }

    /// Revokes an API key: its requests are refused at once, its sockets close within seconds. One's own with
    /// `api_keys:manage`, anybody's with `api_keys:manage_all`; only in person. One that is revoked stays as it is.
    #[graphql(directive = Requires::apply(&["api_keys:manage", "api_keys:manage_all"]))]
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key's id.")] id: Id<ApiKey>,
    ) -> Result<ApiKey> {
        Ok(ctx.service::<Identity>()?.revoke_api_key(ctx.viewer()?, id).await?)
    }
}
