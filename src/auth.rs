//! Who asks, and what they may do. Every service call takes a [`Viewer`] and asks it.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::prelude::{DeriveActiveEnum, EnumIter, StringLen};
use uuid::Uuid;

use crate::{
    error::{Error, Result},
    graphql::RequestId,
    limiter::BudgetSubject,
};

/// A right that a role gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See researched companies.
    CompaniesRead,
    /// Have companies researched: it may cost money.
    CompaniesResearch,
    /// See customers.
    CustomersRead,
    /// See everybody's jobs; one's own are always seen.
    JobsReadAll,
    /// Cancel and retry everybody's jobs; one's own may always be cancelled.
    JobsManageAll,
}

impl Permission {
    /// Its name, as in error messages and documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::CompaniesRead => "companies:read",
            Self::CompaniesResearch => "companies:research",
            Self::CustomersRead => "customers:read",
            Self::JobsReadAll => "jobs:read_all",
            Self::JobsManageAll => "jobs:manage_all",
        }
    }
}

/// What a user is in the company.
#[derive(
    async_graphql::Enum,
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// May do everything.
    Admin,
    /// Leads a team: sees all jobs and has companies researched.
    Manager,
    /// Works on leads and customers.
    Counselor,
    /// Reads.
    Viewer,
}

impl Role {
    /// Whether the role gives `permission`.
    pub fn gives(self, permission: Permission) -> bool {
        match permission {
            Permission::CompaniesRead | Permission::CustomersRead => true,
            Permission::CompaniesResearch | Permission::JobsReadAll | Permission::JobsManageAll => {
                matches!(self, Self::Admin | Self::Manager)
            }
        }
    }
}

/// A signed-in user, as the access token and the database have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user.
    pub user_id: Uuid,
    /// The sign-in from which the token comes.
    pub session_id: Uuid,
    /// Their role.
    pub role: Role,
    /// When the access token expires.
    pub expires_at: DateTime<Utc>,
}

/// Who makes a request: a signed-in user or nobody. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The user; `None` for an anonymous request.
    pub session: Option<Session>,
    /// The request, for the log.
    pub request_id: RequestId,
    /// The address the request came from, where it is known.
    pub peer: Option<IpAddr>,
}

impl Viewer {
    /// The session.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub fn session(&self) -> Result<&Session> {
        let message = "Sign in first: call `login` and send its token as `Authorization: Bearer <token>`.";
        self.session.as_ref().ok_or_else(|| Error::Unauthenticated(message.to_owned()))
    }

    /// The user's id.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in.
    pub fn user_id(&self) -> Result<Uuid> {
        Ok(self.session()?.user_id)
    }

    /// Whose budget the viewer's operations are charged to.
    pub fn budget_subject(&self) -> BudgetSubject {
        match (&self.session, self.peer) {
            (Some(session), _) => BudgetSubject::User(session.user_id),
            (None, Some(address)) => BudgetSubject::address(address),
            (None, None) => BudgetSubject::Unknown,
        }
    }

    /// Whether the viewer has `permission`.
    pub fn may(&self, permission: Permission) -> bool {
        self.session.as_ref().is_some_and(|session| session.role.gives(permission))
    }

    /// Holds that the viewer has `permission`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when nobody is signed in, [`Error::Forbidden`] when the role does not give it.
    pub fn need(&self, permission: Permission) -> Result<()> {
        if self.session()?.role.gives(permission) { Ok(()) } else { Err(Error::Forbidden(permission.name())) }
    }
}
