//! Conversion of a validated document to the tree that the engine executes.

use std::collections::HashMap;

use apollo_compiler::{
    ExecutableDocument, Node,
    ast::{self, Argument, DirectiveList, InputValueDefinition},
    executable::{self, Operation},
    parser::SourceSpan,
};
use async_graphql::{
    Name, Positioned,
    parser::types::{
        self as tree, Directive, DocumentOperations, Field, FragmentDefinition, FragmentSpread, InlineFragment,
        OperationDefinition, OperationType, Selection, SelectionSet, TypeCondition, VariableDefinition,
    },
};

use super::{
    super::{places::Places, wrong_arguments::mark},
    values::{Literal, Literals, definition},
};

/// Builds the engine's tree of a document.
pub(super) struct Planter<'a> {
    pub(super) places: &'a Places<'a>,
    pub(super) literals: Literals<'a>,
}

impl Planter<'_> {
    /// Converts the whole document.
    pub(super) fn document(&mut self, document: &ExecutableDocument) -> tree::ExecutableDocument {
        let operations = match &document.operations.anonymous {
            Some(operation) => DocumentOperations::Single(self.operation(operation)),
            None => {
                let named = document.operations.named.iter();
                DocumentOperations::Multiple(
                    named.map(|(name, operation)| (Name::new(name), self.operation(operation))).collect(),
                )
            }
        };
        let fragments = document.fragments.iter().map(|(name, fragment)| {
            let node = FragmentDefinition {
                type_condition: self.condition(&fragment.selection_set.ty, fragment.location()),
                directives: self.directives(&fragment.directives),
                selection_set: self.selection_set(&fragment.selection_set, fragment.location()),
            };
            (Name::new(name), self.places.put(node, fragment.location()))
        });
        let fragments: HashMap<_, _> = fragments.collect();
        tree::ExecutableDocument { operations, fragments }
    }

    fn operation(&mut self, operation: &Node<Operation>) -> Positioned<OperationDefinition> {
        let node = OperationDefinition {
            ty: match operation.operation_type {
                executable::OperationType::Query => OperationType::Query,
                executable::OperationType::Mutation => OperationType::Mutation,
                executable::OperationType::Subscription => OperationType::Subscription,
            },
            variable_definitions: operation.variables.iter().filter_map(|variable| self.variable(variable)).collect(),
            directives: self.directives(&operation.directives),
            selection_set: self.selection_set(&operation.selection_set, operation.location()),
        };
        self.places.put(node, operation.location())
    }

    /// Converts a variable definition. A validated type can always be printed and parsed.
    fn variable(&mut self, variable: &Node<ast::VariableDefinition>) -> Option<Positioned<VariableDefinition>> {
        let default = variable.default_value.as_ref();
        let node = VariableDefinition {
            name: self.name(&variable.name),
            var_type: self.places.put(tree::Type::new(&variable.ty.to_string())?, variable.ty.location()),
            directives: self.directives(&variable.directives),
            default_value: default
                .map(|value| self.places.put(self.literals.constant(value, &variable.ty), value.location())),
        };
        Some(self.places.put(node, variable.location()))
    }

    fn selection_set(&mut self, set: &executable::SelectionSet, span: Option<SourceSpan>) -> Positioned<SelectionSet> {
        let items = set.selections.iter().map(|selection| match selection {
            executable::Selection::Field(field) => {
                let node = Selection::Field(self.field(field));
                self.places.put(node, field.location())
            }
            executable::Selection::FragmentSpread(spread) => {
                let node = FragmentSpread {
                    fragment_name: self.name(&spread.fragment_name),
                    directives: self.directives(&spread.directives),
                };
                let node = Selection::FragmentSpread(self.places.put(node, spread.location()));
                self.places.put(node, spread.location())
            }
            executable::Selection::InlineFragment(inline) => {
                let condition = inline.type_condition.as_ref();
                let node = InlineFragment {
                    type_condition: condition.map(|on| self.condition(on, on.location())),
                    directives: self.directives(&inline.directives),
                    selection_set: self.selection_set(&inline.selection_set, inline.location()),
                };
                let node = Selection::InlineFragment(self.places.put(node, inline.location()));
                self.places.put(node, inline.location())
            }
        });
        let items = items.collect();
        self.places.put(SelectionSet { items }, span)
    }

    fn field(&mut self, field: &Node<executable::Field>) -> Positioned<Field> {
        let mut directives = self.directives(&field.directives);
        if !field.arguments.is_empty() && !field.definition.ty.is_non_null() && !field.name.starts_with("__") {
            directives.push(mark(self.places.of_span(field.location())));
        }
        let node = Field {
            alias: field.alias.as_ref().map(|alias| self.name(alias)),
            name: self.name(&field.name),
            arguments: self.arguments(&field.arguments, &field.definition.arguments),
            directives,
            selection_set: self.selection_set(&field.selection_set, field.location()),
        };
        self.places.put(node, field.location())
    }

    fn arguments(
        &mut self,
        arguments: &[Node<Argument>],
        definitions: &[Node<InputValueDefinition>],
    ) -> Vec<(Positioned<Name>, Positioned<Literal>)> {
        let arguments = arguments.iter().map(|argument| {
            let ty = definition(definitions, &argument.name).map(|definition| &*definition.ty);
            let value = self.literals.argument(&argument.name, &argument.value, ty);
            (self.name(&argument.name), self.places.put(value, argument.value.location()))
        });
        arguments.collect()
    }

    fn directives(&mut self, directives: &DirectiveList) -> Vec<Positioned<Directive>> {
        let directives = directives.iter().map(|directive| {
            let definitions = self.literals.arguments_of_directive(&directive.name);
            let arguments = self.arguments(&directive.arguments, definitions);
            let node = Directive { name: self.name(&directive.name), arguments };
            self.places.put(node, directive.location())
        });
        directives.collect()
    }

    fn condition(&self, on: &apollo_compiler::Name, span: Option<SourceSpan>) -> Positioned<TypeCondition> {
        self.places.put(TypeCondition { on: self.name(on) }, span)
    }

    fn name(&self, name: &apollo_compiler::Name) -> Positioned<Name> {
        self.places.put(Name::new(name), name.location())
    }
}

/// Removes the values of omitted variables: such an argument or input field is absent, and such a list item is null
/// (<https://spec.graphql.org/draft/#sec-Coercing-Field-Arguments>).
pub(super) fn leave_out(document: &mut tree::ExecutableDocument, is_left_out: &impl Fn(&Name) -> bool) {
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    let operations = operations.into_iter().map(|operation| &mut operation.node.selection_set.node);
    let fragments = document.fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
    for set in operations.chain(fragments) {
        leave_out_of_set(set, is_left_out);
    }
}

fn leave_out_of_set(set: &mut SelectionSet, is_left_out: &impl Fn(&Name) -> bool) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                let field = &mut field.node;
                field.arguments.retain_mut(|(_, value)| stays(&mut value.node, is_left_out));
                leave_out_of_set(&mut field.selection_set.node, is_left_out);
            }
            Selection::InlineFragment(inline) => leave_out_of_set(&mut inline.node.selection_set.node, is_left_out),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Returns true if the value is present, and removes omitted values within it.
fn stays(value: &mut Literal, is_left_out: &impl Fn(&Name) -> bool) -> bool {
    match value {
        Literal::Variable(name) => return !is_left_out(name),
        Literal::Object(fields) => fields.retain(|_, value| stays(value, is_left_out)),
        Literal::List(items) => {
            for item in items {
                if !stays(item, is_left_out) {
                    *item = Literal::Null;
                }
            }
        }
        _ => {}
    }
    true
}
