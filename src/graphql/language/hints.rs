//! Suggestions for misspelled names.

/// Maximum number of errors with a hint: finding the nearest name takes time, and a response shows few errors.
pub(super) const MOST_HINTS: usize = 10;
/// Maximum length of a name to be compared, in bytes.
const LONGEST_NAME: usize = 60;

/// Returns a space and a sentence with the known name nearest to `name`, if one is near.
pub(super) fn did_you_mean<'k, N: AsRef<str> + 'k>(name: &str, known: impl Iterator<Item = &'k N>) -> Option<String> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let known = known.map(|known| (strsim::damerau_levenshtein(name, known.as_ref()), known));
    let (distance, nearest) = known.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len() / 3 + 1).then(|| format!(" Did you mean `{}`?", nearest.as_ref()))
}
