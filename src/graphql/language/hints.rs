//! Names that somebody may have meant.

/// Errors that get a hint: to find the nearest of many names takes time, and a response shows few errors.
pub(super) const MOST_HINTS: usize = 10;
/// The longest name, in bytes, that is compared with others.
const LONGEST_NAME: usize = 60;

/// A sentence, after a space, with that of the known names that is nearest to `name`, if one is near.
pub(super) fn did_you_mean<'k, N: AsRef<str> + 'k>(name: &str, known: impl Iterator<Item = &'k N>) -> Option<String> {
    if name.len() > LONGEST_NAME {
        return None;
    }
    let known = known.map(|known| (strsim::damerau_levenshtein(name, known.as_ref()), known));
    let (distance, nearest) = known.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len() / 3 + 1).then(|| format!(" Did you mean `{}`?", nearest.as_ref()))
}
