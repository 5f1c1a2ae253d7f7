//! Secrets in the database, sealed so that the database alone, or a backup of it, tells none.
//!
//! [`Secrets`] seals a text for one column of one row by AES-256-GCM and returns `v1.<key id>.<nonce>.<ciphertext>`, which
//! opens in that place alone. The keys come from `SECRETS_KEYS`, or from a file beside the embedded database; the first
//! seals, all open. A canary of each key in the table `secret_keys` tells a start with wrong keys. The columns with sealed
//! texts are registered in `domains.rs`, so that [`Secrets::rotate`] and [`status`] know all of them.

mod canary;
mod count;
mod data_key;
mod error;
mod keys;
mod place;
mod ring;
mod rotation;
mod status;
mod store;

pub use data_key::DataKey;
pub use error::{KeysError, RotationError, SealError};
pub use keys::Keys;
pub use place::SealedColumn;
pub use rotation::{Rotated, Unopened};
pub use status::{KeyState, KeyStatus, Status, status};
pub use store::Secrets;
