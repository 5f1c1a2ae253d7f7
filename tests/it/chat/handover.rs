//! A person of the team takes over: asked for in words, by a button or by the persona's rule, and what follows.

use chrono::TimeDelta;
use rapport::auth::SystemRole;
use serde_json::{Value, json};

use super::{Behaviour, Dialect, StandIn, Talk, names, started, with_asking_model, without_model};
use crate::support::{Client, TestApp, WsClient};

const HANDOVER: &str =
    "query($id: ID!) { chatSession(id: $id) { handover { status reason requestedAt assignee { userId fullName } } } }";
const REQUEST: &str = "mutation($id: ID!) { requestChatHandover(id: $id) { id handover { status } } }";
const TAKE: &str =
    "mutation($id: ID!) { takeOverChatSession(id: $id) { id handover { status assignee { fullName } } } }";
const RETURN: &str = "mutation($id: ID!) { returnChatSession(id: $id) { id handover { status assignee { userId } } } }";
const ASSIGN: &str = "mutation($input: AssignChatSessionInput!) { assignChatSession(input: $input) { handover { status assignee { userId } } } }";
const STAFF_MESSAGES: &str = "query($id: ID!) { chatSession(id: $id) { messages(first: 100) { nodes { text author role staff { fullName } } } } }";
const MAILS: &str = "{ outbox { nodes { kind to { address } subject text } } }";

async fn handover(by: &Client, talk: &Talk) -> Value {
    by.ok(HANDOVER, json!({"id": talk.id})).await["chatSession"]["handover"].take()
}

/// The addresses of those who were told that a person is asked for.
async fn told(app: &TestApp) -> Vec<String> {
    let mails = app.admin().await.ok(MAILS, json!({})).await["outbox"]["nodes"].take();
    let of_kind = mails.as_array().unwrap().iter().filter(|mail| mail["kind"] == "CHAT_HANDOVER");
    let mut told: Vec<_> = of_kind.map(|mail| mail["to"]["address"].as_str().unwrap().to_owned()).collect();
    told.sort();
    told
}

async fn answer(app: &TestApp, talk: &Talk, text: &str) -> String {
    let events = talk.answered(app.address, text).await;
    events.last().unwrap()["reply"]["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_asks_for_a_person_in_words_is_promised_one_and_the_team_is_told() {
    let app = without_model().start().await;
    app.user(SystemRole::Counselor).await;
    app.user(SystemRole::Viewer).await;
    let talk = Talk::of_a_visitor(&app).await;
    assert_eq!(handover(&talk.by, &talk).await["status"], "NONE");
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    talk.say("Can I speak to a human, please?").await;
    let events = follower.until_answered().await;
    let changed = events.iter().find(|event| event["__typename"] == "ChatHandoverChanged").unwrap();
    assert_eq!(changed["handover"]["status"], "WAITING");
    let reply = events.last().unwrap()["reply"]["text"].as_str().unwrap();
    assert!(reply.contains("erson will answer here"), "{reply}");
    let handover = handover(&talk.by, &talk).await;
    assert_eq!((&handover["status"], &handover["reason"]), (&json!("WAITING"), &json!("ASKED")));
    assert!(handover["requestedAt"].is_string() && handover["assignee"].is_null());
    // An administrator and a counselor may answer; a viewer may not.
    assert_eq!(told(&app).await.len(), 2);
    // Asking again tells nobody again.
    answer(&app, &talk, "I want to talk to a real person").await;
    assert_eq!(told(&app).await.len(), 2);
}

#[tokio::test]
async fn a_person_answers_in_the_same_session_and_the_persona_is_silent() {
    let app = without_model().start().await;
    let (staff, other, talk) =
        (app.user(SystemRole::Counselor).await, app.user(SystemRole::Manager).await, Talk::of_a_visitor(&app).await);
    // Nobody sees it before a person is asked for, but who sees all.
    assert_eq!(staff.ok(HANDOVER, json!({"id": talk.id})).await["chatSession"], Value::Null);
    assert_eq!(staff.code(TAKE, json!({"id": talk.id})).await, "NOT_FOUND");
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    let say = |text: &str| json!({"input": {"sessionId": talk.id, "text": text}});
    const SAY: &str = "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { reply { id } message { author staff { fullName } } } }";
    assert_eq!(staff.code(SAY, say("Too early")).await, "CONFLICT");
    let taken = staff.ok(TAKE, json!({"id": talk.id})).await["takeOverChatSession"].take();
    assert_eq!(taken["handover"]["status"], "TAKEN");
    let name = taken["handover"]["assignee"]["fullName"].clone();
    assert_eq!(other.code(TAKE, json!({"id": talk.id})).await, "CONFLICT");
    assert_eq!(other.code(SAY, say("Me too")).await, "CONFLICT");

    let mut follower = talk.follow(app.address, None).await;
    let state = follower.event().await;
    assert_eq!(state["handover"]["status"], "TAKEN");
    assert_eq!(talk.say("Is somebody there?").await["reply"], Value::Null);
    let sent = staff.ok(SAY, say("Yes, me.")).await["sendChatMessage"].take();
    assert_eq!(sent, json!({"reply": null, "message": {"author": "STAFF", "staff": {"fullName": name}}}));
    let heard = follower.events(2).await;
    assert_eq!(names(&heard), ["ChatMessageAdded", "ChatMessageAdded"]);
    assert_eq!(heard[1]["message"]["text"], "Yes, me.");
    let seen = talk.by.ok(STAFF_MESSAGES, json!({"id": talk.id})).await["chatSession"]["messages"]["nodes"].take();
    let last = seen.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last, json!({"text": "Yes, me.", "author": "STAFF", "role": "ASSISTANT", "staff": {"fullName": name}}));

    let returned = staff.ok(RETURN, json!({"id": talk.id})).await["returnChatSession"].take();
    assert_eq!(returned["handover"], json!({"status": "RETURNED", "assignee": null}));
    assert_eq!(follower.event().await["handover"]["status"], "RETURNED");
    assert!(!answer(&app, &talk, "What is momentum?").await.is_empty(), "the persona answers again");
}

#[tokio::test]
async fn each_of_the_team_counts_their_own_keys_and_the_visitor_theirs() {
    let app = TestApp::builder().quiet().start().await;
    let (one, two, talk) =
        (app.user(SystemRole::Counselor).await, app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    const SAY: &str =
        "mutation($input: SendChatMessageInput!) { sendChatMessage(input: $input) { message { id text } } }";
    let say = |text: &str| json!({"input": {"sessionId": talk.id, "text": text, "idempotencyKey": "1"}});
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    one.ok(TAKE, json!({"id": talk.id})).await;
    let first = one.ok(SAY, say("I am the first.")).await;
    let visitors = talk.by.ok(SAY, say("I am the visitor.")).await;
    let user = two.id().await;
    one.ok(ASSIGN, json!({"input": {"id": talk.id, "userId": user}})).await;
    let second = two.ok(SAY, say("I am the second.")).await;
    assert_eq!(second["sendChatMessage"]["message"]["text"], "I am the second.");
    // Whoever repeats theirs gets theirs again, and nobody another one's.
    assert_eq!(one.ok(SAY, say("I am the first.")).await, first);
    assert_eq!(two.ok(SAY, say("I am the second.")).await, second);
    assert_eq!(talk.by.ok(SAY, say("I am the visitor.")).await, visitors);
    assert_eq!(two.code(SAY, say("I am the first.")).await, "IDEMPOTENCY_MISMATCH");
    assert_eq!(talk.messages().await.len(), 4, "with the greeting");
}

#[tokio::test]
async fn what_the_persona_was_writing_is_stopped_when_a_person_takes_over() {
    let (model, app) = started().await;
    let (staff, talk) = (app.user(SystemRole::Manager).await, Talk::of_a_visitor(&app).await);
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    model.once(Behaviour::Held("It is ".to_owned(), "late.".to_owned()));
    talk.say("One?").await;
    let second = talk.say("Two?").await["reply"]["id"].clone();
    follower.until("ChatReplyDelta").await;
    staff.ok(TAKE, json!({"id": talk.id})).await;
    model.release();
    let events = follower.until("ChatHandoverChanged").await;
    let stopped: Vec<_> = events.iter().filter(|event| event["__typename"] == "ChatReplyStopped").collect();
    assert_eq!(stopped.len(), 2);
    assert_eq!(stopped[1]["reply"]["id"], second);
    let states: Vec<_> = talk.messages().await.iter().map(|message| message["status"].clone()).collect();
    assert!(states.iter().all(|state| state == "COMPLETED" || state == "STOPPED"), "{states:?}");
    assert_eq!(handover(&talk.by, &talk).await["reason"], "STAFF");
    let again = "mutation($id: ID!) { regenerateChatReply(id: $id) { id } }";
    assert_eq!(talk.by.code(again, json!({"id": second})).await, "CONFLICT");
}

#[tokio::test]
async fn a_session_is_given_to_somebody_who_may_answer_and_they_are_told() {
    let app = TestApp::builder().quiet().start().await;
    let (manager, talk) = (app.user(SystemRole::Manager).await, Talk::of_a_visitor(&app).await);
    let (counselor, viewer) = (app.user(SystemRole::Counselor).await, app.user(SystemRole::Viewer).await);
    let (counselor_id, viewer_id) = (counselor.id().await, viewer.id().await);
    let to = |user: &str| json!({"input": {"id": talk.id, "userId": user}});
    assert_eq!(viewer.code(ASSIGN, to(&counselor_id)).await, "FORBIDDEN");
    assert_eq!(manager.code(ASSIGN, to(&viewer_id)).await, "BAD_INPUT");
    let given = manager.ok(ASSIGN, to(&counselor_id)).await["assignChatSession"]["handover"].take();
    assert_eq!(given, json!({"status": "WAITING", "assignee": {"userId": counselor_id}}));
    assert_eq!(told(&app).await.len(), 1, "the one to whom it was given");
    counselor.ok(TAKE, json!({"id": talk.id})).await;
    // One that a person has goes to another at once.
    let manager_id = manager.id().await;
    let given = counselor.ok(ASSIGN, to(&manager_id)).await["assignChatSession"]["handover"].take();
    assert_eq!(given, json!({"status": "TAKEN", "assignee": {"userId": manager_id}}));
    let waiting = "{ chatSessions(filter: {handoverStatus: {eq: TAKEN}}) { totalCount } }";
    assert_eq!(counselor.ok(waiting, json!({})).await["chatSessions"]["totalCount"], 1);
    assert_eq!(viewer.ok(waiting, json!({})).await["chatSessions"]["totalCount"], 0);
}

#[tokio::test]
async fn nobody_takes_over_their_own_session_and_visitors_none() {
    let app = TestApp::builder().quiet().start().await;
    let manager = app.user(SystemRole::Manager).await;
    let own = Talk::begin(&manager).await;
    assert_eq!(manager.code(TAKE, json!({"id": own.id})).await, "FORBIDDEN");
    let talk = Talk::of_a_visitor(&app).await;
    for mutation in [TAKE, RETURN] {
        assert_eq!(talk.by.code(mutation, json!({"id": talk.id})).await, "UNAUTHENTICATED");
    }
    assert_eq!(manager.code(RETURN, json!({"id": talk.id})).await, "CONFLICT");
    assert_eq!(manager.code(REQUEST, json!({"id": talk.id})).await, "FORBIDDEN");
}

#[tokio::test]
async fn a_matter_that_the_persona_leaves_to_people_is_handed_over() {
    let app = without_model().start().await;
    let create = "mutation { createChatSession(input: {persona: \"support\"}) { visitorToken session { id cursor } } }";
    let made = app.anonymous().ok(create, json!({})).await["createChatSession"].take();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let by = app.anonymous().with_token(&text(&made["visitorToken"]));
    let talk = Talk { by, id: text(&made["session"]["id"]), start: text(&made["session"]["cursor"]) };
    answer(&app, &talk, "How do I read an invoice?").await;
    assert_eq!(handover(&talk.by, &talk).await["status"], "NONE");
    let reply = answer(&app, &talk, "I want to make a complaint about it").await;
    assert!(reply.contains("We have asked a colleague"), "{reply}");
    let handover = handover(&talk.by, &talk).await;
    assert_eq!((&handover["status"], &handover["reason"]), (&json!("WAITING"), &json!("PERSONA_RULE")));
    assert_eq!(told(&app).await.len(), 1);
    // What is no such matter in this persona's talk is none in that of another.
    let other = Talk::of_a_visitor(&app).await;
    answer(&app, &other, "I want to make a complaint about it").await;
    let reason = other.by.ok(HANDOVER, json!({"id": other.id})).await["chatSession"]["handover"]["reason"].take();
    assert_ne!(reason, "PERSONA_RULE");
}

const TEAM: &str = "subscription($after: EventCursor) { chatHandoverChanged(after: $after) { __typename cursor
    ... on ChatHandoversState { waitingCount waiting { id handover { reason } } }
    ... on ChatHandoverChanged { sessionId handover { status assignee { userId } } session { id persona { key } handover { status } } } } }";

async fn team(app: &TestApp, by: &Client, after: Option<&str>) -> WsClient {
    let mut ws = app.ws(by).await;
    ws.subscribe(TEAM, json!({"after": after})).await;
    ws
}

async fn next(ws: &mut WsClient) -> Value {
    let mut event = ws.event().await.expect("the stream has no end");
    assert!(event.get("errors").is_none(), "{event:#}");
    event["data"]["chatHandoverChanged"].take()
}

#[tokio::test]
async fn the_team_follows_the_hand_overs_of_all_sessions() {
    let app = without_model().start().await;
    let (staff, admin) = (app.user(SystemRole::Counselor).await, app.admin().await);
    let (one, two) = (Talk::of_a_visitor(&app).await, Talk::of_a_visitor(&app).await);
    let mut ws = team(&app, &staff, None).await;
    let state = next(&mut ws).await;
    assert_eq!((&state["waitingCount"], &state["waiting"]), (&json!(0), &json!([])), "{state:#}");
    let mut told = Vec::new();
    let mut hear = async |talk: &Talk, status: &str| {
        let event = next(&mut ws).await;
        assert_eq!((&event["sessionId"], &event["handover"]["status"]), (&json!(talk.id), &json!(status)), "{event:#}");
        told.push(event.clone());
        event
    };
    answer(&app, &one, "Can I speak to a human, please?").await;
    let asked = hear(&one, "WAITING").await;
    assert_eq!(asked["session"]["handover"]["status"], "WAITING");
    two.by.ok(REQUEST, json!({"id": two.id})).await;
    hear(&two, "WAITING").await;
    staff.ok(TAKE, json!({"id": one.id})).await;
    assert_eq!(hear(&one, "TAKEN").await["handover"]["assignee"]["userId"], staff.id().await);
    staff.ok(RETURN, json!({"id": one.id})).await;
    hear(&one, "RETURNED").await;
    // Who comes now sees who waits; who was away gets what was missed.
    let state = next(&mut team(&app, &admin, None).await).await;
    assert_eq!(state["waiting"], json!([{"id": two.id, "handover": {"reason": "ASKED"}}]));
    let delete = "mutation($id: ID!) { deleteChatSession(id: $id) { id } }";
    admin.ok(delete, json!({"id": two.id})).await;
    assert_eq!(hear(&two, "RETURNED").await["session"], Value::Null);
    let mut late = team(&app, &admin, told[0]["cursor"].as_str()).await;
    for missed in &told[1..] {
        let event = next(&mut late).await;
        assert_eq!((&event["cursor"], &event["handover"]), (&missed["cursor"], &missed["handover"]));
    }
}

#[tokio::test]
async fn only_who_may_answer_follows_the_hand_overs() {
    let app = TestApp::builder().quiet().start().await;
    let (viewer, talk) = (app.user(SystemRole::Viewer).await, Talk::of_a_visitor(&app).await);
    for (by, code) in [(&viewer, "FORBIDDEN"), (&talk.by, "UNAUTHENTICATED"), (&app.anonymous(), "UNAUTHENTICATED")] {
        let message = team(&app, by, None).await.receive().await.unwrap();
        assert_eq!((&message["type"], &message["payload"][0]["extensions"]["code"]), (&json!("error"), &json!(code)));
    }
}

#[tokio::test]
async fn after_two_answers_that_rest_on_nothing_a_person_is_asked_for() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let first = answer(&app, &talk, "Xylophone zebrawood quizzaciously?").await;
    assert!(!first.contains("erson will answer here"), "{first}");
    assert_eq!(handover(&talk.by, &talk).await["status"], "NONE");
    let second = answer(&app, &talk, "Frobnicate the zorblax?").await;
    assert!(second.contains("erson will answer here"), "{second}");
    let handover = handover(&talk.by, &talk).await;
    assert_eq!((&handover["status"], &handover["reason"]), (&json!("WAITING"), &json!("NOT_ANSWERED")));
    assert_eq!(told(&app).await.len(), 1);
    let entries = "{ auditLog(filter: {action: {eq: CHAT_SESSION_HANDOVER_REQUESTED}}) { nodes { subjectId actor { userId } } } }";
    let entries = app.admin().await.ok(entries, json!({})).await["auditLog"]["nodes"].take();
    assert_eq!(entries, json!([{"subjectId": talk.id, "actor": null}]), "the server itself asked");
}

#[tokio::test]
async fn small_talk_is_answered_as_such_and_asks_for_nobody() {
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    for text in ["hi", "thanks", "later maybe", "👍"] {
        let said = answer(&app, &talk, text).await;
        assert!(!said.contains("[1]") && !said.to_lowercase().contains("found nothing"), "{text}: {said}");
    }
    assert_eq!(handover(&talk.by, &talk).await["status"], "NONE");
}

#[tokio::test]
async fn who_waits_too_long_is_told_and_asked_for_an_address_which_makes_a_lead() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let mut follower = talk.follow(app.address, Some(&talk.start)).await;
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    follower.until("ChatHandoverChanged").await;
    app.advance(TimeDelta::minutes(16));
    let told = follower.until("ChatMessageAdded").await.pop().unwrap();
    let text = told["message"]["text"].as_str().unwrap();
    assert!(text.contains("nobody") && text.contains("email address"), "{text}");
    answer(&app, &talk, "dana@example.com").await;
    let leads = "{ leads { nodes { email } } }";
    let leads = app.admin().await.ok(leads, json!({})).await["leads"]["nodes"].take();
    assert_eq!(leads, json!([{"email": "dana@example.com"}]));
}

#[tokio::test]
async fn who_was_answered_in_time_is_not_told_that_nobody_came() {
    let app = without_model().set("JOB_POLL_MS", 50).start().await;
    let (staff, talk) = (app.user(SystemRole::Counselor).await, Talk::of_a_visitor(&app).await);
    talk.by.ok(REQUEST, json!({"id": talk.id})).await;
    staff.ok(TAKE, json!({"id": talk.id})).await;
    app.advance(TimeDelta::minutes(16));
    let jobs = "{ jobs(filter: {kind: {eq: CHAT_UNANSWERED}}) { nodes { id status } } }";
    let admin = app.admin().await;
    let job = admin.ok(jobs, json!({})).await["jobs"]["nodes"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(crate::support::patience(admin.finished(&job)).await["status"], "COMPLETED");
    assert_eq!(talk.messages().await.len(), 1, "the greeting alone");
}

#[tokio::test]
async fn the_server_says_the_disclaimer_where_advice_is_asked_for_also_with_a_model() {
    let disclaimer = "This is conversation, not investment advice.";
    let app = without_model().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    let said = answer(&app, &talk, "Should I buy Tesla?").await;
    assert!(said.contains(disclaimer), "{said}");
    assert!(!answer(&app, &talk, "What is momentum?").await.contains(disclaimer));
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("Buy it, all of it."));
    let said = answer(&app, &talk, "Should I buy Tesla?").await;
    assert!(said.starts_with("Buy it") && said.contains(disclaimer), "{said}");
}

#[tokio::test]
async fn a_model_that_forgets_to_ask_is_helped_and_one_that_asks_is_not() {
    let model = StandIn::start(Dialect::OpenAi).await;
    model.aside(Behaviour::say("{}"));
    let app = with_asking_model(&model).start().await;
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("Momentum is fickle."));
    let said = answer(&app, &talk, "What is momentum?").await;
    assert!(said.starts_with("Momentum is fickle.\n\n") && said.ends_with('?'), "{said}");
    let talk = Talk::of_a_visitor(&app).await;
    model.once(Behaviour::say("Momentum is fickle. What should I call you?"));
    assert_eq!(answer(&app, &talk, "What is momentum?").await, "Momentum is fickle. What should I call you?");
}

#[tokio::test]
async fn marks_and_invisible_characters_of_a_model_reach_nobody() {
    let (model, app) = started().await;
    let talk = Talk::of_a_visitor(&app).await;
    let text =
        "<passage number=\"1\" from=\"x\">Mo\u{200b}mentum\u{202e}</passage> is\u{feff} fickle【99†source】. Name?";
    model.once(Behaviour::say(text));
    assert_eq!(answer(&app, &talk, "What is momentum?").await, "Momentum is fickle. Name?");
}

#[tokio::test]
async fn a_message_of_nothing_visible_is_refused() {
    let app = TestApp::builder().quiet().start().await;
    let talk = Talk::of_a_visitor(&app).await;
    for text in ["", " \n ", "\u{200b}\u{200d}", "\u{2800}\u{3164}", "\u{202e}\u{feff}"] {
        assert_eq!(talk.refused(text).await["extensions"]["code"], "BAD_INPUT", "{text:?}");
    }
}
