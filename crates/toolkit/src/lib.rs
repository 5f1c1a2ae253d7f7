//! The toolkit of Rapport, independent of any domain: settings, errors, the clock, telemetry, the database, rate limits,
//! secrets, events, jobs, callers, and the parts shared by all GraphQL types.
//!
//! The program re-exports these modules (`crate::db`).

pub mod ambient;
pub mod auth;
pub mod config;
pub mod db;
pub mod error;
mod error_code;
pub mod events;
pub mod graphql;
pub mod html;
pub mod jobs;
pub mod limiter;
pub mod mail_address;
pub mod money;
pub mod periods;
pub mod private_files;
pub mod request_id;
pub mod secrets;
pub mod single_flight;
pub mod telemetry;
pub mod text;
pub mod waits;
pub mod web_address;
