//! What the schema says of the permissions that fields need.

use apollo_compiler::{Schema, schema::ExtendedType};
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
            // The parts of a mutation stand for themselves, and there is nothing beside them to be shown.
            assert!(mutation.as_ref() == Some(name) || !field.ty.is_non_null(), "{name}.{} needs {needs}", field.name);
        }
    }
    assert!(needing > 30, "{needing}");
}

#[test]
fn what_a_description_says_is_needed_stands_in_the_schema() {
    let schema = schema();
    for (name, kind) in &schema.types {
        let ExtendedType::Object(object) = kind else { continue };
        if name == "Subscription" {
            continue;
        }
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

/// Clients that select a field of several types at once get one type for it.
#[test]
fn types_that_may_stand_in_one_place_give_a_name_one_type() {
    let schema = schema();
    let implementers = schema.implementers_map();
    let mut problems = Vec::new();
    for (name, kind) in &schema.types {
        let members: Vec<_> = match kind {
            // Whoever asks for any object by its id asks for one type at a time.
            ExtendedType::Interface(_) if name != "Node" => {
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
