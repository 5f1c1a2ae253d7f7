//! Searching the web.
//!
//! A [`WebSearch`] answers with pages that are worth reading; what they say is read from the pages themselves, by
//! [`super::fetch`].
//!
//! - [`searxng`]: an instance of SearXNG, which asks other search engines; of one's own, without a key.
//! - [`brave`]: Brave's search API; needs a key and costs money.

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
