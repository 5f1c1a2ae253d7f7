//! Finding passages by their meaning, with a stand-in for the provider of vectors. Its vectors say how long a text is and
//! how many vowels it has, so a question is near to a text of as many vowels for its length.

use std::{sync::LazyLock, time::Duration};

use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use super::{add, search, texts};
use crate::support::{
    Client, TestApp, TestAppBuilder,
    llm::{Behaviour, Dialect, StandIn},
    patience,
};

const VOWELS: &str = "# Song\nAiaiai, oeoeo aua eie, ueo oia aue!";
const CONSONANTS: &str = "# Cough\nHmpf grr psst brr tsk, zzz krch mhm.";

fn server(provider: &StandIn) -> TestAppBuilder {
    TestApp::builder()
        .set("KNOWLEDGE_EMBEDDINGS", "true")
        .set("OLLAMA_HOST", provider.url())
        .set("OLLAMA_EMBEDDING_MODEL", "test/embedder")
        .set("KNOWLEDGE_MIN_COSINE", 0.35)
        .set("LLM_MAX_ATTEMPTS", 1)
        .set("LLM_BREAKER_FAILURES", 100)
}

/// Waits until passages of the base `cellar` are found by their meaning.
async fn found_by_meaning(client: &Client, query: &str, count: usize) -> Vec<Value> {
    patience(async {
        loop {
            let hits = search(client, query).await;
            if hits.iter().filter(|hit| hit["meaningRank"].is_i64()).count() == count {
                return hits;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    })
    .await
}

async fn jobs(client: &Client) -> Vec<Value> {
    let query = "{ jobs(filter: {kind: {eq: EMBED_PASSAGES}}) { nodes { status error { code message } } } }";
    client.ok(query, json!({})).await["jobs"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_question_without_a_word_of_the_text_finds_it_by_its_meaning() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", &format!("{CONSONANTS}\n{VOWELS}")).await;
    let hits = found_by_meaning(&admin, "ooh aah eee", 2).await;
    assert!(texts(&hits)[0].starts_with("Aiaiai"), "{hits:#?}");
    assert_eq!((&hits[0]["wordRank"], &hits[0]["meaningRank"]), (&json!(null), &json!(1)));
    assert_eq!((&hits[1]["meaningRank"], &hits[1]["isDegraded"]), (&json!(2), &json!(false)));
    app.stop().await;
}

#[tokio::test]
async fn places_by_words_and_by_meaning_are_merged() {
    let provider = StandIn::start(Dialect::OpenAi).await;
    let builder = TestApp::builder().set("KNOWLEDGE_EMBEDDINGS", "true").set("OPENAI_API_KEY", "sk-of-a-test");
    let app = builder.set("OPENAI_BASE_URL", provider.url()).set("KNOWLEDGE_MIN_COSINE", 0.35).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", &format!("{CONSONANTS}\n{VOWELS}")).await;
    // Its one known word stands in the text of consonants, its vowels are those of the other.
    let hits = found_by_meaning(&admin, "psst oueaiou aeiou oui eau", 2).await;
    let mut ranks: Vec<_> = hits.iter().map(|hit| json!([hit["wordRank"], hit["meaningRank"]]).to_string()).collect();
    ranks.sort();
    assert_eq!(ranks, ["[1,2]", "[null,1]"], "{hits:#?}");
    let scores: Vec<_> = hits.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.iter().all(|score| (0.0..=1.0).contains(score)) && scores[0] >= scores[1], "{hits:#?}");
    app.stop().await;
}

#[tokio::test]
async fn a_provider_that_fails_or_is_slow_leaves_the_words_and_the_answer_says_so() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).set("KNOWLEDGE_QUERY_MS", 300).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", &format!("{CONSONANTS}\n{VOWELS}")).await;
    found_by_meaning(&admin, "psst", 2).await;
    for failure in [Behaviour::status(500), Behaviour::Hang, Behaviour::Body("application/json", "{}".to_owned())] {
        provider.always(failure.clone());
        let hits = search(&admin, "psst").await;
        let [hit] = &hits[..] else { panic!("{failure:?}: {hits:#?}") };
        assert_eq!(
            (&hit["wordRank"], &hit["meaningRank"], &hit["isDegraded"]),
            (&json!(1), &json!(null), &json!(true))
        );
    }
    provider.always(Behaviour::say(""));
    assert_eq!(found_by_meaning(&admin, "psst", 2).await[0]["isDegraded"], false);
    app.stop().await;
}

#[tokio::test]
async fn a_document_is_found_by_words_while_its_vectors_cannot_be_made_and_the_job_tries_again() {
    let provider = StandIn::start(Dialect::Ollama).await;
    provider.always(Behaviour::status(503));
    let app = server(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", VOWELS).await;
    provider.has_got(1).await;
    let hits = search(&admin, "aiaiai").await;
    assert_eq!((&hits[0]["wordRank"], &hits[0]["isDegraded"]), (&json!(1), &json!(false)));
    provider.always(Behaviour::say(""));
    app.advance(chrono::TimeDelta::minutes(5));
    let admin = app.admin().await;
    found_by_meaning(&admin, "aiaiai", 1).await;
    assert!(jobs(&admin).await.iter().all(|job| job["status"] != "FAILED"));
    app.stop().await;
}

#[tokio::test]
async fn a_model_that_is_set_up_later_gets_the_vectors_of_what_was_there_before() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let before = TestApp::builder().quiet().start().await;
    add(&before.admin().await, "Sounds", VOWELS).await;
    let app = server(&provider).on(&before.db).start().await;
    let admin = app.admin().await;
    found_by_meaning(&admin, "ooh", 1).await;
    before.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn vectors_of_another_model_are_not_compared() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", VOWELS).await;
    found_by_meaning(&admin, "ooh", 1).await;
    let other = server(&provider).quiet().set("OLLAMA_EMBEDDING_MODEL", "test/other").on(&app.db).start().await;
    assert!(search(&admin.at(other.address), "ooh").await.is_empty());
    other.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn another_copy_finds_by_meaning_as_soon_as_the_vectors_are_there() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).start().await;
    let other = server(&provider).quiet().on(&app.db).start().await;
    let admin = app.admin().await;
    let there = admin.at(other.address);
    add(&admin, "Sounds", VOWELS).await;
    search(&there, "ooh").await;
    let here = found_by_meaning(&admin, "ooh", 1).await;
    assert_eq!(search(&there, "ooh").await, here);
    other.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn one_whose_passages_go_away_while_vectors_are_made_leaves_nothing_behind() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).without_worker().start().await;
    let admin = app.admin().await;
    let document = add(&admin, "Sounds", VOWELS).await;
    super::remove(&admin, &document).await;
    let worker = server(&provider).on(&app.db).start().await;
    let done = async {
        while !jobs(&admin).await.iter().all(|job| job["status"] == "COMPLETED") {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    patience(done).await;
    let orphans =
        "SELECT 1 AS one FROM knowledge_embeddings WHERE passage_id NOT IN (SELECT id FROM knowledge_passages)";
    let orphans = sea_orm::Statement::from_string(app.app.db.backend(), orphans);
    assert!(app.app.db.reader().query_one_raw(orphans).await.unwrap().is_none());
    worker.stop().await;
    app.stop().await;
}

/// The questions and passages by which the server measures a model.
static MEASURE: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/embeddings/scale.json")).unwrap());

/// A vector of a model that knows what texts are about, and finds any two texts half alike.
fn topics(text: &Value) -> Value {
    let text = text.as_str().unwrap();
    let pairs = MEASURE["pairs"].as_array().unwrap();
    let is_of = |pair: &Value| pair["question"] == text || text.ends_with(pair["text"].as_str().unwrap());
    let leaving = ["agreement", "get out"].iter().any(|word| text.contains(word));
    let parking = ["garage", "car"].iter().any(|word| text.contains(word));
    let topic = pairs.iter().position(is_of).or(leaving.then_some(50)).or(parking.then_some(51));
    let about = (0..52).map(|place| f64::from(topic == Some(place)));
    about.chain([1.0]).collect()
}

fn measured(provider: &StandIn) -> TestAppBuilder {
    let builder = TestApp::builder().set("KNOWLEDGE_EMBEDDINGS", "true").set("OPENAI_API_KEY", "sk-of-a-test");
    builder.set("OPENAI_BASE_URL", provider.url())
}

/// How often the provider was asked for the vectors by which a model is measured.
fn measurements(provider: &StandIn) -> usize {
    let question = &MEASURE["pairs"][0]["question"];
    provider.requests().iter().filter(|request| request.body["input"][0] == *question).count()
}

const HOUSE: &str = "# Ending\nWrite to us four weeks ahead and the agreement is over.\n\n\
    # Below\nThe garage has forty places and is open at night.";

#[tokio::test]
async fn a_paraphrase_finds_its_passage_alone_and_what_no_passage_is_about_finds_nothing() {
    let provider = StandIn::start(Dialect::OpenAi).await;
    provider.always(Behaviour::Vectors(topics));
    let app = measured(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "House", HOUSE).await;
    let hits = found_by_meaning(&admin, "How do I get out of this?", 1).await;
    assert_eq!(texts(&hits), ["Write to us four weeks ahead and the agreement is over."]);
    assert_eq!((&hits[0]["wordRank"], &hits[0]["meaningRank"]), (&json!(null), &json!(1)));
    // The words stand for one passage, the meaning for the other, and more strongly.
    let hits = search(&admin, "four weeks with my car").await;
    assert!(texts(&hits)[0].starts_with("The garage"), "{hits:#?}");
    // What is about nothing here is 0.7 near to everything.
    for foreign in ["Who wrote Hamlet?", "Does the four o'clock train run on weekends?", "thanks"] {
        let hits = search(&admin, foreign).await;
        assert!(hits.is_empty(), "{foreign}: {hits:#?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_model_is_measured_once_also_when_its_vectors_were_there_before() {
    let provider = StandIn::start(Dialect::OpenAi).await;
    provider.always(Behaviour::Vectors(topics));
    let before = measured(&provider).start().await;
    let admin = before.admin().await;
    add(&admin, "House", HOUSE).await;
    found_by_meaning(&admin, "How do I get out of this?", 1).await;
    let again = measured(&provider).on(&before.db).start().await;
    add(&admin.at(again.address), "Annex", "# Beside\nA shed for bicycles.").await;
    found_by_meaning(&admin.at(again.address), "How do I get out of this?", 1).await;
    assert_eq!(measurements(&provider), 1);
    // As a release has left it that did not measure.
    let tx = before.app.db.begin().await.unwrap();
    tx.execute_unprepared("DELETE FROM knowledge_scales").await.unwrap();
    tx.commit().await.unwrap();
    let later = measured(&provider).on(&before.db).start().await;
    found_by_meaning(&admin.at(later.address), "How do I get out of this?", 1).await;
    assert_eq!(measurements(&provider), 2);
    before.stop().await;
    again.stop().await;
    later.stop().await;
}

#[tokio::test]
async fn a_model_that_does_not_tell_answers_from_other_texts_leaves_the_words() {
    let provider = StandIn::start(Dialect::OpenAi).await;
    let app = measured(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "Sounds", &format!("{CONSONANTS}\n{VOWELS}")).await;
    let done = async {
        while !jobs(&admin).await.iter().all(|job| job["status"] == "COMPLETED") {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    };
    patience(done).await;
    let hits = search(&admin, "psst aiaiai").await;
    assert_eq!(hits.len(), 2);
    assert!(hits.iter().all(|hit| hit["meaningRank"].is_null() && hit["isDegraded"] == false), "{hits:#?}");
    app.stop().await;
}

#[tokio::test]
async fn the_title_stands_above_a_passage_without_a_heading_when_its_vector_is_made() {
    let provider = StandIn::start(Dialect::Ollama).await;
    let app = server(&provider).start().await;
    let admin = app.admin().await;
    add(&admin, "Refunds", "Within five days.\n\n# Contact\n\nBy mail.").await;
    found_by_meaning(&admin, "refunds", 2).await;
    let texts: Vec<_> = provider
        .requests()
        .into_iter()
        .flat_map(|request| request.body["input"].clone().as_array().cloned())
        .flatten()
        .collect();
    for text in ["Refunds\nWithin five days.", "Contact\nBy mail."] {
        assert!(texts.contains(&json!(text)), "{texts:#?}");
    }
    app.stop().await;
}
