//! What the reports of the SEC's public record become.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{BREACH, MONITOR, begun, day, ended, kinds, monitored, report, signals, with_customers};
use crate::support::{
    TestApp,
    edgar::{Company as Filer, Edgar, Filing, TEMPLATES, made_up},
};

/// A filer with one report of the public record.
fn real(cik: u64, name: &str, filed_on: &str, items: &str, body: &str) -> Filer {
    let filer = Filer::new(cik, name, "T");
    let filing =
        Filing { items: items.to_owned(), body: body.to_owned(), ..report(&filer, 1, day(filed_on), "5.02", "") };
    filer.with(filing)
}

macro_rules! document {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/edgar/", $name))
    };
}

async fn told_by(filer: Filer) -> Vec<Value> {
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, _) = with_customers(&sec, &[filer]).await;
    let result = monitored(&admin, &vendor).await;
    assert_eq!((&result["reportsRead"], &result["failedCustomers"]), (&json!(1), &json!(0)), "{result:#}");
    app.stop().await;
    signals(&result).to_vec()
}

#[tokio::test]
async fn blackrock_names_who_comes_and_who_goes() {
    let found =
        told_by(real(1_364_742, "BlackRock", "2023-02-24", "5.02", document!("8k-blackrock-2023-02-24.htm"))).await;
    assert_eq!(kinds(&found), ["EXECUTIVE_DEPARTURE", "EXECUTIVE_HIRE"]);
    let of_kind = |kind: &str| found.iter().find(|signal| signal["kind"] == kind).unwrap();
    let (hire, departure) = (of_kind("EXECUTIVE_HIRE"), of_kind("EXECUTIVE_DEPARTURE"));
    let person = |name: &str, direction: &str| json!({"name": name, "role": "Chief Financial Officer", "direction": direction, "effectiveOn": null});
    assert_eq!(hire["person"], person("Martin Small", "JOINS"));
    assert_eq!(departure["person"], person("Gary S. Shedlin", "LEAVES"));
    assert_eq!((&hire["opportunity"], &departure["opportunity"]), (&json!("NEW_BUSINESS"), &json!("RENEWAL_RISK")));
    let evidence = &hire["evidence"];
    assert_eq!((&evidence["item"], &evidence["filedAt"]), (&json!("5.02"), &json!("2023-02-24T20:15:01Z")));
    assert!(evidence["itemTitle"].as_str().unwrap().starts_with("Departure of Directors"), "{evidence:#}");
    assert!(evidence["url"].as_str().unwrap().ends_with("/report-1.htm"), "{evidence:#}");
    assert!(evidence["sentence"].as_str().unwrap().contains("Small"), "{evidence:#}");
    // Years later nothing of it is urgent.
    assert!(hire["strength"].as_f64().unwrap() > 0.7 && hire["urgency"].as_f64().unwrap() < 0.01, "{hire:#}");
    assert_eq!(
        (&hire["value"]["low"], &hire["value"]["high"]["amount"]),
        (&json!({"amount": "25000.00", "currency": "USD"}), &json!("150000.00"))
    );
}

#[tokio::test]
async fn nordstrom_changes_pay_and_nobody_comes_or_goes() {
    let nordstrom = real(72_333, "Nordstrom", "2023-03-06", "5.02,9.01", document!("8k-nordstrom-2023-03-01.htm"));
    assert!(told_by(nordstrom).await.is_empty());
}

#[tokio::test]
async fn votes_are_no_signal() {
    let oracle = real(1_341_439, "Oracle", "2024-11-18", "5.07", document!("8k-oracle-2024-11-14.htm"));
    assert!(told_by(oracle).await.is_empty());
}

#[tokio::test]
async fn each_customer_has_the_signals_of_its_own_reports() {
    let filers = made_up(TEMPLATES.len());
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, customers) = with_customers(&sec, &filers).await;
    let private = app.customer(Some(&vendor), "Wrenfield Tooling");
    app.insert([private]).await;
    let result = monitored(&admin, &vendor).await;
    for (count, expected) in [
        ("customersMonitored", TEMPLATES.len()),
        ("customersSkipped", 1),
        ("failedCustomers", 0),
        ("reportsRead", TEMPLATES.len()),
        ("signalsFound", TEMPLATES.len() - 1),
        ("signalsKnown", 0),
    ] {
        assert_eq!(result[count], expected, "{count}");
    }
    assert_eq!(result["problems"], json!([]));
    assert_eq!(result["company"]["id"], json!(vendor.id));
    for (template, customer) in TEMPLATES.iter().zip(&customers) {
        let query = "query($id: ID!) { customer(id: $id) { signals { totalCount nodes { kind customer { id } company { id } isSample } } } }";
        let data = admin.ok(query, json!({"id": customer.id})).await;
        let expected: Vec<_> = template
            .signal
            .iter()
            .map(|kind| json!({"kind": kind, "customer": {"id": customer.id}, "company": {"id": vendor.id}, "isSample": false}))
            .collect();
        assert_eq!(data["customer"]["signals"]["nodes"], json!(expected));
        assert_eq!(data["customer"]["signals"]["totalCount"], expected.len());
    }
    app.stop().await;
}

#[tokio::test]
async fn reports_are_written_for_usual_readers_where_no_personas_are_known() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let result = monitored(&admin, &vendor).await;
    let reports = signals(&result)[0]["reports"].as_array().unwrap();
    assert_eq!((reports.len(), &result["reportsWritten"]), (3, &json!(3)));
    for report in reports {
        assert_eq!((&report["buyerPersona"], &report["model"]), (&json!(null), &json!(null)));
        assert!(report["talkingPoints"].as_array().unwrap().len() >= 2, "{report:#}");
        assert!(report["headline"].as_str().unwrap().len() > 10, "{report:#}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_customer_of_two_companies_has_its_signals_for_each() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, customers) = with_customers(&sec, &filers).await;
    let other = app.company("Oakridge Data");
    let shared = rapport::domains::customers::Customer {
        id: rapport::db::Id::new(&app.app.ambient),
        company_id: Some(other.id),
        ..customers[0].clone()
    };
    app.insert([other.clone()]).await;
    app.insert([shared]).await;
    for company in [&vendor, &other] {
        let result = monitored(&admin, company).await;
        assert_eq!((&result["signalsFound"], &result["signalsKnown"]), (&json!(1), &json!(0)));
        assert_eq!(signals(&result)[0]["company"]["id"], json!(company.id));
    }
    app.stop().await;
}

#[tokio::test]
async fn only_customers_and_reports_of_the_time_that_is_asked_for_are_read() {
    let today = super::this_day();
    let filer = |number: u64| {
        let filer = Filer::new(9_100_000 + number, &format!("Quorvane {number} Corp"), "QV");
        let (new, old) = (today - TimeDelta::days(5), today - TimeDelta::days(50));
        let reports = [report(&filer, 1, new, "1.05", BREACH), report(&filer, 2, old, "1.05", BREACH)];
        reports.into_iter().fold(filer, Filer::with)
    };
    let filers = [filer(1), filer(2)];
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, customers) = with_customers(&sec, &filers).await;
    // The first was seen just now, the second long ago.
    let mut seen = customers[0].clone();
    let tx = app.app.db.begin().await.unwrap();
    sea_orm::ModelTrait::delete(seen.clone(), &*tx).await.unwrap();
    tx.commit().await.unwrap();
    seen.last_seen_at = Some(chrono::Utc::now());
    app.insert([seen.clone()]).await;
    let input = json!({"companyId": vendor.id, "customerAgeDays": 10, "lookbackDays": 10});
    let data = admin.ok(MONITOR, json!({"input": input})).await;
    let job = ended(&admin, data["monitorCustomers"]["id"].as_str().unwrap()).await;
    let result = &job["result"];
    assert_eq!((&result["customersMonitored"], &result["reportsRead"]), (&json!(1), &json!(1)), "{job:#}");
    assert_eq!(signals(result)[0]["customer"]["id"], json!(seen.id));
    app.stop().await;
}

#[tokio::test]
async fn all_that_is_wrong_with_what_is_asked_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let vendor = app.company("Ironvale Instruments");
    let wrong = json!({"companyId": vendor.id, "customerAgeDays": 0, "lookbackDays": 3651, "idempotencyKey": ""});
    let error = admin.fail(MONITOR, json!({"input": wrong})).await;
    let fields: Vec<_> = error["extensions"]["fields"].as_array().unwrap().iter().map(|field| &field["path"]).collect();
    assert_eq!(fields, ["input.customerAgeDays", "input.lookbackDays", "input.idempotencyKey"]);
    assert_eq!(admin.code(MONITOR, json!({"input": {"companyId": vendor.id}})).await, "NOT_FOUND");
    app.insert([vendor.clone()]).await;
    let key = |days: i32| json!({"input": {"companyId": vendor.id, "lookbackDays": days, "idempotencyKey": "k"}});
    let first = admin.ok(MONITOR, key(30)).await;
    assert_eq!(admin.ok(MONITOR, key(30)).await, first);
    assert_eq!(admin.code(MONITOR, key(31)).await, "IDEMPOTENCY_MISMATCH");
}

#[tokio::test]
async fn a_company_without_listed_customers_is_monitored_without_a_word_to_the_sec() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let vendor = app.company("Ironvale Instruments");
    app.insert([vendor.clone()]).await;
    app.insert([app.customer(Some(&vendor), "Wrenfield Tooling")]).await;
    let job = begun(&admin, &vendor).await;
    let job = ended(&admin, &job).await;
    let result = &job["result"];
    assert_eq!((&result["customersMonitored"], &result["customersSkipped"]), (&json!(0), &json!(1)), "{job:#}");
    app.stop().await;
}
