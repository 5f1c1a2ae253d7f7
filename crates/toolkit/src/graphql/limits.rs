//! Limits on documents, checked before any resolver runs.
//!
//! A short document can expand to millions of fields if each spread of a fragment is followed ("fragment bomb"), so
//! each fragment is measured once, before validation. Tokens are counted even before parsing.

use std::collections::{BTreeMap, HashMap};

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Document, FragmentDefinition, Selection},
};
use async_graphql::{ServerError, ServerResult, Value};

use super::{errors::refused, places::Places};
use crate::{config::Limits, error::ErrorCode};

/// Maximum depth of introspection, which may exceed that of other queries (GraphiQL follows 13 levels of `ofType`).
const INTROSPECTION_DEPTH: usize = 20;
/// Maximum nesting of brackets in a document, and of selections when fragments are followed: parser and validation are
/// recursive.
pub const NESTING: usize = 60;
/// Maximum number of fields and spreads of a document, counted at every use.
const SELECTIONS: usize = 20_000;

/// Returns the error for an exceeded limit, with the allowed and the actual value.
pub fn limit_error(what: &str, limit: usize, actual: usize) -> ServerError {
    let message = format!("The operation has {what} {actual}; at most {limit} is allowed. Ask for less at a time.");
    let details = [("limit", Value::from(limit)), ("actual", Value::from(actual))];
    refused(ErrorCode::QueryTooComplex, message, BTreeMap::from(details))
}

/// Checks the text of a document before parsing: number of tokens and nesting of brackets.
///
/// # Errors
/// If a limit is exceeded.
pub fn check_text(text: &str, limits: &Limits) -> ServerResult<()> {
    let (tokens, nesting) = count_tokens(text, limits.tokens);
    if tokens > limits.tokens {
        return Err(limit_error("a number of tokens of at least", limits.tokens, tokens));
    }
    if nesting > NESTING {
        return Err(limit_error("brackets nested to a depth of", NESTING, nesting));
    }
    Ok(())
}

/// Checks a parsed document: depth, aliases, directives, selections, recursive fragments, and permitted introspection.
///
/// # Errors
/// If a limit is exceeded.
pub(super) fn check_document(document: &Document, limits: &Limits, places: &Places<'_>) -> ServerResult<()> {
    let directives = count_directives(document);
    if directives > limits.directives {
        return Err(limit_error("a number of directives of", limits.directives, directives));
    }
    let mut measure = Measure { fragments: fragments(document), known: HashMap::new(), level: 0, places };
    let mut whole = Size::default();
    for definition in &document.definitions {
        if let Definition::OperationDefinition(operation) = definition {
            whole = whole.beside(measure.selection_set(&operation.selection_set)?);
        }
    }
    let checks = [
        ("a depth of", limits.depth, whole.depth),
        ("a depth of introspection of", INTROSPECTION_DEPTH, whole.introspection_depth),
        ("a number of aliases of", limits.aliases, whole.aliases),
        ("a number of selections of", SELECTIONS, whole.selections),
    ];
    if let Some((what, limit, actual)) = checks.into_iter().find(|(_, limit, actual)| actual > limit) {
        return Err(limit_error(what, limit, actual));
    }
    // `__typename` alone has a depth of 1 and says nothing that the client does not know.
    if !limits.introspection && whole.introspection_depth > 1 {
        return Err(ServerError::new("Introspection is turned off on this server.", None));
    }
    Ok(())
}

/// Returns the fragments of a document by name.
pub(super) fn fragments(document: &Document) -> HashMap<&Name, &Node<FragmentDefinition>> {
    let fragments = document.definitions.iter().filter_map(|definition| match definition {
        Definition::FragmentDefinition(fragment) => Some((&fragment.name, fragment)),
        _ => None,
    });
    fragments.collect()
}

/// The size of a selection set including its fragments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    depth: usize,
    introspection_depth: usize,
    aliases: usize,
    selections: usize,
    /// Nesting depth of selection sets.
    levels: usize,
}

impl Size {
    fn beside(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            introspection_depth: self.introspection_depth.max(other.introspection_depth),
            aliases: self.aliases.saturating_add(other.aliases),
            selections: self.selections.saturating_add(other.selections),
            levels: self.levels.max(other.levels),
        }
    }
}

/// Measures selection sets, each fragment once.
struct Measure<'a> {
    fragments: HashMap<&'a Name, &'a Node<FragmentDefinition>>,
    /// The sizes of fragments; `None` while one is measured, so that meeting it again reveals a cycle.
    known: HashMap<&'a Name, Option<Size>>,
    /// The nesting depth of the present selection set.
    level: usize,
    places: &'a Places<'a>,
}

impl<'a> Measure<'a> {
    fn selection_set(&mut self, set: &'a [Selection]) -> ServerResult<Size> {
        let mut whole = Size::default();
        if set.is_empty() {
            return Ok(whole);
        }
        self.check_levels(1)?;
        self.level += 1;
        for selection in set {
            let mut size = match selection {
                Selection::Field(field) => {
                    let mut size = self.selection_set(&field.selection_set)?;
                    size.aliases += usize::from(field.alias.is_some());
                    if field.name.starts_with("__") {
                        size.introspection_depth = size.introspection_depth.max(size.depth) + 1;
                        size.depth = 0;
                    } else {
                        size.depth += 1;
                    }
                    size
                }
                Selection::InlineFragment(inline) => self.selection_set(&inline.selection_set)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.fragment_name)?,
            };
            size.selections = size.selections.saturating_add(1);
            whole = whole.beside(size);
        }
        self.level -= 1;
        whole.levels += 1;
        Ok(whole)
    }

    /// Checks that this many levels fit within the present one.
    fn check_levels(&self, levels: usize) -> ServerResult<()> {
        let level = self.level + levels;
        if level > NESTING { Err(limit_error("selections nested to a depth of", NESTING, level)) } else { Ok(()) }
    }

    fn fragment(&mut self, name: &'a Name) -> ServerResult<Size> {
        match self.known.get(name) {
            Some(Some(size)) => {
                self.check_levels(size.levels)?;
                return Ok(*size);
            }
            Some(None) => {
                let message = format!("The fragment `{name}` spreads itself.");
                return Err(ServerError::new(message, Some(self.places.of_span(name.location()))));
            }
            None => {}
        }
        // A spread of an unknown fragment is reported by the validation.
        let Some(fragment) = self.fragments.get(name).copied() else { return Ok(Size::default()) };
        self.known.insert(name, None);
        let size = self.selection_set(&fragment.selection_set)?;
        self.known.insert(name, Some(size));
        Ok(size)
    }
}

fn count_directives(document: &Document) -> usize {
    fn within(set: &[Selection]) -> usize {
        let each = set.iter().map(|selection| match selection {
            Selection::Field(field) => field.directives.len() + within(&field.selection_set),
            Selection::InlineFragment(inline) => inline.directives.len() + within(&inline.selection_set),
            Selection::FragmentSpread(spread) => spread.directives.len(),
        });
        each.sum()
    }
    let definitions = document.definitions.iter().map(|definition| match definition {
        Definition::OperationDefinition(operation) => {
            let variables = operation.variables.iter().map(|variable| variable.directives.len());
            operation.directives.len() + variables.sum::<usize>() + within(&operation.selection_set)
        }
        Definition::FragmentDefinition(fragment) => fragment.directives.len() + within(&fragment.selection_set),
        _ => 0,
    });
    definitions.sum()
}

/// Counts lexical tokens and the deepest nesting of brackets, and stops soon after `enough` tokens. A simplified lexer:
/// it never counts one token where there are several.
fn count_tokens(text: &str, enough: usize) -> (usize, usize) {
    let bytes = text.as_bytes();
    let (mut at, mut tokens, mut depth, mut deepest) = (0, 0, 0_usize, 0);
    while at < bytes.len() && tokens <= enough {
        let byte = bytes[at];
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at += bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len() - at);
                continue;
            }
            b'"' => at = end_of_string(bytes, at),
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
                at += 1;
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ if is_word(byte) => at += bytes[at..].iter().position(|byte| !is_word(*byte)).unwrap_or(bytes.len() - at),
            _ => at += 1,
        }
        tokens += 1;
    }
    (tokens, deepest)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let is_block = bytes[start..].starts_with(b"\"\"\"");
    let mut at = start + if is_block { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' if !is_block => return at + 1,
            b'"' if bytes[at..].starts_with(b"\"\"\"") => return at + 3,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn code(document: &str, limits: &Limits) -> Option<String> {
        let parsed = Document::parse(document, "document").unwrap();
        check_document(&parsed, limits, &Places::of(document)).err().map(|error| error.message)
    }

    fn limits() -> Limits {
        Limits { depth: 3, aliases: 2, directives: 2, tokens: 10, ..Config::defaults().limits }
    }

    #[test]
    fn tokens_are_counted_as_the_specification_has_them() {
        for (text, tokens) in [
            ("{ a }", 3),
            ("query Q($a: Int = 1) { a(b: $a) }", 19),
            ("{ a # { b }\n b }", 4),
            (r#"{ a(b: "x { y \" z") }"#, 8),
            (r#"{ a(b: """x " { \""" y""") }"#, 8),
            ("", 0),
        ] {
            assert_eq!(count_tokens(text, 1000).0, tokens, "{text}");
        }
    }

    #[test]
    fn brackets_that_nest_too_deep_never_reach_the_parser() {
        let error = check_text(&"{a".repeat(100), &Config::defaults().limits).unwrap_err();
        assert!(error.message.contains("nested"), "{}", error.message);
        assert!(check_text(&"[".repeat(NESTING), &Config::defaults().limits).is_ok());
    }

    #[test]
    fn n_passes_and_one_more_is_refused() {
        assert_eq!(code("{ a { b { c } } }", &limits()), None);
        assert!(code("{ a { b { c { d } } } }", &limits()).unwrap().contains("depth of 4; at most 3"));
        assert_eq!(code("{ x: a y: a }", &limits()), None);
        assert!(code("{ x: a y: a z: a }", &limits()).unwrap().contains("aliases of 3; at most 2"));
        assert_eq!(code("{ a @skip(if: true) b @skip(if: true) }", &limits()), None);
        let three = "query @x { a @skip(if: true) ...F } fragment F on Q { b @skip(if: true) }";
        assert!(code(three, &limits()).unwrap().contains("directives of 3; at most 2"));
    }

    #[test]
    fn fragments_count_where_they_are_used() {
        let document = "{ a { ...F } ...F } fragment F on Q { x: b { c } }";
        assert_eq!(code(document, &limits()), None);
        let document = "{ a { b { ...F } } } fragment F on Q { b { c } }";
        assert!(code(document, &limits()).unwrap().contains("depth of 4"));
        let document = "{ ...F a { ...F } b { ...F } } fragment F on Q { x: b }";
        assert!(code(document, &limits()).unwrap().contains("aliases of 3"));
    }

    #[test]
    fn a_fragment_bomb_is_measured_without_being_followed() {
        let mut document = "{ ...F0 }".to_owned();
        for n in 0..60 {
            document += &format!(" fragment F{n} on Q {{ ...F{m} ...F{m} }}", m = n + 1);
        }
        document += " fragment F60 on Q { a }";
        assert!(code(&document, &limits()).unwrap().contains("selections"));
    }

    #[test]
    fn a_fragment_that_spreads_itself_is_refused() {
        let message = code("{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }", &limits());
        assert!(message.unwrap().contains("spreads itself"));
    }

    #[test]
    fn introspection_has_a_depth_of_its_own() {
        assert_eq!(code("{ __schema { types { fields { type { ofType { name } } } } } }", &limits()), None);
        let deep = format!("{{ __type {} {} }}", "{ ofType".repeat(25), "}".repeat(25));
        assert!(code(&deep, &limits()).unwrap().contains("introspection"));
    }
}
