//! Sample reports of the sample companies, to try monitoring without a contact for the SEC.
//!
//! Stored in `assets/sample/filings`: `index.json` states the filing dates in days before today, and documents are
//! templates with relative dates, so that the sample does not age. Every URL is in the reserved domain `.example` (RFC
//! 2606).

mod template;

use std::collections::BTreeMap;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use serde::Deserialize;

use super::{CurrentReports, Edgar, EdgarError, ExhibitText, ReportEntry};
use crate::research::sample::SampleConfig;
use rapport_toolkit::ambient::Ambient;
use template::{Template, UnknownField, Values};

/// The sample `company_tickers.json`.
pub const TICKERS: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/sample_company_tickers.json"));
/// The sample `company_tickers_exchange.json`.
pub const EXCHANGES: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/sample_company_tickers_exchange.json"));

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/filings/", $name)))),*]
    };
}

/// The frame of every HTML document.
const COVER: &str = "cover.htm";
const INDEX: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/filings/index.json"));
const FILES: &[(&str, &str)] = files![
    "bluefen-cyber-amendment.htm",
    "bluefen-cyber.htm",
    "calderwood-agreement.htm",
    "cover.htm",
    "harrowgate-sale.htm",
    "ibexa-merger.htm",
    "kestrel-results-release.htm",
    "kestrel-results.htm",
    "lumenfield-auditor.htm",
    "marrowstone-impairment.htm",
    "northwind-cfo-release.htm",
    "northwind-cfo.htm",
    "northwind-votes.htm",
    "ostrava-acquisition-release.htm",
    "ostrava-acquisition.htm",
    "pinebarrow-supply.htm",
    "quillmark-director.htm",
    "quillmark-pay.htm",
    "solmere-notes.txt",
    "tessaract-restructuring.htm",
    "tessaract-results-release.htm",
    "tessaract-results.htm",
    "vantry-ceo.htm",
];

/// Time of day at which the sample reports are accepted.
const ACCEPTED_AT: NaiveTime = NaiveTime::from_hms_opt(20, 15, 0).unwrap();

/// The bundled filings are invalid.
#[derive(Debug, thiserror::Error)]
pub enum SampleFilingsError {
    /// The index or the list of companies has an unexpected JSON format.
    #[error("the sample filings cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The index names a missing file.
    #[error("the sample filing {0} is not bundled")]
    NoFile(String),
    /// The index names a company that is not in the list.
    #[error("the sample filing {file} is of {cik}, which is no company of the sample")]
    NoCompany {
        /// The document.
        file: String,
        /// The CIK of the company.
        cik: u64,
    },
    /// A document contains an unknown placeholder.
    #[error("the sample filing {file} has a gap for {field}")]
    UnknownField {
        /// The document.
        file: String,
        /// The placeholder.
        field: String,
    },
}

/// An [`Edgar`] with the bundled filings only. It has no reports of other companies.
pub struct SampleEdgar {
    filings: Vec<Filing>,
    companies: BTreeMap<u64, Listed>,
    templates: BTreeMap<&'static str, Template>,
    config: SampleConfig,
    ambient: Ambient,
}

/// A row of the list of companies.
#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "cik_str")]
    cik: u64,
    ticker: String,
    title: String,
}

/// A row of the index.
#[derive(Deserialize)]
struct Filing {
    /// Accession number, constant so that a filing keeps its identity while its dates move.
    accession: String,
    cik: u64,
    file: String,
    signer: String,
    is_amendment: bool,
    filed_days_ago: u64,
    /// Age of the reported event, at least two days before the filing.
    event_days_ago: u64,
    items: Vec<String>,
    exhibits: Vec<Exhibit>,
}

#[derive(Deserialize)]
struct Exhibit {
    kind: String,
    file: String,
}

impl SampleEdgar {
    /// Reads the bundled filings, dated relative to the clock in `ambient`.
    ///
    /// # Errors
    /// [`SampleFilingsError`] if they are invalid.
    pub fn new(config: SampleConfig, ambient: Ambient) -> Result<Self, SampleFilingsError> {
        let filings: Vec<Filing> = serde_json::from_str(INDEX)?;
        let listed: BTreeMap<String, Listed> = serde_json::from_slice(TICKERS)?;
        let companies: BTreeMap<u64, Listed> = listed.into_values().map(|listed| (listed.cik, listed)).collect();
        let mut templates = BTreeMap::new();
        for (file, text) in FILES {
            let unknown = |UnknownField(field)| SampleFilingsError::UnknownField { file: (*file).to_owned(), field };
            templates.insert(*file, Template::parse(text).map_err(unknown)?);
        }
        for filing in &filings {
            let exhibits = filing.exhibits.iter().map(|exhibit| &exhibit.file);
            let unknown =
                [&filing.file].into_iter().chain(exhibits).find(|file| !templates.contains_key(file.as_str()));
            if let Some(file) = unknown {
                return Err(SampleFilingsError::NoFile(file.clone()));
            }
            if !companies.contains_key(&filing.cik) {
                return Err(SampleFilingsError::NoCompany { file: filing.file.clone(), cik: filing.cik });
            }
        }
        Ok(Self { filings, companies, templates, config, ambient })
    }

    /// Returns the filing of a list entry.
    fn filing(&self, entry: &ReportEntry) -> Result<&Filing, EdgarError> {
        let is_it = |filing: &&Filing| filing.cik == entry.cik && filing.accession == entry.accession;
        self.filings.iter().find(is_it).ok_or(EdgarError::Missing)
    }

    fn entry(&self, filing: &Filing) -> ReportEntry {
        let today = self.ambient.now().date_naive();
        let filed_on = working_day(before(today, filing.filed_days_ago));
        ReportEntry {
            cik: filing.cik,
            accession: filing.accession.clone(),
            is_amendment: filing.is_amendment,
            filed_on,
            accepted_at: accepted_at(filed_on),
            report_date: Some(before(today, filing.event_days_ago)),
            items: filing.items.clone(),
            url: address(filing, &filing.file),
        }
    }

    /// Returns a document of a filing with the dates of the entry, so that a filing listed before midnight keeps its
    /// dates after it.
    fn document(
        &self,
        filing: &Filing,
        file: &str,
        entry: &ReportEntry,
        has_cover: bool,
    ) -> Result<String, EdgarError> {
        let company = self.companies.get(&filing.cik).ok_or(EdgarError::Missing)?;
        let template = |file: &str| self.templates.get(file).ok_or(EdgarError::Missing);
        let values = Values {
            company: &company.title.replace('&', "&amp;"),
            ticker: &company.ticker,
            signer: &filing.signer,
            is_amendment: filing.is_amendment,
            event: entry.report_date.unwrap_or(entry.filed_on),
            filed: entry.filed_on,
            body: "",
        };
        let body = template(file)?.fill(&values);
        if has_cover { Ok(template(COVER)?.fill(&Values { body: &body, ..values })) } else { Ok(body) }
    }
}

fn before(today: NaiveDate, days: u64) -> NaiveDate {
    today.checked_sub_days(Days::new(days)).unwrap_or(today)
}

/// Returns the day itself, or the Friday before a weekend, when the SEC accepts nothing.
fn working_day(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => before(day, 1),
        Weekday::Sun => before(day, 2),
        _ => day,
    }
}

fn accepted_at(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(ACCEPTED_AT).and_utc()
}

fn address(filing: &Filing, file: &str) -> String {
    format!("https://edgar.example/Archives/edgar/data/{}/{}/{file}", filing.cik, filing.accession.replace('-', ""))
}

/// Number of the question, by which the answering times of the sample differ.
const LIST: usize = 0;
const REPORT: usize = 1;
const EXHIBITS: usize = 2;

#[async_trait]
impl Edgar for SampleEdgar {
    async fn company_tickers(&self) -> Result<Bytes, EdgarError> {
        Ok(Bytes::from_static(TICKERS))
    }

    async fn company_tickers_exchange(&self) -> Result<Bytes, EdgarError> {
        Ok(Bytes::from_static(EXCHANGES))
    }

    async fn current_reports(&self, cik: u64, since: NaiveDate) -> Result<CurrentReports, EdgarError> {
        self.config.wait(LIST).await;
        let company = self.companies.get(&cik).map(|company| company.title.clone()).unwrap_or_default();
        let of_company = self.filings.iter().filter(|filing| filing.cik == cik);
        let mut reports: Vec<ReportEntry> =
            of_company.map(|filing| self.entry(filing)).filter(|entry| entry.filed_on >= since).collect();
        reports.sort_by(|a, b| (b.filed_on, &b.accession).cmp(&(a.filed_on, &a.accession)));
        Ok(CurrentReports { company, reports, problems: Vec::new() })
    }

    async fn report(&self, entry: &ReportEntry) -> Result<String, EdgarError> {
        self.config.wait(REPORT).await;
        let filing = self.filing(entry)?;
        let is_html = !filing.file.ends_with(".txt");
        self.document(filing, &filing.file, entry, is_html)
    }

    async fn exhibits(&self, entry: &ReportEntry) -> Result<Vec<ExhibitText>, EdgarError> {
        self.config.wait(EXHIBITS).await;
        let filing = self.filing(entry)?;
        let exhibit = |exhibit: &Exhibit| {
            Ok(ExhibitText {
                name: exhibit.kind.clone(),
                url: address(filing, &exhibit.file),
                text: self.document(filing, &exhibit.file, entry, false)?,
            })
        };
        filing.exhibits.iter().map(exhibit).collect()
    }
}
