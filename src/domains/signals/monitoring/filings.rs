//! First stage: reading the reports of each customer for signals.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::{
    exhibits,
    failures::{MOST_PROBLEMS, failure, nothing_read},
    monitor::MonitorCustomers,
    plan::Plan,
    reading::{ReadBefore, Reading},
    stages::FILINGS,
};
use crate::{
    clients::edgar::{CurrentReports, Edgar, EdgarError, ReportEntry},
    domains::{
        customers::Customer,
        intelligence::filings::{
            self, Filed, FilingRef, Item, Signal as Told, parse_filing,
            proposals::{self, Source},
            signals_of,
        },
        signals::{
            filing,
            saving::{self, Saving},
        },
    },
    error::Error,
    jobs::{Context, Failure, JobError, TaskOutcome},
};

/// Number of customers read concurrently. The rate of requests is limited by the client.
const CUSTOMERS_AT_A_TIME: usize = 8;

/// Stored result of one customer's task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CustomerRead {
    /// Number of reports read by this job.
    reports: i32,
    /// Number of signals found by this job.
    found: i32,
    /// Number of known signals in the same period.
    known: i32,
    problems: Vec<String>,
}

/// Total result of all customers.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) customers: i32,
    pub(super) failed: i32,
    pub(super) reports: i32,
    pub(super) found: i32,
    pub(super) known: i32,
    pub(super) problems: Vec<String>,
    /// The failure of the last failed customer.
    failure: Option<Failure>,
}

impl Read {
    fn add(&mut self, customer: &str, outcome: TaskOutcome<CustomerRead>) {
        let problems = match outcome {
            TaskOutcome::Done(read) => {
                self.customers += 1;
                self.reports += read.reports;
                self.found += read.found;
                self.known += read.known;
                read.problems
            }
            TaskOutcome::Failed(failure) => {
                self.failed += 1;
                let message = failure.message.clone();
                self.failure = Some(failure);
                vec![message]
            }
        };
        let room = MOST_PROBLEMS.saturating_sub(self.problems.len());
        self.problems.extend(problems.into_iter().take(room).map(|problem| format!("{customer}: {problem}")));
    }
}

impl MonitorCustomers {
    /// Reads the reports of all customers concurrently. Failed customers are counted; the attempt fails only if all do.
    pub(super) async fn read_filings(&self, ctx: &Context, plan: &Plan) -> Result<Read, JobError> {
        let name = &plan.company.name;
        let total = plan.customers.len();
        ctx.begin_stage(FILINGS, total, format!("Reading the reports of {total} customers of {name}")).await?;
        let tasks: Vec<_> = plan
            .customers
            .iter()
            .map(|(cik, customer)| async move { (customer, self.read_customer(ctx, plan, *cik, customer).await) })
            .collect();
        let mut tasks = stream::iter(tasks).buffer_unordered(CUSTOMERS_AT_A_TIME);
        let mut read = Read::default();
        while let Some((customer, outcome)) = tasks.next().await {
            read.add(&customer.name, outcome?);
        }
        if read.customers == 0
            && let Some(failure) = read.failure.take()
        {
            return Err(nothing_read(failure));
        }
        let Read { reports, found, .. } = &read;
        ctx.end_stage(FILINGS, format!("Found {found} new signals in {reports} reports")).await?;
        Ok(read)
    }

    /// Reads the reports of one customer. Each is saved at once, so that an interrupted attempt loses none.
    async fn read_customer(
        &self,
        ctx: &Context,
        plan: &Plan,
        cik: u64,
        customer: &Customer,
    ) -> Result<TaskOutcome<CustomerRead>, JobError> {
        if let Some(outcome) = ctx.start_task(FILINGS, &customer.name).await? {
            return Ok(outcome);
        }
        let problems = match self.read_reports(ctx, plan, cik, customer).await? {
            Ok(problems) => problems,
            Err(error) => {
                let outcome = TaskOutcome::Failed(failure(error)?);
                ctx.commit_task(ctx.begin().await?, FILINGS, &customer.name, &outcome).await?;
                return Ok(outcome);
            }
        };
        let mut tx = ctx.begin().await?;
        let (reports, found, known) = saving::counts(tx.tx(), customer.id, ctx.id(), plan.since).await?;
        let outcome = TaskOutcome::Done(CustomerRead { reports, found, known, problems });
        ctx.commit_task(tx, FILINGS, &customer.name, &outcome).await?;
        Ok(outcome)
    }

    /// Reads and saves new reports, oldest first, so that an amendment follows the report it amends. Returns what was
    /// skipped; the inner error is the customer's.
    async fn read_reports(
        &self,
        ctx: &Context,
        plan: &Plan,
        cik: u64,
        customer: &Customer,
    ) -> Result<Result<Vec<String>, Error>, JobError> {
        let edgar = self.app.clients.edgar_for(customer.is_sample);
        let CurrentReports { reports, mut problems, .. } =
            match edgar.current_reports(cik, plan.since.date_naive()).await {
                Ok(list) => list,
                Err(error) => return Ok(Err(error.into())),
            };
        let before = self.read_before(customer).await?;
        let listed = reports.clone();
        let is_extracted = self.app.clients.extraction.is_configured();
        let is_known = |entry: &ReportEntry| before.by_rules.contains(&accession_of(entry));
        let is_wanted =
            |entry: &ReportEntry| !is_known(entry) || (is_extracted && before.is_waiting(&accession_of(entry)));
        let mut reports: Vec<_> = reports.into_iter().filter(is_wanted).collect();
        reports.sort_by(|one, other| (one.accepted_at, &one.accession).cmp(&(other.accepted_at, &other.accession)));
        for entry in reports {
            // What only waits for a model that does not answer need not be opened.
            if is_known(&entry) && !plan.asking.goes_on() {
                continue;
            }
            let reading = match self.read(&edgar, customer, &entry, &listed).await {
                Ok(reading) => reading,
                Err(EdgarError::Missing) => {
                    problems.push(format!("The report {} is not available.", entry.accession));
                    continue;
                }
                Err(error) => return Ok(Err(error.into())),
            };
            if !is_known(&entry) {
                let Reading { reference, told, .. } = &reading;
                let wordings = self.wordings(customer, reference, told).await?;
                let mut tx = ctx.begin().await?;
                let saving = self.saving(ctx, plan.company.id);
                let saving = Saving { is_extracted: is_extracted && !reading.sources.is_empty(), ..saving };
                saving.save(tx.tx(), customer, reference.clone(), told.clone(), wordings).await?;
                tx.commit().await?;
            }
            self.extract(ctx, plan, customer, &reading, &before).await?;
        }
        Ok(Ok(problems))
    }

    /// Returns the filings of a customer that were read before.
    async fn read_before(&self, customer: &Customer) -> Result<ReadBefore, JobError> {
        let readings = filing::Entity::find().filter(filing::Column::CustomerId.eq(customer.id));
        Ok(ReadBefore::of(readings.all(self.app.db.reader()).await?))
    }

    /// Reads one report, and its exhibits if the report only refers to them.
    async fn read(
        &self,
        edgar: &Arc<dyn Edgar>,
        customer: &Customer,
        entry: &ReportEntry,
        listed: &[ReportEntry],
    ) -> Result<Reading, EdgarError> {
        let mut report = parse_filing(&edgar.report(entry).await?);
        // By it the rules know whose news it is.
        report.company.get_or_insert_with(|| customer.name.clone());
        let now: DateTime<Utc> = self.app.ambient.now();
        let filed = Filed {
            company: Some(&customer.name),
            accession: &entry.accession,
            url: &entry.url,
            filed_at: entry.accepted_at,
        };
        let mut told = signals_of(&report, &filed, now);
        let mut releases = Vec::new();
        if let Some(item) = exhibits::only_pointed_to(&report, &told) {
            for exhibit in edgar.exhibits(entry).await? {
                let filed = Filed { url: &exhibit.url, ..filed };
                told.extend(exhibits::signals_of(&report, item, &exhibit.text, &filed, now));
                releases.push(Source { item, text: exhibits::lead_of(&exhibit.text), url: exhibit.url });
            }
            let mut keys = HashSet::new();
            told.retain(|signal| keys.insert(signal.key.clone()));
        }
        if exhibits::lacks_trend(&told) {
            self.add_trend(edgar, customer, entry, &mut told).await;
        }
        let original = match amended_by(entry, listed) {
            // It was read before, and lies on disk.
            Some(original) => match edgar.report(original).await {
                Ok(original) => Some(parse_filing(&original)),
                Err(EdgarError::Missing) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        if let Some(original) = &original {
            told = filings::with_new_facts(told, &report, original, &filed, now);
        }
        let items: Vec<_> = entry.items.iter().filter_map(|item| Item::parse(item)).collect();
        let reference = FilingRef {
            accession: accession_of(entry),
            is_amendment: entry.is_amendment || report.is_amendment,
            report_date: entry.report_date.or(report.report_date),
            filed_at: entry.accepted_at,
            items: if items.is_empty() { report.items.iter().map(|section| section.item).collect() } else { items },
        };
        let sources = proposals::sources(&report, &entry.url, releases);
        Ok(Reading { reference, told, url: entry.url.clone(), report, original, sources })
    }
}

impl MonitorCustomers {
    /// Adds the trend of results from a release. Without the release the summary lacks the trend only.
    async fn add_trend(&self, edgar: &Arc<dyn Edgar>, customer: &Customer, entry: &ReportEntry, told: &mut [Told]) {
        match edgar.exhibits(entry).await {
            Ok(releases) => {
                for release in releases {
                    exhibits::add_trend(told, &release.text, &customer.name);
                }
            }
            Err(error) => {
                tracing::debug!(accession = %entry.accession, %error, "a release of results is not to be had")
            }
        }
    }
}

/// Returns the report that an entry amends, among those in the company's list.
fn amended_by<'a>(entry: &ReportEntry, listed: &'a [ReportEntry]) -> Option<&'a ReportEntry> {
    let reference = |entry: &ReportEntry| FilingRef {
        accession: accession_of(entry),
        is_amendment: entry.is_amendment,
        report_date: entry.report_date,
        filed_at: entry.accepted_at,
        items: entry.items.iter().filter_map(|item| Item::parse(item)).collect(),
    };
    let references: Vec<_> = listed.iter().map(reference).collect();
    let original = filings::original_of(&reference(entry), &references)?;
    listed.iter().find(|entry| accession_of(entry) == original.accession)
}

fn accession_of(entry: &ReportEntry) -> String {
    filings::dashed(&entry.accession)
}
