//! What the compiler finds wrong with a document, as errors of a response.

use apollo_compiler::{
    Schema,
    response::GraphQLError,
    schema::ExtendedType,
    validation::{DiagnosticData, DiagnosticList},
};
use async_graphql::{Pos, ServerError};

/// The errors of `diagnostics`, in the order of the document. With `suggestions` a field that is unknown is answered with
/// the nearest name.
pub(super) fn errors(diagnostics: &DiagnosticList, schema: &Schema, suggestions: bool) -> Vec<ServerError> {
    let errors = diagnostics.iter().map(|diagnostic| {
        let GraphQLError { message, locations, .. } = diagnostic.to_json();
        let hint = suggestions.then(|| suggestion(diagnostic.error, &message, schema)).flatten();
        let place = locations.first().map(|place| Pos { line: place.line, column: place.column });
        ServerError::new(sentence(&message, hint), place)
    });
    errors.collect()
}

/// The message as a sentence, with a hint behind it.
fn sentence(message: &str, hint: Option<String>) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let mut text = format!("{first}{}", letters.as_str());
    if !text.ends_with('.') {
        text.push('.');
    }
    if let Some(hint) = hint {
        text.push(' ');
        text.push_str(&hint);
    }
    text
}

/// The names of a message stand in back quotes; those of an unknown field are its type and the field.
fn suggestion(error: &DiagnosticData, message: &str, schema: &Schema) -> Option<String> {
    if error.unstable_error_name() != Some("UndefinedField") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let (type_name, field) = (names.next()?, names.next()?);
    let fields = match schema.types.get(type_name)? {
        ExtendedType::Object(object) => &object.fields,
        ExtendedType::Interface(interface) => &interface.fields,
        _ => return None,
    };
    let known = fields.keys().map(|name| (strsim::damerau_levenshtein(field, name), name));
    let (distance, nearest) = known.min_by_key(|(distance, _)| *distance)?;
    (distance <= field.len() / 3 + 1).then(|| format!("Did you mean `{nearest}`?"))
}
