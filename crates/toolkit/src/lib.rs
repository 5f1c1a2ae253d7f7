//! What Rapport stands on and what knows no domain: settings, errors, the clock, telemetry, the database, limits, events,
//! jobs, callers, and what all GraphQL types share.
//!
//! The program shows these modules under its own name (`crate::db`).

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
pub mod single_flight;
pub mod telemetry;
pub mod text;
pub mod web_address;
