//! Who is told of urgent signals at once.

use std::sync::Arc;

use rapport::{auth::SystemRole, events::Event};
use serde_json::{Value, json};

use super::{BREACH, HIRE, begun, ended, reading_from, report, signals, started, this_day};
use crate::support::{
    Client, TestApp,
    edgar::{Company as Filer, Edgar},
};

/// A filer that was attacked today and hired somebody long ago.
fn filer() -> Filer {
    let filer = Filer::new(9_400_000, "Quorvane Corp", "QV");
    let attacked = report(&filer, 2, this_day(), "1.05", BREACH);
    let hired = report(&filer, 1, super::day("2024-05-02"), "5.02", HIRE);
    filer.with(attacked).with(hired)
}

/// What a user was told.
async fn told(app: &TestApp, user: &str) -> Vec<Arc<Event>> {
    app.logged(&format!("user:{user}")).await
}

const MANAGED: &str =
    "mutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { version accountManager { userId } } }";

/// Monitors as a manager, with these settings and perhaps an account manager: who was told, and the signals.
async fn monitored_by_a_manager(
    setting: Option<&str>,
    managed: bool,
) -> (TestApp, Vec<Arc<Event>>, Vec<Arc<Event>>, Value, String) {
    let filer = filer();
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let mut builder = reading_from(&sec);
    if let Some(urgency) = setting {
        builder = builder.set("SIGNAL_ALERT_URGENCY", urgency);
    }
    let (app, admin, vendor, customers) = started(builder, &[filer]).await;
    let (manager, counselor) = (app.user(SystemRole::Manager).await, app.user(SystemRole::Counselor).await);
    let (asker, looks_after) = (manager.id().await, counselor.id().await);
    if managed {
        let input = json!({"id": customers[0].id, "expectedVersion": 1, "accountManagerId": looks_after});
        admin.ok(MANAGED, json!({"input": input})).await;
    }
    let job = begun(&manager, &vendor).await;
    let job = ended(&manager, &job).await;
    assert_eq!(job["status"], "COMPLETED", "{job:#}");
    let told = (told(&app, &asker).await, told(&app, &looks_after).await);
    (app, told.0, told.1, job["result"].clone(), customers[0].id.to_string())
}

#[tokio::test]
async fn the_account_manager_is_told_of_an_urgent_signal() {
    let (app, asker, looks_after, result, customer) = monitored_by_a_manager(None, true).await;
    assert!(asker.is_empty());
    let [alert] = looks_after.as_slice() else { panic!("{looks_after:#?}") };
    let attacked = signals(&result).iter().find(|signal| signal["kind"] == "CYBER_INCIDENT").unwrap();
    assert_eq!(alert.kind, "signal.alerted");
    assert_eq!((&alert.payload["signal"], &alert.payload["customer"]), (&attacked["id"], &json!(customer)));
    assert_eq!(alert.payload["urgency"], attacked["urgency"]);
    // Ids and figures: what outsiders wrote is read from the signal, by those who may.
    assert_eq!(alert.payload["summary"], Value::Null);
    assert!(alert.payload["id"].as_str().unwrap().parse::<uuid::Uuid>().is_ok());
    app.stop().await;
}

#[tokio::test]
async fn who_asked_for_the_monitoring_is_told_where_nobody_looks_after_the_customer() {
    let (app, asker, looks_after, ..) = monitored_by_a_manager(None, false).await;
    assert_eq!((asker.len(), looks_after.len()), (1, 0));
    app.stop().await;
}

#[tokio::test]
async fn from_which_urgency_on_people_are_told_is_a_setting() {
    let (app, asker, ..) = monitored_by_a_manager(Some("1"), false).await;
    assert!(asker.is_empty());
    app.stop().await;
    let (app, asker, ..) = monitored_by_a_manager(Some("0"), false).await;
    assert_eq!(asker.len(), 2, "of the one of today, and of the one of long ago");
    app.stop().await;
}

#[tokio::test]
async fn an_account_manager_who_may_not_sign_in_is_not_told() {
    let filer = filer();
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, customers) = started(reading_from(&sec), &[filer]).await;
    let gone = app.user(SystemRole::Counselor).await.id().await;
    let input = json!({"id": customers[0].id, "expectedVersion": 1, "accountManagerId": gone});
    admin.ok(MANAGED, json!({"input": input})).await;
    let deactivate = "mutation($id: ID!) { setUserActive(input: {id: $id, isActive: false}) { id } }";
    admin.ok(deactivate, json!({"id": gone})).await;
    let job = begun(&admin, &vendor).await;
    ended(&admin, &job).await;
    let asker = admin.id().await;
    assert_eq!((told(&app, &asker).await.len(), told(&app, &gone).await.len()), (1, 0));
    app.stop().await;
}

#[tokio::test]
async fn the_account_manager_has_a_notification_of_each_signal_and_who_asked_one_of_the_job() {
    let filer = filer();
    let sec = Edgar::with_companies(std::slice::from_ref(&filer)).await;
    let (app, admin, vendor, customers) = started(reading_from(&sec), &[filer]).await;
    let counselor = app.user(SystemRole::Counselor).await;
    let input = json!({"id": customers[0].id, "expectedVersion": 1, "accountManagerId": counselor.id().await});
    admin.ok(MANAGED, json!({"input": input})).await;
    let id = begun(&admin, &vendor).await;
    let job = ended(&admin, &id).await;
    let query = "{ notifications { nodes { kind subject { id } } } }";
    let told = async |client: &Client| -> Vec<(Value, Value)> {
        let data = client.ok(query, json!({})).await;
        let mut told: Vec<_> = data["notifications"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (row["kind"].clone(), row["subject"]["id"].clone()))
            .collect();
        told.sort_by_key(|(_, id)| id.to_string());
        told
    };
    let mut expected: Vec<_> =
        signals(&job["result"]).iter().map(|signal| (json!("SIGNAL_DETECTED"), signal["id"].clone())).collect();
    expected.sort_by_key(|(_, id)| id.to_string());
    assert_eq!(expected.len(), 2);
    assert_eq!(told(&counselor).await, expected);
    assert_eq!(told(&admin).await, [(json!("JOB_COMPLETED"), json!(id))]);
    app.stop().await;
}
