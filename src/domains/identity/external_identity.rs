//! Identities of users at trusted token issuers.

use sea_orm::{entity::prelude::*, sea_query::Expr};

use super::user;
use crate::{
    ambient::Ambient,
    db::{Id, Identified, WriteTx},
};

/// A user's identity at an issuer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_identities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Model>,
    pub user_id: Id<user::Model>,
    pub issuer: String,
    pub subject: String,
    /// True if the issuer had verified the mail address in the first token.
    pub email_is_proved: bool,
    /// Tokens issued before this time are rejected, because the user signed out.
    pub tokens_from: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(belongs_to = "user::Entity", from = "Column::UserId", to = "user::Column::Id")]
    User,
}

impl Related<user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Identified for Model {
    const PREFIX: &'static str = "ext";
    const NOUN: &'static str = "external identity";
}

/// Rejects all tokens that issuers gave to `user` until now, and returns the number of issuers.
pub(super) async fn refuse_external_tokens(
    tx: &WriteTx,
    ambient: &Ambient,
    user: Id<user::Model>,
) -> Result<u64, DbErr> {
    let update = Entity::update_many().col_expr(Column::TokensFrom, Expr::value(ambient.now()));
    Ok(update.filter(Column::UserId.eq(user)).exec(&**tx).await?.rows_affected)
}
