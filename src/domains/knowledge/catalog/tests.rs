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

/// Returns a document of passages, each a text with its vector.
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

fn numbers(documents: &[Arc<Indexed>], found: Vec<At>) -> Vec<u128> {
    found.into_iter().map(|(document, place)| documents[document].passages[place].id.uuid().as_u128()).collect()
}

fn found(documents: &[Arc<Indexed>], query: &str) -> Vec<u128> {
    numbers(documents, by_words(&Analysis::new(), documents, query).unwrap().order)
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
    let documents = [texts(1, &["same letters", "letters same"]), texts(2, &["Same letters"])];
    assert_eq!(found(&documents, "letters"), [100, 101, 200]);
}

#[test]
fn meaning_is_the_nearness_of_vectors_and_those_of_another_space_are_left_out() {
    let documents =
        [indexed(1, &[("a", Some(&[0.6, 0.8])), ("b", Some(&[1.0, 0.0])), ("c", None), ("d", Some(&[1.0]))])];
    let found =
        |query: &[f32]| numbers(&documents, by_meaning(&documents, &[query.to_vec()], Scale::of_floor(0.3)).order);
    assert_eq!(found(&[1.0, 0.0]), [101, 100]);
    assert_eq!(found(&[0.0, -1.0]), [0; 0]);
}

#[test]
fn a_passage_that_stands_twice_is_found_once() {
    let documents = [texts(1, &["Barolo is red."]), texts(2, &["Barolo  is\nred.", "Barolo is old."])];
    assert_eq!(found(&documents, "barolo"), [100, 201]);
}

/// Returns the relevant passages for a question.
fn bearing(documents: &[Arc<Indexed>], query: &str) -> Vec<u128> {
    let ranked = by_words(&Analysis::new(), documents, query).unwrap();
    let found = merged(documents, &ranked, &Ranked::default()).into_iter();
    found.map(|fused| fused.item.uuid().as_u128()).collect()
}

#[test]
fn a_passage_bears_on_a_question_when_it_has_most_of_what_is_asked_for() {
    let documents = [texts(1, &["We refund an order within five days.", "Delivery to the tower takes two weeks."])];
    assert_eq!(bearing(&documents, "How long does a refund take?"), [100]);
    assert_eq!(bearing(&documents, "Who built the Eiffel tower in Paris?"), [0; 0]);
    assert_eq!(bearing(&documents, "thanks, maybe in two weeks"), [0; 0]);
    let told = "Hi, I am Dana of Acme in Berlin, dana@acme.example, and I would like to get a refund for my order.";
    assert_eq!(bearing(&documents, told), [100]);
}

#[test]
fn each_part_of_a_question_finds_its_passage() {
    let many = [
        "Refunds of orders take five days.",
        "Refunds and orders again.",
        "Orders and refunds once more.",
        "Refunds of orders.",
        "The warehouse lies in Lyon.",
    ];
    let documents = [texts(1, &many)];
    for query in ["How do refunds of orders work, and where is the warehouse?", "refunds of orders and the warehouse"] {
        assert!(bearing(&documents, query)[..3].contains(&104), "{query}");
    }
}

#[test]
fn scripts_without_spaces_are_searched_by_words() {
    let documents = [texts(
        1,
        &[
            "我们在五天内退款。请保留发票。",
            "仓库位于里昂，周日关门。",
            "返金は五日以内に行います。",
            "倉庫はリヨンにあります。",
            "เราคืนเงินภายในห้าวัน",
            "คลังสินค้าอยู่ที่ลียง",
            "환불은 5일 이내에 처리됩니다.",
            "창고는 리옹에 있습니다.",
        ],
    )];
    for (query, expected) in [
        ("退款需要多长时间？", 100),
        ("仓库在哪里", 101),
        ("返金には何日かかりますか", 102),
        ("倉庫はどこですか", 103),
        ("คืนเงินกี่วัน", 104),
        ("คลังสินค้าอยู่ที่ไหน", 105),
        ("환불 언제", 106),
    ] {
        assert_eq!(bearing(&documents, query).first(), Some(&expected), "{query}");
    }
    assert_eq!(bearing(&documents, "今天天气怎么样"), [0; 0]);
}
