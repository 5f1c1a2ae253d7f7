//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "outbox"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 1] = [TableData {
    table: "outbox_mails",
    personal: &[
        ("to_name", "name"),
        ("to_address", "mail address"),
        ("to_folded", "mail address, folded"),
        ("reply_to_name", "name"),
        ("reply_to_address", "mail address"),
        ("subject", "subject of the mail"),
        ("text", "body of the mail"),
        ("html", "body of the mail"),
        ("idempotency_key", "key that holds the recipient's address"),
        ("error_message", "answer of a mail server, which may name the address"),
    ],
    other: &[(&["kind", "status", "error_code"], NAMES), (&["about"], "id of an object")],
}];
