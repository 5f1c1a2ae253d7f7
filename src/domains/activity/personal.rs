//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "activity"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";
const SAID: &str = "what people wrote of a lead or customer";
const FOLDED: &str = "the same, folded";

const TABLES: [TableData; 4] = [
    TableData {
        table: "interactions",
        personal: &[
            ("summary", SAID),
            ("details", SAID),
            ("words", FOLDED),
            ("participants", "names of who took part"),
        ],
        other: &[(&["subject_kind", "kind", "direction", "outcome", "sentiment", "sentiment_source"], NAMES)],
    },
    TableData {
        table: "tasks",
        personal: &[("title", SAID), ("details", SAID), ("words", FOLDED)],
        other: &[(&["subject_kind", "status", "priority"], NAMES), (&["recurrence"], "rule of days")],
    },
    TableData { table: "notes", personal: &[("text", SAID), ("words", FOLDED)], other: &[(&["subject_kind"], NAMES)] },
    TableData { table: "timeline_entries", personal: &[], other: &[(&["subject_kind", "kind"], NAMES)] },
];
