//! Check of variable usages. The compiler does not check the type of a variable within a list or an input object, and
//! accepts null as a default in a non-null position
//! (<https://spec.graphql.org/draft/#sec-All-Variable-Usages-Are-Allowed>).

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{Argument, DirectiveList, InputValueDefinition, Type, Value},
    executable::{Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use async_graphql::ServerError;

use super::{super::places::Places, values::definition};

/// Returns the errors of all operations.
pub(super) fn check(document: &ExecutableDocument, schema: &Schema, places: &Places<'_>) -> Vec<ServerError> {
    let mut errors = Vec::new();
    for operation in document.operations.iter().filter(|operation| !operation.variables.is_empty()) {
        let mut usages = Usages { document, schema, places, operation, fragments: HashSet::new(), errors: &mut errors };
        usages.of_set(&operation.selection_set);
    }
    errors
}

struct Usages<'a, 'e> {
    document: &'a ExecutableDocument,
    schema: &'a Schema,
    places: &'a Places<'a>,
    operation: &'a Operation,
    /// The fragments checked so far.
    fragments: HashSet<&'a Name>,
    errors: &'e mut Vec<ServerError>,
}

impl<'a> Usages<'a, '_> {
    fn of_set(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    self.of_directives(&field.directives);
                    self.of_arguments(&field.arguments, &field.definition.arguments);
                    self.of_set(&field.selection_set);
                }
                Selection::InlineFragment(inline) => {
                    self.of_directives(&inline.directives);
                    self.of_set(&inline.selection_set);
                }
                Selection::FragmentSpread(spread) => {
                    self.of_directives(&spread.directives);
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|fragment| self.fragments.insert(&fragment.name)) {
                        self.of_set(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn of_arguments(&mut self, arguments: &[Node<Argument>], definitions: &[Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definition(definitions, &argument.name) {
                self.at(&argument.value, &definition.ty, definition.default_value.is_some());
            }
        }
    }

    fn of_directives(&mut self, directives: &DirectiveList) {
        let schema = self.schema;
        for directive in directives.iter() {
            if let Some(definition) = schema.directive_definitions.get(&directive.name) {
                self.of_arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    /// Checks the contents of a value of `ty`.
    fn within(&mut self, value: &Node<Value>, ty: &Type) {
        match &**value {
            Value::List(items) => {
                let item = if ty.is_list() { ty.item_type() } else { ty };
                for value in items {
                    self.at(value, item, false);
                }
            }
            Value::Object(fields) => {
                let Some(ExtendedType::InputObject(input)) = self.schema.types.get(ty.inner_named_type()) else {
                    return;
                };
                for (name, value) in fields {
                    if let Some(field) = input.fields.get(name) {
                        self.at(value, &field.ty, field.default_value.is_some());
                    }
                }
            }
            _ => {}
        }
    }

    /// Checks a value in a position of `ty`, which may have a default.
    fn at(&mut self, value: &Node<Value>, ty: &Type, has_default: bool) {
        let Value::Variable(name) = &**value else { return self.within(value, ty) };
        let variable = self.operation.variables.iter().find(|variable| variable.name == *name);
        let Some(variable) = variable else { return };
        let is_given = has_default || variable.default_value.as_ref().is_some_and(|value| **value != Value::Null);
        let is_allowed = if ty.is_non_null() && !variable.ty.is_non_null() {
            is_given && variable.ty.is_assignable_to(&ty.clone().nullable())
        } else {
            variable.ty.is_assignable_to(ty)
        };
        if !is_allowed {
            let message = format!("The variable `${name}` has the type {}; {ty} is expected here.", variable.ty);
            self.errors.push(ServerError::new(message, Some(self.places.of_span(value.location()))));
        }
    }
}
