//! Suggestions for misspelled names.

use crate::text::nearest;

/// Maximum number of errors with a hint: finding the nearest name takes time, and a response shows few errors.
pub(super) const MOST_HINTS: usize = 10;
/// Maximum length of a name to be compared, in bytes.
const LONGEST_NAME: usize = 60;

/// Returns a space and a sentence with the known name nearest to `name`, if one is near.
pub(super) fn did_you_mean<'k, N: AsRef<str> + 'k>(name: &str, known: impl Iterator<Item = &'k N>) -> Option<String> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    nearest(name, known, name.len() / 3 + 1).map(|nearest| format!(" Did you mean `{nearest}`?"))
}
