//! Lists of a company's filings: `submissions/CIK##########.json`, and files with older filings.
//!
//! A list is an object of arrays of equal length, with one filing per index. An unreadable list is an error; an
//! unreadable row is skipped and reported. All variants of a field that the SEC writes are accepted.

mod columns;
mod row;

use std::collections::HashSet;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use url::Url;

use super::{
    CurrentReports, ReportEntry,
    address::{Addresses, DocumentName, Folder},
    eastern::{self, Clock, Stamp},
};
use crate::http::{ClientError, one_line};
use columns::{Columns, text_of};
use row::{Accepted, Row};

/// Maximum number of problems reported individually.
const MOST_PROBLEMS: usize = 50;

/// Reads a company's lists of filings: the first one and the older ones fetched by the client. `site` is the base URL
/// of the archives. Pure computation.
///
/// # Errors
/// [`ClientError::Cut`] and [`ClientError::Garbage`] if a list is unreadable.
pub fn read_submissions(
    cik: u64,
    since: NaiveDate,
    list: &[u8],
    older: &[&[u8]],
    site: &Url,
) -> Result<CurrentReports, ClientError> {
    let mut reading = Reading::begin(cik, since, list)?;
    for list in older {
        reading.add(list)?;
    }
    Ok(reading.finish(&Addresses { site: site.clone(), data: site.clone() }))
}

/// State of reading the lists of one company.
pub(super) struct Reading {
    cik: u64,
    since: NaiveDate,
    company: String,
    rows: Vec<Row>,
    stamps: Vec<Stamp>,
    older: Vec<String>,
    problems: Problems,
}

impl Reading {
    /// Reads the first list.
    pub(super) fn begin(cik: u64, since: NaiveDate, list: &[u8]) -> Result<Self, ClientError> {
        let list = object(list)?;
        let mut problems = Problems::default();
        check_company(cik, list.get("cik"), &mut problems)?;
        let company = text_of(list.get("name")).unwrap_or_default();
        if company.is_empty() {
            problems.add("The list names no company.".to_owned());
        }
        let filings = list.get("filings").and_then(Value::as_object);
        let filings = filings.ok_or_else(|| ClientError::garbage("the list has no `filings`"))?;
        let recent = filings.get("recent").and_then(Value::as_object);
        let recent = recent.ok_or_else(|| ClientError::garbage("the list has no `filings.recent`"))?;
        let mut reading =
            Self { cik, since, company, rows: Vec::new(), stamps: Vec::new(), older: Vec::new(), problems };
        reading.take(recent)?;
        reading.note_older(filings.get("files"));
        Ok(reading)
    }

    /// Returns the names of further lists with filings in the requested period.
    pub(super) fn older(&self) -> Vec<String> {
        self.older.clone()
    }

    /// Reads a further list.
    pub(super) fn add(&mut self, list: &[u8]) -> Result<(), ClientError> {
        self.take(&object(list)?)
    }

    /// Returns all reports, newest first.
    pub(super) fn finish(mut self, addresses: &Addresses) -> CurrentReports {
        let clock = Clock::of(&self.stamps);
        let mut seen = HashSet::new();
        let mut reports = Vec::new();
        for row in std::mem::take(&mut self.rows) {
            // A filing on the border of two lists may stand in both.
            if seen.insert(row.accession.to_string()) {
                reports.push(self.entry(row, clock, addresses));
            }
        }
        reports
            .sort_by(|a, b| (b.filed_on, b.accepted_at, &b.accession).cmp(&(a.filed_on, a.accepted_at, &a.accession)));
        CurrentReports { company: self.company, reports, problems: self.problems.finish() }
    }

    fn take(&mut self, list: &Map<String, Value>) -> Result<(), ClientError> {
        let columns = Columns::of(list)?;
        for number in 0..columns.rows() {
            if let Some(stamp) = row::stamp(&columns, number) {
                self.stamps.push(stamp);
            }
            match row::read(&columns, number, self.since) {
                Ok(Some((row, problems))) => {
                    self.rows.push(row);
                    problems.into_iter().for_each(|problem| self.problems.add(problem));
                }
                Ok(None) => {}
                Err(problem) => self.problems.add(problem),
            }
        }
        Ok(())
    }

    fn note_older(&mut self, files: Option<&Value>) {
        let files = match files {
            None | Some(Value::Null) => return,
            Some(Value::Array(files)) => files,
            Some(_) => return self.problems.add("The names of older lists are no array.".to_owned()),
        };
        let prefix = format!("CIK{:010}-submissions-", self.cik);
        for file in files {
            let name = text_of(file.get("name")).unwrap_or_default();
            let is_ours = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".json"));
            if !is_ours.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
                let name = one_line(&name, 80);
                self.problems.add(format!("An older list was left out: its name `{name}` is none of this company's."));
                continue;
            }
            // A list whose end is not told may reach up to the day.
            let end = text_of(file.get("filingTo")).and_then(|text| row::date(&text));
            if end.is_none_or(|end| end >= self.since) && !self.older.contains(&name) {
                self.older.push(name);
            }
        }
    }

    fn entry(&mut self, row: Row, clock: Clock, addresses: &Addresses) -> ReportEntry {
        let accepted_at = match row.accepted {
            Accepted::At(time) => time,
            Accepted::InNewYork(time) => eastern::from_new_york(time),
            Accepted::ByTheList(time) => clock.read(time),
            Accepted::Unknown => eastern::start_of(row.filed_on),
        };
        let folder = Folder { cik: self.cik, accession: row.accession };
        let document = match (row.document.as_str(), DocumentName::parse(&row.document)) {
            (_, Some(name)) => name,
            ("", None) => folder.full_submission(),
            (name, None) => {
                let (filing, name) = (&folder.accession, one_line(name, 80));
                self.problems.add(format!(
                    "Filing {filing}: its document `{name}` is no name of a file; it is read from the full submission."
                ));
                folder.full_submission()
            }
        };
        ReportEntry {
            cik: self.cik,
            accession: folder.accession.to_string(),
            is_amendment: row.is_amendment,
            filed_on: row.filed_on,
            accepted_at,
            report_date: row.report_date,
            items: row.items,
            url: addresses.document(&folder, &document).to_string(),
        }
    }
}

fn object(list: &[u8]) -> Result<Map<String, Value>, ClientError> {
    serde_json::from_slice(list)
        .map_err(|error| if error.is_eof() { ClientError::Cut } else { ClientError::garbage(&error.to_string()) })
}

/// Returns an error unless the list is that of the requested company, whose number is written with or without leading
/// zeros, as a string or a number.
fn check_company(cik: u64, written: Option<&Value>, problems: &mut Problems) -> Result<(), ClientError> {
    let text = text_of(written).unwrap_or_default();
    if text.is_empty() {
        problems.add("The list does not say whose it is.".to_owned());
        return Ok(());
    }
    let digits = text.strip_prefix("CIK").unwrap_or(&text);
    match digits.parse::<u64>() {
        Ok(number) if number == cik => Ok(()),
        _ => Err(ClientError::garbage(&format!("the list of company {cik} says that it is that of `{text}`"))),
    }
}

/// Problems with skipped entries, up to a maximum.
#[derive(Default)]
struct Problems {
    told: Vec<String>,
    more: usize,
}

impl Problems {
    fn add(&mut self, problem: String) {
        if self.told.len() < MOST_PROBLEMS {
            self.told.push(problem);
        } else {
            self.more += 1;
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.told.push(format!("{} more problems of the list are not told.", self.more));
        }
        self.told
    }
}
