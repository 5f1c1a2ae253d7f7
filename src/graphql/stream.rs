//! What subscriptions share with the transport that carries them.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::Context;

use super::CursorText;

/// The place after which an event stream is resumed: Server-Sent Events carry it in the `Last-Event-ID` header.
#[derive(Debug, Clone)]
pub struct ResumeFrom(pub String);

impl ResumeFrom {
    /// Where to begin: after the last event that the transport says was seen, which is later than `after` of a request
    /// that is made again; else after `after`.
    pub fn or(ctx: &Context<'_>, after: Option<CursorText>) -> Option<CursorText> {
        ctx.data_opt::<Self>().map(|resume| CursorText(resume.0.clone())).or(after)
    }
}

/// The cursor of the event that is being sent, told by the subscription to the transport. An operation sends one event
/// at a time, so one place is enough.
#[derive(Debug, Clone, Default)]
pub struct ReplyCursor(Arc<Mutex<Option<String>>>);

impl ReplyCursor {
    /// The place of this operation; one that nobody reads when the transport has no use for it.
    pub fn of(ctx: &Context<'_>) -> Self {
        ctx.data_opt::<Self>().cloned().unwrap_or_default()
    }

    /// Tells the cursor of the event that is sent next.
    pub fn set(&self, cursor: &CursorText) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor.0.clone());
    }

    /// Takes the cursor of the event that was just made.
    pub fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
