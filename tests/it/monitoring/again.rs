//! A company that is monitored again.

use serde_json::json;

use super::{day, kinds, monitored, signals, with_customers};
use crate::support::edgar::{Edgar, TEMPLATES, made_up};

#[tokio::test]
async fn what_was_read_is_neither_fetched_nor_told_again() {
    let filers = made_up(3);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let first = monitored(&admin, &vendor).await;
    assert_eq!((&first["signalsFound"], &first["reportsRead"]), (&json!(3), &json!(3)));
    let before = sec.paths().len();
    // The documents on disk are not what keeps them from being fetched.
    tokio::fs::remove_dir_all(app.db.folder().join("cache")).await.unwrap();
    let second = monitored(&admin, &vendor).await;
    let asked = sec.paths().split_off(before);
    assert!(asked.len() == 3 && asked.iter().all(|path| path.starts_with("/submissions/")), "{asked:#?}");
    for (count, expected) in [("signalsFound", 0), ("signalsKnown", 3), ("reportsRead", 0), ("reportsWritten", 0)] {
        assert_eq!(second[count], expected, "{count}");
    }
    assert_eq!(admin.ok("{ signals { totalCount } }", json!({})).await["signals"]["totalCount"], 3);
    app.stop().await;
}

#[tokio::test]
async fn a_new_report_is_read_alone() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    monitored(&admin, &vendor).await;
    let mut filer = filers[0].clone();
    let filing = TEMPLATES[2].filing(&filer, 2, day("2024-06-01"));
    filer.filings.insert(0, filing);
    sec.add(&filer);
    let second = monitored(&admin, &vendor).await;
    assert_eq!(kinds(signals(&second)), ["CYBER_INCIDENT"]);
    assert_eq!((&second["signalsKnown"], &second["reportsRead"]), (&json!(1), &json!(1)));
    app.stop().await;
}
