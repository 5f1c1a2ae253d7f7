//! What a server asks its database, for tests that count it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rapport::db::Db;

/// What a quiet server still asks by itself: the tail of the event log, where a new connection leads to, and whether the session of a token still holds,
/// which is remembered for two seconds and so may or may not be asked.
const NOT_OF_AN_OPERATION: [&str; 3] =
    ["FROM events WHERE (tx, id) >", "pg_control_system", r#"FROM "sessions" LEFT JOIN "users""#];

/// The statements of one server, noted while somebody wants to know them.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Option<Vec<String>>>>);

impl Statements {
    /// Notes what is sent through `db` and its later clones.
    pub(super) fn listen_to(&self, db: &mut Db) {
        let statements = self.clone();
        db.on_statement(move |sql| {
            if let Some(noted) = statements.lock().as_mut() {
                noted.push(sql.to_owned());
            }
        });
    }

    /// What `work` yields, and the statements that were sent for operations while it ran.
    pub async fn of<F: Future>(&self, work: F) -> (F::Output, Vec<String>) {
        *self.lock() = Some(Vec::new());
        let output = work.await;
        let mut noted = self.lock().take().unwrap_or_default();
        noted.retain(|sql| !NOT_OF_AN_OPERATION.iter().any(|other| sql.contains(other)));
        (output, noted)
    }

    /// Does `work` beside the server until a statement that holds `part` has been answered. What `work` yields is still to come.
    pub async fn until<T: Send + 'static>(
        &self,
        part: &str,
        work: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        *self.lock() = Some(Vec::new());
        let work = tokio::spawn(work);
        let has_come = || self.lock().as_ref().is_some_and(|noted| noted.iter().any(|sql| sql.contains(part)));
        super::patience(async {
            while !has_come() && !work.is_finished() {
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            }
        })
        .await;
        *self.lock() = None;
        work
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
