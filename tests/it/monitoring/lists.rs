//! Lists of signals: filters and orders. That pages meet every row once is held with the other lists.

use chrono::{NaiveDate, TimeDelta};
use rapport::domains::{
    intelligence::filings::{Opportunity, SignalType},
    signals::Signal,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, today};

/// A server with signals of two companies, three of each.
async fn filled() -> (TestApp, Client, Vec<Signal>) {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let companies = ["Ironvale Instruments", "Oakridge Data"].map(|name| app.company(name));
    let customers: Vec<_> = companies.iter().map(|company| app.customer(Some(company), "Bluefen Energy")).collect();
    let kinds = [SignalType::CyberIncident, SignalType::ExecutiveHire, SignalType::Results];
    let mut signals = Vec::new();
    for (n, customer) in customers.iter().enumerate() {
        for (m, kind) in kinds.into_iter().enumerate() {
            let number = (n * kinds.len() + m) as i64;
            signals.push(Signal {
                kind,
                opportunity: kind.opportunity(),
                urgency: 0.9 - 0.1 * number as f64,
                filed_at: today() - TimeDelta::days(number),
                detected_at: today() + TimeDelta::days(number),
                is_sample: n == 1,
                person_effective: (m == 1).then(|| (today() + TimeDelta::days(number)).date_naive()),
                ..app.signal(customer, &number.to_string())
            });
        }
    }
    app.insert(companies).await;
    app.insert(customers).await;
    app.insert(signals.clone()).await;
    (app, admin, signals)
}

async fn found(client: &Client, arguments: Value) -> Vec<String> {
    let query = "query($filter: SignalFilter, $order: SignalOrder) { signals(filter: $filter, orderBy: $order) { totalCount nodes { id } } }";
    let data = client.ok(query, arguments).await;
    let nodes = data["signals"]["nodes"].as_array().unwrap();
    assert_eq!(data["signals"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// What a filter should find.
type Rule<'a> = &'a dyn Fn(&Signal) -> bool;

#[tokio::test]
async fn filters_find_what_they_say() {
    let (_app, admin, signals) = filled().await;
    let holds: [(Value, Rule<'_>); 16] = [
        (json!({"kind": {"eq": "RESULTS"}}), &|signal| signal.kind == SignalType::Results),
        (json!({"kind": {"notIn": ["RESULTS"]}}), &|signal| signal.kind != SignalType::Results),
        (json!({"opportunity": {"eq": "CONVERSATION"}}), &|signal| signal.opportunity == Opportunity::Conversation),
        (json!({"urgency": {"gt": 0.65}}), &|signal| signal.urgency > 0.65),
        (json!({"urgency": {"gte": 0.5, "lt": 0.85}}), &|signal| (0.5..0.85).contains(&signal.urgency)),
        (json!({"customerId": {"eq": signals[0].customer_id}}), &|signal| signal.customer_id == signals[0].customer_id),
        (json!({"companyId": {"in": [signals[5].company_id]}}), &|signal| signal.company_id == signals[5].company_id),
        (json!({"filedAt": {"lt": today()}}), &|signal| signal.filed_at < today()),
        (json!({"detectedAt": {"gte": today() + TimeDelta::days(4)}}), &|signal| {
            signal.detected_at >= today() + TimeDelta::days(4)
        }),
        (json!({"effectiveOn": {"gt": "2026-03-15"}}), &|signal| signal.person_effective > Some(day("2026-03-15"))),
        (json!({"effectiveOn": {"eq": "2026-03-15"}}), &|signal| signal.person_effective == Some(day("2026-03-15"))),
        (json!({"effectiveOn": {"lte": "2026-03-18", "isNull": false}}), &|signal| signal.person_effective.is_some()),
        (json!({"not": {"effectiveOn": {"lt": "2026-03-16"}}}), &|signal| {
            signal.person_effective.is_none_or(|on| on >= day("2026-03-16"))
        }),
        (json!({"isSample": {"eq": true}}), &|signal| signal.is_sample),
        (json!({"not": {"isSample": {"eq": true}}}), &|signal| !signal.is_sample),
        (
            json!({"or": [{"kind": {"eq": "RESULTS"}}, {"urgency": {"lte": 0.6}}], "isSample": {"eq": false}}),
            &|signal| !signal.is_sample && (signal.kind == SignalType::Results || signal.urgency <= 0.6),
        ),
    ];
    for (filter, holds) in holds {
        let mut ids = found(&admin, json!({"filter": filter})).await;
        ids.sort();
        let mut expected: Vec<_> =
            signals.iter().filter(|signal| holds(signal)).map(|signal| signal.id.to_string()).collect();
        expected.sort();
        assert!(!expected.is_empty() && expected.len() < signals.len(), "{filter}");
        assert_eq!(ids, expected, "{filter}");
    }
}

#[tokio::test]
async fn the_last_filed_come_first_unless_another_order_is_asked_for() {
    let (_app, admin, signals) = filled().await;
    let ids: Vec<_> = signals.iter().map(|signal| signal.id.to_string()).collect();
    let turned: Vec<_> = ids.iter().rev().cloned().collect();
    assert_eq!(found(&admin, json!({})).await, ids);
    for (field, descending) in [("FILED_AT", &ids), ("URGENCY", &ids), ("DETECTED_AT", &turned)] {
        assert_eq!(&found(&admin, json!({"order": {"field": field}})).await, descending, "{field}");
        let mut ascending = found(&admin, json!({"order": {"field": field, "direction": "ASC"}})).await;
        ascending.reverse();
        assert_eq!(&ascending, descending, "{field}");
    }
}
