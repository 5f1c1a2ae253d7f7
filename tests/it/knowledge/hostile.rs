//! Questions and texts that mean harm, or nothing.

use serde_json::json;

use super::{ADD, SEARCH, add, draft, problems, search, texts};
use crate::support::TestApp;

#[tokio::test]
async fn a_question_is_words_and_no_query_language() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    add(&admin, "Reds", "# a\nBarolo is red.\n# b\nRiesling is white.").await;
    for query in [
        "title:barolo",
        "+barolo -red",
        "\"barolo",
        "barolo AND NOT red",
        "(barolo",
        "*barolo* barolo~3^9",
        "[a TO barolo}",
    ] {
        assert_eq!(texts(&search(&admin, query).await)[0], "Barolo is red.", "{query}");
    }
    for query in
        ["*", "*:*", "\"", "'; DROP TABLE knowledge_documents; --", "what is the", "???", "\u{1}\u{202e}", "🍷"]
    {
        assert_eq!(texts(&search(&admin, query).await), [""; 0], "{query}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_question_has_a_length_and_an_answer_a_size() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let refused = problems(&admin, SEARCH, json!({"base": "Wine!", "query": " ", "first": 51})).await;
    let paths: Vec<_> = refused.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["base", "query", "first"]);
    let refused = problems(&admin, SEARCH, json!({"base": "cellar", "query": "x".repeat(2001)})).await;
    assert!(refused[0].1.contains("2000"), "{refused:?}");
    assert!(search(&admin, &"wine ".repeat(400)).await.is_empty());
    app.stop().await;
}

#[tokio::test]
async fn what_the_server_itself_asks_is_cut_instead_of_refused() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    add(&admin, "Reds", "Barolo is red.").await;
    let knowledge = rapport::domains::knowledge::Knowledge::new(app.app.clone());
    let long = format!("barolo {}", "and on and on ".repeat(100_000));
    let found = knowledge.retrieve("cellar", &long, 3).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].title.as_str(), found[0].text.as_str()), ("Reds", "Barolo is red."));
    assert!(knowledge.retrieve("no such base", "barolo", 3).await.unwrap().is_empty());
    let cited = knowledge.passages_by_ids(&[found[0].passage]).await.unwrap();
    assert_eq!((cited[0].passage, cited[0].heading.as_str()), (found[0].passage, ""));
    app.stop().await;
}

#[tokio::test]
async fn texts_that_are_made_to_be_slow_or_to_confuse_are_taken_as_they_are() {
    let app = TestApp::builder().quiet().set("MAX_BODY_BYTES", 4_000_000).start().await;
    let admin = app.admin().await;
    let contents = [
        ("HTML", format!("{}barolo", "<div><h1>".repeat(20_000))),
        ("HTML", format!("{}<p>barolo", "</h1></div>".repeat(18_000))),
        ("MARKDOWN", format!("{} barolo", "#".repeat(190_000))),
        ("MARKDOWN", format!("{} barolo", "> - ".repeat(40_000))),
        ("TEXT", format!("{} barolo", "x".repeat(199_000))),
        ("TEXT", format!("bar\u{200b}olo\u{7}{}", "\u{202e}\u{1}".repeat(50_000))),
    ];
    for (number, (format, content)) in contents.into_iter().enumerate() {
        let mut input = draft(&format!("Number {number}"), &content);
        input["format"] = json!(format);
        let data = admin.ok(ADD, json!({"input": input})).await;
        let title = &data["addKnowledgeDocument"]["title"];
        let found = search(&admin, "barolo").await;
        assert!(found.iter().any(|hit| hit["passage"]["document"]["title"] == *title), "{format} {number}: {found:#?}");
        let text = found.iter().map(|hit| hit["passage"]["text"].as_str().unwrap().len()).max();
        assert!(text.unwrap() < 20_000);
        super::remove(&admin, &data["addKnowledgeDocument"]).await;
    }
    app.stop().await;
}

#[tokio::test]
async fn a_content_without_words_is_refused() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    for (format, content) in
        [("TEXT", "\u{1}\u{feff} \n"), ("HTML", "<script>alert(1)</script>"), ("MARKDOWN", "---\n***")]
    {
        let mut input = draft("Nothing", content);
        input["format"] = json!(format);
        let refused = problems(&admin, ADD, json!({"input": input})).await;
        assert_eq!(refused[0].0, "input.content", "{format}");
    }
    app.stop().await;
}
