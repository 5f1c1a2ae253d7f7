//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "signals"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 4] = [
    TableData {
        table: "signals",
        personal: &[
            ("person_name", "name of an officer in a public filing"),
            ("person_role", "office"),
            ("person_direction", "arrival or departure"),
            ("summary", "what the filing says"),
            ("sentence", "sentence of the filing"),
            ("quotes", "sentences of the filing"),
            ("words", "words of the above"),
        ],
        other: &[
            (&["event_key", "kind", "opportunity", "extracted_by"], NAMES),
            (&["value_currency", "value_assumption"], "estimate of a value"),
            (&["accession", "item", "url"], "public id of a filing"),
            (&["summary_model", "extraction_model"], "names of models"),
        ],
    },
    TableData {
        table: "signal_reports",
        personal: &[
            ("headline", "text on the signal, which may name the officer"),
            ("why_it_matters", "text on the signal"),
            ("talking_points", "text on the signal"),
            ("recommended_action", "text on the signal"),
            ("draft_message", "text on the signal"),
        ],
        other: &[(&["persona"], "name of a kind of buyer"), (&["model"], "name of a model")],
    },
    TableData {
        table: "filings_read",
        personal: &[],
        other: &[(&["accession", "items"], "public ids of a filing"), (&["extraction"], NAMES)],
    },
    TableData {
        table: "extraction_disagreements",
        personal: &[
            ("by_rules", "value read in a public filing"),
            ("by_model", "value read in a public filing"),
            ("quote", "sentence of the filing"),
        ],
        other: &[
            (&["accession", "item"], "public id of a filing"),
            (&["kind", "signal_kind", "field", "refusal"], NAMES),
            (&["model"], "name of a model"),
        ],
    },
];
