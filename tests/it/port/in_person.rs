//! What must be done in person is done by no run; every mutation of the schema is decided upon.

use std::collections::BTreeSet;

use apollo_compiler::{Schema, ast::OperationType, schema::ExtendedType};
use rapport::domains::IN_PERSON;
use serde_json::json;

use super::{run, step};
use crate::support::TestApp;

/// The mutations that a run may do, with the rights of its user.
const LATER: &[&str] = &[
    "addContract",
    "addCustomerContact",
    "addKnowledgeDocument",
    "addNote",
    "assignChatSession",
    "cancelJob",
    "churnCustomer",
    "createChatSession",
    "createCustomer",
    "createDownloadLink",
    "createRole",
    "createTask",
    "deleteChatSession",
    "deleteCustomer",
    "deleteCustomerContact",
    "deleteFile",
    "deleteInteraction",
    "deleteKnowledgeDocument",
    "deleteNote",
    "deleteRole",
    "deleteTask",
    "deleteUser",
    "logInteraction",
    "markNotifications",
    "monitorCustomers",
    "onboardCompany",
    "reactivateCustomer",
    "regenerateChatReply",
    "requestChatHandover",
    "retryJob",
    "returnChatSession",
    "revokeDownloadLink",
    "runScheduledTask",
    "saveReason",
    "sendChatMessage",
    "sendMails",
    "setReasonActive",
    "setUserActive",
    "stopChatReply",
    "takeOverChatSession",
    "undoCustomerChurn",
    "updateContract",
    "updateCustomer",
    "updateCustomerContact",
    "updateInteraction",
    "updateNote",
    "updateRole",
    "updateSettings",
    "updateTask",
    "updateUser",
    "updateUsers",
    "withdrawChatHandover",
];

/// Each mutation with a document that gives all its arguments by variables.
fn documents() -> Vec<(String, String)> {
    let schema = Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap();
    let name = schema.root_operation(OperationType::Mutation).unwrap();
    let Some(ExtendedType::Object(mutation)) = schema.types.get(name) else { panic!("no mutations") };
    let document = |name: &str| {
        let field = &mutation.fields[name];
        let given = |sign: &str| {
            let each = field.arguments.iter().map(|argument| match sign {
                "$" => format!("${}: {}", argument.name, argument.ty),
                _ => format!("{0}: ${0}", argument.name),
            });
            let each: Vec<_> = each.collect();
            if each.is_empty() { String::new() } else { format!("({})", each.join(", ")) }
        };
        let is_object = schema.get_object(field.ty.inner_named_type()).is_some()
            || schema.types.get(field.ty.inner_named_type()).is_some_and(|ty| ty.is_interface() || ty.is_union());
        let below = if is_object { " { __typename }" } else { "" };
        format!("mutation{} {{ ...F }} fragment F on Mutation {{ x: {name}{}{below} }}", given("$"), given(":"))
    };
    mutation.fields.keys().map(|name| (name.to_string(), document(name))).collect()
}

#[test]
fn every_mutation_is_either_in_person_or_for_runs_too() {
    let all: BTreeSet<String> = documents().into_iter().map(|(name, _)| name).collect();
    let decided: Vec<String> = IN_PERSON.iter().chain(LATER).map(|name| (*name).to_owned()).collect();
    let once: BTreeSet<String> = decided.iter().cloned().collect();
    assert_eq!(once.len(), decided.len(), "a mutation stands in both lists");
    assert_eq!(
        all, once,
        "say in src/domains/in_person.rs whether a new mutation concerns sign-ins, passwords, keys, other identities or \
         acting in the place of others, and else in this test that a run may do it"
    );
    let table = include_str!("../../../docs/permissions.md");
    for row in table.lines().filter(|row| row.starts_with("| mutation") && row.contains("in person |")) {
        let name = row.split('`').nth(1).unwrap();
        assert!(IN_PERSON.contains(&name), "{name} is done in person, by docs/permissions.md");
    }
}

#[tokio::test]
async fn a_run_of_an_administrator_does_nothing_that_must_be_done_in_person() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let (viewer, api) = (step(&app, &admin).await, app.app.api().unwrap());
    for (name, document) in documents() {
        let check = api.check(&viewer, &document, None);
        if !IN_PERSON.contains(&name.as_str()) {
            let check = check.unwrap_or_else(|faults| panic!("{name}: {faults:#?}"));
            assert!(check.roots[0].is_allowed && check.roots[0].name == name, "{check:#?}");
            continue;
        }
        assert_eq!(check.unwrap_err()[0]["extensions"]["code"], "FORBIDDEN", "{name}");
        let answer = run(&app, &viewer, &document, json!({})).await;
        assert_eq!((answer.code(), answer.data.clone()), (Some("FORBIDDEN"), None), "{name}");
        assert!(answer.errors[0]["message"].as_str().unwrap().contains(&name), "{:#?}", answer.errors);
    }
    let query = "{ auditLog(filter: {action: {eq: USER_AUTOMATION_REFUSED}}) { totalCount } }";
    assert_eq!(admin.ok(query, json!({})).await["auditLog"]["totalCount"], IN_PERSON.len());
}

#[tokio::test]
async fn a_run_gives_nobody_another_address_to_sign_in_by() {
    let app = TestApp::builder().quiet().start().await;
    let admin = app.admin().await;
    let other = app.user(rapport::auth::SystemRole::Viewer).await;
    let mutation = "mutation($input: UpdateUserInput!) { updateUser(input: $input) { email } }";
    let runs = [json!({}), json!({"impersonator": super::own_id(&other).await.1})];
    for more in runs {
        let Ok(viewer) = super::acting(&app.app, &super::mandate(&admin, more).await).await else { continue };
        for id in [super::own_id(&admin).await.0, super::own_id(&other).await.0] {
            let input = json!({"input": {"id": id, "expectedVersion": 1, "email": "taken.over@example.com"}});
            let answer = run(&app, &viewer, mutation, input).await;
            assert_eq!(answer.code(), Some("FORBIDDEN"), "{:#?}", answer.errors);
        }
    }
}
