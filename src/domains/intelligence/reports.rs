//! Reports on a signal for one kind of reader at the customer: its meaning for them, and talking points.
//!
//! Written by a language model if one is configured; otherwise, or if its text is unusable, from templates. In either
//! case a report states only facts of the signal, the vendor and the reader: the model's answer is checked word for
//! word ([`grounds`](super::grounds)), and rejected for a single invented name or number.

mod answer;
mod asking;
mod audience;
mod checking;
mod draft;
mod input;
mod occasion;
mod templates;
#[cfg(test)]
mod tests;
mod writing;

pub use audience::{Audience, default_audiences};
pub use draft::Draft;
pub use occasion::Occasion;
pub use writing::write;
