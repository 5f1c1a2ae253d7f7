//! One word for one thing, an object instead of its id, and an enum for a closed set.

use std::collections::BTreeSet;

use rapport::domains::system::JobKind;
use serde_json::Value;

use super::{each, name, types};
use crate::support::TestApp;

/// Words for which the vocabulary has another: `status`, `occurredAt`, `createdAt`, `updatedAt`, `completedAt`.
const FORBIDDEN: [&str; 17] = [
    "state",
    "at",
    "time",
    "timestamp",
    "addedAt",
    "madeAt",
    "notedAt",
    "writtenAt",
    "changedAt",
    "modifiedAt",
    "happenedAt",
    "beganAt",
    "begunAt",
    "endedAt",
    "finishedAt",
    "messageId",
    "replyId",
];

/// Ids without their object: of what may be gone, and of users, of whom others see no more than a name.
const BARE_IDS: [&str; 7] = [
    "AuditEntry.subjectId",
    "AuditEntry.via",
    "ChatHandoverChanged.sessionId",
    "ChatSessionDeleted.sessionId",
    "ChatStaff.userId",
    "Notification.subjectId",
    "Person.userId",
];
/// Times that are no moments of the past: the beginning of a state, and what a schedule calls for.
const OTHER_TIMES: [&str; 2] = ["since", "tick"];

/// The named type of a field, and whether it is an input.
fn inner(kind: &Value) -> &str {
    if kind["ofType"].is_object() { inner(&kind["ofType"]) } else { name(kind) }
}

/// Fields, input fields and arguments, with their places.
fn members(types: &[Value]) -> Vec<(String, &Value)> {
    let mut all = Vec::new();
    for kind in types {
        for member in ["fields", "inputFields"].into_iter().flat_map(|list| each(&kind[list])) {
            let place = format!("{}.{}", name(kind), name(member));
            all.extend(each(&member["args"]).map(|argument| (format!("{place}({})", name(argument)), argument)));
            all.push((place, member));
        }
    }
    all
}

/// Fields of objects and interfaces.
fn outputs(types: &[Value]) -> impl Iterator<Item = (String, &Value)> {
    let of = |kind: &'_ Value, field: &'_ Value| format!("{}.{}", name(kind), name(field));
    types.iter().flat_map(move |kind| each(&kind["fields"]).map(move |field| (of(kind, field), field)))
}

fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn one_word_stands_for_one_thing() {
    let types = types().await;
    let members = members(&types);
    assert!(members.len() > 1000, "{}", members.len());
    let is_wrong = |(_, member): &&(String, &Value)| FORBIDDEN.contains(&name(member));
    nothing_in(members.iter().filter(is_wrong).map(|(place, _)| place.clone()).collect());
    let values: Vec<_> =
        types.iter().flat_map(|kind| each(&kind["enumValues"]).map(move |value| (kind, name(value)))).collect();
    let is_order = |kind: &Value| name(kind).ends_with("OrderField");
    let wrong =
        values.iter().filter(|(kind, value)| is_order(kind) && ["AT", "FINISHED_AT", "NOTED_AT"].contains(value));
    nothing_in(wrong.map(|(kind, value)| format!("{}.{value}", name(kind))).collect());
}

#[tokio::test]
async fn times_are_named_after_what_happened_then() {
    let types = types().await;
    let times = outputs(&types).filter(|(_, field)| inner(&field["type"]) == "DateTime");
    let is_wrong = |(_, field): &(String, &Value)| !name(field).ends_with("At") && !OTHER_TIMES.contains(&name(field));
    nothing_in(times.filter(is_wrong).map(|(place, _)| place).collect());
}

/// The first event of a subscription tells the present state; all else has a status.
#[tokio::test]
async fn only_first_events_are_states() {
    let types = types().await;
    let states: BTreeSet<_> = types.iter().map(name).filter(|name| name.contains("State")).collect();
    let expected = ["ChatHandoversState", "ChatReplyState", "JobState", "NotificationsState", "SignalsState"];
    assert_eq!(states, BTreeSet::from(expected));
}

/// Clients' caches find an object by its type and id; an id alone tells them nothing.
#[tokio::test]
async fn what_names_an_object_carries_it() {
    let types = types().await;
    let ids = outputs(&types).filter(|(_, field)| inner(&field["type"]) == "ID" && name(field) != "id");
    assert_eq!(ids.map(|(place, _)| place).collect::<BTreeSet<_>>(), BARE_IDS.map(str::to_owned).into());
}

#[tokio::test]
async fn closed_sets_are_enums() {
    let types = types().await;
    let is_closed = |field: &str| {
        let words = ["kind", "status", "action", "type", "part", "topic"];
        words.contains(&field) || ["Kind", "Status", "Type"].iter().any(|end| field.ends_with(end))
    };
    let texts = ["String", "StringFilter", "NullableStringFilter"];
    let members = members(&types);
    let wrong = members.iter().filter(|(_, member)| is_closed(name(member)) && texts.contains(&inner(&member["type"])));
    nothing_in(wrong.map(|(place, _)| place.clone()).collect());
}

#[tokio::test]
async fn every_kind_of_job_has_a_name_in_the_schema() {
    let app = TestApp::builder().quiet().set("EDGAR_USER_AGENT", "Tests tests@example.com").start().await;
    let registered: BTreeSet<_> = app.job_kinds.iter().copied().collect();
    assert_eq!(JobKind::ALL.iter().map(|kind| kind.as_str()).collect::<BTreeSet<_>>(), registered);
}

/// The place of an event is another thing than that of a row in a list.
#[tokio::test]
async fn two_kinds_of_cursors_have_two_types() {
    let types = types().await;
    let is_wrong = |(place, field): &(String, &Value)| {
        let kind = inner(&field["type"]);
        let is_of_a_list = place.contains("Edge.") || place.starts_with("PageInfo.");
        name(field).to_lowercase().ends_with("cursor") && (kind == "String") != is_of_a_list
    };
    nothing_in(outputs(&types).filter(is_wrong).map(|(place, _)| place).collect());
}
