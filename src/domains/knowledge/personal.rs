//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "knowledge"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 4] = [
    TableData {
        table: "knowledge_documents",
        personal: &[
            ("title", "title of a document that the team added"),
            ("title_key", "title, folded"),
            ("title_folded", "title, folded"),
            ("url", "address of the document"),
        ],
        other: &[
            (&["base", "format"], NAMES),
            (&["content_hash", "input_hash"], "hashes of documents"),
            (&["idempotency_key"], "key made by a program"),
        ],
    },
    TableData {
        table: "knowledge_passages",
        personal: &[
            ("heading", "heading in a document that the team added"),
            ("heading_folded", "heading, folded"),
            ("text", "text of a document that the team added"),
            ("text_folded", "text, folded"),
        ],
        other: &[],
    },
    TableData {
        table: "knowledge_embeddings",
        personal: &[("vector", "meaning of a passage")],
        other: &[(&["model"], "name of a model")],
    },
    TableData { table: "knowledge_scales", personal: &[], other: &[(&["model", "texts"], "measures of a model")] },
];
