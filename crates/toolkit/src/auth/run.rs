//! What acts later on behalf of a user.

use serde::{Deserialize, Serialize};

use crate::db::{Id, Identified};

/// A reference to what acts later on behalf of a user: the id of a run or of a job.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Run(String);

impl Run {
    /// Refers to the run or job with this id.
    pub fn of<T: Identified>(id: Id<T>) -> Self {
        Self(id.to_string())
    }

    #[cfg(test)]
    pub(super) fn named(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// Returns the id as text, with its prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
