//! Tests of reading utterances.

mod hostile;
mod model;
mod table;

use std::collections::BTreeSet;

use super::{Change, Collected, Known, Money, Period, Source, Value, collect, is_complete, next_question};
use crate::personas::{FieldKind, FieldSpec};

/// Returns the fields of the tests: one of each kind.
pub(super) fn fields() -> Vec<FieldSpec> {
    let mut topic = FieldSpec::new("topic", FieldKind::Text, "What it is about");
    topic.cues = ["it's about", "I have a question about", "I have a problem with"].map(str::to_owned).to_vec();
    topic.required = false;
    vec![
        topic,
        FieldSpec::new("name", FieldKind::Name, "Name"),
        FieldSpec::new("email", FieldKind::Email, "Email"),
        FieldSpec { required: false, ..FieldSpec::new("phone", FieldKind::Phone, "Phone") },
        FieldSpec { least: 1000, ..FieldSpec::new("income", FieldKind::Money, "Income") },
    ]
}

/// Returns the known values after a visitor has said all this, each after being asked for it.
pub(super) fn known(told: &[(&str, &str)]) -> Collected {
    let mut known = Collected::default();
    for (key, answer) in told {
        let changes = collect(&fields(), &known, Some(*key), answer);
        assert!(changes.iter().any(|change| change.key == *key && change.value.is_some()), "{key}: {answer}");
        known.apply(&changes);
    }
    known
}

#[test]
fn required_fields_are_asked_for_first_and_none_twice() {
    let fields = fields();
    let next = |known: &Collected, passed: &[&str]| {
        let passed: BTreeSet<String> = passed.iter().map(|key| (*key).to_owned()).collect();
        next_question(&fields, known, &passed).map(|field| field.key.clone())
    };
    assert_eq!(next(&Collected::default(), &[]).as_deref(), Some("name"));
    assert_eq!(next(&known(&[("name", "Dana")]), &["email"]).as_deref(), Some("income"));
    assert_eq!(next(&Collected::default(), &["name", "email", "income"]).as_deref(), Some("topic"));
    assert_eq!(next(&Collected::default(), &["name", "email", "income", "topic", "phone"]), None);
}

#[test]
fn a_talk_is_complete_when_all_required_fields_are_known() {
    let told = [("name", "Dana"), ("email", "dana@example.com"), ("income", "120k")];
    assert!(!is_complete(&fields(), &known(&told[..2])));
    assert!(is_complete(&fields(), &known(&told)));
}

#[test]
fn a_value_carries_the_sentence_that_proves_it() {
    let changes = collect(&fields(), &Collected::default(), None, "Nice place. I'm Dana, hello! What now?");
    assert_eq!(
        changes,
        [Change {
            key: "name".to_owned(),
            value: Some(Value::Name("Dana".to_owned())),
            quote: "I'm Dana, hello!".to_owned(),
            source: Source::Rule,
        }]
    );
}

#[test]
fn a_refusal_takes_nothing_back() {
    let mut known = known(&[("name", "Dana")]);
    let before = known.clone();
    known.apply(&collect(&fields(), &known, Some("name"), "I'd rather not say"));
    assert_eq!(known, before);
}

#[test]
fn what_is_known_survives_storage() {
    let known = known(&[("name", "Dana"), ("income", "9.5k a month")]);
    let json = serde_json::to_value(&known).unwrap();
    assert_eq!(json["income"]["value"]["value"]["minorPerYear"], 11_400_000);
    assert_eq!(serde_json::from_value::<Collected>(json).unwrap(), known);
}

#[test]
fn an_amount_of_a_month_is_told_over_a_year_too() {
    let known = known(&[("income", "9.5k a month")]);
    let Known { value: Value::Money(money), .. } = known.get("income").unwrap() else { panic!("no money") };
    assert_eq!(*money, Money::new(950_000, "USD", Period::Month).unwrap());
    assert_eq!(money.minor_per_year, 11_400_000);
}
