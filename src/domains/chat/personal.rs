//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "chat"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 3] = [
    TableData {
        table: "chat_sessions",
        personal: &[
            ("metadata", "notes of whoever began the session"),
            ("collected", "what the person said of themselves"),
            ("words", "words of the above"),
        ],
        other: &[(&["persona", "asked", "handover_status", "handover_reason"], NAMES)],
    },
    TableData {
        table: "chat_messages",
        personal: &[
            ("text", "message"),
            ("citations", "passages of documents that fit the message"),
            ("error_message", "error of a reply"),
            ("client_key", "key made by the client"),
        ],
        other: &[(&["role", "author", "state", "error_code"], NAMES), (&["model"], "name of a model")],
    },
    TableData { table: "chat_visitors", personal: &[], other: &[(&["token_hash"], "hash of a random token")] },
];
