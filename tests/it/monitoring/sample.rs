//! The bundled sample, end to end, without a network.

use serde_json::{Value, json};

use super::{begun, ended, signals};
use crate::support::{Client, TestApp};

/// Onboards a sample company and monitors its customers: the server, the job, the company's id.
async fn monitored_sample(name: &str) -> (TestApp, Client, Value, String) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let job = admin.onboard(name).await;
    let job = admin.finished(job["id"].as_str().unwrap()).await;
    let company = job["result"]["company"]["id"].as_str().unwrap().to_owned();
    let query = "mutation($input: MonitorCustomersInput!) { monitorCustomers(input: $input) { id } }";
    let data = admin.ok(query, json!({"input": {"companyId": company}})).await;
    let job = ended(&admin, data["monitorCustomers"]["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    (app, admin, job, company)
}

#[tokio::test]
async fn the_customers_of_a_sample_company_have_signals_with_proofs_and_reports() {
    let (app, admin, job, company) = monitored_sample("Brightloom Analytics").await;
    let result = &job["result"];
    let found = signals(result);
    assert!(!found.is_empty() && result["signalsFound"] == found.len(), "{result:#}");
    assert_eq!((&result["failedCustomers"], &result["problems"]), (&json!(0), &json!([])));
    let personas = "query($id: ID!) { company(id: $id) { personas { id name } } }";
    let personas = admin.ok(personas, json!({"id": company})).await;
    let personas = personas["company"]["personas"].as_array().unwrap();
    for signal in found {
        assert_eq!((&signal["isSample"], &signal["summaryModel"]), (&json!(true), &json!(null)));
        assert!(signal["evidence"]["url"].as_str().unwrap().contains(".example"), "{signal:#}");
        assert!(!signal["evidence"]["sentence"].as_str().unwrap().is_empty());
        let reports = signal["reports"].as_array().unwrap();
        let read_by: Vec<_> = reports
            .iter()
            .map(|report| json!({"id": report["buyerPersona"]["id"], "name": report["persona"]}))
            .collect();
        assert_eq!(&read_by, personas, "{signal:#}");
    }
    assert_eq!(result["reportsWritten"], found.len() * personas.len());
    app.stop().await;
}

#[tokio::test]
async fn progress_is_told_for_each_customer_and_each_signal() {
    let (app, _, job, _) = monitored_sample("Fernhollow CRM").await;
    let [filings, reports] = job["stages"].as_array().unwrap().as_slice() else { panic!("{job:#}") };
    assert_eq!((&filings["name"], &reports["name"]), (&json!("filings"), &json!("reports")));
    assert_eq!(filings["completed"], job["result"]["customersMonitored"]);
    assert_eq!((&filings["total"], &reports["total"]), (&filings["completed"], &reports["completed"]));
    assert_eq!(reports["completed"], job["result"]["signalsFound"]);
    app.stop().await;
}

#[tokio::test]
async fn a_sample_needs_no_contact_for_the_sec_and_is_told_once() {
    let (app, admin, job, company) = monitored_sample("Copperline Security").await;
    let company: rapport::db::Id<rapport::domains::intelligence::Company> = company.parse().unwrap();
    let company = rapport::domains::intelligence::Company { id: company, ..app.company("Copperline Security") };
    let again = begun(&admin, &company).await;
    let again = ended(&admin, &again).await;
    // The second looks further back, where the sample may have more.
    assert!(again["result"]["signalsKnown"].as_u64() >= job["result"]["signalsFound"].as_u64(), "{again:#}");
    app.stop().await;
}
