//! Output of commands.

use std::io::Write as _;

/// Writes to standard output. Ignores a closed pipe, such as that of `head`.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
