//! Changes of users by administrators.

use async_graphql::MaybeUndefined;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};

use super::{
    Identity, fields, invitation,
    new_user::{NewUser, insert_user},
    password, password_rules, role,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, Permission, SystemRole, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{self, Entry},
        chat,
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    mail_address::mail_key,
    text::fold,
};

/// Settings of a user by an administrator.
#[derive(Debug, serde::Serialize)]
pub(super) struct UserDraft {
    pub(super) email: String,
    pub(super) full_name: String,
    pub(super) phone: Option<String>,
    pub(super) role_id: Id<role::Model>,
}

impl UserDraft {
    pub(super) fn check(self, problems: &mut Problems) -> Self {
        Self {
            email: fields::email(problems, "input.email", &self.email),
            full_name: fields::name(problems, "input.fullName", &self.full_name, 200),
            phone: fields::phone(problems, "input.phone", self.phone),
            role_id: self.role_id,
        }
    }

    pub(super) fn of_status(self, status: Status) -> NewUser {
        NewUser { email: self.email, full_name: self.full_name, phone: self.phone, role_id: self.role_id, status }
    }
}

/// Changes to a user; omitted fields stay unchanged.
#[derive(Debug, Default)]
pub(super) struct UserChange {
    pub(super) email: MaybeUndefined<String>,
    pub(super) full_name: MaybeUndefined<String>,
    pub(super) phone: MaybeUndefined<String>,
    pub(super) role_id: MaybeUndefined<Id<role::Model>>,
}

/// A validated change.
struct CheckedChange {
    email: Option<String>,
    full_name: Option<String>,
    phone: MaybeUndefined<String>,
    role_id: Option<Id<role::Model>>,
}

impl UserChange {
    fn check(self) -> Result<CheckedChange> {
        let mut problems = Problems::default();
        let email = unless_null(&mut problems, "input.email", self.email);
        let full_name = unless_null(&mut problems, "input.fullName", self.full_name);
        let change = CheckedChange {
            email: email.map(|text| fields::email(&mut problems, "input.email", &text)),
            full_name: full_name.map(|text| fields::name(&mut problems, "input.fullName", &text, 200)),
            phone: fields::phone_change(&mut problems, "input.phone", self.phone),
            role_id: unless_null(&mut problems, "input.roleId", self.role_id),
        };
        problems.into_result()?;
        Ok(change)
    }
}

/// A transaction that changes users, one at a time across all server processes, so that rules over all users hold.
pub(super) struct Editing<'a> {
    pub(super) identity: &'a Identity,
    pub(super) viewer: &'a Viewer,
    pub(super) tx: WriteTx,
}

impl<'a> Editing<'a> {
    /// Starts the transaction; the caller has checked the permission.
    pub(super) async fn begin(identity: &'a Identity, viewer: &'a Viewer) -> Result<Self> {
        let tx = identity.app().db.begin().await?;
        tx.lock("users").await?;
        Ok(Self { identity, viewer, tx })
    }

    /// Returns an existing user without permissions that the viewer lacks, and their role.
    pub(super) async fn target(&self, id: Id<User>) -> Result<(User, role::Model)> {
        let user = user::Entity::find_by_id(id).one(&*self.tx).await?;
        let user = user.filter(|user| user.status != Status::Deleted).ok_or(Error::NotFound("user"))?;
        let role = role::Entity::find_by_id(user.role_id).one(&*self.tx).await?.ok_or(Error::NotFound("role"))?;
        self.viewer.need_all(&role.given())?;
        Ok((user, role))
    }

    /// Returns a role that the viewer may grant: without permissions that the viewer lacks.
    pub(super) async fn role_to_give(&self, id: Id<role::Model>) -> Result<role::Model> {
        let role = role::Entity::find_by_id(id).one(&*self.tx).await?;
        let role = role.ok_or_else(|| Error::bad_input("input.roleId", "There is no such role."))?;
        self.viewer.need_all(&role.given())?;
        Ok(role)
    }

    /// Returns an error if another user than `except` has the address.
    pub(super) async fn keep_address_unique(&self, email: &str, except: Option<Id<User>>) -> Result<()> {
        keep_address_unique(&self.tx, email, except).await
    }

    /// Writes a change of `user`, whose role was `role`, and its audit log entry.
    pub(super) async fn save(
        &self,
        action: &'static str,
        (user, role): (&User, &role::Model),
        change: user::ActiveModel,
        new_role: Option<&role::Model>,
    ) -> Result<User> {
        let change = user::ActiveModel {
            id: Set(user.id),
            version: Set(user.version + 1),
            updated_at: Set(self.identity.app().ambient.now()),
            ..change
        };
        let after = user::Entity::update(change).exec(&*self.tx).await?;
        let new_role = new_role.unwrap_or(role);
        let entry = Entry::of(action, user.id, &user.email);
        self.record(entry.between(user.audited(&role.name), after.audited(&new_role.name))).await?;
        Ok(after)
    }

    /// Withdraws the open invitations of a user.
    pub(super) async fn close_invitations(&self, user: Id<User>) -> Result<()> {
        invitation::Entity::update_many()
            .col_expr(invitation::Column::ClosedAt, Expr::value(self.identity.app().ambient.now()))
            .filter(invitation::Column::UserId.eq(user))
            .filter(invitation::Column::ClosedAt.is_null())
            .exec(&*self.tx)
            .await?;
        Ok(())
    }

    pub(super) async fn record(&self, entry: Entry) -> Result<()> {
        Ok(audit::record(&self.tx, &self.identity.app().ambient, self.viewer, entry).await?)
    }

    /// Commits if an active administrator remains.
    pub(super) async fn commit(mut self) -> Result<()> {
        let admins = user::Entity::find()
            .filter(user::Column::RoleId.eq(SystemRole::Admin.uuid()))
            .filter(user::Column::Status.eq(Status::Active));
        if admins.count(&*self.tx).await? == 0 {
            let message = "This would leave no active administrator; make somebody else administrator first.";
            return Err(Error::Conflict(message.to_owned()));
        }
        chat::look_after_answerers(&mut self.tx, &self.identity.app().ambient).await?;
        self.tx.commit().await?;
        self.identity.forget_standing();
        Ok(())
    }
}

/// Returns true if an impersonator of `user` would change that user's sign-in address.
fn borrows_the_address(viewer: &Viewer, user: &User, email: Option<&str>) -> bool {
    let is_borrowed = viewer.signed_in().is_some_and(|session| {
        matches!(session.credential, Credential::Impersonation { .. }) && session.user_id == user.id.uuid()
    });
    is_borrowed && email.is_some_and(|email| email != user.email)
}

/// Returns the given values that differ from `user`; omitted ones stay unchanged. `is_claimed` is true if the user
/// entered them.
pub(super) fn difference(
    user: &User,
    email: Option<String>,
    full_name: Option<String>,
    phone: MaybeUndefined<String>,
    is_claimed: bool,
) -> user::ActiveModel {
    let mut row: user::ActiveModel = Default::default();
    if let Some(email) = email.filter(|email| *email != user.email) {
        row.email_key = Set(mail_key(&email));
        row.email_folded = Set(fold(&email));
        row.email = Set(email);
        row.email_is_claimed = Set(is_claimed);
    }
    if let Some(name) = full_name.filter(|name| *name != user.full_name) {
        row.name_key = Set(fold(&name));
        row.full_name = Set(name);
    }
    if let Some(phone) = phone.as_opt_ref()
        && phone != user.phone.as_ref()
    {
        row.phone = Set(phone.cloned());
    }
    row
}

/// Returns an error if another user than `except` has the address, and keeps it unique until the transaction ends.
pub(super) async fn keep_address_unique(tx: &WriteTx, email: &str, except: Option<Id<User>>) -> Result<()> {
    let key = mail_key(email);
    tx.lock(&format!("email:{key}")).await?;
    let found = user::Entity::find().filter(user::Column::EmailKey.eq(&key)).one(&**tx).await?;
    match found.filter(|user| Some(user.id) != except) {
        Some(_) => Err(Error::already_exists("input.email", "Another user has this mail address.")),
        None => Ok(()),
    }
}

impl Identity {
    /// Creates an active user with a password.
    ///
    /// # Errors
    /// [`Error::Forbidden`] also for a role with permissions that the viewer lacks; [`Error::AlreadyExists`] if another
    /// user has the address.
    pub(super) async fn create_user(&self, viewer: &Viewer, draft: UserDraft, password: String) -> Result<User> {
        viewer.need(Permission::UsersManage)?;
        let mut problems = Problems::default();
        let draft = draft.check(&mut problems);
        password_rules::check(&mut problems, "input.password", &password, &[&draft.email, &draft.full_name]);
        problems.into_result()?;
        let ambient = &self.app().ambient;
        let hash = password::hash(ambient, password).await?;
        let editing = Editing::begin(self, viewer).await?;
        let role = editing.role_to_give(draft.role_id).await?;
        editing.keep_address_unique(&draft.email, None).await?;
        let user = insert_user(&editing.tx, ambient, draft.of_status(Status::Active), Some(hash)).await?;
        editing.record(Entry::of("user.created", user.id, &user.email).after(user.audited(&role.name))).await?;
        editing.commit().await?;
        Ok(user)
    }

    /// Updates a user unless they have changed since `expected_version`.
    ///
    /// # Errors
    /// [`Error::Outdated`] if they have; [`Error::Forbidden`] for a user or a role with permissions that the viewer
    /// lacks; [`Error::Conflict`] for the last active administrator.
    pub(super) async fn update_user(
        &self,
        viewer: &Viewer,
        id: Id<User>,
        expected_version: i32,
        change: UserChange,
    ) -> Result<User> {
        viewer.need(Permission::UsersManage)?;
        let change = change.check()?;
        let editing = Editing::begin(self, viewer).await?;
        let (user, role) = editing.target(id).await?;
        if user.version != expected_version {
            return Err(Error::Outdated { noun: "user", version: user.version });
        }
        if let Some(email) = &change.email {
            editing.keep_address_unique(email, Some(id)).await?;
        }
        if borrows_the_address(viewer, &user, change.email.as_deref()) {
            let message = "You act in the place of this user, who must change their address themselves.";
            return Err(Error::NotAllowed(message.to_owned()));
        }
        let mut row = difference(&user, change.email, change.full_name, change.phone, false);
        let mut new_role = None;
        if let Some(role_id) = change.role_id.filter(|role_id| *role_id != user.role_id) {
            new_role = Some(editing.role_to_give(role_id).await?);
            row.role_id = Set(role_id);
        }
        if !row.is_changed() {
            return Ok(user);
        }
        if row.email.is_set() && user.status == Status::Invited {
            // The link went to the old address; inviting again sends one to the new.
            editing.close_invitations(id).await?;
        }
        let after = editing.save("user.updated", (&user, &role), row, new_role.as_ref()).await?;
        editing.commit().await?;
        Ok(after)
    }
}
