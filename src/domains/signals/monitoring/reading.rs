//! Reports being read, and those read before.

use std::collections::{HashMap, HashSet};

use crate::domains::{
    intelligence::filings::{Filing, FilingRef, Signal as Told, proposals::Source},
    signals::filing::{self, Extraction},
};

/// Reports of a customer that were read before.
#[derive(Debug, Default)]
pub(super) struct ReadBefore {
    /// Read by the present rules.
    pub(super) by_rules: HashSet<String>,
    /// State of the reading by a language model.
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

    /// Returns true if the model need not read the report.
    pub(super) fn is_settled(&self, accession: &str) -> bool {
        matches!(self.extraction.get(accession), Some(Extraction::Done | Extraction::GivenUp))
    }

    /// Returns true if a report read by the rules still waits for the model.
    pub(super) fn is_waiting(&self, accession: &str) -> bool {
        self.extraction.get(accession) == Some(&Extraction::Waiting)
    }
}

/// A report read by the rules.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) reference: FilingRef,
    /// The signals found by the rules.
    pub(super) told: Vec<Told>,
    pub(super) url: String,
    pub(super) report: Filing,
    /// The report that it amends.
    pub(super) original: Option<Filing>,
    /// The parts to pass to a model.
    pub(super) sources: Vec<Source>,
}
