//! The tables of `docs/permissions.md`, as the tests read them.

use std::collections::{BTreeMap, BTreeSet};

const DOCUMENT: &str = include_str!("../../../docs/permissions.md");

/// What an operation needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Whether no token is needed.
    pub nothing: bool,
    /// One of these permissions; none when there are none.
    pub permissions: BTreeSet<String>,
    /// A sign-in of one's own.
    pub in_person: bool,
    /// Whether the token of a visitor is enough.
    pub visitor: bool,
}

/// The rows of the table with this first column, without its head.
fn rows(first: &str) -> Vec<Vec<String>> {
    let cells =
        |line: &str| -> Vec<String> { line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect() };
    let head = format!("| {first} |");
    let table = DOCUMENT.lines().skip_while(|line| !line.starts_with(&head)).skip(2);
    table.take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// The words between backticks.
fn code(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// What each operation needs, by kind and name, such as `query companies`.
pub fn operations() -> BTreeMap<String, Needs> {
    let rows = rows("operation").into_iter();
    rows.map(|row| {
        let needs = &row[1];
        let needs = Needs {
            nothing: needs == "everybody",
            permissions: code(needs).into_iter().collect(),
            in_person: needs.ends_with("in person"),
            visitor: needs == "signed in or a visitor",
        };
        let known =
            needs.nothing || needs.visitor || needs.in_person || !needs.permissions.is_empty() || row[1] == "signed in";
        assert!(known, "{row:?}");
        (row[0].replace('`', ""), needs)
    })
    .collect()
}

/// The catalogue: permission, what it lets people do, and the roles that give it.
pub fn catalogue() -> Vec<(String, String, Vec<String>)> {
    let rows = rows("permission").into_iter();
    rows.map(|row| (code(&row[0]).remove(0), row[1].clone(), row[2].split(", ").map(str::to_owned).collect())).collect()
}
