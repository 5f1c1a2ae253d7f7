//! Values read by a language model, accepted only if the utterance proves them.

use serde_json::{Map, Value as Json, json};

use super::{
    amount, answer, currency, email, name, phone,
    reading::believed,
    text::{clean, corrects},
    value::{Change, Collected, Money, Period, Source, Value},
};
use crate::personas::{FieldKind, FieldSpec};

/// Returns the JSON schema of a model's structured answer for these fields: an object with null for each key, or the
/// value with the words of the utterance that state it, and in `refused` the keys that the visitor refuses to tell.
/// Closed and without optional properties, as strict modes require.
pub fn answer_schema(fields: &[FieldSpec]) -> Json {
    let mut properties: Map<String, Json> =
        fields.iter().map(|field| (field.key.clone(), field_schema(field))).collect();
    let keys: Vec<&str> = fields.iter().map(|field| field.key.as_str()).collect();
    properties.insert(REFUSED.to_owned(), json!({ "type": "array", "items": { "type": "string", "enum": keys } }));
    let required: Vec<&String> = properties.keys().collect();
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// The property that lists refusals; no field may have this key.
pub const REFUSED: &str = "refused";

fn field_schema(field: &FieldSpec) -> Json {
    let quote = json!({ "type": "string", "description": "The visitor's words that say it, copied exactly." });
    let inner = match field.kind {
        FieldKind::Money => json!({
            "type": "object",
            "required": ["amount", "currency", "period", "quote"],
            "properties": {
                "amount": { "type": "number", "description": "The amount as said, in whole units of the currency." },
                "currency": { "type": "string", "enum": currency::codes().collect::<Vec<_>>() },
                "period": { "type": "string", "enum": ["YEAR", "MONTH", "FORTNIGHT", "WEEK", "DAY", "HOUR"] },
                "quote": quote,
            },
            "additionalProperties": false,
        }),
        _ => json!({
            "type": "object",
            "required": ["value", "quote"],
            "properties": { "value": { "type": "string" }, "quote": quote },
            "additionalProperties": false,
        }),
    };
    let what = format!("{}: what the visitor says of themselves; null when this message does not say it.", field.label);
    json!({ "description": what, "anyOf": [inner, { "type": "null" }] })
}

/// Returns the accepted changes of a model's answer (JSON by [`answer_schema`]): a value must be valid, its quote must
/// be in the utterance, and the quote must contain it: the words of a name, the address, the digits, the amount. A
/// known value is replaced only if its field was asked for or the utterance is a correction. Everything else is
/// ignored.
pub fn from_model(
    fields: &[FieldSpec],
    known: &Collected,
    asked: Option<&str>,
    utterance: &str,
    answer: &Json,
) -> Vec<Change> {
    let text = clean(utterance);
    let is_correction = corrects(&text);
    let refused: Vec<&str> = answer[REFUSED].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let of_field = |field: &FieldSpec| {
        let before = known.get(&field.key);
        let entry = &answer[&field.key];
        let given =
            entry["quote"].as_str().map(clean).filter(|quote| !quote.is_empty() && text.contains(quote.as_str()));
        let known = before.and_then(|before| before.value.money());
        let read = given.and_then(|quote| Some((read(field, entry, &quote, known)?, quote)));
        match read {
            Some((value, quote)) => {
                let may_replace = asked == Some(field.key.as_str()) || is_correction;
                let is_new = before.is_none_or(|before| before.value != value && may_replace);
                is_new.then(|| Change { key: field.key.clone(), value: Some(value), quote, source: Source::Model })
            }
            None if before.is_none() && asked == Some(field.key.as_str()) && refused.contains(&field.key.as_str()) => {
                Some(Change { key: field.key.clone(), value: None, quote: text.clone(), source: Source::Model })
            }
            None => None,
        }
    };
    fields.iter().filter_map(of_field).collect()
}

/// Returns the value of an entry, if its quote proves it. `known` is the amount known before.
fn read(field: &FieldSpec, entry: &Json, quote: &str, known: Option<&Money>) -> Option<Value> {
    if field.kind == FieldKind::Money {
        return money(field, entry, quote, known).map(Value::Money);
    }
    let value = clean(entry["value"].as_str()?);
    match field.kind {
        FieldKind::Name => {
            let spoken: Vec<String> = words_of(quote);
            let is_shown = words_of(&value).iter().all(|word| spoken.contains(word));
            (is_shown && value.chars().count() <= field.longest && name::is_name(&value)).then_some(Value::Name(value))
        }
        FieldKind::Email => {
            let address = email::normal(&value)?;
            let found = email::find(quote).into_iter().filter_map(|found| found.address);
            found.into_iter().any(|found| found == address).then_some(Value::Email(address))
        }
        FieldKind::Phone => {
            let number = phone::find(&value).into_iter().next()?.number;
            phone::find(quote).iter().any(|found| found.number == number).then_some(Value::Phone(number))
        }
        FieldKind::Text => (quote.contains(&value) && answer::fits(&value, field)).then_some(Value::Text(value)),
        FieldKind::Money => None,
    }
}

fn words_of(text: &str) -> Vec<String> {
    super::text::words(text).map(str::to_lowercase).collect()
}

/// Returns an amount that the rules find in the quote too, regardless of its meaning.
fn money(field: &FieldSpec, entry: &Json, quote: &str, known: Option<&Money>) -> Option<Money> {
    let code = entry["currency"].as_str().filter(|code| currency::is_known(code))?;
    let period: Period = serde_json::from_value(entry["period"].clone()).ok()?;
    let minor = entry["amount"].as_f64()? * 10_f64.powi(i32::try_from(currency::minor_digits(code)).ok()?);
    let shows = |money: &Money| money.currency == code && (money.minor as f64 - minor).abs() < 1.0;
    let amounts = amount::find(quote).into_iter();
    let amounts = amounts.map(|amount| match known {
        Some(known) => amount.in_terms_of(&known.currency),
        None => amount,
    });
    let currency = known.map_or(&field.currency, |known| &known.currency);
    let mut read = amounts.flat_map(|amount| [amount.as_answer(), Some(amount)]).flatten().filter_map(|amount| {
        // The time is the model's to tell where the words beside the amount do not.
        amount.money(currency, Some(period))
    });
    read.find(|money| shows(money) && money.period == period && believed(field, money))
}

/// Combines the changes found by rules and model in an utterance; per field, those of the rules win.
pub fn merge(rules: Vec<Change>, model: Vec<Change>) -> Vec<Change> {
    let is_new = |change: &Change| rules.iter().all(|rule| rule.key != change.key);
    let added: Vec<Change> = model.into_iter().filter(is_new).collect();
    rules.into_iter().chain(added).collect()
}
