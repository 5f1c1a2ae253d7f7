//! Holds the guide to the code: the files and the code that it names are there, and a field costs as many places as it says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::{collections::BTreeMap, fs, path::Path};

/// A row of a table in the guide: the number, the file and the code to imitate.
struct Place {
    number: usize,
    file: String,
    code: String,
}

/// The places of each section, by its heading.
fn places() -> BTreeMap<String, Vec<Place>> {
    let text = fs::read_to_string(root().join("docs/adding-a-domain.md")).unwrap();
    let (mut sections, mut heading) = (BTreeMap::<_, Vec<_>>::new(), String::new());
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            heading = name.to_owned();
        }
        let cells: Vec<_> = line.split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect();
        if let [_, number, file, code, _, _] = cells.as_slice()
            && let Ok(number) = number.parse()
        {
            let place = Place { number, file: file.clone(), code: code.clone() };
            sections.entry(heading.clone()).or_default().push(place);
        }
    }
    sections
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn what_the_guide_names_is_there() {
    let mut problems = Vec::new();
    for Place { file, code, .. } in places().into_values().flatten() {
        let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
        if text.is_empty() || !text.contains(&code) {
            problems.push(format!("{file} holds no `{code}`"));
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn a_writable_field_costs_nine_places_and_a_mutation_five() {
    let places = places();
    let counts = |section: &str| places[section].iter().map(|place| place.number).collect::<Vec<_>>();
    assert_eq!(counts("A field"), (1..=9).collect::<Vec<_>>());
    assert_eq!(counts("A mutation"), (1..=5).collect::<Vec<_>>());
    let headings = ["A domain", "A field", "A mutation", "A notification", "A subscription", "An event"];
    assert_eq!(places.keys().collect::<Vec<_>>(), headings);
}
