//! What the tests share: databases, servers, clients, stand-ins, a clock.

mod app;
mod clock;
pub mod collector;
mod database;
pub mod edgar;
mod http;
pub mod jwks;
pub mod llm;
pub mod mail_server;
pub mod openai;
mod process;
pub mod program;
pub mod proxy;
pub mod rows;
pub mod signing;
pub mod smtp;
mod sse;
mod statements;
pub mod web;
mod ws;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeZone, Utc};
use rapport::ambient::Ambient;

pub use app::{ADMIN, TestApp, TestAppBuilder};
pub use clock::{HandClock, TestClock};
pub use database::TestDb;
pub use http::Client;
pub use process::Process;
pub use sse::{SseClient, SseStream};
pub use statements::Statements;
pub use ws::WsClient;

/// Permissions as the schema spells them: `USERS_READ` of `users:read`.
pub fn spelled(names: &[impl AsRef<str>]) -> Vec<String> {
    names.iter().map(|name| name.as_ref().to_uppercase().replace(':', "_")).collect()
}

/// The day on which tests take place that need no real time.
pub fn today() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 14, 9, 0, 0).unwrap()
}

/// A clock that stands still, and the same random numbers in each run.
pub fn ambient() -> Ambient {
    ambient_at(today())
}

/// A clock that stands still at `time`, and the same random numbers in each run.
pub fn ambient_at(time: DateTime<Utc>) -> Ambient {
    Ambient::seeded(Arc::new(clock::Still(time)), 7)
}

/// The same clock, with random numbers that no other has.
pub fn ambient_of_its_own() -> Ambient {
    static SEED: AtomicU64 = AtomicU64::new(100);
    Ambient::seeded(Arc::new(clock::Still(today())), SEED.fetch_add(1, Ordering::Relaxed))
}

/// Waits for what must happen, and fails the test when it does not.
pub async fn patience<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it should have happened by now")
}
