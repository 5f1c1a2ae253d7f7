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

const TABLES: [TableData; 1] = [TableData {
    table: "customers",
    personal: &[("source_title", "title of a public source"), ("source_quote", "quote of a public source")],
    other: &[
        (&["name", "name_key", "name_folded", "industry", "industry_folded", "segment"], "companies"),
        (&["listing", "ticker", "exchange", "match_method"], "listing of a company"),
        (&["source_url"], "address of a public source"),
    ],
}];
