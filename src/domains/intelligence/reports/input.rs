//! Input for a language model, and its wording in templates.

use serde_json::{Value, json};

use super::{Audience, Occasion};
use crate::clients::research::clean::{self, FIELD, NAME, SUMMARY};
use crate::domains::intelligence::{filings::ValueEstimate, grounds::given};

/// Maximum number of products in the input.
const PRODUCTS: usize = 12;

/// The input key of facts that the customer must not read.
pub(super) const SELLER_ONLY: &str = "for_the_seller_only";

/// Returns all facts that a report may use. Texts are values of a JSON document, never part of the instructions.
pub(super) fn input(occasion: &Occasion, audience: &Audience) -> Value {
    let products = occasion.products.iter().take(PRODUCTS).map(
        |(name, description)| json!({"name": clean::line(name, NAME), "description": clean::line(description, FIELD)}),
    );
    let lines = |texts: &[String]| texts.iter().map(|text| clean::line(text, FIELD)).collect::<Vec<_>>();
    let mut input = json!({
        "vendor": clean::line(&occasion.vendor, NAME),
        "products": products.collect::<Vec<_>>(),
        "customer": clean::line(&occasion.customer, NAME),
        "event": {
            "type": occasion.kind.name(),
            "summary": clean::line(&occasion.summary, SUMMARY),
            "item": occasion.item.to_string(),
            "item_title": occasion.item.title(),
            "filed_on": filed_on(occasion),
            "sentence": clean::line(&occasion.sentence, SUMMARY),
            "person": occasion.person.as_ref().map(given::person),
        },
        "reader": {
            "role": clean::line(&audience.name, NAME),
            "description": clean::line(&audience.description, SUMMARY),
            "seniority": clean::optional(audience.seniority.as_deref(), FIELD),
            "goals": lines(&audience.goals),
            "pain_points": lines(&audience.pain_points),
        },
    });
    input[SELLER_ONLY] = json!({
        "opportunity": occasion.opportunity,
        "urgency": match occasion.urgency { 0.7.. => "high", 0.4.. => "moderate", _ => "low" },
        "estimated_value": occasion.value.as_ref().map(range),
        "assumption": occasion.value.as_ref().map(|value| clean::line(&value.assumption, FIELD)),
    });
    input
}

/// Returns the filing date for a reader.
pub(super) fn filed_on(occasion: &Occasion) -> String {
    occasion.filed_at.format("%-d %B %Y").to_string()
}

/// Formats a range as `USD 25,000 to USD 150,000`.
pub(super) fn range(value: &ValueEstimate) -> String {
    let currency = clean::line(&value.currency, 3);
    format!("{currency} {} to {currency} {}", grouped(value.low / 100), grouped(value.high / 100))
}

/// Formats an integer with thousands separators.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let commas = digits.char_indices().map(|(at, digit)| {
        let has_comma = at > 0 && (digits.len() - at).is_multiple_of(3) && digits.as_bytes()[at - 1].is_ascii_digit();
        if has_comma { format!(",{digit}") } else { digit.to_string() }
    });
    commas.collect()
}
