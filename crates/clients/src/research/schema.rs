//! JSON schemas of the answers, in the subset of strict mode: all properties required, no others allowed, optional ones
//! as a union with null, no length or pattern keywords.

use serde_json::{Map, Value, json};

use super::Topic;

/// Returns the schema of an answer about a topic.
pub(super) fn findings(topic: Topic) -> Value {
    let mut properties = vec![("name", text("What it is called")), ("summary", text("One to three sentences"))];
    properties.extend(details(topic));
    properties.push(("source", source()));
    answer("findings", properties)
}

/// Returns the schema of a list of customers.
pub(super) fn customers() -> Value {
    let segment = json!({
        "type": "string",
        "enum": ["ENTERPRISE", "MID_MARKET", "SMALL", "UNKNOWN"],
        "description": "ENTERPRISE for a thousand employees or more, MID_MARKET for a hundred to \
            a thousand, SMALL below, UNKNOWN when no page tells",
    });
    answer(
        "customers",
        vec![
            ("name", text("The customer's name as the page writes it")),
            ("segment", segment),
            ("industry", maybe("What the customer does")),
            ("source", source()),
        ],
    )
}

fn details(topic: Topic) -> Vec<(&'static str, Value)> {
    match topic {
        Topic::Products => vec![("category", maybe("The kind of software"))],
        Topic::Pricing => vec![
            ("price", maybe("A plain decimal such as 49.00")),
            ("currency", maybe("ISO 4217 code")),
            ("billing_period", billing_period()),
        ],
        Topic::IdealCustomers => vec![
            ("industries", texts("Industries named")),
            ("company_size", maybe("Size named, such as 200 to 2,000 employees")),
        ],
        Topic::Personas => vec![
            ("seniority", maybe("Level, such as Director")),
            ("goals", texts("What these people want to reach")),
            ("pain_points", texts("What keeps them from it")),
        ],
        Topic::Leadership => vec![("role", maybe("Present title"))],
        Topic::CaseStudies | Topic::News => vec![("date", maybe("YYYY-MM-DD"))],
        Topic::Competitors | Topic::Integrations | Topic::Positioning => Vec::new(),
    }
}

/// Returns the schema of a list as the only property of an object, since strict mode requires an object at the root.
fn answer(list: &'static str, properties: Vec<(&'static str, Value)>) -> Value {
    object(vec![(list, json!({ "type": "array", "items": object(properties) }))])
}

fn source() -> Value {
    object(vec![
        ("url", text("Full address of the page")),
        ("title", text("Title of the page")),
        ("quote", text("The sentences that state the fact, word for word")),
    ])
}

fn object(properties: Vec<(&'static str, Value)>) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

fn billing_period() -> Value {
    let periods = ["MONTHLY", "QUARTERLY", "YEARLY", "ONE_TIME", "USAGE"];
    let values: Vec<Value> = periods.iter().map(|p| json!(p)).chain([Value::Null]).collect();
    json!({ "type": ["string", "null"], "enum": values })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn maybe(description: &str) -> Value {
    json!({ "type": ["string", "null"], "description": description })
}

fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the rules of strict mode at every level.
    fn assert_strict(schema: &Value) {
        const KNOWN: [&str; 7] =
            ["type", "properties", "required", "additionalProperties", "items", "enum", "description"];
        for keyword in schema.as_object().unwrap().keys() {
            assert!(KNOWN.contains(&keyword.as_str()), "{keyword}");
        }
        if schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false);
            let properties = schema["properties"].as_object().unwrap();
            let required = schema["required"].as_array().unwrap();
            assert_eq!(properties.len(), required.len());
            assert!(required.iter().all(|name| properties.contains_key(name.as_str().unwrap())));
            properties.values().for_each(assert_strict);
        }
        if schema["type"] == "array" {
            assert_strict(&schema["items"]);
        }
    }

    #[test]
    fn every_schema_keeps_the_rules_of_strict_mode() {
        for topic in Topic::ALL {
            assert_strict(&findings(topic));
        }
        assert_strict(&customers());
    }

    #[test]
    fn the_root_is_an_object() {
        for topic in Topic::ALL {
            assert_eq!(findings(topic)["type"], "object", "{topic}");
        }
        assert_eq!(customers()["type"], "object");
    }
}
