//! Talk with visitors.

pub mod collecting;
pub mod personas;
