//! Filings from the SEC, against a stand-in on a real socket that blocks who asks too often.

mod documents;
mod failing;
mod lists;
mod mangled;
mod pace;
mod templates;
mod tesla;

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use rapport::{
    ambient::Ambient,
    clients::edgar::{CurrentReports, Edgar as _, EdgarError, HttpEdgar, ReportEntry},
    config::Config,
};

use crate::support::{
    HandClock, TestDb,
    edgar::{Company, Edgar, TEMPLATES},
    today,
};

/// A client of the stand-in as a copy of the server has it, with a clock that the test moves.
struct Copy {
    edgar: HttpEdgar,
    clock: HandClock,
    /// Lives as long as its clients.
    _db: TestDb,
}

impl Copy {
    async fn new(sec: &Edgar, db: &TestDb) -> Self {
        Self::with(sec, db, &[]).await
    }

    /// With other settings. Those of several copies share the folder of the database.
    async fn with(sec: &Edgar, db: &TestDb, others: &[(&str, &str)]) -> Self {
        let mut settings: Vec<_> = sec.settings().to_vec();
        settings.push(("CACHE_DIR", db.folder().join("cache").display().to_string()));
        let lookup = |name: &str| {
            let other = others.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            other.or_else(|| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()))
        };
        let config = Config::read(lookup).unwrap();
        let clock = HandClock::at(today());
        let ambient = Ambient::seeded(Arc::new(clock.clone()), rand::random());
        let edgar = HttpEdgar::new(&config.edgar, db.connect().await, ambient).unwrap();
        Self { edgar, clock, _db: db.clone() }
    }

    /// Puts its clock forward.
    fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    async fn reports(&self, cik: u64, since: &str) -> Result<CurrentReports, EdgarError> {
        self.edgar.current_reports(cik, day(since)).await
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A company with a press release about somebody who comes.
fn company() -> Company {
    let company = Company::new(9_000_001, "Quorvane Corp", "QV");
    let filing = TEMPLATES[0].filing(&company, 1, day("2024-05-02"));
    company.with(filing)
}

/// A stand-in with [`company`], a client, and the entry of the company's only report.
async fn one_report() -> (Edgar, Copy, ReportEntry) {
    let (sec, db) = (Edgar::with_companies(&[company()]).await, TestDb::new().await);
    let copy = Copy::new(&sec, &db).await;
    let entry = copy.reports(9_000_001, "2024-01-01").await.unwrap().reports.remove(0);
    (sec, copy, entry)
}

/// The error says so.
fn assert_says<T: std::fmt::Debug>(result: Result<T, EdgarError>, words: &str) {
    let error = result.unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}
