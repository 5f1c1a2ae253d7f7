//! Name, address and income as the talk goes, and the lead that comes of them.

use serde_json::{Value, json};

use super::{Behaviour, Talk, started, without_model};
use crate::support::{Client, TestApp};

const LEADS: &str =
    "{ leads { nodes { name email income { amount { amount currency } period } source sourceDetail } } }";
const MAILS: &str = "{ outbox { nodes { kind status subject text } } }";

/// Says something, waits for the answer, and returns it.
async fn ask(app: &TestApp, talk: &Talk, text: &str) -> Value {
    talk.answered(app.address, text).await.last().unwrap().clone()
}

/// What is known, by key.
fn known(answered: &Value) -> Vec<(String, String)> {
    let fields = answered["collected"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    fields.filter_map(|field| Some((text(&field["key"])?, text(&field["value"])?))).collect()
}

async fn leads(admin: &Client) -> Vec<Value> {
    admin.ok(LEADS, json!({})).await["leads"]["nodes"].as_array().unwrap().clone()
}

async fn mails(admin: &Client) -> Vec<Value> {
    admin.ok(MAILS, json!({})).await["outbox"]["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_talk_without_a_model_ends_with_a_lead_and_two_mails() {
    let app = without_model().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    let personas = app.anonymous().ok("{ personas { collects { key isRequired } } }", json!({})).await;
    let fields = personas["personas"][0]["collects"].as_array().unwrap().clone();
    assert!(fields.iter().all(|field| field["isRequired"] == true), "{fields:#?}");

    let first = ask(&app, &talk, "What do you think about momentum trading?").await;
    assert!(known(&first).is_empty());
    // It asks for the name, which the next message gives without a sentence around it.
    let named = ask(&app, &talk, "Dana Scully").await;
    assert_eq!(known(&named), [("name".to_owned(), "Dana Scully".to_owned())]);
    ask(&app, &talk, "And what about drawdowns?").await;
    let mailed = ask(&app, &talk, "You can write to dana@example.com").await;
    assert_eq!(known(&mailed).len(), 2);
    assert_eq!(mailed["isComplete"], false);
    assert!(leads(&admin).await.is_empty() && mails(&admin).await.is_empty());
    let earned = ask(&app, &talk, "I make about 85,000 dollars a year").await;
    assert_eq!((earned["isComplete"].clone(), known(&earned).len()), (json!(true), 3));
    let last = ask(&app, &talk, "Thanks. Is leverage a good idea?").await;
    assert_eq!(last["isComplete"], true);

    let lead = json!({
        "name": "Dana Scully", "email": "dana@example.com", "source": "CHAT", "sourceDetail": "Insomniac Hedge Fund Guy",
        "income": {"amount": {"amount": "85000.00", "currency": "USD"}, "period": "YEAR"},
    });
    assert_eq!(leads(&admin).await, [lead]);
    let mut kinds: Vec<_> = mails(&admin).await.iter().map(|mail| mail["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    assert_eq!(kinds, ["CHAT_SUMMARY", "NEW_LEAD"]);
    for mail in mails(&admin).await {
        assert_eq!(mail["text"].as_str().unwrap().matches("dana@example.com").count(), 1, "{mail:#}");
    }
    assert_eq!(app.count("SELECT id FROM events WHERE topic = 'analytics' AND kind = 'lead.created'").await, 1);
    let mine = "query($id: ID!) { chatSession(id: $id) { isComplete lead { name chatSession { id } } } }";
    let mine = admin.ok(mine, json!({"id": talk.id})).await["chatSession"].take();
    assert_eq!(mine, json!({"isComplete": true, "lead": {"name": "Dana Scully", "chatSession": {"id": talk.id}}}));
}

#[tokio::test]
async fn what_is_told_in_one_message_is_known_with_its_answer_to_it() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let sent = talk.say("Hi, my name is Fox Mulder. My email is fox@example.com.").await;
    let fields = sent["session"]["collected"].as_array().unwrap().clone();
    let field = |key: &str| fields.iter().find(|field| field["key"] == key).unwrap().clone();
    assert_eq!((&field("name")["value"], &field("name")["foundBy"]), (&json!("Fox Mulder"), &json!("RULE")));
    assert!(
        "Hi, my name is Fox Mulder. My email is fox@example.com.".contains(field("email")["quote"].as_str().unwrap())
    );
    assert_eq!(field("income")["value"], Value::Null);
}

#[tokio::test]
async fn a_lead_is_made_once_however_often_all_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    let all = "I am Dana Scully, dana@example.com, and I make 85,000 dollars a year.";
    futures_util::future::join_all((0..4).map(|_| talk.say(all))).await;
    talk.say("No, my email is scully@example.com").await;
    assert_eq!(leads(&admin).await.len(), 1);
    let made = mails(&admin).await.into_iter().filter(|mail| mail["kind"] == "NEW_LEAD").count();
    assert_eq!(made, 1);
    assert_eq!(app.count("SELECT id FROM events WHERE kind = 'lead.created'").await, 1);
    // Somebody else is somebody else.
    Talk::of_a_visitor(&app).await.say(all).await;
    assert_eq!(leads(&admin).await.len(), 2);
}

/// Whether a reply ends by asking for something.
fn asks(answered: &Value) -> bool {
    let last = answered["reply"]["text"].as_str().unwrap().split("\n\n").last().unwrap();
    last.contains('?') && !last.contains("[1]")
}

#[tokio::test]
async fn what_was_not_told_is_asked_for_again_after_some_turns_until_it_is_refused() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut asked = Vec::new();
    for _ in 0..6 {
        asked.push(asks(&ask(&app, &talk, "What do you think about momentum trading?").await));
    }
    assert_eq!(asked, [true, true, true, false, false, true], "each once, then the first again");
    ask(&app, &talk, "I'd rather not say my name").await;
    // The address and the income again, and then never the name.
    let mut texts = String::new();
    for _ in 0..6 {
        let answered = ask(&app, &talk, "What do you think about momentum trading?").await;
        texts += answered["reply"]["text"].as_str().unwrap();
    }
    assert!(!texts.contains("your name") && !texts.contains("call you"), "{texts}");
}

#[tokio::test]
async fn a_name_and_an_address_make_a_lead_though_the_income_is_refused() {
    let app = without_model().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    ask(&app, &talk, "I'm Dana Scully, dana@example.com").await;
    assert!(leads(&admin).await.is_empty());
    let refused = ask(&app, &talk, "None of your business").await;
    assert_eq!(refused["isComplete"], true);
    let lead = json!({"name": "Dana Scully", "email": "dana@example.com", "source": "CHAT", "sourceDetail": "Insomniac Hedge Fund Guy", "income": null});
    assert_eq!(leads(&admin).await, [lead]);
    // What is told later after all changes the lead, and the team hears of it.
    ask(&app, &talk, "Fine: I make 90,000 dollars a year").await;
    assert_eq!(leads(&admin).await[0]["income"]["amount"]["amount"], "90000.00");
    assert!(mails(&admin).await.iter().any(|mail| mail["kind"] == "LEAD_CHANGED"));
}

#[tokio::test]
async fn a_curious_visitor_who_never_tells_the_income_becomes_a_lead_when_it_was_asked_for_twice() {
    let app = without_model().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    ask(&app, &talk, "I'm Dana Scully, dana@example.com").await;
    for _ in 0..5 {
        ask(&app, &talk, "What do you think about momentum trading?").await;
        assert!(leads(&admin).await.is_empty());
    }
    ask(&app, &talk, "And what about drawdowns?").await;
    assert_eq!(leads(&admin).await.len(), 1);
}

#[tokio::test]
async fn a_correction_after_completion_changes_the_lead_and_the_team_is_told() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    talk.say("I am Dana Scully, dana@example.com, and I make 85,000 dollars a year.").await;
    talk.say("No, my email is scully@example.com").await;
    talk.say("No, my email is scully@example.com").await;
    let lead = "{ leads { nodes { name email version } } }";
    let lead = admin.ok(lead, json!({})).await["leads"]["nodes"].take();
    assert_eq!(lead, json!([{"name": "Dana Scully", "email": "scully@example.com", "version": 2}]));
    let told = "{ outbox { nodes { kind to { address } text } } }";
    let told = admin.ok(told, json!({})).await["outbox"]["nodes"].take();
    let of_kind = |kind: &str| {
        told.as_array().unwrap().iter().filter(move |mail| mail["kind"] == kind).cloned().collect::<Vec<_>>()
    };
    let changed = of_kind("LEAD_CHANGED");
    assert_eq!(changed.len(), 1);
    assert!(
        changed[0]["text"].as_str().unwrap().contains("Email: scully@example.com (was dana@example.com)"),
        "{changed:?}"
    );
    let mut summaries: Vec<_> = of_kind("CHAT_SUMMARY").iter().map(|mail| mail["to"]["address"].clone()).collect();
    summaries.sort_by_key(Value::to_string);
    assert_eq!(summaries, [json!("dana@example.com"), json!("scully@example.com")]);
    assert_eq!(app.count("SELECT id FROM audit_log WHERE action = 'lead.updated'").await, 1);
}

#[tokio::test]
async fn an_address_of_an_internationalised_domain_is_one_in_both_of_its_forms() {
    let app = TestApp::builder().quiet().start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    talk.say("I am Kim Lee, kim@Bücher.example, and I make 85,000 dollars a year.").await;
    talk.say("No, my email is Kim@XN--Bcher-KVA.example").await;
    talk.say("No, my email is kim@xn--a.example").await;
    let lead = admin.ok("{ leads { nodes { email version } } }", json!({})).await["leads"]["nodes"].take();
    assert_eq!(lead, json!([{"email": "kim@bücher.example", "version": 1}]));
    let kinds: Vec<_> = mails(&admin).await.iter().map(|mail| mail["kind"].clone()).collect();
    assert!(!kinds.contains(&json!("LEAD_CHANGED")), "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == "CHAT_SUMMARY").count(), 1);
}

#[tokio::test]
async fn a_model_reads_what_the_rules_do_not_and_must_prove_it() {
    let (model, app) = started().await;
    let text = "They christened me Zebulon back home, if you must know";
    let answer = |quote: &str| {
        let name = json!({"value": "Zebulon", "quote": quote});
        Behaviour::say(&json!({"name": name, "email": null, "income": null, "refused": []}).to_string())
    };
    model.aside(answer("I am called Zebulon"));
    let talk = Talk::of_a_visitor(&app).await;
    assert!(known(&ask(&app, &talk, text).await).is_empty(), "the quote does not stand in the message");
    model.aside(answer("They christened me Zebulon back home"));
    let talk = Talk::of_a_visitor(&app).await;
    let answered = ask(&app, &talk, text).await;
    assert_eq!(known(&answered), [("name".to_owned(), "Zebulon".to_owned())]);
    // The model was shown this message as data, and what it may answer.
    let asked = model.asides().last().unwrap().body.clone();
    assert_eq!(asked["messages"][1], json!({"role": "user", "content": text}));
    assert!(asked["response_format"].to_string().contains("\"name\""), "{asked}");
}

#[tokio::test]
async fn a_session_that_a_model_completes_becomes_a_lead_with_the_reply() {
    let (model, app) = started().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    ask(&app, &talk, "You can write to zeb@example.com. I make about 85,000 dollars a year").await;
    assert!(leads(&admin).await.is_empty());
    let name = json!({"value": "Zebulon", "quote": "They christened me Zebulon back home"});
    model.aside(Behaviour::say(&json!({"name": name, "email": null, "income": null, "refused": []}).to_string()));
    let answered = ask(&app, &talk, "They christened me Zebulon back home, if you must know").await;
    assert_eq!(answered["isComplete"], true);
    assert_eq!(leads(&admin).await[0]["name"], "Zebulon");
}

#[tokio::test]
async fn mail_that_cannot_go_out_does_not_hold_up_the_talk() {
    let app = without_model().set("SMTP_HOST", "127.0.0.1").set("SMTP_PORT", 1).set("SMTP_TLS", "none");
    let app = app.set("SMTP_FROM", "Rapport <no-reply@example.com>").start().await;
    let (admin, talk) = (app.admin().await, Talk::of_a_visitor(&app).await);
    let all = "I am Dana Scully, dana@example.com, and I make 85,000 dollars a year.";
    assert_eq!(ask(&app, &talk, all).await["isComplete"], true);
    assert_eq!(mails(&admin).await.len(), 2);
    ask(&app, &talk, "Is leverage a good idea?").await;
}
