//! Callers and their permissions. Every service call takes a [`Viewer`] and checks its permissions.

mod caller;
mod callers;
mod mandate;
mod permission;
mod role;
mod run;
mod session;
mod viewer;

pub use caller::{Caller, Visitor};
pub use callers::{Callers, TokenError, TokenKind};
pub use mandate::Mandate;
pub use permission::{Permission, Permissions};
pub use role::SystemRole;
pub use run::Run;
pub use session::{Credential, Session};
pub use viewer::{Looked, Viewer};
