//! Reports as they are read, and which were read before.

use std::collections::{HashMap, HashSet};

use crate::domains::{
    intelligence::filings::{Filing, FilingRef, Signal as Told, proposals::Source},
    signals::filing::{self, Extraction},
};

/// Which reports of a customer were read, and by whom.
#[derive(Debug, Default)]
pub(super) struct ReadBefore {
    /// By the rules in force.
    pub(super) by_rules: HashSet<String>,
    /// Whether a strong model has read them too.
    extraction: HashMap<String, Extraction>,
}

impl ReadBefore {
    pub(super) fn of(readings: Vec<filing::Model>) -> Self {
        let mut read = Self::default();
        for reading in readings {
            if let Some(extraction) = reading.extraction {
                read.extraction.insert(reading.accession.clone(), extraction);
            }
            if reading.is_good() {
                read.by_rules.insert(reading.accession);
            }
        }
        read
    }

    /// Whether the model has nothing to read there any more.
    pub(super) fn is_settled(&self, accession: &str) -> bool {
        matches!(self.extraction.get(accession), Some(Extraction::Done | Extraction::GivenUp))
    }

    /// Whether the model is still to read a report that the rules have read.
    pub(super) fn is_waiting(&self, accession: &str) -> bool {
        self.extraction.get(accession) == Some(&Extraction::Waiting)
    }
}

/// A report as the rules read it.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) reference: FilingRef,
    /// What the rules found.
    pub(super) told: Vec<Told>,
    pub(super) url: String,
    pub(super) report: Filing,
    /// The report that it amends.
    pub(super) original: Option<Filing>,
    /// What a model is given of it.
    pub(super) sources: Vec<Source>,
}
