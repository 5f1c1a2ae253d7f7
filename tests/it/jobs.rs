//! The job queue: on a database, with workers that each have a connection of their own, as processes have; and as clients
//! see it.

mod api;
mod cancelling;
mod claiming;
mod following;
mod idempotency;
mod leases;
mod retention;
mod retrying;
mod schedule;
mod steps;
mod stopping;
mod support;
