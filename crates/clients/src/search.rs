//! Web search.
//!
//! A [`WebSearch`] returns pages worth reading; their contents are read from the pages themselves, by [`super::fetch`].
//!
//! - [`searxng`]: a self-hosted instance of SearXNG, which queries other search engines; without a key.
//! - [`brave`]: Brave's search API; requires a key and costs money.

mod address;
pub mod brave;
mod chain;
mod error;
mod hit;
mod hits;
pub mod searxng;

pub use chain::SearchChain;
pub use error::SearchError;
pub use hit::{SearchHit, WebSearch};
