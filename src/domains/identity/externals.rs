//! Users with tokens of trusted external issuers.
//!
//! The first token of a subject creates a user, or links to the user with its verified mail address. From then on the
//! role in Rapport is the upper limit of permissions: role and scopes of a token only restrict it.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};

use super::{
    ExternalClaims, Identity, external_identity, invitation, invitations,
    new_user::{NewUser, insert_user},
    role,
    standing::{Standing, given_by},
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, Permissions, Session, TokenError, Viewer},
    config::IssuerConfig,
    db::{Id, WriteTx},
    domains::audit::{AuditAction, Change, Entry, Write},
    error::{Error, Result},
    mail_address::{self, mail_key},
    text,
};

/// Scopes of OpenID Connect itself (OpenID Connect Core 1.0, sections 5.4 and 11), which have no meaning here.
const OPENID_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

impl Identity {
    /// Returns the session of a token of an external issuer.
    ///
    /// # Errors
    /// If the token is invalid or expired, its user has signed out since or may not act, or is unknown.
    pub(super) async fn authenticate_external(&self, viewer: &Viewer, token: &str) -> Result<Session, TokenError> {
        let claims = self.issuers().verify(token, self.app().ambient.now()).await?;
        let config = self.issuers().config(&claims.issuer).ok_or(TokenError::Invalid)?;
        let known = find(self.app().db.reader(), &claims).await?;
        let (identity, user) = match known {
            Some(known) => known,
            None => self.first_sight(viewer, &claims, config).await?.ok_or(TokenError::Invalid)?,
        };
        if user.status != Status::Active {
            return Err(TokenError::Invalid);
        }
        let given = given_by(&self.app().db, user.role_id).await?;
        let standing = Standing {
            user_id: user.id.uuid(),
            impersonator: None,
            role_id: user.role_id.uuid(),
            given: given.ok_or(TokenError::Invalid)?,
            expires_at: None,
            tokens_from: identity.tokens_from,
        };
        let credential = Credential::External { identity: identity.id.uuid(), issued_at: claims.issued_at };
        let scopes = self.left_by(&claims, config).await?;
        standing.session(credential, scopes, Some(claims.expires_at))
    }

    /// Returns the restriction of permissions by a token's scopes and role; `None` is unrestricted.
    async fn left_by(&self, claims: &ExternalClaims, config: &IssuerConfig) -> Result<Option<Permissions>> {
        let by_scopes = claims.scopes.as_deref().and_then(scoped);
        let Some(name) = claims.role.as_ref().and_then(|claim| config.roles.get(claim)) else { return Ok(by_scopes) };
        // A role that is configured and missing gives nothing.
        let role = role_named(self.app().db.reader(), name).await?;
        let by_role = role.map(|role| role.given()).unwrap_or_default();
        Ok(Some(by_scopes.map_or_else(|| by_role.clone(), |scopes| scopes.within(&by_role))))
    }

    /// Creates or links the user of a new subject. `None` if not permitted, with the reason logged.
    async fn first_sight(
        &self,
        viewer: &Viewer,
        claims: &ExternalClaims,
        config: &IssuerConfig,
    ) -> Result<Option<(external_identity::Model, User)>> {
        let refuse = |reason: &str| {
            tracing::info!(
                issuer = claims.issuer,
                subject = claims.subject,
                reason,
                "a token is good, its user is not"
            );
            Ok(None)
        };
        let Some(email) = &claims.email else { return refuse("the token has no mail address") };
        if mail_address::parse(email).as_ref() != Some(email) {
            return refuse("its mail address is none, or is written so that it could be taken for another");
        }
        let write = Write::begin(self.app(), viewer).await?;
        write.lock("users").await?;
        write.lock(&format!("email:{}", mail_key(email))).await?;
        // Another request may have been first.
        if let Some(known) = find(&**write, claims).await? {
            return Ok(Some(known));
        }
        let of_address = user::Entity::find().filter(user::Column::EmailKey.eq(mail_key(email)));
        let user = match of_address.one(&**write).await? {
            Some(_) if !(claims.email_is_verified || config.trust_email) => {
                return refuse("a user has its mail address, which is not proved");
            }
            Some(user) if !mail_address::is_exactly(&user.email, email) => {
                return refuse("a user has a mail address that could be taken for it, and is another");
            }
            Some(user) if user.email_is_claimed => {
                return refuse("a user has its mail address, who only says that it is theirs");
            }
            Some(user) if user.status == Status::Inactive => return refuse("its user is deactivated"),
            Some(user) if came_unproved(&write, &user).await? => {
                return refuse("a user has its mail address, who came by a token and never proved it");
            }
            Some(user) => take_up(&write, user).await?,
            None if !config.create_users => return refuse("nobody has its mail address, and users are not made"),
            None => {
                let name = claims.role.as_ref().and_then(|claim| config.roles.get(claim));
                let name = name.unwrap_or(&config.default_role);
                let Some(role) = role_named(&**write, name).await? else {
                    return refuse("its role does not exist here");
                };
                make(&write, email, claims, &role).await?
            }
        };
        let identity = external_identity::Model {
            id: Id::new(&self.app().ambient),
            user_id: user.id,
            issuer: claims.issuer.clone(),
            subject: claims.subject.clone(),
            email_is_proved: claims.email_is_verified,
            tokens_from: None,
            created_at: self.app().ambient.now(),
        };
        write.insert(&identity).await?;
        let linked = serde_json::json!({"issuer": claims.issuer, "subject": claims.subject});
        let entry = Entry::of(AuditAction::UserLinked, user.id, &user.email).by(user.id.uuid()).after(linked);
        write.record(entry).await?;
        write.commit().await?;
        Ok(Some((identity, user)))
    }
}

async fn make(write: &Write, email: &str, claims: &ExternalClaims, role: &role::Model) -> Result<User> {
    let name = claims.name.as_deref().map(text::clean).filter(|name| !name.is_empty());
    let new = NewUser {
        email: email.to_owned(),
        full_name: name.unwrap_or_else(|| email.to_owned()),
        phone: None,
        role_id: role.id,
        status: Status::Active,
    };
    let user = insert_user(write, new, None).await?;
    let entry =
        Entry::of(AuditAction::UserCreated, user.id, &user.email).by(user.id.uuid()).after(user.audited(&role.name));
    write.record(entry).await?;
    Ok(user)
}

/// The user to link to. One who was invited has accepted by coming.
async fn take_up(write: &Write, user: User) -> Result<User> {
    if user.status != Status::Invited {
        return Ok(user);
    }
    invitation::Entity::update_many()
        .col_expr(invitation::Column::ClosedAt, Expr::value(write.ambient().now()))
        .filter(invitation::Column::UserId.eq(user.id))
        .filter(invitation::Column::ClosedAt.is_null())
        .exec(&***write)
        .await?;
    let set = user::ActiveModel { status: Set(Status::Active), ..Default::default() };
    invitations::accepted(write, Change { row: user, set }).await
}

/// Returns the user with this subject at an issuer.
async fn find(
    db: &impl sea_orm::ConnectionTrait,
    claims: &ExternalClaims,
) -> Result<Option<(external_identity::Model, User)>> {
    let found = external_identity::Entity::find()
        .filter(external_identity::Column::Issuer.eq(&claims.issuer))
        .filter(external_identity::Column::Subject.eq(&claims.subject))
        .find_also_related(user::Entity)
        .one(db)
        .await?;
    Ok(found.and_then(|(identity, user)| Some((identity, user?))))
}

/// Returns true if an issuer created the user with an unverified address. Whoever verifies the address later is a
/// different person, who must not share the account.
async fn came_unproved(tx: &WriteTx, user: &User) -> Result<bool> {
    let unproved = external_identity::Entity::find()
        .filter(external_identity::Column::UserId.eq(user.id))
        .filter(external_identity::Column::EmailIsProved.eq(false));
    Ok(unproved.count(&**tx).await? > 0)
}

async fn role_named(db: &impl sea_orm::ConnectionTrait, name: &str) -> Result<Option<role::Model>> {
    role::Entity::find().filter(role::Column::Name.eq(name)).one(db).await.map_err(Error::from)
}

/// Returns the permissions named by a list of scopes. One that contains only OpenID Connect's own scopes does not
/// restrict them.
fn scoped(scopes: &[String]) -> Option<Permissions> {
    let says_nothing = !scopes.is_empty() && scopes.iter().all(|scope| OPENID_SCOPES.contains(&scope.as_str()));
    (!says_nothing).then(|| Permissions::of_names(scopes.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_leave_what_they_name_and_those_of_openid_say_nothing() {
        let left = |scopes: &[&str]| {
            let scopes: Vec<_> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            scoped(&scopes).map(|left| left.names())
        };
        assert_eq!(left(&["openid", "email"]), None);
        assert_eq!(left(&["openid", "customers:read"]), Some(vec!["customers:read"]));
        assert_eq!(left(&["billing:read"]), Some(vec![]));
        assert_eq!(left(&[]), Some(vec![]));
    }
}
