//! The integration tests, one binary: clients over HTTP, WebSocket and SSE against real servers, databases and stand-ins.
//!
//! They run on SQLite, or on PostgreSQL when `TEST_DATABASE_URL` names a server where databases may be made.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should fail")]
#![expect(clippy::disallowed_methods, reason = "tests make clients of their own and live in real time")]

mod activity;
mod agents;
mod audit;
mod budget;
mod busy;
mod chat;
mod cli;
mod counts;
mod crash;
mod customers;
mod documents;
mod edgar;
mod errors;
mod events;
mod external;
mod fetch;
mod files;
mod front_door;
mod full_disk;
mod health;
mod identity;
mod issuers;
mod jobs;
mod knowledge;
mod leads;
mod limits;
mod lists;
mod llm;
mod logs;
mod mail;
mod metrics;
mod migrations;
mod money;
mod monitoring;
mod notifications;
mod onboarding;
mod outage;
mod outbox;
mod people;
mod personal;
mod port;
mod reads;
mod reports;
mod research;
mod resume;
mod schedules;
mod schema;
mod search;
mod secrets;
mod sessions;
mod settings;
mod statements;
mod support;
mod throttle;
mod tracing;
mod transactions;
mod transport;
mod two_releases;
mod waits;
