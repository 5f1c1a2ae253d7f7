//! The rules of names and shapes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{each, name, types};

/// Words that generated code cannot have as type names in one of the languages of clients: TypeScript, Kotlin, Swift, Rust.
const RESERVED_TYPES: [&str; 24] = [
    "Any", "Array", "Bool", "Box", "Data", "Date", "Double", "Error", "Function", "Long", "Map", "Never", "Number",
    "Object", "Option", "Optional", "Promise", "Protocol", "Record", "Result", "Self", "Set", "Symbol", "Type",
];
/// Words that generated code would have to escape as names of fields and arguments.
const RESERVED_FIELDS: [&str; 42] = [
    "abstract",
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "else",
    "enum",
    "extends",
    "extern",
    "final",
    "fn",
    "for",
    "fun",
    "func",
    "function",
    "guard",
    "if",
    "impl",
    "import",
    "interface",
    "internal",
    "is",
    "let",
    "loop",
    "match",
    "mod",
    "new",
    "object",
    "protocol",
    "repeat",
    "return",
    "self",
    "struct",
    "type",
    "when",
];

/// A type with its wrappers, as the schema definition language writes it.
fn written(kind: &Value) -> String {
    match kind["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&kind["ofType"])),
        "LIST" => format!("[{}]", written(&kind["ofType"])),
        _ => name(kind).to_owned(),
    }
}

fn is_camel_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_pascal_case(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_screaming_case(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|first: char| first.is_ascii_uppercase()) && name.chars().all(allowed)
}

/// The fields of all objects and interfaces: type, field.
fn fields(types: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    types.iter().flat_map(|kind| each(&kind["fields"]).map(move |field| (kind, field)))
}

/// The fields of a type, and their arguments.
fn members(kind: &Value) -> Vec<&Value> {
    let fields = || each(&kind["fields"]).chain(each(&kind["inputFields"]));
    fields().chain(fields().flat_map(|field| each(&field["args"]))).collect()
}

fn nothing_in(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn names_are_written_as_the_conventions_say() {
    let mut wrong = Vec::new();
    for kind in types().await {
        if !is_pascal_case(name(&kind)) {
            wrong.push(name(&kind).to_owned());
        }
        let values = each(&kind["enumValues"]).map(|value| (name(value), is_screaming_case as fn(&str) -> bool));
        let others = members(&kind).into_iter().map(|member| (name(member), is_camel_case as fn(&str) -> bool));
        for (member, is_right) in values.chain(others) {
            if !is_right(member) {
                wrong.push(format!("{}.{member}", name(&kind)));
            }
        }
    }
    nothing_in(wrong);
}

/// Followers who differ in a `Cursor` alone are told the same of an event, for it only says where a subscription begins. A
/// mutation is answered for one alone.
#[tokio::test]
async fn a_cursor_of_events_is_given_to_subscriptions_alone() {
    let types = types().await;
    let takes_cursor = |item: &Value| written(&item["type"]).contains("EventCursor");
    let mut takers = BTreeSet::new();
    for (kind, field) in fields(&types) {
        for argument in each(&field["args"]).filter(|argument| takes_cursor(argument)) {
            takers.insert(format!("{}({})", name(kind), name(argument)));
        }
    }
    for kind in &types {
        takers.extend(
            each(&kind["inputFields"])
                .filter(|field| takes_cursor(field))
                .map(|field| format!("{}.{}", name(kind), name(field))),
        );
    }
    assert_eq!(takers.into_iter().collect::<Vec<_>>(), ["MarkNotificationsInput.upTo", "Subscription(after)"]);
}

#[tokio::test]
async fn no_name_is_a_word_of_the_languages_of_clients() {
    let mut wrong = Vec::new();
    for kind in types().await {
        // Scalars are mapped to types that the language has.
        if kind["kind"] != "SCALAR" && RESERVED_TYPES.contains(&name(&kind)) {
            wrong.push(name(&kind).to_owned());
        }
        for member in members(&kind).into_iter().filter(|member| RESERVED_FIELDS.contains(&name(member))) {
            wrong.push(format!("{}.{}", name(&kind), name(member)));
        }
    }
    nothing_in(wrong);
}

#[tokio::test]
async fn no_two_names_differ_in_case_only() {
    let types = types().await;
    let names: BTreeSet<_> = types.iter().map(|kind| name(kind).to_lowercase()).collect();
    assert_eq!(names.len(), types.len());
}

#[tokio::test]
async fn no_type_is_empty() {
    let is_empty = |kind: &Value| match kind["kind"].as_str().unwrap() {
        "SCALAR" => false,
        "UNION" => each(&kind["possibleTypes"]).next().is_none(),
        "ENUM" => each(&kind["enumValues"]).next().is_none(),
        "INPUT_OBJECT" => each(&kind["inputFields"]).next().is_none(),
        _ => each(&kind["fields"]).next().is_none(),
    };
    nothing_in(types().await.iter().filter(|kind| is_empty(kind)).map(|kind| name(kind).to_owned()).collect());
}

#[tokio::test]
async fn lists_and_what_is_in_them_are_never_null() {
    let types = types().await;
    let is_right = |kind: &str| !kind.contains('[') || (kind.starts_with('[') && kind.ends_with("!]!"));
    let places =
        fields(&types).map(|(kind, field)| (format!("{}.{}", name(kind), name(field)), written(&field["type"])));
    // `nodes` answers in the order of the ids, with null in the place of what is not there.
    // A list that needs a right of its own is null for who lacks it.
    let may_differ = [
        "Query.accountManagers",
        "Query.churnReasons",
        "Query.customerIndustries",
        "Query.lostReasons",
        "Query.nodes",
        "Query.roles",
        "Query.scheduledTasks",
    ];
    let wrong = places.filter(|(place, kind)| !is_right(kind) && !may_differ.contains(&place.as_str()));
    nothing_in(wrong.map(|(place, kind)| format!("{place}: {kind}")).collect());
}

#[tokio::test]
async fn lists_that_are_given_hold_no_nulls() {
    let types = types().await;
    let inputs = types.iter().flat_map(|kind| each(&kind["inputFields"]));
    let arguments = fields(&types).flat_map(|(_, field)| each(&field["args"]));
    let wrong = inputs.chain(arguments).map(|input| (name(input), written(&input["type"])));
    nothing_in(
        wrong
            .filter(|(_, kind)| kind.contains(']') && !kind.contains("!]"))
            .map(|wrong| format!("{wrong:?}"))
            .collect(),
    );
}

#[tokio::test]
async fn mutations_return_the_object_they_changed() {
    let types = types().await;
    let objects: BTreeSet<_> =
        types.iter().filter(|kind| kind["kind"] == "OBJECT").map(|kind| format!("{}!", name(kind))).collect();
    let mutations: Vec<_> =
        fields(&types).filter(|(kind, _)| name(kind) == "Mutation").map(|(_, field)| field).collect();
    assert!(!mutations.is_empty());
    let wrong = mutations.iter().filter(|field| !objects.contains(&written(&field["type"])));
    nothing_in(wrong.map(|field| name(field).to_owned()).collect());
}

#[tokio::test]
async fn mutations_take_an_input_of_their_name_or_one_natural_argument_or_none() {
    let types = types().await;
    let mut wrong = Vec::new();
    for (_, field) in fields(&types).filter(|(kind, _)| name(kind) == "Mutation") {
        let (first, rest) = name(field).split_at(1);
        let input = format!("{}{rest}Input!", first.to_uppercase());
        let arguments: Vec<_> =
            each(&field["args"]).map(|argument| (name(argument), written(&argument["type"]))).collect();
        let is_input = arguments == [("input", input)];
        let is_natural = arguments.len() == 1 && arguments[0].0 != "input" && arguments[0].1.ends_with('!');
        if !is_input && !is_natural && !arguments.is_empty() {
            wrong.push(format!("{}: {arguments:?}", name(field)));
        }
    }
    nothing_in(wrong);
}

#[tokio::test]
async fn every_connection_has_the_same_arguments_and_fields() {
    let types = types().await;
    let by_name: BTreeMap<_, _> = types.iter().map(|kind| (name(kind), kind)).collect();
    let lists: Vec<_> = fields(&types)
        .filter(|(_, field)| written(&field["type"]).trim_end_matches('!').ends_with("Connection"))
        .collect();
    assert!(lists.len() >= 16);
    for (kind, field) in lists {
        let arguments: BTreeMap<_, _> = each(&field["args"]).map(|arg| (name(arg), written(&arg["type"]))).collect();
        for (argument, kind) in [("first", "Int"), ("after", "String"), ("last", "Int"), ("before", "String")] {
            assert_eq!(arguments.get(argument).map(String::as_str), Some(kind), "{}", name(field));
        }
        let connection = written(&field["type"]);
        let node = connection.trim_end_matches('!').trim_end_matches("Connection");
        for (argument, suffix) in [("filter", "Filter"), ("orderBy", "Order")] {
            assert_eq!(arguments.get(argument), Some(&format!("{node}{suffix}")), "{}.{}", name(kind), name(field));
        }
        let connection = by_name[connection.trim_end_matches('!')];
        let shape: Vec<_> =
            each(&connection["fields"]).map(|field| format!("{}: {}", name(field), written(&field["type"]))).collect();
        let expected = [
            format!("edges: [{node}Edge!]!"),
            format!("nodes: [{node}!]!"),
            "pageInfo: PageInfo!".into(),
            "totalCount: Int!".into(),
        ];
        assert_eq!(shape, expected);
    }
}

#[tokio::test]
async fn scalars_are_those_of_the_conventions() {
    let types = types().await;
    let scalars: BTreeSet<_> = types.iter().filter(|kind| kind["kind"] == "SCALAR").map(name).collect();
    assert_eq!(scalars, BTreeSet::from(["CurrencyCode", "Date", "DateTime", "Decimal", "EventCursor", "JSON"]));
}

/// A filter asks for null where null can be, and nowhere else.
#[tokio::test]
async fn filters_know_what_can_be_null() {
    let types = types().await;
    let by_name: BTreeMap<_, _> = types.iter().map(|kind| (name(kind), kind)).collect();
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for filter in types.iter().filter(|kind| kind["kind"] == "INPUT_OBJECT") {
        let Some(of) = name(filter).strip_suffix("Filter").and_then(|of| by_name.get(of)) else { continue };
        for condition in each(&filter["inputFields"]) {
            let Some(field) = each(&of["fields"]).find(|field| name(field) == name(condition)) else { continue };
            let comparators = by_name.get(written(&condition["type"]).as_str());
            let has = |wanted: &str| {
                comparators
                    .is_some_and(|comparators| each(&comparators["inputFields"]).any(|given| name(given) == wanted))
            };
            // Conditions on the rows that others name go on to these, and keys to what they stand for.
            let is_value = by_name
                .get(written(&field["type"]).trim_end_matches('!'))
                .is_none_or(|kind| ["SCALAR", "ENUM"].contains(&kind["kind"].as_str().unwrap()));
            if comparators.is_none() || has("and") || !is_value {
                continue;
            }
            let asks_for_null = has("isNull");
            compared += 1;
            if asks_for_null == written(&field["type"]).ends_with('!') {
                wrong.push(format!("{}.{}", name(filter), name(condition)));
            }
        }
    }
    assert!(compared > 20, "{compared}");
    nothing_in(wrong);
}
