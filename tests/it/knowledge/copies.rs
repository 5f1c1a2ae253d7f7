//! Several servers on one database.

use serde_json::Value;

use super::{add, remove, search, texts};
use crate::support::{Client, Process, TestApp};

#[tokio::test]
async fn what_one_process_adds_or_removes_another_finds_or_misses_at_once() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let other = Process::start(&app.db, &[]).await;
    let there = admin.at(other.address);
    assert!(search(&there, "barolo").await.is_empty());
    let document = add(&admin, "Reds", "Barolo.").await;
    assert_eq!(texts(&search(&there, "barolo").await), ["Barolo."]);
    add(&there, "More reds", "Barolo too.").await;
    assert_eq!(search(&admin, "barolo").await.len(), 2);
    remove(&there, &document).await;
    assert_eq!(texts(&search(&admin, "barolo").await), ["Barolo too."]);
    assert_eq!(texts(&search(&there, "barolo").await), ["Barolo too."]);
    other.terminate().await;
    app.stop().await;
}

/// What each of several questions finds, with ids, places and scores.
async fn everything(client: &Client) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    for query in ["alpha", "beta gamma", "delta alpha epsilon", "document of words", "gamma"] {
        found.push(search(client, query).await);
    }
    found
}

/// A text of words whose number depends on `number`, with many equals.
fn content(number: usize) -> String {
    let words = ["alpha", "beta", "gamma", "delta", "epsilon"];
    let passage = |place: usize| {
        let words: Vec<_> = (0..=(number + place) % 4).map(|n| words[(number * place + n) % words.len()]).collect();
        format!("# Part {place} of {number}\n{} in a document of words.\n", words.join(" "))
    };
    (0..4).map(passage).collect()
}

#[tokio::test]
async fn copies_rank_alike_whatever_each_of_them_has_seen_come_and_go() {
    let witness = TestApp::builder().quiet().start().await;
    let sleeper = TestApp::builder().quiet().on(&witness.db).start().await;
    let admin = witness.admin().await;
    let mut documents = Vec::new();
    for number in 0..12 {
        documents.push(add(&admin, &format!("Document {number}"), &content(number)).await);
        // The witness builds its index change by change, with all that is gone later.
        everything(&admin).await;
    }
    for number in [3, 0, 7, 11] {
        remove(&admin, &documents[number]).await;
        everything(&admin).await;
    }
    documents.push(add(&admin, "Document 3", &content(3)).await);
    let seen = everything(&admin).await;
    assert!(seen.iter().all(|hits| hits.len() == 5), "{seen:#?}");
    assert_eq!(everything(&admin.at(sleeper.address)).await, seen, "one that looks for the first time");
    let newcomer = TestApp::builder().quiet().on(&witness.db).start().await;
    assert_eq!(everything(&admin.at(newcomer.address)).await, seen, "one that was just started");
    for app in [newcomer, sleeper, witness] {
        app.stop().await;
    }
}

#[tokio::test]
async fn documents_that_are_added_at_the_same_time_on_two_copies_are_all_found_on_both() {
    let app = TestApp::builder().quiet().start().await;
    let other = TestApp::builder().quiet().on(&app.db).start().await;
    let here = app.admin().await;
    let there = here.at(other.address);
    let adding = (0..20).map(|number| {
        let client = if number % 2 == 0 { &here } else { &there };
        async move {
            add(client, &format!("Document {number}"), &format!("Barolo marker{number}.")).await;
            // Searches in between must not make a later one believe that it knows all.
            search(client, "barolo").await;
        }
    });
    futures_util::future::join_all(adding).await;
    for client in [&here, &there] {
        for number in 0..20 {
            assert_eq!(search(client, &format!("marker{number}")).await.len(), 1, "{number}");
        }
    }
    other.stop().await;
    app.stop().await;
}

#[tokio::test]
async fn a_restart_keeps_all() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    add(&admin, "Document 1", &content(1)).await;
    let before = everything(&admin).await;
    let db = app.db.clone();
    app.stop().await;
    let app = TestApp::builder().quiet().on(&db).start().await;
    assert_eq!(everything(&app.admin().await).await, before);
    app.stop().await;
}
