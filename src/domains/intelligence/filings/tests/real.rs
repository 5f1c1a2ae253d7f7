//! The leading sentences of real reports of 2026, from the SEC's public record (`tests/data/edgar/sentences.json`);
//! some are shortened.
//!
//! One of them is in doubt, and so no signal: a contract under which somebody "will serve as" chief executive may be with
//! somebody new or with somebody who is there.

use serde::Deserialize;

use super::{read, told};

#[derive(Deserialize)]
struct Row {
    item: String,
    text: String,
    signals: Vec<String>,
}

#[test]
fn leading_sentences_of_real_reports_make_the_signals_they_tell_of() {
    let rows = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/edgar/sentences.json"));
    let rows: Vec<Row> = serde_json::from_str(rows).unwrap();
    let mut wrong = Vec::new();
    for row in &rows {
        let found = told(&read(&row.item, &row.text));
        if found != row.signals {
            wrong.push(format!("{}: {}\n    {found:?}\n    instead of {:?}", row.item, row.text, row.signals));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}
