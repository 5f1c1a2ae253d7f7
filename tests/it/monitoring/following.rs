//! Following signals as they are detected.

use rapport::{auth::SystemRole, domains::intelligence::Company};
use serde_json::{Value, json};

use super::{day, monitored, rights::with_permissions, signals, vendor_of, with_customers};
use crate::support::{
    Client, TestApp, WsClient,
    edgar::{Edgar, TEMPLATES, made_up},
};

const FOLLOW: &str =
    "subscription($company: ID, $after: EventCursor) { signalDetected(companyId: $company, after: $after) {
    __typename cursor occurredAt
    ... on SignalsState { totalCount latest { id } }
    ... on SignalDetected { signal { id kind customer { name } company { id } } } } }";

async fn follow(app: &TestApp, client: &Client, company: Option<&str>, after: Option<&str>) -> WsClient {
    let mut ws = app.ws(client).await;
    ws.subscribe(FOLLOW, json!({"company": company, "after": after})).await;
    ws
}

async fn next(ws: &mut WsClient) -> Value {
    let mut event = ws.event().await.expect("the stream has no end");
    assert!(event.get("errors").is_none(), "{event:#}");
    event["data"]["signalDetected"].take()
}

#[tokio::test]
async fn the_present_state_comes_first_and_then_each_signal() {
    let filers = made_up(2);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let mut ws = follow(&app, &admin, None, None).await;
    let state = next(&mut ws).await;
    assert_eq!((&state["__typename"], &state["totalCount"]), (&json!("SignalsState"), &json!(0)), "{state:#}");
    assert_eq!(state["latest"], json!(null));
    let result = monitored(&admin, &vendor).await;
    let mut told = Vec::new();
    for _ in signals(&result) {
        let event = next(&mut ws).await;
        assert_eq!(event["__typename"], "SignalDetected");
        assert_eq!(event["signal"]["company"]["id"], json!(vendor.id));
        told.push(event["signal"]["id"].as_str().unwrap().to_owned());
    }
    let mut found: Vec<_> = signals(&result).iter().map(|signal| signal["id"].as_str().unwrap().to_owned()).collect();
    let last = told.last().cloned();
    told.sort();
    found.sort();
    assert_eq!(told, found);
    // Who comes now sees how it stands.
    let state = next(&mut follow(&app, &admin, None, None).await).await;
    assert_eq!((&state["totalCount"], &state["latest"]["id"]), (&json!(2), &json!(last)));
    app.stop().await;
}

#[tokio::test]
async fn who_was_away_gets_what_was_missed_and_nothing_else() {
    let filers = made_up(3);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let cursor = next(&mut follow(&app, &admin, None, None).await).await["cursor"].as_str().unwrap().to_owned();
    monitored(&admin, &vendor).await;
    let mut ws = follow(&app, &admin, None, Some(&cursor)).await;
    let (first, second) = (next(&mut ws).await, next(&mut ws).await);
    let cursor = first["cursor"].as_str().unwrap();
    assert_eq!(next(&mut follow(&app, &admin, None, Some(cursor)).await).await, second);
    app.stop().await;
}

#[tokio::test]
async fn the_signals_of_other_companies_are_left_out_when_one_is_followed() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let (mut other, mut theirs) = vendor_of(&app, &filers);
    (other.name, other.name_key) = ("Oakridge Data".to_owned(), "oakridge data".to_owned());
    theirs[0].company_id = Some(other.id);
    app.insert([other.clone()]).await;
    app.insert(theirs).await;
    let company = other.id.to_string();
    let mut ws = follow(&app, &admin, Some(&company), None).await;
    next(&mut ws).await;
    monitored(&admin, &vendor).await;
    monitored(&admin, &other).await;
    assert_eq!(next(&mut ws).await["signal"]["company"]["id"], json!(other.id));
    let state = next(&mut follow(&app, &admin, Some(&company), None).await).await;
    assert_eq!(state["totalCount"], 1);
    app.stop().await;
}

#[tokio::test]
async fn nothing_falls_between_a_query_and_a_subscription_from_its_cursor() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let data = admin.ok("{ eventsCursor signals { totalCount } }", json!({})).await;
    assert_eq!(data["signals"]["totalCount"], 0);
    let first = monitored(&admin, &vendor).await;
    let mut ws = follow(&app, &admin, None, data["eventsCursor"].as_str()).await;
    assert_eq!(next(&mut ws).await["signal"]["id"], signals(&first)[0]["id"]);
    // From a later cursor what the query has shown may be told again, and what came after it is never missed.
    let data = admin.ok("{ eventsCursor }", json!({})).await;
    let mut filer = filers[0].clone();
    filer.filings.insert(0, TEMPLATES[2].filing(&filer, 2, day("2024-06-01")));
    sec.add(&filer);
    let second = monitored(&admin, &vendor).await;
    let mut ws = follow(&app, &admin, None, data["eventsCursor"].as_str()).await;
    let mut told = next(&mut ws).await["signal"]["id"].clone();
    if told == signals(&first)[0]["id"] {
        told = next(&mut ws).await["signal"]["id"].clone();
    }
    assert_eq!(told, signals(&second)[0]["id"]);
    app.stop().await;
}

/// How many statements load signals and what they show while `users` are told of one, and what each of them was told.
async fn loads_for(app: &TestApp, admin: &Client, vendor: &Company, users: &[&Client]) -> (usize, Vec<Value>) {
    let mut sockets = Vec::new();
    for user in users {
        let mut ws = follow(app, user, None, None).await;
        next(&mut ws).await;
        sockets.push(ws);
    }
    let work = async {
        monitored(admin, vendor).await;
        let mut told = Vec::new();
        for ws in &mut sockets {
            told.push(ws.event().await.expect("the stream has no end"));
        }
        told
    };
    let (told, statements) = app.statements.of(work).await;
    let loads = statements.iter().filter(|sql| sql.contains(r#"FROM "customers""#) && sql.contains(" IN ("));
    (loads.count(), told)
}

#[tokio::test]
async fn an_event_is_loaded_once_for_all_who_have_the_same_rights() {
    let mut counts = Vec::new();
    for sockets in [1, 10] {
        let filers = made_up(1);
        let sec = Edgar::with_companies(&filers).await;
        let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
        let (one, other) = (app.user(SystemRole::Viewer).await, app.user(SystemRole::Viewer).await);
        let mut users = vec![&one; sockets];
        users.extend(vec![&other; sockets - 1]);
        let (loads, told) = loads_for(&app, &admin, &vendor, &users).await;
        assert!(told[0]["data"]["signalDetected"]["signal"]["customer"]["name"].is_string(), "{told:#?}");
        assert!(told.iter().all(|each| *each == told[0]), "{told:#?}");
        counts.push(loads);
        app.stop().await;
    }
    assert_eq!(counts[0], counts[1]);
}

#[tokio::test]
async fn who_may_see_less_is_told_less_of_the_same_event() {
    let filers = made_up(1);
    let sec = Edgar::with_companies(&filers).await;
    let (app, admin, vendor, _) = with_customers(&sec, &filers).await;
    let (less, _) = with_permissions(&app, &admin, &["signals:read"]).await;
    // Whose signals they are is nothing to ask by for who may not see it.
    let refused = follow(&app, &less, Some(&vendor.id.to_string()), None).await.receive().await.unwrap();
    assert_eq!(refused["payload"][0]["extensions"]["permission"], "companies:read", "{refused:#}");
    let (_, told) = loads_for(&app, &admin, &vendor, &[&admin, &less, &admin, &less]).await;
    let signals: Vec<_> = told.iter().map(|each| &each["data"]["signalDetected"]["signal"]).collect();
    for (index, signal) in signals.iter().enumerate() {
        assert_eq!(signal["id"], signals[0]["id"]);
        assert_eq!(signal["customer"].is_null(), index % 2 == 1, "{told:#?}");
    }
    app.stop().await;
}
