//! What commands say.

use std::io::Write as _;

/// Writes to the terminal. Whoever reads may stop reading, as `head` does.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
