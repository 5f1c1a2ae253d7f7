//! Reasons why a file has no text.

use serde::{Deserialize, Serialize};

/// Reason why a file has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(in crate::domains::knowledge) enum Unread {
    /// The file needs a password.
    #[error("The PDF is encrypted. Save it without a password first.")]
    Encrypted,
    /// The file contains only pictures of text, or invisible text.
    #[error(
        "The PDF contains no visible text, only pictures such as scans. Run character recognition (OCR) on it first."
    )]
    NoText,
    /// The file is no PDF, or is damaged.
    #[error("The content is not a readable PDF. Give the file in Base64, or convert it to text or HTML first.")]
    Broken,
    /// The file exceeds the limits of time or memory.
    #[error("The PDF takes too long or too much memory to read. Split it, or convert it to text or HTML first.")]
    TooMuch,
}
