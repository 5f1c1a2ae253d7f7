//! Reports that amend earlier ones.

use serde_json::json;

use super::{BREACH, HIRE, day, kinds, monitored, report, signals, with_customers};
use crate::support::edgar::{Company as Filer, Edgar, Filing};

const MORE: &str =
    "On May 6, 2024, the Board of Directors appointed Jane Roe as Chief Financial Officer, effective June 3, 2024.";

fn filer() -> Filer {
    Filer::new(9_200_000, "Quorvane Corp", "QV")
}

fn amendment(number: u32, text: &str) -> Filing {
    Filing {
        form: "8-K/A".to_owned(),
        report_date: "2024-05-02".to_owned(),
        ..report(&filer(), number, day("2024-05-10"), "5.02", text)
    }
}

fn original() -> Filing {
    report(&filer(), 1, day("2024-05-02"), "5.02", HIRE)
}

#[tokio::test]
async fn what_an_amendment_tells_again_is_not_told_twice_and_what_it_adds_names_what_it_amends() {
    let filer = filer().with(amendment(2, &format!("{HIRE}</p><p>{MORE}"))).with(original());
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    let found = signals(&result);
    assert_eq!(kinds(found), ["EXECUTIVE_HIRE", "EXECUTIVE_HIRE"], "{found:#?}");
    let of = |name: &str| found.iter().find(|signal| signal["person"]["name"] == name).unwrap();
    assert_eq!(of("Robin Marlow")["amends"], json!(null));
    assert_eq!(of("Jane Roe")["amends"]["id"], of("Robin Marlow")["id"]);
    app.stop().await;
}

#[tokio::test]
async fn an_amendment_finds_what_an_earlier_monitoring_read() {
    let filer = filer().with(original());
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, std::slice::from_ref(&filer)).await;
    let first = monitored(&admin, &vendor).await;
    let mut amended = filer.clone();
    amended.filings.insert(0, amendment(2, &format!("{HIRE}</p><p>{MORE}")));
    sec.add(&amended);
    let second = monitored(&admin, &vendor).await;
    let [added] = signals(&second) else { panic!("{second:#}") };
    assert_eq!(added["person"]["name"], "Jane Roe");
    assert_eq!(added["amends"]["id"], signals(&first)[0]["id"]);
    app.stop().await;
}

#[tokio::test]
async fn an_amendment_of_nothing_that_is_known_stands_for_itself() {
    let filer = filer().with(amendment(2, MORE));
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    let [signal] = signals(&result) else { panic!("{result:#}") };
    assert_eq!(signal["amends"], json!(null));
    app.stop().await;
}

#[tokio::test]
async fn an_amendment_with_new_facts_is_a_signal_that_amends_the_first() {
    const FACT: &str = "The personal data of 61,000 customers of the Company were copied.";
    let amending = |number: u32, on: &str, text: &str| Filing {
        form: "8-K/A".to_owned(),
        report_date: "2024-05-02".to_owned(),
        ..report(&filer(), number, day(on), "1.05", text)
    };
    let first = report(&filer(), 1, day("2024-05-02"), "1.05", BREACH);
    let second = amending(2, "2024-05-10", &format!("{BREACH}</p><p>{FACT}"));
    let filer = filer().with(amending(3, "2024-05-13", BREACH)).with(second).with(first);
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    let found = signals(&result);
    assert_eq!(kinds(found), ["CYBER_INCIDENT", "CYBER_INCIDENT"], "{found:#?}");
    let (amending, first): (Vec<_>, Vec<_>) = found.iter().partition(|signal| signal["amends"] != json!(null));
    assert_eq!(amending[0]["amends"]["id"], first[0]["id"]);
    assert_eq!(amending[0]["evidence"]["sentence"], FACT);
    app.stop().await;
}
