//! PostgreSQL connections outside of the pool.

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::time::timeout;

use super::PATIENCE;

/// A PostgreSQL connection outside of the pool that reports its loss at once. Closed without the farewell message, for
/// which a [`PgListener`] would wait forever on a connection that was cut.
pub(crate) struct Listener(Option<PgListener>);

impl Listener {
    pub(crate) async fn connect(pool: &sqlx::PgPool) -> Result<Self, sqlx::Error> {
        let options = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .acquire_slow_level(log::LevelFilter::Off)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_release(|_, _| Box::pin(std::future::ready(Err(sqlx::Error::PoolClosed))));
        let options = options.connect_lazy_with((*pool.connect_options()).clone());
        Ok(Self(Some(PgListener::connect_with(&options).await?)))
    }

    /// Returns the connection.
    pub(crate) fn get(&mut self) -> Result<&mut PgListener, sqlx::Error> {
        self.0.as_mut().ok_or(sqlx::Error::PoolClosed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // The farewell is spawned where the listener is dropped: into a runtime that ends at once.
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() else { return };
        let inside = runtime.enter();
        drop(self.0.take());
        drop(inside);
        runtime.shutdown_background();
    }
}

/// Runs a statement on such a connection with a time limit.
pub(crate) async fn timely<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    timeout(PATIENCE, work).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
