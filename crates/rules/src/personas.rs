//! Personas: names, tones, and fields to collect. They are data: one file each, read when the server starts. Some are
//! bundled (`assets/personas/`); the folder of `PERSONAS_DIR` adds to them or replaces them.

mod check;
mod field;
mod loading;
mod persona;
mod problem;
mod reader;
#[cfg(test)]
mod tests;

pub use field::{FieldKind, FieldSpec};
pub use loading::Personas;
pub use persona::{HandoverRule, Persona, Replies};
pub use problem::{Problem, WrongPersonas};
