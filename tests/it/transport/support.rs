//! A server with a small schema, and clients for it.

mod gateway;
mod raw;
mod schema;
mod server;
mod socket;

pub use raw::Raw;
pub use server::{Server, patience, quick};
pub use socket::Socket;
