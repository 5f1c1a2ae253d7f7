//! Rapport: the backend of a customer-facing business behind one GraphQL schema with subscriptions.
//!
//! Start with `docs/architecture.md`, which describes the folders.

pub mod ambient;
pub mod app;
pub mod auth;
pub mod cli;
pub mod clients;
pub mod config;
pub mod db;
pub mod domains;
pub mod error;
mod error_code;
pub mod events;
pub mod graphql;
pub mod html;
pub mod http;
pub mod jobs;
pub mod limiter;
pub mod mail_address;
pub mod mails;
pub mod money;
pub mod periods;
mod private_files;
pub mod request_id;
pub mod schema;
pub mod server;
pub mod single_flight;
pub mod telemetry;
pub mod text;
pub mod web_address;
