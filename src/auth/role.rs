//! The roles that are always there.

use sea_orm::{Iterable, prelude::EnumIter};
use uuid::Uuid;

/// A role that cannot be changed or deleted. Its row in the database holds its id and name; what it gives is said here,
/// so that a new release gives its new permissions to those who should have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter)]
pub enum SystemRole {
    /// May do everything.
    Admin,
    /// Leads a team: sees all jobs and has companies researched.
    Manager,
    /// Works on leads and customers.
    Counselor,
    /// Reads.
    Viewer,
}

impl SystemRole {
    /// All of them, the mightiest first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// The id of its row, the same in every installation.
    pub const fn uuid(self) -> Uuid {
        Uuid::from_u128(match self {
            Self::Admin => 0x0000_0000_0000_7000_8000_0000_0000_0001,
            Self::Manager => 0x0000_0000_0000_7000_8000_0000_0000_0002,
            Self::Counselor => 0x0000_0000_0000_7000_8000_0000_0000_0003,
            Self::Viewer => 0x0000_0000_0000_7000_8000_0000_0000_0004,
        })
    }

    /// The system role with this id.
    pub fn of(id: Uuid) -> Option<Self> {
        Self::iter().find(|role| role.uuid() == id)
    }

    /// What it is for.
    pub fn description(self) -> &'static str {
        match self {
            Self::Admin => "May do everything.",
            Self::Manager => "Leads a team: sees all jobs and has companies researched.",
            Self::Counselor => "Works on leads and customers.",
            Self::Viewer => "Reads.",
        }
    }
}
