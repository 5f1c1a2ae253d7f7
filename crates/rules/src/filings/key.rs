//! The keys of signals.

use super::item::Item;
use super::people::person_key;
use super::signal_type::SignalType;

/// Returns the key of a signal: `0001234567-24-000123:5.02:EXECUTIVE_HIRE:jane-roe`. Reading a filing again yields the
/// same keys.
pub(super) fn key(accession: &str, item: Item, kind: SignalType, person: Option<&str>) -> String {
    let person = person.map_or_else(String::new, |name| format!(":{}", person_key(name)));
    format!("{}:{item}:{}{person}", dashed(accession), kind.name())
}

/// Returns an accession number in the form with dashes.
pub fn dashed(accession: &str) -> String {
    let accession = accession.trim();
    if accession.len() == 18 && accession.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("{}-{}-{}", &accession[..10], &accession[10..12], &accession[12..])
    } else {
        accession.to_owned()
    }
}
