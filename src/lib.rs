//! Rapport: the backend of a customer-facing business behind one GraphQL schema with subscriptions.
//!
//! Start with `docs/architecture.md`, which describes the folders.

pub mod api;
pub mod app;
pub mod cli;
pub mod domains;
pub mod graphql;
pub mod http;
pub mod mails;
pub mod schema;
pub mod server;

pub use rapport_clients as clients;
pub use rapport_toolkit::{
    ambient, auth, config, db, error, events, html, jobs, limiter, mail_address, money, periods, private_files,
    request_id, secrets, single_flight, telemetry, text, waits, web_address,
};
