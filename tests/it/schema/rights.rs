//! What the schema says of the permissions that fields need.

use std::collections::HashMap;

use apollo_compiler::{
    Schema,
    schema::{ExtendedType, ObjectType},
};
use rapport::auth::Permission;

fn schema() -> Schema {
    Schema::parse_and_validate(rapport::schema::sdl(), "schema.graphql").unwrap().into_inner()
}

/// Who lacks a right sees the rest of the answer: null stands where the right was needed.
#[test]
fn a_field_that_needs_a_permission_of_its_own_may_be_null() {
    let schema = schema();
    let mutation = schema.root_operation(apollo_compiler::ast::OperationType::Mutation).cloned();
    let mut needing = 0;
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        for field in object.fields.values() {
            let Some(needs) = field.directives.get("requires") else { continue };
            needing += 1;
            for argument in &needs.arguments {
                let permission = argument.value.as_str().unwrap();
                assert!(Permission::named(permission).is_some(), "{name}.{}: {permission}", field.name);
            }
            // The parts of a mutation stand for themselves, as a subscription does, and there is nothing beside them to be shown.
            let is_alone = mutation.as_ref() == Some(name) || name == "Subscription";
            assert!(is_alone || !field.ty.is_non_null(), "{name}.{} needs {needs}", field.name);
        }
    }
    assert!(needing > 30, "{needing}");
}

#[test]
fn what_a_description_says_is_needed_stands_in_the_schema() {
    let schema = schema();
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        for field in object.fields.values() {
            let text = field.description.as_deref().unwrap_or_default().replace('\n', " ");
            let said = text.split_once("Needs `").or_else(|| text.split_once("ull without `"));
            let Some(said) = said.and_then(|(_, rest)| rest.split('`').next()) else { continue };
            let given =
                field.directives.get("requires").and_then(|needs| needs.specified_argument_by_name("permission"));
            let given = given.and_then(|given| given.as_str());
            assert!(given == Some(said) || said == "leads:read", "{name}.{} says that it needs {said}", field.name);
        }
    }
}

/// What the field of a root needs, as the schema says it.
fn needs(object: &ObjectType, field: &str) -> Option<String> {
    object.fields.get(field)?.directives.get("requires").map(ToString::to_string)
}

/// Where a row of another list may be named without the right to see it, the link says so. What the type around it needs already
/// need not be said again.
#[test]
fn a_link_to_what_needs_a_permission_needs_it_too() {
    let schema = schema();
    let root = |name: &str| schema.get_object(name).unwrap();
    let mut guards: HashMap<_, _> = HashMap::new();
    for field in root("Query").fields.values().filter(|field| !field.ty.is_list()) {
        if let Some(needed) = needs(root("Query"), &field.name) {
            guards.insert(field.ty.inner_named_type().as_str(), needed);
        }
    }
    // Of those that everybody may ask for one by one some are seen: oneself, one's own keys.
    guards.retain(|shown, _| !shown.ends_with("Connection"));
    // The events of a subscription are shown to whom it is.
    let mut around = guards.clone();
    for field in root("Subscription").fields.values() {
        let Some(needed) = needs(root("Subscription"), &field.name) else { continue };
        let events = schema.implementers_map()[field.ty.inner_named_type()].objects.clone();
        for event in events {
            let (event, _) = schema.types.get_key_value(&event).unwrap();
            around.insert(event.as_str(), needed.clone());
        }
    }
    let mut links = 0;
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        if ["Query", "Mutation"].contains(&name.as_str()) {
            continue;
        }
        for field in object.fields.values().filter(|field| !field.ty.is_non_null()) {
            let linked = field.ty.inner_named_type().as_str();
            let Some(needed) = guards.get(linked.strip_suffix("Connection").unwrap_or(linked)) else { continue };
            links += 1;
            let is_said = needs(object, &field.name).as_ref() == Some(needed);
            // Null without an error, also for who told it: a visitor asks for their own session.
            let is_silent = (name.as_str(), field.name.as_str()) == ("ChatSession", "lead");
            assert!(
                is_said || is_silent || around.get(name.as_str()) == Some(needed),
                "{name}.{} needs {needed}",
                field.name
            );
        }
    }
    assert!(links > 12 && guards.len() > 6, "{links} {guards:?}");
}

/// Ids by which a list may be filtered whoever sees it: each row shows what they name.
const SHOWN: [&str; 15] = [
    "AuditEntryFilter.actorId",
    "AuditEntryFilter.onBehalfOfId",
    "AuditEntryFilter.subjectId",
    "AuditEntryFilter.via",
    "ChatSessionFilter.handoverAssigneeId",
    "CustomerFilter.accountManagerId",
    "FileFilter.usedById",
    "InteractionFilter.performedById",
    "LeadFilter.assignedToId",
    "NoteFilter.authorId",
    "NotificationFilter.subjectId",
    "OutboxMailFilter.aboutId",
    "TaskFilter.assigneeId",
    "TimelineEntryFilter.actorId",
    "UserFilter.roleId",
];

#[test]
fn a_filter_by_an_id_says_what_it_needs_unless_the_rows_show_it() {
    let schema = schema();
    let mut guarded = 0;
    for (name, kind) in &schema.types {
        let ExtendedType::InputObject(input) = kind else { continue };
        for field in input.fields.values().filter(|field| field.ty.inner_named_type().ends_with("IdFilter")) {
            let place = format!("{name}.{}", field.name);
            let says = field.description.as_deref().unwrap_or_default().contains("Needs `");
            assert!(says != SHOWN.contains(&place.as_str()), "{place}");
            guarded += usize::from(says);
        }
    }
    // Each of them is asked for in `lists::related`.
    assert_eq!(guarded, 10);
}

/// Clients that select a field of several types at once get one type for it.
#[test]
fn types_that_may_stand_in_one_place_give_a_name_one_type() {
    let schema = schema();
    let implementers = schema.implementers_map();
    let mut problems = Vec::new();
    for (name, kind) in &schema.types {
        let members: Vec<_> = match kind {
            // Whoever asks for any object by its id asks for one type at a time. A subject shows what leads and customers
            // have in common; their status, say, is another thing.
            ExtendedType::Interface(_) if name != "Node" && name != "Subject" => {
                implementers.get(name).map(|those| those.objects.iter().collect()).unwrap_or_default()
            }
            ExtendedType::Union(union) => union.members.iter().map(|member| &member.name).collect(),
            _ => continue,
        };
        let fields = members.iter().filter_map(|member| Some((member, schema.get_object(member)?)));
        let fields: Vec<_> =
            fields.flat_map(|(member, object)| object.fields.values().map(move |field| (member, field))).collect();
        for (index, (member, field)) in fields.iter().enumerate() {
            let other = fields[..index].iter().find(|(_, other)| other.name == field.name && other.ty != field.ty);
            if let Some((other, there)) = other {
                problems.push(format!("{name}: {member}.{}: {} and {other}: {}", field.name, field.ty, there.ty));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}
