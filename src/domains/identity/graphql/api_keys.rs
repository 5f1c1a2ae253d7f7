//! API keys, as clients see them.

use async_graphql::{ComplexObject, Context, Enum, InputObject, Object, Result, SimpleObject};
use secrecy::ExposeSecret;

use super::user_of;
use crate::domains::identity::Identity;
use crate::{
    db::Id,
    domains::{
        ContextExt,
        identity::{
            ApiKey, User,
            api_key::{Column, Entity},
            api_keys::{self, ApiKeyDraft, ApiKeyList},
        },
    },
    graphql::{
        Connection, DateTimeFilter, IdFilter, Order, OrderField, PageArgs, Paged, SortDirection, StringFilter,
        Timestamp, filter_input, nullable,
    },
};

#[ComplexObject]
impl ApiKey {
    /// Whose it is; null when you may not see the user.
    async fn owner(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(user_of(ctx, self.owner_id)).await
    }

    /// The names of the permissions that it leaves of its owner's. One without any reads nothing but what every signed-in
    /// user may.
    async fn scopes(&self) -> Vec<String> {
        self.scope_names()
    }
}

filter_input! {
    /// Which API keys. All parts that are given must hold.
    pub struct ApiKeyFilter {
        /// By whose they are.
        owner_id: IdFilter<User> => |filter| filter.on(Column::OwnerId),
        /// By what they are for.
        name: StringFilter => |filter| filter.on_text(Column::Name, Column::NameFolded),
        /// By how they begin.
        prefix: StringFilter => |filter| filter.on(Column::Prefix),
        /// By when they stop being good.
        expires_at: DateTimeFilter => |filter| filter.on(Column::ExpiresAt),
        /// By when they were last used.
        last_used_at: DateTimeFilter => |filter| filter.on(Column::LastUsedAt),
        /// By when they were revoked; `{isNull: true}` for those that were not.
        revoked_at: DateTimeFilter => |filter| filter.on(Column::RevokedAt),
    }
}

/// By what API keys can be ordered.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyOrderField {
    /// When they were made.
    CreatedAt,
}

/// The order of a list of them.
pub type ApiKeyOrder = Order<ApiKeyOrderField>;

impl OrderField for ApiKeyOrderField {
    type Entity = Entity;

    const DEFAULT: (Self, SortDirection) = (Self::CreatedAt, SortDirection::Desc);

    fn column(self) -> Column {
        match self {
            Self::CreatedAt => Column::CreatedAt,
        }
    }
}

/// Queries for API keys.
#[derive(Default, Debug)]
pub struct ApiKeysQuery;

#[Object]
impl ApiKeysQuery {
    /// API keys, newest first unless ordered otherwise: one's own with `api_keys:manage`, all with `api_keys:manage_all`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a list")]
    #[graphql(directive = Paged::apply())]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 25 when neither `first` nor `last` is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which keys.")] filter: Option<ApiKeyFilter>,
        #[graphql(desc = "In which order; newest first when not given.")] order_by: Option<ApiKeyOrder>,
    ) -> Result<Connection<ApiKey>> {
        let list = ApiKeyList { page: PageArgs::new(first, after, last, before), filter, order: order_by };
        let keyset = list.keyset();
        let (page, total) = api_keys::list(ctx.app()?, ctx.viewer()?, list).await?;
        Ok(Connection::new(page, keyset, total))
    }
}

/// A new API key.
#[derive(InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for, up to 100 characters.
    name: String,
    /// The names of the permissions that it leaves of yours; none that you lack.
    scopes: Vec<String>,
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
    async fn revoke_api_key(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The key's id.")] id: Id<ApiKey>,
    ) -> Result<ApiKey> {
        Ok(ctx.service::<Identity>()?.revoke_api_key(ctx.viewer()?, id).await?)
    }
}
