//! The system roles, which exist in every installation.

use sea_orm::{Iterable, prelude::EnumIter};
use uuid::Uuid;

/// A role that cannot be changed or deleted. Its database row holds the id and name; its permissions are defined in
/// code, so that a new release grants its new permissions to the right roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter)]
pub enum SystemRole {
    /// Has every permission.
    Admin,
    /// Leads a team: reads all jobs and starts research.
    Manager,
    /// Works on leads and customers.
    Counselor,
    /// Has read access only.
    Viewer,
}

impl SystemRole {
    /// Returns all system roles, the most powerful first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the id of its row, the same in every installation.
    pub const fn uuid(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Admin => 0x0000_0000_0000_7000_8000_0000_0000_0001,
            Self::Manager => 0x0000_0000_0000_7000_8000_0000_0000_0002,
            Self::Counselor => 0x0000_0000_0000_7000_8000_0000_0000_0003,
            Self::Viewer => 0x0000_0000_0000_7000_8000_0000_0000_0004,
        })
    }

    /// Returns the system role with this id.
    pub fn of(id: Uuid) -> Option<Self> {
        Self::iter().find(|role| role.uuid() == id)
    }

    /// Returns its description.
    pub fn description(self) -> &'static str {
        match self {
            Self::Admin => "May do everything.",
            Self::Manager => "Leads a team: sees all jobs and has companies researched.",
            Self::Counselor => "Works on leads and customers.",
            Self::Viewer => "Reads.",
        }
    }
}
