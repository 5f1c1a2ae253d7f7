//! A subscription that is executed for one event of the log.

use std::sync::{Arc, OnceLock};

use async_graphql::Context;

use crate::{
    error::{Error, ErrorCode, Result},
    events::Event,
};

/// The event for which a subscription is executed instead of following. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Shown {
    event: Arc<Event>,
    refusal: Arc<OnceLock<String>>,
}

impl Shown {
    /// Wraps the event.
    pub fn new(event: Arc<Event>) -> Self {
        Self { event, refusal: Arc::default() }
    }

    /// Returns the event of the request in `ctx`; `None` if it follows the log.
    pub(super) fn of<'c>(ctx: &Context<'c>) -> Option<&'c Self> {
        ctx.data_opt()
    }

    pub(super) fn event(&self) -> &Arc<Event> {
        &self.event
    }

    /// Returns the reason if the viewer lacks the right to see the event.
    pub fn refusal(&self) -> Option<String> {
        self.refusal.get().cloned()
    }

    /// Returns what was `found`; `None` if the viewer may not see it.
    ///
    /// # Errors
    /// All other errors of `found`.
    pub(super) fn unless_unseen<T>(&self, found: Result<T>) -> Result<Option<T>> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) if error.code() == ErrorCode::Forbidden => {
                // The first reason is the one that stays.
                let _ = self.refusal.set(error.to_string());
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
