//! Reports that only point to a press release.

use serde_json::json;

use super::{HIRE, day, kinds, monitored, report, signals, with_customers};
use crate::support::edgar::{Company as Filer, Edgar, Exhibit, Filing};

const POINTER: &str = "A press release is furnished herewith as Exhibit 99.1.";

fn with_release(text: &str, release: &str) -> Filer {
    let filer = Filer::new(9_300_000, "Quorvane Corp", "QV");
    let exhibit = Exhibit {
        kind: "EX-99.1".to_owned(),
        name: "release.htm".to_owned(),
        body: format!("<html><body><p>{release}</p></body></html>"),
    };
    let filing = Filing { exhibits: vec![exhibit], ..report(&filer, 1, day("2024-05-02"), "7.01", text) };
    filer.with(filing)
}

#[tokio::test]
async fn a_release_is_read_where_the_report_only_points_to_it() {
    let filer = with_release(POINTER, HIRE);
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    let [signal] = signals(&result) else { panic!("{result:#}") };
    assert_eq!((&signal["kind"], &signal["evidence"]["item"]), (&json!("EXECUTIVE_HIRE"), &json!("7.01")));
    assert!(signal["evidence"]["url"].as_str().unwrap().ends_with("/release.htm"), "{signal:#}");
    assert_eq!(signal["evidence"]["sentence"], HIRE);
    app.stop().await;
}

#[tokio::test]
async fn a_release_is_not_fetched_where_the_report_tells_itself() {
    let filer = with_release(&format!("{HIRE} {POINTER}"), "Something else altogether.");
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    assert_eq!(kinds(signals(&result)), ["EXECUTIVE_HIRE"]);
    assert!(sec.paths().iter().all(|path| !path.ends_with("release.htm")), "{:#?}", sec.paths());
    app.stop().await;
}
