//! Customers that are entered, changed and deleted by hand.

use rapport::{
    auth::SystemRole,
    domains::customers::{Discovered, Listing, Segment, record_discovered},
};
use serde_json::{Value, json};

use super::{create, names, shown, wrong};
use crate::support::TestApp;

const CREATE: &str = "mutation($input: CreateCustomerInput!) { createCustomer(input: $input) {
    id name industry segment status accountTimeZone version company { id } accountManager { userId }
    contact { name email isPrimary } contract { startsOn endsOn value { amount currency } } } }";
const UPDATE: &str = "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
    name industry segment status accountTimeZone version riskFlag { reason flaggedBy { fullName } } } }";

#[tokio::test]
async fn a_customer_is_entered_with_its_contact_and_contract_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let me = manager.ok("{ viewer { user { id } } }", json!({})).await["viewer"]["user"]["id"].take();
    let input = json!({"input": {"name": "  Bluefen Energy ", "industry": "Energy", "segment": "ENTERPRISE",
        "accountManagerId": me, "accountTimeZone": "europe/berlin", "isOnboarding": true,
        "contact": {"name": "Dana Scully", "email": "dana@example.com"},
        "contract": {"startsOn": "2026-01-01", "endsOn": "2026-12-31",
            "value": {"amount": "12000", "currency": "EUR"}}}});
    let created = manager.ok(CREATE, input).await["createCustomer"].take();
    let expected = json!({"id": created["id"], "name": "Bluefen Energy", "industry": "Energy", "segment": "ENTERPRISE",
        "status": "ONBOARDING", "accountTimeZone": "Europe/Berlin", "version": 1, "company": null,
        "accountManager": {"userId": me},
        "contact": {"name": "Dana Scully", "email": "dana@example.com", "isPrimary": true},
        "contract": {"startsOn": "2026-01-01", "endsOn": "2026-12-31", "value": {"amount": "12000.00", "currency": "EUR"}}});
    assert_eq!(created, expected);
    // Two customers may have one name.
    create(&manager, json!({"name": "Bluefen Energy"})).await;
    assert_eq!(names(&manager, "first: 5").await.len(), 2);
    let events = "SELECT id FROM events WHERE kind = 'customer.created'";
    assert_eq!(app.count(events).await, 2);
}

#[tokio::test]
async fn all_that_is_wrong_with_a_new_customer_is_told_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let input = json!({"input": {"name": " ", "accountTimeZone": "CEST", "contact": {"name": "", "email": "dana"},
        "contract": {"startsOn": "2026-01-02", "endsOn": "2026-01-01", "noticeDays": -1,
            "value": {"amount": "-1", "currency": "EUR"}}}});
    let error = admin.fail(CREATE, input).await;
    let expected = [
        "input.name",
        "input.accountTimeZone",
        "input.contact.name",
        "input.contact.email",
        "input.contract.endsOn",
        "input.contract.value",
        "input.contract.noticeDays",
    ];
    assert_eq!(wrong(&error), expected);
    let nobody = "usr_00000000000000000000000000000000";
    let error = admin.fail(CREATE, json!({"input": {"name": "A", "accountManagerId": nobody}})).await;
    assert_eq!(wrong(&error), ["input.accountManagerId"]);
    assert_eq!(app.count("SELECT id FROM customers").await, 0);
}

#[tokio::test]
async fn a_counselor_reads_customers_and_changes_none() {
    let app = TestApp::builder().quiet().start().await;
    let id = create(&app.admin().await, json!({"name": "Bluefen Energy"})).await;
    let counselor = app.user(SystemRole::Counselor).await;
    assert_eq!(shown(&counselor, &id, "name").await, json!({"name": "Bluefen Energy"}));
    for (query, variables) in [
        (CREATE, json!({"input": {"name": "A"}})),
        (UPDATE, json!({"input": {"id": id, "expectedVersion": 1, "name": "B"}})),
        ("mutation($id: ID!) { deleteCustomer(id: $id) { id } }", json!({"id": id})),
    ] {
        let error = counselor.fail(query, variables).await;
        assert_eq!(error["extensions"]["permission"], "customers:write", "{error:#}");
    }
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let id = create(&admin, json!({"name": "Bluefen", "industry": "Energy", "accountTimeZone": "Asia/Tokyo"})).await;
    let input = json!({"input": {"id": id, "expectedVersion": 1, "name": "Bluefen Energy", "industry": null,
        "accountTimeZone": null, "segment": "SMALL", "isOnboarding": true}});
    let updated = admin.ok(UPDATE, input).await["updateCustomer"].take();
    let expected = json!({"name": "Bluefen Energy", "industry": null, "segment": "SMALL", "status": "ONBOARDING",
        "accountTimeZone": null, "version": 2, "riskFlag": null});
    assert_eq!(updated, expected);
    let same = json!({"input": {"id": id, "expectedVersion": 2, "segment": "SMALL"}});
    assert_eq!(admin.ok(UPDATE, same).await["updateCustomer"]["version"], 2);
    let error =
        admin.fail(UPDATE, json!({"input": {"id": id, "expectedVersion": 2, "name": null, "segment": null}})).await;
    assert_eq!(wrong(&error), ["input.name", "input.segment"]);
    assert_eq!(admin.code(UPDATE, json!({"input": {"id": id, "expectedVersion": 1}})).await, "CONFLICT");
    let log =
        "{ auditLog(first: 1, filter: {action: {eq: CUSTOMER_UPDATED}}) { nodes { changes { field before after } } } }";
    let changes = admin.ok(log, json!({})).await["auditLog"]["nodes"][0]["changes"].take();
    let zone = json!({"field": "accountTimeZone", "before": "Asia/Tokyo", "after": null});
    assert!(changes.as_array().unwrap().contains(&zone), "{changes:#}");
}

#[tokio::test]
async fn a_risk_flag_makes_an_active_customer_one_at_risk_in_rows_and_filters() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for name in ["Active", "New", "Risk"] {
        create(&admin, json!({"name": name, "isOnboarding": name == "New"})).await;
    }
    let risk = admin.ok("{ customers(filter: {name: {eq: \"Risk\"}}) { nodes { id } } }", json!({})).await;
    let risk = &risk["customers"]["nodes"][0]["id"];
    let input = json!({"input": {"id": risk, "expectedVersion": 1, "riskReason": "Nobody answers."}});
    let flagged = admin.ok(UPDATE, input).await["updateCustomer"].take();
    assert_eq!(flagged["status"], "AT_RISK");
    assert_eq!(flagged["riskFlag"]["reason"], "Nobody answers.");
    assert!(flagged["riskFlag"]["flaggedBy"]["fullName"].is_string());
    for (filter, expected) in [
        ("{eq: AT_RISK}", vec!["Risk"]),
        ("{eq: ACTIVE}", vec!["Active"]),
        ("{in: [ONBOARDING, ACTIVE]}", vec!["Active", "New"]),
        ("{notIn: [AT_RISK]}", vec!["Active", "New"]),
        ("{in: []}", vec![]),
        ("{eq: CHURNED}", vec![]),
    ] {
        assert_eq!(names(&admin, &format!("filter: {{status: {filter}}}")).await, expected, "{filter}");
    }
    let clear = json!({"input": {"id": risk, "expectedVersion": 2, "riskReason": null}});
    let cleared = admin.ok(UPDATE, clear).await["updateCustomer"].take();
    assert_eq!((&cleared["status"], &cleared["riskFlag"]), (&json!("ACTIVE"), &Value::Null));
}

#[tokio::test]
async fn a_deleted_customer_is_read_by_its_id_and_listed_when_asked_for() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let (id, _) = (create(&admin, json!({"name": "Mistake"})).await, create(&admin, json!({"name": "Right"})).await);
    let delete = "mutation($id: ID!) { deleteCustomer(id: $id) { id deletedAt } }";
    assert!(admin.ok(delete, json!({"id": id})).await["deleteCustomer"]["deletedAt"].is_string());
    assert_eq!(names(&admin, "first: 5").await, ["Right"]);
    assert_eq!(names(&admin, "filter: {deletedAt: {isNull: false}}").await, ["Mistake"]);
    assert_eq!(shown(&admin, &id, "name").await, json!({"name": "Mistake"}));
    // It is changed no more.
    for (query, variables) in [
        (delete, json!({"id": id})),
        (UPDATE, json!({"input": {"id": id, "expectedVersion": 2, "name": "B"}})),
        (
            "mutation($input: AddNoteInput!) { addNote(input: $input) { id } }",
            json!({"input": {"subjectId": id, "text": "Hm"}}),
        ),
    ] {
        assert_eq!(admin.code(query, variables).await, "NOT_FOUND", "{query}");
    }
}

/// A customer as a page names it.
fn discovered(name: &str) -> Discovered {
    Discovered {
        name: name.to_owned(),
        name_key: "bluefen".to_owned(),
        industry: Some("Energy".to_owned()),
        segment: Segment::Small,
        listing: Listing::Unknown,
        ticker: None,
        source: ("https://pages.example/".to_owned(), "A page".to_owned(), "Bluefen buys.".to_owned()),
        is_sample: false,
    }
}

#[tokio::test]
async fn research_changes_no_name_that_a_person_changed() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let company = app.company("Acme");
    app.insert([company.clone()]).await;
    let find = async |name: &str| {
        let mut tx = app.app.db.begin().await.unwrap();
        record_discovered(&mut tx, &app.app.ambient, company.id, vec![discovered(name)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    find("Bluefen").await;
    find("BLUEFEN Inc").await;
    let list = "{ customers { nodes { id name industry version } } }";
    let found = admin.ok(list, json!({})).await["customers"]["nodes"][0].take();
    assert_eq!(found["name"], "BLUEFEN Inc");
    let input = json!({"input": {"id": found["id"], "expectedVersion": found["version"], "name": "Bluefen Energy"}});
    admin.ok(UPDATE, input).await;
    find("Bluefen").await;
    let found = admin.ok(list, json!({})).await["customers"]["nodes"].take();
    assert_eq!(found.as_array().unwrap().len(), 1, "{found:#}");
    assert_eq!((&found[0]["name"], &found[0]["industry"]), (&json!("Bluefen Energy"), &json!("Energy")));
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'customer.created'").await, 1);
}
