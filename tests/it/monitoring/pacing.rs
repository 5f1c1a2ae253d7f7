//! Two copies of the program as processes, which ask the SEC at one pace.

use serde_json::json;

use super::{begun, ended_within, killing};
use crate::support::{
    ADMIN, Client, Process, TestDb,
    edgar::{Company as Filer, Edgar, made_up},
};

/// A process works on four monitorings at a time, so that with six of them both have to work.
const VENDORS: usize = 6;
const CUSTOMERS_OF_EACH: usize = 5;

/// How long it may take on a busy machine. The pace alone asks for ten seconds.
const LONG: std::time::Duration = std::time::Duration::from_secs(120);

/// A copy that tells the SEC another contact than the others.
async fn start(db: &TestDb, sec: &Edgar, contact: &str) -> Process {
    let url = sec.base_url();
    let settings = [("EDGAR_BASE_URL", &*url), ("EDGAR_DATA_BASE_URL", &*url), ("EDGAR_USER_AGENT", contact)];
    Process::start(db, &settings).await
}

#[tokio::test]
async fn two_processes_that_work_at_once_keep_to_the_limit_of_the_sec_together() {
    const CONTACTS: [&str; 2] = ["Copy one@example.com", "Copy two@example.com"];
    let filers = made_up(VENDORS * CUSTOMERS_OF_EACH);
    let (sec, db) = (Edgar::with_companies(&filers).await, TestDb::new().await);
    let (one, two) = tokio::join!(start(&db, &sec, CONTACTS[0]), start(&db, &sec, CONTACTS[1]));
    let client = Client::new(one.address, None).sign_in(ADMIN.0, ADMIN.1).await;
    let mut jobs = Vec::new();
    for (n, customers) in filers.chunks(CUSTOMERS_OF_EACH).enumerate() {
        let vendor = killing::filled(&db, &format!("Ironvale {n}"), customers).await;
        jobs.push(begun(&client, &vendor).await);
    }
    for job in &jobs {
        let ended = ended_within(&client, job, LONG).await;
        let result = &ended["result"];
        assert_eq!(ended["status"], "COMPLETED", "{ended:#}");
        assert_eq!((&result["customersMonitored"], &result["failedCustomers"]), (&json!(CUSTOMERS_OF_EACH), &json!(0)));
    }
    assert_eq!(sec.blocked(), 0, "{} requests within a second", sec.busiest_second());
    assert_both_worked(&sec.user_agents(), CONTACTS, &filers);
    tokio::join!(one.terminate(), two.terminate());
}

/// Both asked, in turn: none of them only when the other was done.
fn assert_both_worked(asked: &[String], contacts: [&str; 2], filers: &[Filer]) {
    assert!(asked.len() >= 2 * filers.len(), "a list and a report of each customer");
    let place = |of: Option<usize>, contact: &str| of.unwrap_or_else(|| panic!("{contact} asked nothing"));
    let [(one_first, one_last), (two_first, two_last)] = contacts.map(|contact| {
        let is_its = |asked: &String| asked == contact;
        (place(asked.iter().position(is_its), contact), place(asked.iter().rposition(is_its), contact))
    });
    assert!(one_first < two_last && two_first < one_last, "{asked:#?}");
}
