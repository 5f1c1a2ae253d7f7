//! Reports on a signal for one kind of reader at the customer: what it means to them, and what to say to them.
//!
//! A language model writes them where one is configured; else, or when what it writes cannot be used, templates do. Either
//! way a report says nothing that does not stand in the signal or in what is known of vendor and reader: the model's answer
//! is checked word for word ([`grounds`](super::grounds)), and one name or number of its own throws it away.

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
