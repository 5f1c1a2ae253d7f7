//! Whether questions find the passages that answer them: by words alone, as it is without a language model.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::json;

use super::{SEARCH, search_in};
use crate::support::TestApp;

/// A question, and the heading of the passage that answers it.
#[derive(Deserialize)]
struct Asked {
    question: String,
    heading: String,
}

const QUESTIONS: &str = include_str!("../../data/knowledge_questions.json");
/// Written when the texts were done, and no text was changed for them.
const MORE_QUESTIONS: &str = include_str!("../../data/knowledge_more_questions.json");
const SUPPORT: [(&str, &str); 6] = [
    ("I forgot my password, what now?", "The first administrator and a lost password"),
    ("How do I let a script in without a password?", "API keys for programs"),
    ("Can I run more than one copy at the same time?", "Running several copies with PostgreSQL and Redis"),
    ("My websocket broke, did I miss events?", "Subscriptions and lost connections"),
    ("Why is my query refused as too complex?", "Limits on what operations cost"),
    ("How can I invite a colleague?", "Inviting colleagues"),
];

/// The places among the first five of the passages that should be found, and what was not first.
async fn places(app: &TestApp, base: &str, asked: &[(String, String)]) -> (Vec<Option<usize>>, Vec<String>) {
    let admin = app.admin().await;
    let (mut places, mut missed) = (Vec::new(), Vec::new());
    for (question, heading) in asked {
        let hits = search_in(&admin, base, question).await;
        let headings: Vec<_> = hits.iter().map(|hit| hit["passage"]["heading"].as_str().unwrap()).collect();
        let place = headings.iter().position(|found| found == heading);
        if place != Some(0) {
            missed.push(format!("{question} -> {headings:?}"));
        }
        places.push(place);
    }
    (places, missed)
}

/// Asks the questions of a table of so many, and expects so many answers in the first place and among the first three.
async fn answers(table: &str, questions: usize, first: usize, among_three: usize) {
    let app = TestApp::builder().quiet().start().await;
    let asked: Vec<Asked> = serde_json::from_str(table).unwrap();
    let asked: Vec<_> = asked.into_iter().map(|asked| (asked.question, asked.heading)).collect();
    assert_eq!(asked.len(), questions);
    let (places, missed) = places(&app, "hedge-fund", &asked).await;
    let within = |limit| places.iter().flatten().filter(|place| **place < limit).count();
    let missed = missed.join("\n");
    assert!(within(1) >= first && within(3) >= among_three, "{} first, {} of three\n{missed}", within(1), within(3));
    app.stop().await;
}

#[tokio::test]
async fn questions_on_markets_find_the_passage_that_answers_them() {
    answers(QUESTIONS, 30, 24, 28).await;
}

#[tokio::test]
async fn questions_that_no_text_was_written_for_find_it_mostly() {
    answers(MORE_QUESTIONS, 23, 15, 20).await;
}

#[tokio::test]
async fn questions_on_the_product_find_the_passage_that_answers_them() {
    let app = TestApp::builder().quiet().start().await;
    let asked: Vec<_> = SUPPORT.map(|(question, heading)| (question.to_owned(), heading.to_owned())).into();
    let (places, missed) = places(&app, "support", &asked).await;
    assert!(places.iter().all(|place| *place == Some(0)), "{}", missed.join("\n"));
    app.stop().await;
}

#[tokio::test]
async fn each_passage_that_comes_with_the_server_stands_by_itself_below_a_heading_of_its_own() {
    let app = TestApp::builder().quiet().set("MAX_COST", 100_000).start().await;
    let admin = app.admin().await;
    let query = "{ knowledgeDocuments(filter: {isSystem: true}) { nodes { base passages(first: 100) {
        nodes { heading words } } } } }";
    let data = admin.ok(query, json!({})).await;
    for (document, least) in data["knowledgeDocuments"]["nodes"].as_array().unwrap().iter().zip([12, 40]) {
        let passages = document["passages"]["nodes"].as_array().unwrap();
        assert!(passages.len() >= least, "{} has {}", document["base"], passages.len());
        let headings: BTreeSet<_> = passages.iter().map(|passage| passage["heading"].as_str().unwrap()).collect();
        assert_eq!(headings.len(), passages.len());
        for passage in passages {
            assert!((60..=200).contains(&passage["words"].as_i64().unwrap()), "{passage:#}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn as_many_passages_are_returned_as_are_asked_for_the_best_first() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let asked = json!({"base": "hedge-fund", "query": "What do funds risk in the market?", "first": 20});
    let data = admin.ok(SEARCH, asked).await;
    let hits = data["searchKnowledge"].as_array().unwrap();
    assert_eq!(hits.len(), 20);
    for (hit, rank) in hits.iter().zip(1..) {
        assert_eq!(
            (&hit["wordRank"], &hit["meaningRank"], &hit["isDegraded"]),
            (&json!(rank), &json!(null), &json!(false))
        );
        assert!((hit["score"].as_f64().unwrap() - 1.0 / (60.0 + f64::from(rank))).abs() < 1e-9);
    }
    app.stop().await;
}
