//! The directory against the SEC's real list of 7,919 companies.

mod lists;
mod rules;
mod table;
mod text;

use std::collections::HashSet;
use std::sync::LazyLock;

use super::source;
use super::{Directory, Listing, Match, NotListedReason};

pub(super) const COMPANIES: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/company_tickers.json"));
pub(super) const SAMPLE: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/sample_company_tickers.json"));
pub(super) static DIRECTORY: LazyLock<Directory> =
    LazyLock::new(|| Directory::from_company_tickers(COMPANIES).unwrap());
pub(super) static WITHOUT_PRIVATE: LazyLock<Directory> =
    LazyLock::new(|| Directory::from_company_tickers(COMPANIES).unwrap().without_private_companies());

pub(super) fn found(name: &str) -> Match {
    match DIRECTORY.find(name) {
        Listing::Listed(found) => found,
        other => panic!("{name}: {other:?}"),
    }
}

pub(super) fn ticker(name: &str) -> Option<String> {
    match DIRECTORY.find(name) {
        Listing::Listed(found) => Some(found.ticker),
        _ => None,
    }
}

pub(super) fn candidates(name: &str) -> Vec<String> {
    match DIRECTORY.find(name) {
        Listing::Unknown { candidates } => candidates.into_iter().map(|c| c.ticker).collect(),
        other => panic!("{name}: {other:?}"),
    }
}

pub(super) fn reason(name: &str) -> NotListedReason {
    match DIRECTORY.find(name) {
        Listing::NotListed { reason } => reason,
        other => panic!("{name}: {other:?}"),
    }
}

/// Each company's CIK, title and main ticker.
pub(super) fn every_company() -> Vec<(u64, String, String)> {
    let (rows, _) = source::read_companies(COMPANIES).unwrap();
    let mut seen = HashSet::new();
    rows.into_iter().filter(|row| seen.insert(row.cik)).map(|row| (row.cik, row.title, row.ticker)).collect()
}
