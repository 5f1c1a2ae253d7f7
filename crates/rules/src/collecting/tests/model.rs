//! Tests of values read by a language model.

use serde_json::{Value as Json, json};

use super::{fields, known};
use crate::collecting::{Change, Collected, answer_schema, collect, from_model, merge};

fn read(utterance: &str, answer: &Json) -> Vec<(String, Option<String>)> {
    of(from_model(&fields(), &Collected::default(), None, utterance, answer))
}

fn of(changes: Vec<Change>) -> Vec<(String, Option<String>)> {
    changes.into_iter().map(|change| (change.key, change.value.map(|value| value.to_string()))).collect()
}

fn pair(key: &str, value: &str) -> (String, Option<String>) {
    (key.to_owned(), Some(value.to_owned()))
}

#[test]
fn the_schema_is_closed_and_names_every_field() {
    let schema = answer_schema(&fields());
    assert_eq!(schema["additionalProperties"], false);
    let required = schema["required"].as_array().unwrap();
    for key in ["topic", "name", "email", "phone", "income", "refused"] {
        assert!(required.contains(&json!(key)), "{key}");
    }
}

#[test]
fn a_value_whose_quote_shows_it_is_taken() {
    let utterance = "folks know me as Dana Müller, and the firm wires me 120k each year";
    let answer = json!({
        "name": { "value": "Dana Müller", "quote": "folks know me as Dana Müller" },
        "income": { "amount": 120_000, "currency": "USD", "period": "YEAR", "quote": "the firm wires me 120k each year" },
        "email": null, "phone": null, "topic": null, "refused": [],
    });
    assert_eq!(read(utterance, &answer), [pair("name", "Dana Müller"), pair("income", "120000 USD a year")]);
}

#[test]
fn what_the_utterance_does_not_prove_is_not_taken() {
    let utterance = "I'd say 120k, and write to dana@example.com";
    let answer = json!({
        "name": { "value": "Dana", "quote": "I am Dana" },
        "email": { "value": "dana@gmail.com", "quote": "write to dana@example.com" },
        "income": { "amount": 130_000, "currency": "USD", "period": "YEAR", "quote": "120k" },
        "phone": { "value": "+49 30 901820", "quote": "120k" },
        "topic": { "value": "", "quote": "write" },
    });
    assert!(read(utterance, &answer).is_empty());
}

#[test]
fn an_amount_without_a_currency_is_in_the_known_one() {
    let known = known(&[("income", "8,000,000 yen a year")]);
    let utterance = "sorry, it comes to 9,000,000";
    let read = |currency: &str| {
        let income =
            json!({ "amount": 9_000_000, "currency": currency, "period": "YEAR", "quote": "it comes to 9,000,000" });
        of(from_model(&fields(), &known, None, utterance, &json!({ "income": income })))
    };
    assert_eq!(read("JPY"), [pair("income", "9000000 JPY a year")]);
    assert!(read("USD").is_empty());
}

#[test]
fn answers_of_other_shapes_are_nothing() {
    for answer in [json!(null), json!([1]), json!("x"), json!({ "name": "Dana", "income": [], "refused": "name" })] {
        assert!(read("Dana", &answer).is_empty());
    }
}

#[test]
fn a_known_value_is_not_replaced_by_accident() {
    let known = known(&[("name", "Dana")]);
    let answer = json!({ "name": { "value": "Peter", "quote": "Peter" } });
    assert!(from_model(&fields(), &known, None, "Peter says hi", &answer).is_empty());
    assert_eq!(of(from_model(&fields(), &known, Some("name"), "Peter", &answer)), [pair("name", "Peter")]);
}

#[test]
fn what_the_rules_found_comes_first() {
    let rules = collect(&fields(), &Collected::default(), None, "I'm Dana");
    let answer = json!({ "name": { "value": "Dana", "quote": "I'm Dana" } });
    let model = from_model(&fields(), &Collected::default(), None, "I'm Dana", &answer);
    assert_eq!(merge(rules.clone(), model), rules);
}

#[test]
fn a_refusal_counts_for_the_field_that_was_asked_for() {
    let answer = json!({ "refused": ["income", "email"] });
    let changes = from_model(&fields(), &Collected::default(), Some("income"), "over my dead body", &answer);
    assert_eq!(of(changes), [("income".to_owned(), None)]);
}
