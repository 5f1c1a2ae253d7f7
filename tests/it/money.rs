//! Money, as clients see it and ask by it; also of rows that were written before it was a type of its own.

use rapport::domains::{
    intelligence::FactTopic,
    leads::{IncomePeriod, Lead},
    signals::Signal,
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

#[tokio::test]
async fn the_income_of_leads_has_the_digits_of_its_currency() {
    let app = TestApp::builder().quiet().start().await;
    let lead = |name: &str, minor: i64, currency: &str| Lead {
        income_minor: Some(minor),
        income_currency: Some(currency.to_owned()),
        income_period: Some(IncomePeriod::Month),
        ..app.lead(name, None)
    };
    // Whatever three letters stood for a currency before.
    app.insert([
        lead("a", 850_050, "EUR"),
        lead("b", 4_200_000, "JPY"),
        lead("c", 900_125, "KWD"),
        lead("d", 1, "ABC"),
    ])
    .await;
    let query =
        "{ leads(orderBy: {field: NAME, direction: ASC}) { nodes { income { amount { amount currency } period } } } }";
    let data = app.admin().await.ok(query, json!({})).await;
    let income = |amount: &str, currency: &str| json!({"income": {"amount": {"amount": amount, "currency": currency}, "period": "MONTH"}});
    let expected =
        json!([income("8500.50", "EUR"), income("4200000", "JPY"), income("900.125", "KWD"), {"income": null}]);
    assert_eq!(data["leads"]["nodes"], expected);
}

#[tokio::test]
async fn a_price_is_shown_with_its_currency_or_not_at_all() {
    let app = TestApp::builder().quiet().start().await;
    let company = app.company("Acme");
    let tiers = [
        json!({"kind": "pricing_tier", "price": "49", "currency": "USD", "billing_period": "MONTHLY"}),
        json!({"kind": "pricing_tier", "price": "0.0005", "currency": "USD", "billing_period": "USAGE"}),
        json!({"kind": "pricing_tier", "price": "49", "currency": null, "billing_period": null}),
        json!({"kind": "pricing_tier", "price": "49", "currency": "ABC", "billing_period": null}),
        json!({"kind": "pricing_tier", "price": null, "currency": "USD", "billing_period": null}),
    ];
    let facts = tiers.iter().enumerate().map(|(rank, details)| {
        let mut fact = app.fact(&company, FactTopic::Pricing, rank as i32);
        fact.details = details.to_string();
        fact
    });
    let facts: Vec<_> = facts.collect();
    app.insert([company]).await;
    app.insert(facts).await;
    let query = "{ companies { nodes { pricingTiers { price { amount currency } } } } }";
    let data = app.admin().await.ok(query, json!({})).await;
    let usd = |amount: &str| json!({"price": {"amount": amount, "currency": "USD"}});
    let none = json!({"price": null});
    let expected = json!([usd("49.00"), usd("0.0005"), none, none, none]);
    assert_eq!(data["companies"]["nodes"][0]["pricingTiers"], expected);
}

/// A server with signals whose value is up to so many minor units of a currency, or not known.
async fn with_values(values: &[Option<(i64, &str)>]) -> (TestApp, Client) {
    let app = TestApp::builder().quiet().start().await;
    let company = app.company("Acme");
    let customer = app.customer(Some(&company), "Bluefen Energy");
    let signals = values.iter().enumerate().map(|(n, value)| Signal {
        summary: value.map_or("none".to_owned(), |(high, currency)| format!("{high} {currency}")),
        value_low: value.map(|_| 1),
        value_high: value.map(|(high, _)| high),
        value_currency: value.map(|(_, currency)| currency.to_owned()),
        value_assumption: value.map(|_| "Assumed.".to_owned()),
        ..app.signal(&customer, &n.to_string())
    });
    let signals: Vec<_> = signals.collect();
    app.insert([company]).await;
    app.insert([customer]).await;
    app.insert(signals).await;
    let admin = app.admin().await;
    (app, admin)
}

const VALUES: [Option<(i64, &str)>; 6] = [
    Some((5_000, "EUR")),
    Some((5_000, "USD")),
    Some((10_000, "USD")),
    Some((15_000, "USD")),
    Some((20_000, "GBP")),
    None,
];
const QUERY: &str = "query($value: NullableMoneyFilter, $not: SignalFilter) {
    signals(filter: {valueHigh: $value, not: $not}) { nodes { summary } } }";

async fn found(client: &Client, variables: Value) -> Vec<String> {
    let data = client.ok(QUERY, variables).await;
    let nodes = data["signals"]["nodes"].as_array().unwrap();
    let mut found: Vec<_> = nodes.iter().map(|node| node["summary"].as_str().unwrap().to_owned()).collect();
    found.sort();
    found
}

fn usd(amount: &str) -> Value {
    json!({"amount": amount, "currency": "USD"})
}

#[tokio::test]
async fn amounts_are_compared_within_one_currency() {
    let (_app, admin) = with_values(&VALUES).await;
    let [fifty, hundred, more] = ["5000 USD", "10000 USD", "15000 USD"];
    let cases: [(Value, &[&str]); 11] = [
        (json!({"eq": usd("50")}), &[fifty]),
        (json!({"in": [usd("50.00"), usd("150.00"), usd("1")]}), &[more, fifty]),
        (json!({"in": []}), &[]),
        (json!({"gt": usd("50.00")}), &[hundred, more]),
        (json!({"gte": usd("50.00"), "lt": usd("150.00")}), &[hundred, fifty]),
        (json!({"lte": usd("100.00")}), &[hundred, fifty]),
        (json!({"gte": {"amount": "0", "currency": "GBP"}}), &["20000 GBP"]),
        (json!({"gte": {"amount": "0", "currency": "JPY"}}), &[]),
        (json!({"isNull": true}), &["none"]),
        (json!({"isNull": false, "eq": usd("100")}), &[hundred]),
        (json!({"isNull": true, "eq": usd("100")}), &[]),
    ];
    for (value, expected) in cases {
        assert_eq!(found(&admin, json!({"value": value})).await, expected, "{value}");
    }
    assert_eq!(found(&admin, json!({})).await.len(), VALUES.len());
    let others = found(&admin, json!({"not": {"valueHigh": {"gte": usd("0")}}})).await;
    assert_eq!(others, ["20000 GBP", "5000 EUR", "none"]);
}

#[tokio::test]
async fn values_are_shown_as_money() {
    let (_app, admin) = with_values(&[Some((2_500_000, "USD"))]).await;
    let query = "{ signals { nodes { value { low { amount currency } high { amount currency } assumption } } } }";
    let data = admin.ok(query, json!({})).await;
    let expected = json!([{"value": {"low": usd("0.01"), "high": usd("25000.00"), "assumption": "Assumed."}}]);
    assert_eq!(data["signals"]["nodes"], expected);
}

#[tokio::test]
async fn an_amount_that_its_currency_does_not_have_names_the_field() {
    let (_app, admin) = with_values(&[]).await;
    let euro = json!({"amount": "2", "currency": "EUR"});
    for (value, path, words) in [
        (json!({"gte": usd("1.005")}), "valueHigh.gte.amount", "at most 2 decimals: USD"),
        (json!({"eq": {"amount": "1.5", "currency": "JPY"}}), "valueHigh.eq.amount", "a whole number: JPY"),
        (json!({"in": [usd("1"), usd("99999999999999999999")]}), "valueHigh.in[1].amount", "too large"),
        (json!({"eq": usd("$1")}), "valueHigh.eq.amount", "an exact number as text"),
        (json!({"eq": {"amount": "1", "currency": "usd"}}), "valueHigh.eq.currency", "in capital letters"),
        (json!({"eq": {"amount": "1", "currency": "XAU"}}), "valueHigh.eq.currency", "ISO 4217"),
        (json!({"gt": usd("1"), "lt": euro}), "valueHigh.gt.currency", "in one currency; these are in EUR and USD"),
        (json!({"gt": null}), "valueHigh.gt", "instead of giving null"),
    ] {
        let error = admin.fail(QUERY, json!({"value": value})).await;
        let field = &error["extensions"]["fields"][0];
        assert_eq!(error["extensions"]["code"], "BAD_INPUT", "{error:#}");
        assert_eq!(field["path"], format!("filter.{path}"), "{error:#}");
        assert!(field["message"].as_str().unwrap().contains(words), "{error:#}");
    }
    let inline = r#"{ signals(filter: {valueHigh: {gte: {amount: "1.005", currency: "USD"}}}) { totalCount } }"#;
    let error = admin.fail(inline, json!({})).await;
    assert_eq!(error["extensions"]["fields"][0]["path"], "filter.valueHigh.gte.amount", "{error:#}");
}
