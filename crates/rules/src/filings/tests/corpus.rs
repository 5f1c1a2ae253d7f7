//! The labelled corpus (`tests/data/edgar/corpus/`): how many of its signals the rules find, and how many of those that they
//! find are right.
//!
//! `tuned.jsonl` is what the rules were made with. `blind.jsonl` was labelled before and is not looked at when rules are
//! changed. `origin` says whether a text is from a filing (some are shortened) or made up in the manner of filings. A
//! signal is `KIND`, or `KIND name; role; date`; it is right when the kind and the person are. Roles and dates are counted
//! apart. `PRINT_CORPUS=1` prints the tables of `docs/intelligence.md`, `PRINT_CORPUS=tuned` also what is wrong in the
//! tuned half.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use super::told;
use crate::filings::people::person_key;
use crate::filings::{Filed, Filing, Item, parse_filing, signals_of};

pub(super) const TUNED: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/corpus/tuned.jsonl"));
pub(super) const BLIND: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/corpus/blind.jsonl"));

#[derive(Deserialize)]
pub(super) struct Row {
    origin: String,
    pub(super) item: String,
    company: String,
    pub(super) filed: NaiveDate,
    text: String,
    pub(super) signals: Vec<String>,
}

/// A signal of a row, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Label {
    kind: String,
    person: Option<String>,
    role: String,
    date: String,
}

impl Label {
    pub(super) fn of(line: &str) -> Self {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut parts = rest.split("; ");
        let name = parts.next().filter(|name| !name.is_empty());
        let mut part = || parts.next().unwrap_or("-").to_owned();
        Self { kind: kind.to_owned(), person: name.map(person_key), role: part().to_lowercase(), date: part() }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.person == other.person
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
    people: usize,
    roles: usize,
    dates: usize,
}

impl Counts {
    fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
        self.people += other.people;
        self.roles += other.roles;
        self.dates += other.dates;
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundred signals")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// The report of a row.
pub(super) fn report(row: &Row) -> Filing {
    let item = Item::parse(&row.item).unwrap();
    let text = if row.text.contains('<') { row.text.clone() } else { row.text.replace('&', "&amp;") };
    let text = text.replace('¶', "</p>\n<p>");
    let cover = match row.company.as_str() {
        "" => String::new(),
        name => format!(
            "<p>{}</p><p>(Exact name of registrant as specified in its charter)</p>\n",
            name.replace('&', "&amp;")
        ),
    };
    parse_filing(&format!("{cover}<p>Item {item} {}</p>\n<p>{text}</p>", item.title()))
}

/// Returns the rules' findings in a text, as lines.
pub(super) fn found(row: &Row) -> Vec<String> {
    let filing = report(row);
    let filed_at = row.filed.and_time(NaiveTime::MIN).and_utc();
    let filed = Filed { company: None, accession: "0001234567-24-000123", url: "https://www.sec.gov/x.htm", filed_at };
    told(&signals_of(&filing, &filed, filed_at))
}

/// The counts by kind, and what is wrong as text.
fn measured(rows: &str, origin: Option<&str>) -> (BTreeMap<String, Counts>, Vec<String>) {
    let (mut kinds, mut wrong) = (BTreeMap::<String, Counts>::new(), Vec::new());
    for line in rows.lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        if origin.is_some_and(|origin| origin != row.origin) {
            continue;
        }
        let lines = found(&row);
        let mut labels: Vec<Label> = row.signals.iter().map(|line| Label::of(line)).collect();
        let mut is_right = true;
        for found in lines.iter().map(|line| Label::of(line)) {
            let counts = kinds.entry(found.kind.clone()).or_default();
            let Some(at) = labels.iter().position(|label| label.is_same(&found)) else {
                counts.wrong += 1;
                is_right = false;
                continue;
            };
            let label = labels.remove(at);
            counts.right += 1;
            if label.person.is_some() {
                counts.people += 1;
                counts.roles += usize::from(label.role == found.role);
                counts.dates += usize::from(label.date == found.date);
                is_right &= label.role == found.role && label.date == found.date;
            }
        }
        for label in &labels {
            kinds.entry(label.kind.clone()).or_default().missed += 1;
            is_right = false;
        }
        if !is_right {
            wrong.push(format!(
                "{} [{}] {}\n    found {lines:?}\n    label {:?}",
                row.item, row.company, row.text, row.signals
            ));
        }
    }
    (kinds, wrong)
}

fn total(kinds: &BTreeMap<String, Counts>) -> Counts {
    let mut total = Counts::default();
    kinds.values().for_each(|counts| total.add(*counts));
    total
}

fn print(title: &str, kinds: &BTreeMap<String, Counts>) {
    println!("{title}\n| kind | signals | precision | recall |\n|---|---:|---:|---:|");
    for (kind, counts) in kinds {
        let signals = counts.right + counts.missed;
        println!("| {kind} | {signals} | {:.2} | {:.2} |", counts.precision(), counts.recall());
    }
    let all = total(kinds);
    println!(
        "| all | {} | {:.3} | {:.3} |\nroles {}/{}, dates {}/{}\n",
        all.right + all.missed,
        all.precision(),
        all.recall(),
        all.roles,
        all.people,
        all.dates,
        all.people
    );
}

#[test]
fn the_corpus_is_read_as_well_as_the_documents_say() {
    let asked = std::env::var("PRINT_CORPUS").ok();
    for (name, rows, precision, recall) in [("tuned", TUNED, 0.98, 0.98), ("blind", BLIND, 0.95, 0.92)] {
        let (kinds, wrong) = measured(rows, None);
        if let Some(asked) = &asked {
            print(name, &kinds);
            for origin in ["filing", "made"] {
                let all = total(&measured(rows, Some(origin)).0);
                println!("{name}, {origin}: precision {:.3}, recall {:.3}", all.precision(), all.recall());
            }
            if asked == name {
                wrong.iter().for_each(|text| println!("{text}"));
            }
        }
        let all = total(&kinds);
        assert!(all.precision() >= precision, "precision of the {name} half: {:.3}", all.precision());
        assert!(all.recall() >= recall, "recall of the {name} half: {:.3}", all.recall());
    }
}
