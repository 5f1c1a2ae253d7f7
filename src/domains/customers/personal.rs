//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "customers"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 5] = [
    TableData {
        table: "customers",
        personal: &[
            ("source_title", "title of a public source"),
            ("source_quote", "quote of a public source"),
            ("risk_reason", "what somebody wrote of a risk"),
        ],
        other: &[
            (&["name", "name_key", "name_folded", "industry", "industry_folded", "segment"], "companies"),
            (&["listing", "ticker", "exchange", "match_method"], "listing of a company"),
            (&["source_url"], "address of a public source"),
            (&["lifecycle"], NAMES),
            (&["account_time_zone"], "time zone"),
            (&["contract_currency"], "unit of a contract's value"),
        ],
    },
    TableData {
        table: "customer_contacts",
        personal: &[
            ("name", "name"),
            ("name_key", "name, folded"),
            ("email", "mail address"),
            ("email_folded", "mail address, folded"),
            ("phone", "telephone number"),
            ("job_title", "position"),
        ],
        other: &[],
    },
    TableData {
        table: "contracts",
        personal: &[],
        other: &[(&["value_currency"], "unit of the value"), (&["renewal"], NAMES)],
    },
    TableData {
        table: "customer_churns",
        personal: &[("note", "what somebody wrote of it")],
        other: &[(&["kind", "lifecycle_before"], NAMES)],
    },
    TableData {
        table: "search_grams",
        personal: &[("gram", "three letters of a text that is found with typing errors")],
        other: &[(&["kind"], NAMES)],
    },
];
