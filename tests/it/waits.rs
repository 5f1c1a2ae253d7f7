//! Durable waits: for times, events and decisions.

mod awaited;
mod decisions;
mod owners;
mod sweep;
mod timers;
mod world;
