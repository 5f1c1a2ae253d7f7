//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "identity"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 8] = [
    TableData {
        table: "users",
        personal: &[
            ("email", "mail address"),
            ("email_key", "mail address, folded"),
            ("email_folded", "mail address, folded"),
            ("full_name", "name"),
            ("name_key", "name, folded"),
            ("phone", "telephone number"),
        ],
        other: &[(&["status"], NAMES)],
    },
    TableData { table: "user_passwords", personal: &[("hash", "hash of the password")], other: &[] },
    TableData {
        table: "sessions",
        personal: &[("address", "address of the client")],
        other: &[(&["token_hash", "uses"], "hashes of random tokens and times of their use")],
    },
    TableData {
        table: "external_identities",
        personal: &[("subject", "name of the person at another issuer")],
        other: &[(&["issuer"], "address of a service")],
    },
    TableData {
        table: "invitations",
        personal: &[],
        other: &[
            (&["idempotency_key"], "key made by a program"),
            (&["input_hash"], "hash of an input, deleted with the user"),
        ],
    },
    TableData {
        table: "api_keys",
        personal: &[],
        other: &[
            (&["name", "name_folded", "prefix"], "names of programs, and the beginning of a random key"),
            (&["scopes"], NAMES),
        ],
    },
    TableData { table: "api_key_secrets", personal: &[], other: &[(&["hash"], "hash of a random key")] },
    TableData {
        table: "roles",
        personal: &[],
        other: &[(&["name", "description", "permissions"], "what a group of people may do")],
    },
];
