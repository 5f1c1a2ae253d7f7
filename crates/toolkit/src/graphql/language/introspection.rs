//! Cost and depth of introspection. Types refer to each other in cycles, so a short document can request an answer that
//! grows exponentially with its depth.

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{self, DirectiveDefinition, FieldDefinition, InputValueDefinition, Type},
    executable::{Field, Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use async_graphql::{ServerError, ServerResult, Value, Variables};

use super::super::{limits::limit_error, places::Places};

/// Maximum nesting of lists of types, as in graphql-js
/// (<https://github.com/graphql/graphql-js/blob/16.x.x/src/validation/rules/MaxIntrospectionDepthRule.ts>).
const LISTS: usize = 2;
/// Introspection fields per point of cost: they are in memory, while data fields are read from the database.
const FIELDS_A_POINT: usize = 10;

/// Checks the nesting of lists of types in an operation.
///
/// # Errors
/// With the position of the field that is too deep.
pub(super) fn check_depth(document: &ExecutableDocument, places: &Places<'_>) -> ServerResult<()> {
    let operations = document.operations.iter().flat_map(|operation| roots(document, &operation.selection_set));
    for root in operations {
        depth(document, &root.selection_set, 0, places)?;
    }
    Ok(())
}

fn depth(document: &ExecutableDocument, set: &SelectionSet, above: usize, places: &Places<'_>) -> ServerResult<()> {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => {
                let is_list = matches!(field.name.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
                let lists = above + usize::from(is_list);
                if lists > LISTS {
                    let mut refusal = limit_error("lists of introspection nested to a depth of", LISTS, lists);
                    refusal.locations.push(places.of_span(field.location()));
                    return Err(refusal);
                }
                depth(document, &field.selection_set, lists, places)?;
            }
            Selection::InlineFragment(inline) => depth(document, &inline.selection_set, above, places)?,
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                    depth(document, &fragment.selection_set, above, places)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns the points that the introspection of an operation costs, computed exactly from the schema; 0 without
/// introspection.
///
/// # Errors
/// If it exceeds `limit`; counting stops there.
pub(super) fn price(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Variables,
    limit: usize,
) -> Result<usize, ServerError> {
    let mut count = Count { schema, document, left: limit.saturating_mul(FIELDS_A_POINT) };
    let all = count.left;
    for root in roots(document, &operation.selection_set) {
        let at = match root.name.as_str() {
            "__schema" => Some(At::Schema),
            _ => name_asked(root, variables).and_then(|name| schema.types.get(name.as_str())).map(At::Named),
        };
        if at.is_none_or(|at| count.set(&root.selection_set, &at).is_some()) {
            continue;
        }
        return Err(limit_error("introspection of a cost of at least", limit, limit + 1));
    }
    Ok((all - count.left).div_ceil(FIELDS_A_POINT))
}

/// Returns the root fields `__schema` and `__type`.
fn roots<'d>(document: &'d ExecutableDocument, set: &'d SelectionSet) -> Vec<&'d Node<Field>> {
    let each = set.selections.iter().flat_map(|selection| match selection {
        Selection::Field(field) if matches!(field.name.as_str(), "__schema" | "__type") => vec![field],
        Selection::Field(_) => Vec::new(),
        Selection::InlineFragment(inline) => roots(document, &inline.selection_set),
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.fragment_name)
            .map_or_else(Vec::new, |fragment| roots(document, &fragment.selection_set)),
    });
    each.collect()
}

fn name_asked(field: &Field, variables: &Variables) -> Option<String> {
    match &*field.arguments.iter().find(|argument| argument.name == "name")?.value {
        ast::Value::String(name) => Some(name.clone()),
        ast::Value::Variable(variable) => match variables.get(variable.as_str())? {
            Value::String(name) => Some(name.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Position in the schema during introspection.
enum At<'s> {
    Schema,
    Named(&'s ExtendedType),
    /// A reference to a type, with its wrappers.
    Type(&'s Type),
    Field(&'s FieldDefinition),
    Input(&'s InputValueDefinition),
    Directive(&'s DirectiveDefinition),
    EnumValue,
}

/// Counts the fields of an answer up to a maximum.
struct Count<'d> {
    schema: &'d Schema,
    document: &'d ExecutableDocument,
    left: usize,
}

impl Count<'_> {
    /// Returns `None` if there are too many.
    fn set(&mut self, set: &SelectionSet, at: &At<'_>) -> Option<()> {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.left = self.left.checked_sub(1)?;
                    if !field.selection_set.selections.is_empty() {
                        let schema = self.schema;
                        for below in children(schema, at, &field.name) {
                            self.set(&field.selection_set, &below)?;
                        }
                    }
                }
                Selection::InlineFragment(inline) => self.set(&inline.selection_set, at)?,
                Selection::FragmentSpread(spread) => {
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(&spread.fragment_name) {
                        self.left = self.left.checked_sub(1)?;
                        self.set(&fragment.selection_set, at)?;
                    }
                }
            }
        }
        Some(())
    }
}

/// Returns the positions below the field called `name`.
fn children<'s>(schema: &'s Schema, at: &At<'s>, name: &str) -> Vec<At<'s>> {
    let named = |name: &Name| schema.types.get(name).map(At::Named);
    let root = |kind| schema.root_operation(kind).and_then(named).into_iter().collect();
    match (at, name) {
        (At::Schema, "types") => schema.types.values().map(At::Named).collect(),
        (At::Schema, "directives") => schema.directive_definitions.values().map(|node| At::Directive(node)).collect(),
        (At::Schema, "queryType") => root(ast::OperationType::Query),
        (At::Schema, "mutationType") => root(ast::OperationType::Mutation),
        (At::Schema, "subscriptionType") => root(ast::OperationType::Subscription),
        (At::Named(ty), _) => children_of_type(schema, ty, name),
        (At::Type(Type::Named(ty)), _) => {
            schema.types.get(ty).map_or_else(Vec::new, |ty| children_of_type(schema, ty, name))
        }
        (At::Type(Type::NonNullNamed(ty)), "ofType") => named(ty).into_iter().collect(),
        (At::Type(Type::List(item) | Type::NonNullList(item)), "ofType") => vec![At::Type(item)],
        (At::Field(field), "args") => field.arguments.iter().map(|node| At::Input(node)).collect(),
        (At::Field(field), "type") => vec![At::Type(&field.ty)],
        (At::Input(input), "type") => vec![At::Type(&input.ty)],
        (At::Directive(directive), "args") => directive.arguments.iter().map(|node| At::Input(node)).collect(),
        _ => Vec::new(),
    }
}

fn children_of_type<'s>(schema: &'s Schema, ty: &'s ExtendedType, name: &str) -> Vec<At<'s>> {
    let named = |name: &Name| schema.types.get(name).map(At::Named);
    match (ty, name) {
        (ExtendedType::Object(object), "fields") => object.fields.values().map(|node| At::Field(node)).collect(),
        (ExtendedType::Interface(kind), "fields") => kind.fields.values().map(|node| At::Field(node)).collect(),
        (ExtendedType::Object(object), "interfaces") => {
            object.implements_interfaces.iter().filter_map(|name| named(name)).collect()
        }
        (ExtendedType::Interface(kind), "interfaces") => {
            kind.implements_interfaces.iter().filter_map(|name| named(name)).collect()
        }
        (ExtendedType::Union(union), "possibleTypes") => union.members.iter().filter_map(|name| named(name)).collect(),
        (ExtendedType::Interface(kind), "possibleTypes") => {
            let objects = schema.types.values().filter(|ty| match ty {
                ExtendedType::Object(object) => object.implements_interfaces.contains(&kind.name),
                _ => false,
            });
            objects.map(At::Named).collect()
        }
        (ExtendedType::Enum(kind), "enumValues") => kind.values.values().map(|_| At::EnumValue).collect(),
        (ExtendedType::InputObject(input), "inputFields") => {
            input.fields.values().map(|node| At::Input(node)).collect()
        }
        _ => Vec::new(),
    }
}
