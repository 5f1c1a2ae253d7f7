//! Changes of users by administrators.

use async_graphql::MaybeUndefined;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};

use super::{
    Identity,
    input::{CreateUserInput, UpdateUserInput},
    invitation,
    new_user::{NewUser, insert_user},
    password, password_rules, role,
    user::{self, Model as User, Status},
};
use crate::{
    auth::{Credential, Permission, SystemRole, Viewer},
    db::{Id, WriteTx},
    domains::{
        audit::{AuditAction, Audited, Change, Entry, Versioned, Write},
        chat,
        shared::fields,
    },
    error::{Error, Problems, Result},
    graphql::unless_null,
    mail_address::mail_key,
    text::fold,
};

/// A transaction that changes users, one at a time across all server processes, so that rules over all users hold.
pub(super) struct Editing<'a> {
    pub(super) identity: &'a Identity,
    pub(super) write: Write,
    /// The active administrators whom the transaction made none.
    ended: Vec<User>,
}

impl<'a> Editing<'a> {
    /// Starts the transaction; the caller has checked the permission.
    pub(super) async fn begin(identity: &'a Identity, viewer: &'a Viewer) -> Result<Self> {
        let write = Write::begin(identity.app(), viewer).await?;
        write.lock("users").await?;
        Ok(Self { identity, write, ended: Vec::new() })
    }

    /// Returns an existing user without permissions that the viewer lacks, and their role.
    pub(super) async fn target(&self, id: Id<User>) -> Result<(User, role::Model)> {
        let user = user::Entity::find_by_id(id).one(&**self.write).await?;
        let user = user.filter(|user| user.status != Status::Deleted).ok_or(Error::NotFound("user"))?;
        let role = role::Entity::find_by_id(user.role_id).one(&**self.write).await?.ok_or(Error::NotFound("role"))?;
        self.write.viewer().need_all(&role.given())?;
        Ok((user, role))
    }

    /// Returns a role that the viewer may grant: without permissions that the viewer lacks.
    pub(super) async fn role_to_give(&self, id: Id<role::Model>) -> Result<role::Model> {
        let role = role::Entity::find_by_id(id).one(&**self.write).await?;
        let role = role.ok_or_else(|| Error::bad_input("input.roleId", "There is no such role."))?;
        self.write.viewer().need_all(&role.given())?;
        Ok(role)
    }

    /// Returns an error if another user than `except` has the address.
    pub(super) async fn keep_address_unique(&self, email: &str, except: Option<Id<User>>) -> Result<()> {
        keep_address_unique(&self.write, email, except).await
    }

    /// Writes a change of `user`, whose role was `role`, and its audit log entry.
    pub(super) async fn save(
        &mut self,
        action: AuditAction,
        (user, role): (&User, &role::Model),
        set: user::ActiveModel,
        new_role: Option<&role::Model>,
    ) -> Result<User> {
        let after = self.write.apply(Change { row: user.clone(), set }).await?;
        if is_active_admin(user) && !is_active_admin(&after) {
            self.ended.push(user.clone());
        }
        let new_role = new_role.unwrap_or(role);
        let entry = Entry::of(action, user.id, &user.email);
        // The roles are known: a change of many users asks for none of them again.
        self.write.record(entry.between(user.audited(&role.name), after.audited(&new_role.name))).await?;
        Ok(after)
    }

    /// Withdraws the open invitations of a user.
    pub(super) async fn close_invitations(&self, user: Id<User>) -> Result<()> {
        invitation::Entity::update_many()
            .col_expr(invitation::Column::ClosedAt, Expr::value(self.identity.app().ambient.now()))
            .filter(invitation::Column::UserId.eq(user))
            .filter(invitation::Column::ClosedAt.is_null())
            .exec(&**self.write)
            .await?;
        Ok(())
    }

    /// Commits if an active administrator remains. `path_of` returns the path of a changed user in the input.
    ///
    /// # Errors
    /// [`Error::ConflictIn`] with each user who would have to remain.
    pub(super) async fn commit(mut self, path_of: impl Fn(Id<User>) -> String + Send) -> Result<()> {
        let admins = user::Entity::find()
            .filter(user::Column::RoleId.eq(SystemRole::Admin.uuid()))
            .filter(user::Column::Status.eq(Status::Active));
        if admins.count(&**self.write).await? == 0 {
            let mut problems = Problems::default();
            for user in &self.ended {
                let message = format!(
                    "Without {} there would be no active administrator; make somebody else administrator first.",
                    user.email
                );
                problems.add(path_of(user.id), message);
            }
            return Err(Error::ConflictIn(problems));
        }
        chat::look_after_answerers(&mut self.write, &self.identity.app().ambient).await?;
        self.write.commit().await?;
        self.identity.forget_standing();
        Ok(())
    }
}

fn is_active_admin(user: &User) -> bool {
    user.role_id.uuid() == SystemRole::Admin.uuid() && user.status == Status::Active
}

impl Audited for User {
    fn called(&self) -> &str {
        &self.email
    }

    async fn state(&self, tx: &WriteTx) -> Result<serde_json::Value> {
        let role = role::Entity::find_by_id(self.role_id).one(&**tx).await?;
        Ok(self.audited(role.as_ref().map_or("", |role| &role.name)))
    }
}

impl Versioned for User {
    const VERSION: user::Column = user::Column::Version;
    const UPDATED_AT: user::Column = user::Column::UpdatedAt;
}

/// Returns an error if the viewer may not give `user` another sign-in address: an impersonator may not change that of the user
/// in whose place they act, and a run none at all.
fn check_new_address(viewer: &Viewer, user: &User) -> Result<()> {
    let Some(session) = viewer.signed_in() else { return Ok(()) };
    let message = match session.credential {
        Credential::Impersonation { .. } if session.user_id == user.id.uuid() => {
            "You are impersonating this user, who must change their address themselves."
        }
        Credential::Automation { .. } => "The address by which a user signs in is changed in person.",
        _ => return Ok(()),
    };
    Err(Error::NotAllowed(message.to_owned()))
}

/// A valid change of what users may say of themselves.
pub(super) struct ProfileChange {
    pub(super) email: Option<String>,
    full_name: Option<String>,
    phone: MaybeUndefined<String>,
}

impl ProfileChange {
    /// Normalizes the values of an input, and notes what is wrong with them.
    pub(super) fn checked(
        problems: &mut Problems,
        email: MaybeUndefined<String>,
        full_name: MaybeUndefined<String>,
        phone: MaybeUndefined<String>,
    ) -> Self {
        let email = unless_null(problems, "input.email", email);
        let full_name = unless_null(problems, "input.fullName", full_name);
        Self {
            email: email.map(|text| fields::email(problems, "input.email", &text)),
            full_name: full_name.map(|text| fields::name(problems, "input.fullName", &text, 200)),
            phone: fields::phone_change(problems, "input.phone", phone),
        }
    }

    /// Returns the values that differ from those of `user`. `is_claimed` is true if the user gives the address themselves.
    pub(super) fn difference(self, user: &User, is_claimed: bool) -> user::ActiveModel {
        let mut row: user::ActiveModel = Default::default();
        if let Some(email) = self.email.filter(|email| *email != user.email) {
            row.email_key = Set(mail_key(&email));
            row.email_folded = Set(fold(&email));
            row.email = Set(email);
            row.email_is_claimed = Set(is_claimed);
        }
        if let Some(name) = self.full_name.filter(|name| *name != user.full_name) {
            row.name_key = Set(fold(&name));
            row.full_name = Set(name);
        }
        if let Some(phone) = self.phone.as_opt_ref()
            && phone != user.phone.as_ref()
        {
            row.phone = Set(phone.cloned());
        }
        row
    }
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
    pub(super) async fn create_user(&self, viewer: &Viewer, input: CreateUserInput) -> Result<User> {
        viewer.need(Permission::UsersManage)?;
        let mut problems = Problems::default();
        let named = (input.email.as_str(), input.full_name.as_str());
        let new = NewUser::checked(&mut problems, named, input.phone, (input.role_id, Status::Active));
        password_rules::check(&mut problems, "input.password", &input.password, &[&new.email, &new.full_name]);
        problems.into_result()?;
        let hash = password::hash(&self.app().ambient, input.password).await?;
        let editing = Editing::begin(self, viewer).await?;
        let role = editing.role_to_give(new.role_id).await?;
        editing.keep_address_unique(&new.email, None).await?;
        let user = insert_user(&editing.write, new, Some(hash)).await?;
        let entry = Entry::of(AuditAction::UserCreated, user.id, &user.email).after(user.audited(&role.name));
        editing.write.record(entry).await?;
        editing.commit(|_| "input".to_owned()).await?;
        Ok(user)
    }

    /// Updates a user unless they have changed since `expected_version`.
    ///
    /// # Errors
    /// [`Error::Outdated`] if they have; [`Error::Forbidden`] for a user or a role with permissions that the viewer
    /// lacks; [`Error::ConflictIn`] for the last active administrator.
    pub(super) async fn update_user(&self, viewer: &Viewer, input: UpdateUserInput) -> Result<User> {
        viewer.need(Permission::UsersManage)?;
        let (id, mut problems) = (input.id, Problems::default());
        let profile = ProfileChange::checked(&mut problems, input.email, input.full_name, input.phone);
        let role_id = unless_null(&mut problems, "input.roleId", input.role_id);
        problems.into_result()?;
        let mut editing = Editing::begin(self, viewer).await?;
        let (user, role) = editing.target(id).await?;
        if user.version != input.expected_version {
            return Err(Error::Outdated { noun: "user", version: user.version });
        }
        if let Some(email) = &profile.email {
            editing.keep_address_unique(email, Some(id)).await?;
        }
        if profile.email.as_ref().is_some_and(|email| *email != user.email) {
            check_new_address(viewer, &user)?;
        }
        let mut row = profile.difference(&user, false);
        let mut new_role = None;
        if let Some(role_id) = role_id.filter(|role_id| *role_id != user.role_id) {
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
        let after = editing.save(AuditAction::UserUpdated, (&user, &role), row, new_role.as_ref()).await?;
        editing.commit(|_| "input.roleId".to_owned()).await?;
        Ok(after)
    }
}
