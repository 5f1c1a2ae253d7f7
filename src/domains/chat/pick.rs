//! Random choice of texts.

/// Returns one of several texts, by a number from 0 to 1.
pub(super) fn one_of(all: &[String], unit: f64) -> &str {
    let index = (unit * all.len() as f64) as usize;
    all.get(index.min(all.len().saturating_sub(1))).map_or("", String::as_str)
}
