//! Monitoring the customers of a company: their reports, read from a stand-in for the SEC, become signals.

mod account_managers;
mod again;
mod alerts;
mod amendments;
mod exhibits;
mod extraction;
mod failing;
mod following;
mod killing;
mod lists;
mod pacing;
mod reading;
mod rights;
mod sample;
mod wording;

use std::time::Duration;

use chrono::{NaiveDate, Utc};
use rapport::domains::{
    customers::{Customer, Listing},
    intelligence::Company,
};
use serde_json::{Value, json};

use crate::support::{
    Client, TestApp, TestAppBuilder,
    edgar::{Company as Filer, Edgar, Filing},
};

const MONITOR: &str =
    "mutation($input: MonitorCustomersInput!) { monitorCustomers(input: $input) { id status cursor } }";

const ENDED: &str = "query($id: ID!) { job(id: $id) { status progress attempt error { code message }
    stages { name completed failed total }
    result { ... on MonitoringResult {
        companyName customersMonitored customersSkipped failedCustomers reportsRead signalsFound signalsKnown reportsWritten
        extractionsDone extractionsWaiting problems completedAt company { id }
        disagreements(first: 100) { totalCount nodes {
            kind signalKind field refusal byRules byModel quote model item accession signal { id } customer { id } } }
        signals(first: 100) { totalCount nodes {
            id kind opportunity strength urgency currentUrgency summary summaryModel extractedBy extractionModel isSample
            quotes { field text } disagreements { kind } detectedAt
            value { low { amount currency } high { amount currency } assumption }
            person { name role direction effectiveOn }
            evidence { accession item itemTitle sentence url filedAt }
            amends { id } customer { id name } company { id name }
            reports { id persona buyerPersona { id } headline whyItMatters talkingPoints recommendedAction draftMessage model createdAt }
        } } } } } }";

/// A server that reads from a stand-in for the SEC, as fast as the SEC allows. Its leases are as long as outside of tests:
/// an attempt that lost its own, when the machine stood still for a second, would ask the SEC again.
fn reading_from(sec: &Edgar) -> TestAppBuilder {
    let settings = sec.settings().into_iter();
    settings.fold(TestApp::builder().set("JOB_LEASE_SECONDS", 30), |app, (name, value)| app.set(name, value))
}

/// A company that nobody has written yet, with these as its customers.
fn vendor_of(app: &TestApp, filers: &[Filer]) -> (Company, Vec<Customer>) {
    let vendor = app.company("Ironvale Instruments");
    let customer = |filer: &Filer| Customer {
        listing: Listing::Listed,
        ticker: Some(filer.ticker.clone()),
        cik: Some(filer.cik as i64),
        ..app.customer(Some(&vendor), &filer.name)
    };
    let customers = filers.iter().map(customer).collect();
    (vendor, customers)
}

/// A server, its administrator, and a company with these customers at the stand-in.
async fn with_customers(sec: &Edgar, filers: &[Filer]) -> (TestApp, Client, Company, Vec<Customer>) {
    started(reading_from(sec), filers).await
}

async fn started(builder: TestAppBuilder, filers: &[Filer]) -> (TestApp, Client, Company, Vec<Customer>) {
    let app = builder.start().await;
    let (vendor, customers) = vendor_of(&app, filers);
    app.insert([vendor.clone()]).await;
    app.insert(customers.clone()).await;
    let admin = app.admin().await;
    (app, admin, vendor, customers)
}

/// Asks for the monitoring of a company over all of time, and returns the job's id.
async fn begun(client: &Client, company: &Company) -> String {
    let input = json!({"companyId": company.id, "customerAgeDays": 3650, "lookbackDays": 3650});
    let data = client.ok(MONITOR, json!({"input": input})).await;
    data["monitorCustomers"]["id"].as_str().unwrap().to_owned()
}

/// Waits until a job has ended, within so much time.
async fn ended_within(client: &Client, job: &str, limit: Duration) -> Value {
    let wait = async {
        loop {
            let mut data = client.ok(ENDED, json!({"id": job})).await;
            let status = data["job"]["status"].as_str().unwrap();
            if ["COMPLETED", "FAILED", "CANCELLED"].contains(&status) {
                return data["job"].take();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(limit, wait).await.expect("the job should have ended by now")
}

async fn ended(client: &Client, job: &str) -> Value {
    ended_within(client, job, Duration::from_secs(60)).await
}

/// Monitors a company, and returns what came of it.
async fn monitored(client: &Client, company: &Company) -> Value {
    let job = begun(client, company).await;
    let mut job = ended(client, &job).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    job["result"].take()
}

/// The signals of a result.
fn signals(result: &Value) -> &[Value] {
    result["signals"]["nodes"].as_array().unwrap()
}

/// The kinds of signals, in the order of the alphabet.
fn kinds(signals: &[Value]) -> Vec<&str> {
    let mut kinds: Vec<_> = signals.iter().map(|signal| signal["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    kinds
}

/// A report of one item with this text.
fn report(filer: &Filer, number: u32, day: NaiveDate, item: &str, text: &str) -> Filing {
    let name = &filer.name;
    Filing {
        accession: format!("{:010}-{}-{number:06}", filer.cik, day.format("%y")),
        form: "8-K".to_owned(),
        filed_on: day.to_string(),
        report_date: day.to_string(),
        accepted: format!("{day}T20:15:{number:02}.000Z"),
        items: item.to_owned(),
        document: format!("report-{number}.htm"),
        body: format!(
            "<html><body><p>FORM 8-K</p><p>CURRENT REPORT</p><p>Date of Report: {day}</p><p>{name}</p>\
             <p>(Exact name of registrant as specified in its charter)</p><p>Item {item}</p><p>{text}</p>\
             <p>SIGNATURES</p></body></html>"
        ),
        exhibits: Vec::new(),
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day of the machine's clock, for what is urgent now.
fn this_day() -> NaiveDate {
    Utc::now().date_naive()
}

const BREACH: &str = "On this day the Company detected unauthorized access to portions of its information technology systems by a third party.";
const HIRE: &str = "On May 1, 2024, the Board of Directors appointed Robin Marlow as Chief Information Officer, effective June 3, 2024.";
