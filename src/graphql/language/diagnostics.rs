//! Conversion of the compiler's diagnostics to errors of a response.

use apollo_compiler::{
    Name, Schema,
    collections::IndexMap,
    response::GraphQLError,
    schema::{Component, ExtendedType, FieldDefinition},
    validation::{DiagnosticData, DiagnosticList},
};
use async_graphql::{Pos, ServerError};

use super::hints::{MOST_HINTS, did_you_mean};

/// Returns the errors of `diagnostics` in document order, without consequential ones. With `suggestions`, errors about
/// unknown names suggest the nearest known name.
pub(super) fn errors(diagnostics: &DiagnosticList, schema: &Schema, suggestions: bool) -> Vec<ServerError> {
    let name_of = |error: &DiagnosticData| error.unstable_error_name();
    let is_unknown = diagnostics.iter().any(|diagnostic| name_of(diagnostic.error) == Some("UndefinedField"));
    let errors = diagnostics.iter().filter(|diagnostic| {
        // The field that is unknown is left out, and its parent then has none.
        !(is_unknown && name_of(diagnostic.error) == Some("MissingSubselection"))
    });
    let mut errors: Vec<_> = errors
        .enumerate()
        .map(|(nth, diagnostic)| {
            let GraphQLError { message, locations, .. } = diagnostic.to_json();
            let is_shown = suggestions && nth < MOST_HINTS;
            let hint = is_shown.then(|| suggestion(diagnostic.error, &message, schema)).flatten();
            let place = locations.first().map(|place| Pos { line: place.line, column: place.column });
            let mut error = ServerError::new(sentence(&in_signs(&message), hint), place);
            if let Some(name) = missing(diagnostic.error, &message) {
                error.extensions.get_or_insert_default().set(MISSING, name);
            }
            error
        })
        .collect();
    // After the first error of syntax the parser has lost its way.
    if let Some(first) = errors.iter().position(|error| error.message.starts_with(SYNTAX)) {
        errors = errors.into_iter().skip(first).take(1).map(placed).collect();
    }
    errors
}

/// The error extension that holds the name of a missing value until the surrounding path is known.
pub(super) const MISSING: &str = "missing";

/// Returns the name of a missing required argument or input field, which the message writes as `Type.field(name:)`,
/// `@directive(name:)` or `Type.name`.
fn missing<'m>(error: &DiagnosticData, message: &'m str) -> Option<&'m str> {
    let coordinate = || message.split('`').nth(1);
    match error.unstable_error_name()? {
        "RequiredArgument" => coordinate()?.rsplit_once('(').map(|(_, name)| name.trim_end_matches([':', ')'])),
        "RequiredField" => coordinate()?.rsplit_once('.').map(|(_, name)| name),
        _ => None,
    }
}

/// Prefix of the message of a syntax error.
const SYNTAX: &str = "Syntax error";

/// Adds the position to the message of a syntax error.
fn placed(mut error: ServerError) -> ServerError {
    if let (Some(at), Some(rest)) = (error.locations.first(), error.message.strip_prefix(SYNTAX)) {
        error.message = format!("{SYNTAX} at line {}, column {}{rest}", at.line, at.column);
    }
    error
}

/// Replaces the parser's token names in a syntax error by the characters of the language. Other messages may quote such
/// words from the client.
fn in_signs(message: &str) -> String {
    if !message.to_lowercase().starts_with("syntax error") {
        return message.to_owned();
    }
    let names = [
        ("Unexpected <EOF>", "expected an operation, got the end"),
        ("L_PAREN", "`(`"),
        ("R_PAREN", "`)`"),
        ("L_CURLY", "`{`"),
        ("R_CURLY", "`}`"),
        ("L_BRACK", "`[`"),
        ("R_BRACK", "`]`"),
        ("COLON", "`:`"),
        ("EOF", "the end"),
    ];
    names.iter().fold(message.to_owned(), |message, (name, sign)| message.replace(name, sign))
}

/// Returns the message as a sentence, followed by a hint.
fn sentence(message: &str, hint: Option<String>) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let mut text = format!("{first}{}", letters.as_str());
    if !text.ends_with('.') {
        text.push('.');
    }
    text + &hint.unwrap_or_default()
}

/// Returns a suggestion for an unknown name. The message quotes in back quotes the unknown name, and the type, field or
/// directive it belongs to; for an unknown field the type comes first.
fn suggestion(error: &DiagnosticData, message: &str, schema: &Schema) -> Option<String> {
    let mut names = message.split('`').skip(1).step_by(2);
    let (first, second) = (names.next()?, names.next());
    match (error.unstable_error_name()?, second) {
        ("UndefinedField", Some(field)) => did_you_mean(field, fields(schema, first)?.keys()),
        ("UndefinedArgument", Some(of)) => {
            let arguments = match of.split_once('.') {
                Some((kind, field)) => &fields(schema, kind)?.get(field)?.arguments,
                None => &schema.directive_definitions.get(of.trim_start_matches('@'))?.arguments,
            };
            did_you_mean(first, arguments.iter().map(|argument| &argument.name))
        }
        ("UndefinedInputValue", Some(of)) => match schema.types.get(of)? {
            ExtendedType::InputObject(input) => did_you_mean(first, input.fields.keys()),
            _ => None,
        },
        ("UndefinedEnumValue", Some(of)) => match schema.types.get(of)? {
            ExtendedType::Enum(kind) => did_you_mean(first, kind.values.keys()),
            _ => None,
        },
        (
            "UndefinedDefinition"
            | "UndefinedTypeInNamedFragmentTypeCondition"
            | "UndefinedTypeInInlineFragmentTypeCondition",
            _,
        ) => did_you_mean(first, schema.types.keys()),
        ("UndefinedDirective", None) => {
            did_you_mean(first.trim_start_matches('@'), schema.directive_definitions.keys())
        }
        _ => None,
    }
}

fn fields<'s>(schema: &'s Schema, kind: &str) -> Option<&'s IndexMap<Name, Component<FieldDefinition>>> {
    match schema.types.get(kind)? {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        _ => None,
    }
}
