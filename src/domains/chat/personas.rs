//! p
mod field;
pub use field::{FieldKind, FieldSpec};
