//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "audit"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 2] = [
    TableData {
        table: "audit_log",
        personal: &[
            ("subject_name", "name, while it is not sealed"),
            ("before", "values, while they are not sealed"),
            ("after", "values, while they are not sealed"),
            ("words", "words of values, while they are not sealed"),
            ("sealed", "name and values, sealed by a key of the person"),
            ("address", "address of the client"),
            ("user_agent", "browser of the client"),
            ("reason", "what the actor wrote"),
        ],
        other: &[(&["action", "subject_type"], NAMES), (&["subject_id", "request_id", "via"], "ids")],
    },
    TableData {
        table: "person_keys",
        personal: &[
            ("words", "words of names and values of the person"),
            ("sealed_key", "the key of the person"),
            ("bare_key", "the key of the person, until it is sealed"),
        ],
        other: &[(&["person"], "id of an object")],
    },
];
