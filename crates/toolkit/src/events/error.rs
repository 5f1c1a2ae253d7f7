//! Errors of reading events.

use sea_orm::DbErr;

use crate::error::Error;

/// Reason why events cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    /// The cursor's history was purged, or belongs to another database.
    #[error("the events after this cursor are no longer kept")]
    HistoryLost,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
    /// A row has invalid content.
    #[error("event {0} is not readable")]
    Corrupt(i64),
    /// The server is stopping.
    #[error("the event log is closed")]
    Closed,
}

impl From<EventsError> for Error {
    fn from(error: EventsError) -> Self {
        match error {
            EventsError::HistoryLost => Self::HistoryLost,
            EventsError::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
