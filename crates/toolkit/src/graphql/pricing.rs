//! Costs of operations, computed from the directives of the schema ([`super::sizes`]).

use apollo_compiler::{
    ExecutableDocument, Node, Schema,
    ast::{Directive, DirectiveList, InputValueDefinition, Type, Value as Literal},
    executable::{Field, Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use async_graphql::{Name, Value, Variables};

use super::sizes::MAX_PAGE;

/// Cost of a field without a directive.
const POINT: usize = 1;

/// The cost of an operation, in points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Price {
    /// The maximum total, if all requested rows exist.
    pub points: usize,
    /// The part that is not refunded when fewer rows come: field costs beyond a point, and conditions.
    pub kept: usize,
}

impl Price {
    fn and(self, other: Self) -> Self {
        Self { points: self.points.saturating_add(other.points), kept: self.kept.saturating_add(other.kept) }
    }

    /// Multiplies the cost by a number of rows that one statement reads.
    fn times(self, rows: usize) -> Self {
        Self { points: self.points.saturating_mul(rows), ..self }
    }
}

/// Returns the cost of the data of `operation` with its complete `variables`: a point per field, and selections below a
/// list multiplied by the requested number of items. A field of an introspection counts once, regardless of the length
/// of its list.
///
/// The document must be within the limits, so that its fragments have few fields wherever they are spread.
pub(super) fn price(
    schema: &Schema,
    document: &ExecutableDocument,
    operation: &Operation,
    variables: &Variables,
) -> Price {
    Pricing { schema, document, variables }.set(&operation.selection_set, &Sizes::one())
}

/// The sizes of a list field, or of the lists directly below it.
struct Sizes<'d> {
    size: usize,
    /// The list fields below it with these sizes. If empty, the field itself is the list.
    below: Vec<&'d str>,
}

impl Sizes<'_> {
    fn one() -> Self {
        Self { size: 1, below: Vec::new() }
    }

    /// Returns the number of items of the field itself.
    fn own(&self) -> usize {
        if self.below.is_empty() { self.size } else { 1 }
    }

    /// Returns the number of items of the child field called `name`.
    fn of(&self, name: &str) -> usize {
        if self.below.contains(&name) { self.size } else { 1 }
    }
}

struct Pricing<'d> {
    schema: &'d Schema,
    document: &'d ExecutableDocument,
    variables: &'d Variables,
}

impl Pricing<'_> {
    fn set(&self, set: &SelectionSet, above: &Sizes<'_>) -> Price {
        let prices = set.selections.iter().map(|selection| match selection {
            Selection::Field(field) => self.field(field, above),
            Selection::InlineFragment(inline) => self.set(&inline.selection_set, above),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.fragment_name);
                fragment.map_or_else(Price::default, |fragment| self.set(&fragment.selection_set, above))
            }
        });
        prices.fold(Price::default(), Price::and)
    }

    /// Returns the cost of a field: its own once, and its selection multiplied by its number of items. `edges` and
    /// `nodes` have the size of their page.
    fn field(&self, field: &Field, above: &Sizes<'_>) -> Price {
        if field.name == "__typename" {
            return Price::default();
        }
        let sizes = self.sizes(field);
        let items = sizes.own().saturating_mul(above.of(&field.name));
        let more = weight(&field.definition.directives, POINT).saturating_sub(POINT).saturating_add(self.given(field));
        let own = Price { points: POINT.saturating_add(more), kept: more };
        own.and(self.set(&field.selection_set, &sizes).times(items))
    }

    /// Returns the cost of the arguments of a field.
    fn given(&self, field: &Field) -> usize {
        let costs = field.arguments.iter().filter_map(|argument| {
            let definition = field.definition.argument_by_name(&argument.name)?;
            self.is_given(&argument.value).then_some(())?;
            Some(weight(&definition.directives, 0).saturating_add(self.value(&argument.value, &definition.ty)))
        });
        costs.fold(0, usize::saturating_add)
    }

    /// Returns true if there is a value: null and omitted variables are none.
    fn is_given(&self, value: &Node<Literal>) -> bool {
        match &**value {
            Literal::Null => false,
            Literal::Variable(name) => self.variables.get(name.as_str()).is_some_and(|value| *value != Value::Null),
            _ => true,
        }
    }

    /// Returns the cost of input fields within a value of a document.
    fn value(&self, value: &Node<Literal>, ty: &Type) -> usize {
        match &**value {
            Literal::Variable(name) => self.variables.get(name.as_str()).map_or(0, |value| self.value_given(value, ty)),
            Literal::List(items) => items.iter().map(|item| self.value(item, ty)).fold(0, usize::saturating_add),
            Literal::Object(fields) => {
                let each = fields.iter().filter_map(|(name, value)| {
                    let field = self.input_field(ty, name)?;
                    self.is_given(value).then_some(())?;
                    Some(weight(&field.directives, 0).saturating_add(self.value(value, &field.ty)))
                });
                each.fold(0, usize::saturating_add)
            }
            _ => 0,
        }
    }

    /// Returns the cost of input fields within the value of a variable.
    fn value_given(&self, value: &Value, ty: &Type) -> usize {
        match value {
            Value::List(items) => items.iter().map(|item| self.value_given(item, ty)).fold(0, usize::saturating_add),
            Value::Object(fields) => {
                let given = fields.iter().filter(|(_, value)| **value != Value::Null);
                let each = given.filter_map(|(name, value)| {
                    let field = self.input_field(ty, name)?;
                    Some(weight(&field.directives, 0).saturating_add(self.value_given(value, &field.ty)))
                });
                each.fold(0, usize::saturating_add)
            }
            _ => 0,
        }
    }

    fn input_field(&self, ty: &Type, name: &str) -> Option<&InputValueDefinition> {
        let ExtendedType::InputObject(input) = self.schema.types.get(ty.inner_named_type())? else { return None };
        input.fields.get(name).map(|field| &***field)
    }

    fn sizes<'d>(&self, field: &'d Field) -> Sizes<'d> {
        let Some(list) = field.definition.directives.get("listSize") else { return Sizes::one() };
        let asked = texts(list, "slicingArguments").find_map(|path| self.asked(field, path));
        let assumed = || argument(list, "assumedSize").and_then(|size| size.to_i32());
        let size = asked.or_else(|| assumed().and_then(|size| usize::try_from(size).ok())).unwrap_or(1);
        Sizes { size, below: texts(list, "sizedFields").collect() }
    }

    /// Returns the number of items requested by the argument at `path`: its number, within the limits of a page, or its
    /// length.
    fn asked(&self, field: &Field, path: &str) -> Option<usize> {
        let mut path = path.split('.');
        let name = path.next()?;
        let given = field.arguments.iter().find(|argument| argument.name == name).map(|argument| &argument.value);
        let default = || field.definition.argument_by_name(name)?.default_value.as_ref();
        let path: Vec<&str> = path.collect();
        given.and_then(|value| self.size_of(value, &path)).or_else(|| self.size_of(default()?, &path))
    }

    fn size_of(&self, value: &Node<Literal>, path: &[&str]) -> Option<usize> {
        match (&**value, path) {
            (Literal::Variable(name), _) => size_of_given(self.variables.get(name.as_str())?, path),
            (Literal::Object(fields), [name, rest @ ..]) => {
                self.size_of(&fields.iter().find(|(field, _)| field == name)?.1, rest)
            }
            (Literal::List(items), []) => Some(items.len()),
            (Literal::Int(number), []) => Some(page(number.try_to_f64().ok()?)),
            _ => None,
        }
    }
}

fn size_of_given(value: &Value, path: &[&str]) -> Option<usize> {
    match (value, path) {
        (Value::Object(fields), [name, rest @ ..]) => size_of_given(fields.get(&Name::new(name))?, rest),
        (Value::List(items), []) => Some(items.len()),
        (Value::Number(number), []) => Some(page(number.as_f64()?)),
        _ => None,
    }
}

/// Returns the number of rows of a page of `size`; an invalid size is rejected at execution, at the cost of a valid
/// one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 1 and the largest page")]
fn page(size: f64) -> usize {
    size.clamp(1.0, f64::from(MAX_PAGE)) as usize
}

/// Returns the weight in `@cost`, or `unsaid`.
fn weight(directives: &DirectiveList, unsaid: usize) -> usize {
    let said = directives.get("cost").and_then(|cost| argument(cost, "weight")?.as_str());
    said.and_then(|weight| weight.parse().ok()).unwrap_or(unsaid)
}

fn argument<'d>(directive: &'d Directive, name: &str) -> Option<&'d Node<Literal>> {
    directive.specified_argument_by_name(name)
}

/// Returns the texts in a list argument of a directive.
fn texts<'d>(directive: &'d Directive, name: &str) -> impl Iterator<Item = &'d str> {
    let list = argument(directive, name).and_then(|list| list.as_list()).unwrap_or_default();
    list.iter().filter_map(|text| text.as_str())
}

#[cfg(test)]
mod tests {
    use apollo_compiler::Schema;
    use async_graphql::Variables;
    use serde_json::{Value as Json, json};

    use super::*;

    const SCHEMA: &str = r#"
        directive @cost(weight: String!) on FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION
        directive @listSize(
            assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true
        ) on FIELD_DEFINITION
        type Query {
            rows(first: Int, last: Int): Rows @listSize(assumedSize: 25, slicingArguments: ["first", "last"], sizedFields: ["nodes"])
            few: [Row!]! @listSize(assumedSize: 5)
            dear: Row @cost(weight: "20")
            found(first: Int! = 10): [Row!]! @cost(weight: "10") @listSize(slicingArguments: ["first"])
            named(input: Input!): [Row!]! @listSize(slicingArguments: ["input.ids"])
            row: Row
            where(filter: Filter, search: String @cost(weight: "50")): Row
        }
        input Filter { contains: String @cost(weight: "50") eq: String or: [Filter!] }
        input Input { ids: [ID!]! }
        type Rows { nodes: [Row!]! totalCount: Int! }
        type Row { id: ID! query: Query }
    "#;

    fn price_with(text: &str, variables: Json) -> usize {
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, text, "document").unwrap();
        priced(&schema, &document, variables).points
    }

    fn priced(schema: &Schema, document: &ExecutableDocument, variables: Json) -> Price {
        price(schema, document, document.operations.iter().next().unwrap(), &Variables::from_json(variables))
    }

    fn price_of(text: &str) -> usize {
        price_with(text, Json::Null)
    }

    #[test]
    fn a_field_costs_what_the_schema_says_of_it() {
        assert_eq!(price_of("{ row { id __typename } }"), 2);
        assert_eq!(price_of("{ dear { id } row { id } }"), 21 + 2);
        assert_eq!(price_of("{ few { id } }"), 1 + 5);
        assert_eq!(price_of("{ found { id } }"), 10 + 10);
        assert_eq!(price_of("{ found(first: 3) { id } }"), 10 + 3);
        assert_eq!(price_of(r#"{ named(input: {ids: ["a", "b", "c"]}) { id } }"#), 1 + 3);
    }

    #[test]
    fn a_page_multiplies_its_rows_alone() {
        assert_eq!(price_of("{ rows { totalCount nodes { id } } }"), 1 + 1 + 1 + 25);
        assert_eq!(price_of("{ rows(first: 3) { totalCount nodes { id } } }"), 1 + 1 + 1 + 3);
        assert_eq!(
            price_of("{ rows(last: 4) { ...R } } fragment R on Rows { nodes { id } totalCount }"),
            1 + 1 + 1 + 4
        );
        assert_eq!(price_of("{ rows(first: null, last: 4) { nodes { id } } }"), 1 + 1 + 4);
    }

    #[test]
    fn sizes_are_within_what_a_page_may_have() {
        for (size, rows) in [("0", 1), ("-7", 1), ("101", 100), ("2147483647", 100)] {
            assert_eq!(price_of(&format!("{{ rows(first: {size}) {{ nodes {{ id }} }} }}")), 1 + 1 + rows, "{size}");
        }
    }

    #[test]
    fn sizes_come_from_variables_too() {
        let rows = "query($n: Int) { rows(first: $n) { nodes { id } } }";
        assert_eq!(price_with(rows, json!({"n": 2})), 1 + 1 + 2);
        assert_eq!(price_with(rows, json!({"n": null})), 1 + 1 + 25);
        assert_eq!(price_with(rows, json!({})), 1 + 1 + 25);
        let named = "query($i: Input!) { named(input: $i) { id } }";
        assert_eq!(price_with(named, json!({"i": {"ids": ["a", "b"]}})), 1 + 2);
        let ids = "query($ids: [ID!]!) { named(input: {ids: $ids}) { id } }";
        assert_eq!(price_with(ids, json!({"ids": ["a", "b", "c"]})), 1 + 3);
    }

    #[test]
    fn conditions_that_read_every_row_cost_more_and_are_kept() {
        assert_eq!(price_of(r#"{ where(filter: {eq: "a"}) { id } }"#), 2);
        assert_eq!(price_of(r#"{ where(filter: {contains: "a"}, search: "b") { id } }"#), 2 + 2 * 50);
        let query = "query($f: Filter) { where(filter: $f) { id } }";
        let filter = json!({"f": {"or": [{"contains": "a"}, {"or": [{"contains": "b", "eq": "c"}]}]}});
        assert_eq!(price_with(query, filter.clone()), 2 + 2 * 50);
        let schema = Schema::parse_and_validate(SCHEMA, "schema").unwrap();
        let document = ExecutableDocument::parse_and_validate(&schema, query, "document").unwrap();
        assert_eq!(priced(&schema, &document, filter), Price { points: 102, kept: 100 });
        let dear =
            ExecutableDocument::parse_and_validate(&schema, "{ few { query { dear { id } } } }", "document").unwrap();
        // The rows that were asked for multiply what may come, and not what is kept: one statement reads them.
        assert_eq!(priced(&schema, &dear, Json::Null), Price { points: 1 + 5 * (1 + 20 + 1), kept: 19 });
    }

    #[test]
    fn lists_within_lists_do_not_overflow() {
        let mut text = "{ id }".to_owned();
        for _ in 0..12 {
            text = format!("{{ query {{ rows(first: 100) {{ nodes {text} }} }} }}");
        }
        assert_eq!(price_of(&format!("{{ row {text} }}")), usize::MAX);
    }
}
