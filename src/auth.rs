//! Who asks, and what they may do. Every service call takes a [`Viewer`] and asks it.

mod caller;
mod permission;
mod role;
mod viewer;

pub use caller::{Caller, Visitor};
pub use permission::{Permission, Permissions};
pub use role::SystemRole;
pub use viewer::{Credential, Looked, Session, Viewer};
