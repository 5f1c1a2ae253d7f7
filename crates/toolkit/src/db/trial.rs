//! The test of a PostgreSQL connection.

use std::time::Duration;

use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

/// Time limit of the test of a connection, before use and on return.
pub(super) const TRIAL: Duration = Duration::from_secs(1);

/// Returns an error unless the connection answers soon, so that it is closed.
pub(super) async fn answers(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    timeout(TRIAL, connection.ping()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
