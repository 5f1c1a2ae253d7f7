//! Invitations: one-time links for new users.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

use super::{
    Identity,
    editing::Editing,
    input::{AcceptInvitationInput, InviteUserInput},
    invitation::{self, open_invitation},
    new_user::{NewUser, insert_user},
    password, password_rules,
    proof::{self, Purpose},
    send_invitation::{SendInvitation, SendInvitationInput},
    sign_in::SignIn,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Permission, Viewer},
    db::Id,
    domains::{
        audit::{AuditAction, Change, Entry, Write},
        shared::fields,
    },
    error::{Error, Problems, Result},
    jobs::NewJob,
    mail_address::mail_key,
    text::fold,
};

/// A pending invitation.
#[derive(Debug)]
pub(super) struct Invited {
    pub(super) user: User,
    pub(super) expires_at: DateTime<Utc>,
    /// The link, unless it is sent by mail.
    pub(super) link: Option<String>,
}

impl Identity {
    /// Invites a user. Inviting again before acceptance replaces the link.
    ///
    /// # Errors
    /// [`Error::Forbidden`] also for a role with permissions that the viewer lacks; [`Error::AlreadyExists`] if a user
    /// has the address; [`Error::IdempotencyMismatch`] if `key` was used for another invitation.
    pub(super) async fn invite(&self, viewer: &Viewer, input: InviteUserInput) -> Result<Invited> {
        viewer.need(Permission::UsersManage)?;
        let inviter = Id::<User>::from_uuid(viewer.user_id()?);
        let mut problems = Problems::default();
        let named = (input.email.as_str(), input.full_name.as_str());
        let new = NewUser::checked(&mut problems, named, input.phone, (input.role_id, Status::Invited));
        let key = input.idempotency_key;
        problems.check_idempotency_key("input.idempotencyKey", key.as_deref());
        problems.into_result()?;
        let input_hash = proof::fingerprint(&serde_json::to_string(&new)?);
        let mut editing = Editing::begin(self, viewer).await?;
        if let Some(known) = known_by_key(&editing, inviter, key.as_deref()).await? {
            let (row, user) = known;
            return if row.input_hash == input_hash {
                Ok(self.invited(user, &row))
            } else {
                Err(Error::IdempotencyMismatch)
            };
        }
        let user = invited_user(&mut editing, new).await?;
        editing.close_invitations(user.id).await?;
        let now = self.app().ambient.now();
        let row = invitation::Model {
            id: Id::new(&self.app().ambient),
            user_id: user.id,
            invited_by: inviter,
            expires_at: now + self.app().config.auth.invitation_ttl,
            closed_at: None,
            idempotency_key: key,
            input_hash,
            created_at: now,
        };
        editing.write.insert(&row).await?;
        if self.app().clients.mail.is_some() {
            let input = SendInvitationInput { invitation: row.id };
            let new = NewJob::new(input, Some(inviter.uuid()));
            editing.write.enqueue::<SendInvitation>(new).await?;
        }
        editing.commit(|_| "input".to_owned()).await?;
        Ok(self.invited(user, &row))
    }

    fn invited(&self, user: User, row: &invitation::Model) -> Invited {
        let link = self.app().clients.mail.is_none().then(|| self.invitation_link(row));
        Invited { user, expires_at: row.expires_at, link }
    }

    /// Returns the link of an invitation. The token is in the fragment, so that no server on the way logs it.
    pub(super) fn invitation_link(&self, row: &invitation::Model) -> String {
        let token = proof::sign(self.key(), Purpose::Invitation, &row.id.to_string());
        let base = self.app().config.http.app_url.as_str().trim_end_matches('/');
        format!("{base}/invitation#token={token}")
    }

    /// Accepts an invitation: sets the password and signs the user in.
    ///
    /// # Errors
    /// [`Error::BadInput`] if the link is no longer valid, or the password is too weak.
    pub(super) async fn accept_invitation(&self, viewer: &Viewer, given: AcceptInvitationInput) -> Result<SignIn> {
        let refused = || {
            let message = "This invitation is no longer valid; ask an administrator for a new one.";
            Error::bad_input("input.token", message)
        };
        let id = proof::open(self.key(), Purpose::Invitation, given.token.trim()).and_then(|id| id.parse().ok());
        let id: Id<invitation::Model> = id.ok_or_else(refused)?;
        let app = self.app();
        let (_, user) = open_invitation(app.db.reader(), id, app.ambient.now()).await?.ok_or_else(refused)?;
        let mut problems = Problems::default();
        let name = given.full_name.map(|text| fields::name(&mut problems, "input.fullName", &text, 200));
        password_rules::check(&mut problems, "input.password", &given.password, &[&user.email, &user.full_name]);
        problems.into_result()?;
        let hash = password::hash(&app.ambient, given.password).await?;
        let write = Write::begin(app, viewer).await?;
        write.lock("users").await?;
        // Looked at again, now that nobody else can accept it.
        let (row, user) = open_invitation(&**write, id, app.ambient.now()).await?.ok_or_else(refused)?;
        let_in(&write, (&row, user.clone()), name, hash).await?;
        let (issued, user) = self.begin_session(&write, user.id).await?;
        write.commit().await?;
        self.forget_standing();
        self.sign_in(issued, user).await
    }
}

/// Closes an invitation, and makes its user an active one with a password.
async fn let_in(
    write: &Write,
    (row, user): (&invitation::Model, User),
    name: Option<String>,
    hash: String,
) -> Result<()> {
    let now = write.ambient().now();
    let closed = invitation::ActiveModel { id: Set(row.id), closed_at: Set(Some(now)), ..Default::default() };
    invitation::Entity::update(closed).exec(&***write).await?;
    write.insert(&password::Model { user_id: user.id, hash, changed_at: now }).await?;
    let name = name.unwrap_or_else(|| user.full_name.clone());
    let set = user::ActiveModel {
        status: Set(Status::Active),
        name_key: Set(fold(&name)),
        full_name: Set(name),
        ..Default::default()
    };
    accepted(write, Change { row: user, set }).await.map(drop)
}

/// Writes that a user has accepted their invitation: they themselves, whoever the request came from.
///
/// # Errors
/// When the database fails.
pub(super) async fn accepted(write: &Write, change: Change<User>) -> Result<User> {
    let before = change.row.clone();
    let after = write.apply(change).await?;
    let state = |user: &User| serde_json::json!({"fullName": user.full_name, "status": user.status});
    let entry = Entry::of(AuditAction::UserInvitationAccepted, after.id, &after.email).by(after.id.uuid());
    write.record(entry.between(state(&before), state(&after))).await?;
    Ok(after)
}

/// Returns the invitation created before with this key, and its user.
async fn known_by_key(
    editing: &Editing<'_>,
    inviter: Id<User>,
    key: Option<&str>,
) -> Result<Option<(invitation::Model, User)>> {
    let Some(key) = key else { return Ok(None) };
    let made = invitation::Entity::find()
        .filter(invitation::Column::InvitedBy.eq(inviter))
        .filter(invitation::Column::IdempotencyKey.eq(key));
    let found = made.find_also_related(user::Entity).one(&**editing.write).await?;
    Ok(found.and_then(|(row, user)| Some((row, user?))))
}

/// Returns the user of an invitation: a new one, or one who has not accepted yet, with the new settings.
async fn invited_user(editing: &mut Editing<'_>, new: NewUser) -> Result<User> {
    let role = editing.role_to_give(new.role_id).await?;
    let key = mail_key(&new.email);
    let waiting = user::Entity::find()
        .filter(user::Column::EmailKey.eq(key))
        .filter(user::Column::Status.eq(Status::Invited))
        .one(&**editing.write)
        .await?;
    if let Some(user) = waiting {
        let (user, present_role) = editing.target(user.id).await?;
        let change = user::ActiveModel {
            name_key: Set(fold(&new.full_name)),
            full_name: Set(new.full_name),
            phone: Set(new.phone),
            role_id: Set(new.role_id),
            ..Default::default()
        };
        return editing.save(AuditAction::UserInvited, (&user, &present_role), change, Some(&role)).await;
    }
    editing.keep_address_unique(&new.email, None).await?;
    let user = insert_user(&editing.write, new, None).await?;
    let entry = Entry::of(AuditAction::UserInvited, user.id, &user.email).after(user.audited(&role.name));
    editing.write.record(entry).await?;
    Ok(user)
}
