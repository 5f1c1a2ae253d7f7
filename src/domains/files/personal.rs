//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "files"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds, fixed by the program";
const KEY: &str = "random key of a content in the store";

const TABLES: [TableData; 5] = [
    TableData {
        table: "files",
        personal: &[
            ("name", "name that its owner gave, and the content in the store"),
            ("name_folded", "name, folded"),
        ],
        other: &[
            (&["purpose", "format"], NAMES),
            (&["sha256"], "hash of the content, deleted with it"),
            (&["store_key"], KEY),
            (&["used_by"], "id of an object"),
        ],
    },
    TableData { table: "download_links", personal: &[], other: &[] },
    TableData { table: "download_link_secrets", personal: &[], other: &[(&["hash"], "hash of a random token")] },
    TableData { table: "file_uploads", personal: &[], other: &[(&["day"], "a day"), (&["store_key"], KEY)] },
    TableData { table: "file_usage", personal: &[], other: &[(&["day"], "a day")] },
];
