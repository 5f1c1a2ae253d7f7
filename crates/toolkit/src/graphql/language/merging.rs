//! Detection of merged fields with different lists. The compiler compares lists only up to the length of the shorter
//! one, so it accepts `a(ids: [])` with `a(ids: [1])` (<https://spec.graphql.org/draft/#sec-Field-Selection-Merging>).

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::Value,
    collections::IndexMap,
    executable::{Field, Selection, SelectionSet},
    schema::ExtendedType,
};
use async_graphql::ServerError;

use super::super::places::Places;

/// Maximum number of selection sets examined per document; only crafted documents within the limits have more.
const SETS: usize = 50_000;

/// Returns the errors of all operations.
pub(super) fn check(document: &ExecutableDocument, schema: &Schema, places: &Places<'_>) -> Vec<ServerError> {
    let mut merging = Merging { document, schema, places, left: SETS, errors: Vec::new() };
    for operation in document.operations.iter() {
        merging.sets(&[&operation.selection_set]);
    }
    merging.errors
}

struct Merging<'a> {
    document: &'a ExecutableDocument,
    schema: &'a Schema,
    places: &'a Places<'a>,
    left: usize,
    errors: Vec<ServerError>,
}

/// A field with the type of its selection set.
type Placed<'a> = (&'a Name, &'a Node<Field>);

impl<'a> Merging<'a> {
    /// Checks the selection sets of one object.
    fn sets(&mut self, sets: &[&'a SelectionSet]) {
        let Some(left) = self.left.checked_sub(1) else { return };
        self.left = left;
        let (mut groups, mut fragments) = (IndexMap::default(), HashSet::new());
        for set in sets {
            self.collect(set, &mut groups, &mut fragments);
        }
        for group in groups.into_values() {
            for merged in self.merged(&group) {
                self.compare(&merged);
                let below: Vec<_> = merged.iter().map(|(_, field)| &field.selection_set).collect();
                if below.iter().any(|set| !set.selections.is_empty()) {
                    self.sets(&below);
                }
            }
        }
    }

    fn collect(
        &self,
        set: &'a SelectionSet,
        groups: &mut IndexMap<&'a Name, Vec<Placed<'a>>>,
        fragments: &mut HashSet<&'a Name>,
    ) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => groups.entry(field.response_key()).or_default().push((&set.ty, field)),
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set, groups, fragments),
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name);
                    if let Some(fragment) = fragment.filter(|fragment| fragments.insert(&fragment.name)) {
                        self.collect(&fragment.selection_set, groups, fragments);
                    }
                }
            }
        }
    }

    /// Returns the fields of a group that may belong to one object: those of each object type, together with those of
    /// interfaces.
    fn merged(&self, group: &[Placed<'a>]) -> Vec<Vec<Placed<'a>>> {
        let is_object = |name: &Name| matches!(self.schema.types.get(name), Some(ExtendedType::Object(_)));
        let objects: HashSet<_> = group.iter().map(|(on, _)| *on).filter(|on| is_object(on)).collect();
        if objects.is_empty() {
            return vec![group.to_vec()];
        }
        let with = |object: &Name| group.iter().filter(|(on, _)| *on == object || !is_object(on)).copied().collect();
        objects.into_iter().map(with).collect()
    }

    fn compare(&mut self, merged: &[Placed<'a>]) {
        let Some(((_, first), others)) = merged.split_first() else { return };
        for (_, other) in others {
            let differs = first.arguments.iter().any(|argument| {
                let same_name = other.arguments.iter().find(|other| other.name == argument.name);
                same_name.is_some_and(|other| !same_lists(&argument.value, &other.value))
            });
            if differs {
                let message = format!(
                    "`{}` is selected twice with different arguments; give one of them an alias.",
                    first.response_key()
                );
                self.errors.push(ServerError::new(message, Some(self.places.of_span(other.location()))));
            }
        }
    }
}

/// Returns true if the lists in two otherwise equal values have equal lengths.
fn same_lists(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_lists(one, other))
        }
        (Value::Object(one), Value::Object(other)) => one.iter().all(|(name, value)| {
            let same_name = other.iter().find(|(other, _)| other == name);
            same_name.is_none_or(|(_, other)| same_lists(value, other))
        }),
        _ => true,
    }
}
