use super::{super::index::Indexable, *};
use crate::domains::knowledge::DocumentFormat;

fn document(number: u128, title: &str) -> document::Model {
    let time = chrono::DateTime::UNIX_EPOCH;
    document::Model {
        id: Id::from_uuid(uuid::Uuid::from_u128(number)),
        base: "b".to_owned(),
        title: title.to_owned(),
        title_key: title.to_lowercase(),
        title_folded: title.to_lowercase(),
        format: DocumentFormat::Text,
        url: None,
        is_system: false,
        passage_count: 0,
        content_hash: String::new(),
        revision: 1,
        added_by: None,
        idempotency_key: None,
        input_hash: String::new(),
        created_at: time,
        updated_at: time,
    }
}

/// A document of passages, each a text with the vector that it has.
fn indexed(number: u128, passages: &[(&str, Option<&[f32]>)]) -> Arc<Indexed> {
    let passages = passages.iter().zip(0..).map(|((text, vector), place)| Indexable {
        id: Id::from_uuid(uuid::Uuid::from_u128(number * 100 + place)),
        heading: String::new(),
        text: (*text).to_owned(),
        vector: vector.map(<[f32]>::to_vec),
    });
    Arc::new(Indexed::build(&Analysis::new(), &document(number, "Title"), passages.collect()).unwrap())
}

fn texts(number: u128, passages: &[&str]) -> Arc<Indexed> {
    indexed(number, &passages.iter().map(|text| (*text, None)).collect::<Vec<_>>())
}

fn numbers(found: Vec<Id<passage::Model>>) -> Vec<u128> {
    found.into_iter().map(|id| id.uuid().as_u128()).collect()
}

fn found(documents: &[Arc<Indexed>], query: &str) -> Vec<u128> {
    numbers(by_words(&Analysis::new(), documents, query).unwrap())
}

#[test]
fn words_are_found_in_any_form_and_rare_ones_count_more() {
    let documents = [texts(1, &["Traders trade.", "Hedging a trade with futures.", "Nothing here."])];
    assert_eq!(found(&documents, "HEDGED trading?"), [101, 100]);
    assert_eq!(found(&documents, "future"), [101]);
    assert_eq!(found(&documents, "what is the"), [0; 0]);
    assert_eq!(found(&[], "trade"), [0; 0]);
}

#[test]
fn the_signs_of_query_languages_mean_nothing() {
    let documents = [texts(1, &["Stop losses and trade."])];
    for query in
        [r#"text:"stop" AND -loss"#, "stop~2^9", "(((", "[stop TO loss]", "*", "heading:*", "\"", "stop:", "\\"]
    {
        let looks_for_it = query.contains("stop");
        assert_eq!(found(&documents, query), if looks_for_it { vec![100] } else { vec![] }, "{query}");
    }
}

#[test]
fn a_passage_weighs_the_same_however_the_passages_are_spread_over_documents() {
    let texts_of_all = ["alpha beta gamma", "alpha alpha delta", "beta", "gamma delta epsilon alpha"];
    let whole = [texts(1, &texts_of_all)];
    let spread = [texts(2, &texts_of_all[..1]), texts(3, &texts_of_all[1..3]), texts(4, &texts_of_all[3..])];
    for query in ["alpha", "beta delta", "epsilon alpha gamma"] {
        let places = |documents: &[Arc<Indexed>]| -> Vec<String> {
            let text = |number: u128| match number {
                200 => 0,
                300 | 301 => number - 299,
                400 => 3,
                number => number - 100,
            };
            found(documents, query).into_iter().map(|number| text(number).to_string()).collect()
        };
        assert_eq!(places(&whole), places(&spread), "{query}");
    }
}

#[test]
fn equals_stand_in_the_order_of_documents_and_places() {
    let documents = [texts(1, &["same words", "same words"]), texts(2, &["same words"])];
    assert_eq!(found(&documents, "words"), [100, 101, 200]);
}

#[test]
fn meaning_is_the_nearness_of_vectors_and_those_of_another_space_are_left_out() {
    let documents =
        [indexed(1, &[("a", Some(&[0.6, 0.8])), ("b", Some(&[1.0, 0.0])), ("c", None), ("d", Some(&[1.0]))])];
    assert_eq!(numbers(by_meaning(&documents, &[1.0, 0.0])), [101, 100]);
    assert_eq!(numbers(by_meaning(&documents, &[0.0, -1.0])), [0; 0]);
}
