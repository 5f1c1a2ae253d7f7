//! `kill -9` in the middle of the monitoring of many customers, at a stand-in that blocks who asks too often.

use std::{collections::BTreeSet, time::Duration};

use rapport::domains::{
    customers::{Customer, Listing},
    intelligence::Company,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::{ENDED, begun, ended_within};
use crate::support::{
    ADMIN, Client, Process, TestDb, WsClient,
    edgar::{Company as Filer, Edgar, TEMPLATES, made_up},
    rows,
};

const CUSTOMERS: usize = 500;
/// Of so many customers one has filed something: at the pace of the SEC more would take long.
const ONE_IN: usize = 20;

/// How long any part of it may take on a busy machine. The pace alone asks for a minute.
const LONG: Duration = Duration::from_secs(240);

/// The customers at the SEC: each has a list of filings, some of them a report.
fn filers() -> Vec<Filer> {
    let mut filers = made_up(CUSTOMERS);
    for (n, filer) in filers.iter_mut().enumerate() {
        if !n.is_multiple_of(ONE_IN) {
            filer.filings.clear();
        } else {
            // One of each kind, in turn.
            let template = &TEMPLATES[n / ONE_IN % TEMPLATES.len()];
            filer.filings = vec![template.filing(filer, 1, super::day("2024-05-02"))];
        }
    }
    filers
}

/// How many signals they tell of.
fn signals() -> usize {
    (0..CUSTOMERS / ONE_IN).filter(|n| TEMPLATES[n % TEMPLATES.len()].signal.is_some()).count()
}

async fn fill(db: &TestDb, filers: &[Filer]) -> Company {
    filled(db, "Ironvale Instruments", filers).await
}

/// Writes a company of this name with these as its customers.
pub(super) async fn filled(db: &TestDb, name: &str, filers: &[Filer]) -> Company {
    let connection = db.connect().await;
    let ambient = rapport::ambient::Ambient::system();
    let vendor = rows::company(&ambient, name);
    let customer = |filer: &Filer| Customer {
        listing: Listing::Listed,
        ticker: Some(filer.ticker.clone()),
        cik: Some(filer.cik as i64),
        ..rows::customer(&ambient, Some(&vendor), &filer.name)
    };
    let customers: Vec<_> = filers.iter().map(|filer| customer(filer).into_active_model()).collect();
    let tx = connection.begin().await.unwrap();
    type Vendors = <Company as sea_orm::ModelTrait>::Entity;
    type Customers = <Customer as sea_orm::ModelTrait>::Entity;
    Vendors::insert(vendor.clone().into_active_model()).exec_without_returning(&*tx).await.unwrap();
    Customers::insert_many(customers).exec_without_returning(&*tx).await.unwrap();
    tx.commit().await.unwrap();
    vendor
}

async fn start(db: &TestDb, sec: &Edgar) -> Process {
    let settings = sec.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Process::start(db, &settings).await
}

/// Waits until so many customers are dealt with, and returns how far the job is.
async fn dealt_with(client: &Client, job: &str, customers: u64) -> f64 {
    let wait = async {
        loop {
            let data = client.ok(ENDED, json!({"id": job})).await;
            assert!(data["job"]["error"].is_null(), "{data:#}");
            let stage = &data["job"]["stages"][0];
            if stage["completed"].as_u64().unwrap_or_default() >= customers {
                assert_eq!(stage["total"], CUSTOMERS, "{stage}");
                return data["job"]["progress"].as_f64().unwrap();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(LONG, wait).await.expect("so many customers should be dealt with by now")
}

#[tokio::test]
async fn five_hundred_customers_are_read_once_within_the_limit_of_the_sec_through_two_kills() {
    let filers = filers();
    let (sec, db) = (Edgar::with_companies(&filers).await, TestDb::new().await);
    let vendor = fill(&db, &filers).await;
    let mut process = start(&db, &sec).await;
    let mut client = Client::new(process.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let job = begun(&client, &vendor).await;
    let mut progress = 0.0;
    for customers in [100, 250] {
        let now = dealt_with(&client, &job, customers).await;
        assert!(now > progress, "{now} is not above {progress}");
        progress = now;
        process.kill9().await;
        process = start(&db, &sec).await;
        client = client.at(process.address);
    }
    let ended = ended_within(&client, &job, LONG).await;
    let result = &ended["result"];
    assert_eq!((&ended["status"], &ended["progress"]), (&json!("COMPLETED"), &json!(1.0)), "{ended:#}");
    assert_eq!(result["customersMonitored"], CUSTOMERS, "{result:#}");
    assert_eq!((&result["failedCustomers"], &result["signalsFound"]), (&json!(0), &json!(signals())));
    assert_eq!(result["reportsRead"], CUSTOMERS / ONE_IN);

    assert_eq!(sec.blocked(), 0, "the SEC would have blocked us");
    assert_fetched_once(&sec.paths());
    assert_told_once(&process, &client, &vendor).await;
    process.terminate().await;
}

/// Each document was asked for once; a list again only by a task that a kill cut off.
fn assert_fetched_once(paths: &[String]) {
    const AT_A_TIME: usize = 8;
    let distinct: BTreeSet<_> = paths.iter().collect();
    let (documents, lists): (Vec<_>, Vec<_>) = paths.iter().partition(|path| path.contains("/Archives/"));
    let again = |asked: &[&String]| asked.len() - asked.iter().collect::<BTreeSet<_>>().len();
    // A request that a kill cut off had no answer; it is asked again.
    assert!(again(&documents) <= 2, "{documents:#?}");
    assert!(again(&lists) <= 2 * AT_A_TIME, "{} lists were asked for again", again(&lists));
    assert!(distinct.len() >= CUSTOMERS + CUSTOMERS / ONE_IN);
}

/// Who follows from the beginning of the log sees each signal once.
async fn assert_told_once(process: &Process, client: &Client, vendor: &Company) {
    let query = "query($id: ID!) { company(id: $id) { signals(first: 100) { totalCount nodes { id evidence { accession } } } } }";
    let data = client.ok(query, json!({"id": vendor.id})).await;
    let nodes = data["company"]["signals"]["nodes"].as_array().unwrap();
    let of = |pointer: &str| -> BTreeSet<String> {
        nodes.iter().map(|node| node.pointer(pointer).unwrap().as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((nodes.len(), of("/evidence/accession").len()), (signals(), signals()));
    // The cursor of a job that has ended stands before its last event; that of the first event is not kept, so the topic is
    // read from a place before all of it.
    let mut ws = WsClient::connect(process.address, client.token()).await;
    let follow = "subscription($after: EventCursor) { signalDetected(after: $after) { cursor ... on SignalDetected { signal { id } } } }";
    let first = beginning(process, client).await;
    ws.subscribe(follow, json!({"after": first})).await;
    let mut told = Vec::new();
    while told.len() < nodes.len() {
        let event = ws.event().await.unwrap();
        told.push(event["data"]["signalDetected"]["signal"]["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), of("/id"));
    assert_eq!(told.len(), of("/id").len());
}

/// A cursor of this history from before all signals.
async fn beginning(process: &Process, client: &Client) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let data = client.at(process.address).ok("{ eventsCursor }", json!({})).await;
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(data["eventsCursor"].as_str().unwrap()).unwrap();
    // Version and epoch stay; the position behind them becomes zero.
    bytes[17..].fill(0);
    json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
