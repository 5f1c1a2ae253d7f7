//! Lists and documents that nobody meant: cut, flipped, nested, doubled. The readers take them all.
//!
//! `FUZZ_SECONDS` says how long the last test mangles (half a second when it is not set), `FUZZ_SEED` with which random
//! numbers it begins; a failure names the seed of the one input that shows it.

use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rapport::{
    clients::{edgar::read_submissions, http::ClientError},
    domains::intelligence::filings::{Filed, parse_filing, signals_of},
};
use serde_json::{Value, json};
use url::Url;

use super::{company, day, tesla};
use crate::support::today;

const DOCUMENTS: [&[u8]; 5] = [
    include_bytes!("../../data/edgar/8k-1800flowers-2023-12-14.htm"),
    include_bytes!("../../data/edgar/8k-afcgamma-2023-03-17.htm"),
    include_bytes!("../../data/edgar/8k-blackrock-2023-02-24.htm"),
    include_bytes!("../../data/edgar/8k-nordstrom-2023-03-01.htm"),
    include_bytes!("../../data/edgar/8k-oracle-2024-11-14.htm"),
];

/// What is put in between.
const JUNK: [&str; 24] = [
    "<",
    ">",
    "&",
    "&#",
    "&#x110000;",
    "<!--",
    "-->",
    "</p>",
    "<table><tr><td>",
    "<ix:header>",
    "<![CDATA[",
    "<DOCUMENT>",
    "<TEXT>",
    "Item 5.02",
    "\u{0}",
    "\u{feff}",
    "(((((",
    "\n\n",
    "\"",
    "]",
    "{",
    ",",
    "null",
    "1e999",
];

/// A list that is read is sound: each report once, since the day, newest first, its address below the archives.
fn assert_sound_list(cik: u64, list: &[u8], older: &[&[u8]]) {
    let (since, site) = (day("2015-01-01"), Url::parse("https://www.sec.gov").unwrap());
    let read = match read_submissions(cik, since, list, older, &site) {
        Ok(read) => read,
        Err(ClientError::Cut | ClientError::Garbage { .. }) => return,
        Err(other) => panic!("{other:?}"),
    };
    assert!(
        read.reports.is_sorted_by(|one, next| (one.filed_on, one.accepted_at) >= (next.filed_on, next.accepted_at))
    );
    let mut seen = std::collections::HashSet::new();
    let folders = format!("https://www.sec.gov/Archives/edgar/data/{cik}/");
    for report in &read.reports {
        assert!(
            seen.insert(&report.accession) && report.accession.len() == 20 && report.filed_on >= since,
            "{report:?}"
        );
        let name = report.url.strip_prefix(&folders).and_then(|rest| rest.split_once('/')).unwrap().1;
        assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)), "{name}");
        assert!(!name.starts_with('.'), "{name}");
    }
}

/// A document that is read is sound: each item once, each signal with a sentence.
fn assert_sound_document(document: &[u8]) {
    let filing = parse_filing(&String::from_utf8_lossy(document));
    let mut items: Vec<_> = filing.items.iter().map(|section| section.item).collect();
    items.sort();
    items.dedup();
    assert_eq!(items.len(), filing.items.len());
    let now = today();
    let filed =
        Filed { company: None, accession: "0001234567-24-000123", url: "https://www.sec.gov/x.htm", filed_at: now };
    assert!(signals_of(&filing, &filed, now).iter().all(|signal| !signal.evidence.sentence.is_empty()));
}

/// A list that is small enough to be mangled often.
fn small_list() -> Value {
    let company = company();
    let mut filings = Vec::new();
    for (number, template) in crate::support::edgar::TEMPLATES.iter().enumerate() {
        filings.push(template.filing(&company, number as u32 + 1, day("2024-05-02")));
    }
    let mut list = crate::support::edgar::Company { filings, ..company }.list();
    list["filings"]["files"] = json!([{"name": "CIK0009000001-submissions-001.json", "filingTo": "2020-01-01"}]);
    list
}

/// Any JSON, mostly small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,30}".prop_map(Value::from),
        prop::sample::select(vec![
            "8-K",
            "8-K/A",
            "2.02,9.01",
            "2024-05-02",
            "99999999",
            "2024-05-02T20:15:46.000Z",
            "+262143-01-01T00:00:00Z"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// The places of a value: of the object, of its columns, of their cells.
fn places(value: &Value) -> Vec<String> {
    fn collect(value: &Value, at: &str, places: &mut Vec<String>) {
        places.push(at.to_owned());
        match value {
            Value::Object(map) => map.iter().for_each(|(key, inner)| collect(inner, &format!("{at}/{key}"), places)),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(key, inner)| collect(inner, &format!("{at}/{key}"), places));
            }
            _ => {}
        }
    }
    let mut places = Vec::new();
    collect(value, "", &mut places);
    places
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_with_anything_anywhere_is_read_without_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any_json()), 1..6)
    ) {
        let mut list = small_list();
        for (at, value) in changes {
            let places = places(&list);
            let place: &String = at.get(&places);
            *list.pointer_mut(place).unwrap() = value;
        }
        assert_sound_list(9_000_001, list.to_string().as_bytes(), &[]);
        assert_sound_list(9_000_001, small_list().to_string().as_bytes(), &[list["filings"]["recent"].to_string().as_bytes()]);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        assert_sound_list(9_000_001, &bytes, &[&bytes]);
        assert_sound_document(&bytes);
    }
}

/// A random part of so many bytes, at most `most`.
fn part(random: &mut StdRng, length: usize, most: usize) -> Range<usize> {
    let start = random.random_range(0..=length);
    start..(start + random.random_range(0..=most)).min(length)
}

/// From a `<`, or a `"`, to the next `>` or `"`.
fn tag(random: &mut StdRng, bytes: &[u8]) -> Option<Range<usize>> {
    let from = random.random_range(0..bytes.len().max(1));
    let start = from + bytes.get(from..)?.iter().position(|byte| b"<\"".contains(byte))?;
    let end = start + 1 + bytes[start + 1..].iter().position(|byte| b">\"".contains(byte))?;
    Some(start..end + 1)
}

/// One thing that may happen to a document.
fn damage(random: &mut StdRng, bytes: &mut Vec<u8>) {
    let length = bytes.len();
    match random.random_range(0..9) {
        // Flipped.
        0 => {
            for _ in 0..random.random_range(1..20) {
                let at = random.random_range(0..length.max(1));
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.random_range(0..8);
                }
            }
        }
        // Cut off, perhaps within a character.
        1 => bytes.truncate(random.random_range(length / 3..=length)),
        // Cut out.
        2 => drop(bytes.drain(part(random, length, 2000))),
        // A tag cut out, cut in two, or taken for another.
        3 => drop(tag(random, bytes).map(|tag| bytes.drain(tag).count())),
        4 => {
            if let Some(tag) = tag(random, bytes) {
                bytes.drain(tag.start + 1 + (tag.len() - 1) / 2..tag.end);
            }
        }
        5 => {
            if let (Some(one), Some(other)) = (tag(random, bytes), tag(random, bytes)) {
                let copy = bytes[one].to_vec();
                bytes.splice(other, copy);
            }
        }
        // Doubled, many times over.
        6 => {
            let part = part(random, length, 400);
            let (at, copy) = (part.end, bytes[part].repeat(random.random_range(1..40)));
            bytes.splice(at..at, copy);
        }
        // Nested.
        7 => {
            let (open, close) =
                [("<div>", "</div>"), ("[", "]"), ("<table><tr><td>", ""), ("{\"a\":", "}")][random.random_range(0..4)];
            let (part, deep) = (part(random, length, 3000), random.random_range(1..300));
            let nested = [open.repeat(deep).as_bytes(), &bytes[part.clone()], close.repeat(deep).as_bytes()].concat();
            bytes.splice(part, nested);
        }
        _ => {
            let at = random.random_range(0..=length);
            bytes.splice(at..at, JUNK[random.random_range(0..JUNK.len())].bytes());
        }
    }
    bytes.truncate(1 << 20);
}

#[test]
fn the_real_documents_and_lists_are_mangled_for_a_while_without_panic() {
    let setting = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a whole number"));
    let time = setting("FUZZ_SECONDS").map_or(Duration::from_millis(500), Duration::from_secs);
    let first = setting("FUZZ_SEED").unwrap_or_else(rand::random);
    let (tesla, small) = (tesla::list().into_bytes(), small_list().to_string().into_bytes());
    let start = Instant::now();
    let mut inputs: u64 = 0;
    while start.elapsed() < time || inputs < 7 {
        let seed = first.wrapping_add(inputs);
        inputs += 1;
        let mut random = StdRng::seed_from_u64(seed);
        let which = seed % 7;
        let mut bytes = match which {
            5 => small.clone(),
            6 => tesla.clone(),
            report => DOCUMENTS[report as usize].to_vec(),
        };
        for _ in 0..random.random_range(1..12) {
            damage(&mut random, &mut bytes);
        }
        let read = catch_unwind(AssertUnwindSafe(|| match which {
            5 => assert_sound_list(9_000_001, &bytes, &[&bytes]),
            6 => assert_sound_list(tesla::TESLA, &bytes, &[]),
            _ => assert_sound_document(&bytes),
        }));
        assert!(read.is_ok(), "repeat it with FUZZ_SEED={seed}");
    }
    // With --nocapture.
    println!("{inputs} mangled inputs were read, beginning with FUZZ_SEED={first}");
}
