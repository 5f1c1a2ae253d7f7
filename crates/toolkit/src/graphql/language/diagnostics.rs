//! Conversion of the compiler's diagnostics to errors of a response.

use std::collections::HashSet;

use apollo_compiler::{
    Name, Node, Schema,
    ast::{Argument, Definition, DirectiveList, Document, Selection},
    collections::IndexMap,
    diagnostic::ToCliReport,
    parser::SourceSpan,
    schema::{Component, ExtendedType, FieldDefinition},
    validation::{DiagnosticData, DiagnosticList},
};
use async_graphql::{Pos, ServerError};

use super::{
    super::places::Places,
    hints::{MOST_HINTS, did_you_mean},
};

/// Facts about a document that decide which diagnostics are reported.
#[derive(Default)]
pub(super) struct Known {
    /// Positions of fields without a selection. The compiler also reports fields whose selections are all unknown, because it
    /// drops these.
    bare_fields: HashSet<(usize, usize)>,
    /// Positions of fields and directives with the names of their arguments that are null, which the compiler also reports as
    /// missing.
    null_arguments: HashSet<((usize, usize), String)>,
    /// True if errors about its values are reported already.
    has_values: bool,
}

impl Known {
    /// Returns the facts about `document`.
    pub(super) fn of(document: &Document, places: &Places<'_>, has_values: bool) -> Self {
        let mut known = Self { has_values, ..Self::default() };
        let mut sets: Vec<&[Selection]> = Vec::new();
        sets.extend(document.definitions.iter().filter_map(|definition| match definition {
            Definition::OperationDefinition(operation) => Some(&*operation.selection_set),
            Definition::FragmentDefinition(fragment) => Some(&*fragment.selection_set),
            _ => None,
        }));
        while let Some(set) = sets.pop() {
            for selection in set {
                match selection {
                    Selection::Field(field) => {
                        known.note_nulls(&field.arguments, field.location(), places);
                        known.note_directives(&field.directives, places);
                        if field.selection_set.is_empty() {
                            let at = places.of_span(field.location());
                            known.bare_fields.insert((at.line, at.column));
                        }
                        sets.push(&field.selection_set);
                    }
                    Selection::InlineFragment(inline) => {
                        known.note_directives(&inline.directives, places);
                        sets.push(&inline.selection_set);
                    }
                    Selection::FragmentSpread(spread) => known.note_directives(&spread.directives, places),
                }
            }
        }
        known
    }

    fn note_directives(&mut self, directives: &DirectiveList, places: &Places<'_>) {
        for directive in directives.iter() {
            self.note_nulls(&directive.arguments, directive.location(), places);
        }
    }

    fn note_nulls(&mut self, arguments: &[Node<Argument>], span: Option<SourceSpan>, places: &Places<'_>) {
        for argument in arguments.iter().filter(|argument| argument.value.is_null()) {
            let at = places.of_span(span);
            self.null_arguments.insert(((at.line, at.column), argument.name.to_string()));
        }
    }

    /// Returns true if another error reports the same.
    fn is_told_elsewhere(&self, error: &DiagnosticData, message: &str, place: Option<Pos>) -> bool {
        let at = place.map(|at| (at.line, at.column));
        match error.unstable_error_name() {
            Some("MissingSubselection") => !at.is_some_and(|at| self.bare_fields.contains(&at)),
            Some("RequiredArgument") => {
                let argument = at.zip(missing(error, message).map(str::to_owned));
                self.has_values && argument.is_some_and(|argument| self.null_arguments.contains(&argument))
            }
            Some(name) => self.has_values && OF_VALUES.contains(&name),
            None => false,
        }
    }
}

/// An error of the compiler with its message and position.
type Found<'d> = (&'d DiagnosticData, String, Option<Pos>);

/// Returns the errors of `diagnostics` in document order, without consequential ones. With `suggestions`, errors about
/// unknown names suggest the nearest known name.
pub(super) fn errors(
    diagnostics: &DiagnosticList,
    schema: &Schema,
    suggestions: bool,
    (known, places): (&Known, &Places<'_>),
) -> Vec<ServerError> {
    let found = diagnostics.iter().map(|diagnostic| {
        // The compiler itself counts columns in bytes.
        let place = diagnostic.error.location().map(|span| places.at(span.offset()));
        (diagnostic.error, diagnostic.error.to_string(), place)
    });
    let (elsewhere, mut found): (Vec<Found<'_>>, Vec<_>) =
        found.partition(|(error, message, place)| known.is_told_elsewhere(error, message, *place));
    // An invalid document always has an error.
    if found.is_empty() && !known.has_values {
        found = elsewhere;
    }
    let errors = found.into_iter().enumerate().map(|(nth, (error, message, place))| {
        let message = no_selection(error, schema).unwrap_or(message);
        let is_shown = suggestions && nth < MOST_HINTS;
        let hint = is_shown.then(|| suggestion(error, &message, schema)).flatten();
        let mut told = ServerError::new(sentence(&in_signs(&message), hint), place);
        if let Some(name) = missing(error, &message) {
            told.extensions.get_or_insert_default().set(MISSING, name);
        }
        told
    });
    let mut errors: Vec<_> = errors.collect();
    // After the first error of syntax the parser has lost its way.
    if let Some(first) = errors.iter().position(|error| error.message.starts_with(SYNTAX)) {
        errors = errors.into_iter().skip(first).take(1).map(placed).collect();
    }
    errors
}

/// Names of the errors about values, which [`Literals`](super::values::Literals) and [`usages`](super::usages) find too and
/// report in the same words as for variables.
const OF_VALUES: [&str; 7] = [
    "UnsupportedValueType",
    "IntCoercionError",
    "FloatCoercionError",
    "UndefinedEnumValue",
    "UndefinedInputValue",
    "RequiredField",
    "DisallowedVariableUsage",
];

/// Returns the message for a missing selection, with the names of the field and its type. The compiler's message has no names;
/// its compatibility message names the field and the type around it.
fn no_selection(error: &DiagnosticData, schema: &Schema) -> Option<String> {
    if error.unstable_error_name() != Some("MissingSubselection") {
        return None;
    }
    let named = error.unstable_compat_message()?;
    let mut names = named.split('"').skip(1).step_by(2);
    let (field, parent) = (names.next()?, names.next()?);
    let ty = &fields(schema, parent)?.get(field)?.ty;
    Some(format!("`{field}` is of the type {ty}: say which of its fields you want, as in `{field} {{ … }}`"))
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
        // The type of a variable: all other type names are in fragments.
        ("UndefinedDefinition", _) => did_you_mean(first, types(schema, ExtendedType::is_input_type)),
        ("UndefinedTypeInNamedFragmentTypeCondition" | "UndefinedTypeInInlineFragmentTypeCondition", _) => {
            did_you_mean(first, types(schema, is_composite))
        }
        ("UndefinedDirective", None) => {
            did_you_mean(first.trim_start_matches('@'), schema.directive_definitions.keys())
        }
        _ => None,
    }
}

/// Returns the names of the types of a schema that satisfy `is_one`.
fn types(schema: &Schema, is_one: fn(&ExtendedType) -> bool) -> impl Iterator<Item = &Name> {
    schema.types.iter().filter(move |(_, kind)| is_one(kind)).map(|(name, _)| name)
}

/// Returns true if a fragment can be on the type.
fn is_composite(kind: &ExtendedType) -> bool {
    matches!(kind, ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_))
}

fn fields<'s>(schema: &'s Schema, kind: &str) -> Option<&'s IndexMap<Name, Component<FieldDefinition>>> {
    match schema.types.get(kind)? {
        ExtendedType::Object(object) => Some(&object.fields),
        ExtendedType::Interface(interface) => Some(&interface.fields),
        _ => None,
    }
}
