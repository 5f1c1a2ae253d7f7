//! Check that the whole document was parsed. The compiler's parser skips some misplaced tokens, such as `true` in `{a:
//! 1 true b: 2}`; the parsed document then has fewer tokens than the text.

use apollo_compiler::{
    Node,
    ast::{Argument, Definition, DirectiveList, Document, Selection, Type, Value, VariableDefinition},
};
use apollo_parser::{Lexer, TokenKind};

/// Returns true if every token of `text` belongs to a part of `document`.
pub(super) fn are_all_read(text: &str, document: &Document) -> bool {
    let tokens = Lexer::new(text).flatten();
    let ignored = [TokenKind::Whitespace, TokenKind::Comment, TokenKind::Comma, TokenKind::Eof];
    let written = tokens.filter(|token| !ignored.contains(&token.kind())).count();
    let read: usize = document.definitions.iter().map(|definition| of_definition(text, definition)).sum();
    written == read
}

fn of_definition(text: &str, definition: &Definition) -> usize {
    match definition {
        Definition::OperationDefinition(operation) => {
            let start = operation.location().and_then(|span| text.get(span.offset()..));
            let is_short = start.is_some_and(|start| start.starts_with('{'));
            let variables: usize = operation.variables.iter().map(of_variable).sum();
            usize::from(!is_short)
                + usize::from(operation.name.is_some())
                + around(operation.variables.len(), variables)
                + of_directives(&operation.directives)
                + of_set(&operation.selection_set)
        }
        Definition::FragmentDefinition(fragment) => {
            4 + of_directives(&fragment.directives) + of_set(&fragment.selection_set)
        }
        // Validation refuses these.
        _ => 0,
    }
}

/// Returns the number of tokens plus a pair of brackets if there are `items`.
fn around(items: usize, tokens: usize) -> usize {
    if items == 0 { 0 } else { 2 + tokens }
}

fn of_variable(variable: &Node<VariableDefinition>) -> usize {
    let default = variable.default_value.as_ref().map_or(0, |value| 1 + of_value(value));
    3 + of_type(&variable.ty) + default + of_directives(&variable.directives)
}

fn of_type(ty: &Type) -> usize {
    match ty {
        Type::Named(_) => 1,
        Type::NonNullNamed(_) => 2,
        Type::List(item) => 2 + of_type(item),
        Type::NonNullList(item) => 3 + of_type(item),
    }
}

fn of_set(set: &[Selection]) -> usize {
    let each = set.iter().map(|selection| match selection {
        Selection::Field(field) => {
            let alias = if field.alias.is_some() { 2 } else { 0 };
            let below = if field.selection_set.is_empty() { 0 } else { of_set(&field.selection_set) };
            1 + alias + of_arguments(&field.arguments) + of_directives(&field.directives) + below
        }
        Selection::FragmentSpread(spread) => 2 + of_directives(&spread.directives),
        Selection::InlineFragment(inline) => {
            let condition = if inline.type_condition.is_some() { 2 } else { 0 };
            1 + condition + of_directives(&inline.directives) + of_set(&inline.selection_set)
        }
    });
    2 + each.sum::<usize>()
}

fn of_directives(directives: &DirectiveList) -> usize {
    directives.iter().map(|directive| 2 + of_arguments(&directive.arguments)).sum()
}

fn of_arguments(arguments: &[Node<Argument>]) -> usize {
    around(arguments.len(), arguments.iter().map(|argument| 2 + of_value(&argument.value)).sum())
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Variable(_) => 2,
        Value::List(items) => 2 + items.iter().map(|item| of_value(item)).sum::<usize>(),
        Value::Object(fields) => 2 + fields.iter().map(|(_, value)| 2 + of_value(value)).sum::<usize>(),
        Value::Null | Value::Enum(_) | Value::String(_) | Value::Float(_) | Value::Int(_) | Value::Boolean(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_all_read(text: &str) -> bool {
        let document = match Document::parse(text, "document") {
            Ok(document) => document,
            Err(wrong) => wrong.partial,
        };
        are_all_read(text, &document)
    }

    #[test]
    fn every_form_of_the_language_is_read() {
        for text in [
            "{ a }",
            "query { a }",
            "query Q($a: [Int!]! = [1, -2] @d(x: 1), $b: T = {x: {y: \"z\"}}) @d { b: a(x: $a, y: null) @skip(if: true) { c } }",
            "{ ...F ... on T { a } ... @include(if: $x) { b } } fragment F on T @d { a } # end",
            "subscription S { a(x: \"\"\"b \\\"\"\" c\"\"\", y: 1.5e3, z: ENUM, l: [], o: {}) }",
        ] {
            assert!(is_all_read(text), "{text}");
        }
    }

    #[test]
    fn what_the_parser_passes_over_is_found() {
        assert!(!is_all_read("{ a(x: {y: 1 true z: 2}) }"));
        assert!(!is_all_read("{ a(b b: 1) }"));
    }
}
