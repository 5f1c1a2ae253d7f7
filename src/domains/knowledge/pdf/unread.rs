//! Why a file has no text.

use serde::{Deserialize, Serialize};

/// Why a file has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(in crate::domains::knowledge) enum Unread {
    /// It needs a password.
    #[error("The PDF is encrypted. Save it without a password first.")]
    Encrypted,
    /// It has pictures of text only, or text that nobody sees.
    #[error(
        "The PDF holds no text that people see, only pictures as scans do. Run character recognition (OCR) over it first."
    )]
    NoText,
    /// It is no PDF, or a damaged one.
    #[error("The content is no PDF that can be read. Give the file in Base64, or convert it to text or HTML first.")]
    Broken,
    /// It takes more time or memory than a file gets.
    #[error("The PDF takes too long or too much memory to read. Split it, or convert it to text or HTML first.")]
    TooMuch,
}
