//! Documents that nobody meant: cut, swapped, flipped, nested. The parser takes them all, and what it says stays proved.

use proptest::prelude::*;

use super::signals;
use crate::filings::{Filing, parse_filing};

const DOCUMENTS: [&str; 5] = [
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/8k-1800flowers-2023-12-14.htm")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/8k-oracle-2024-11-14.htm")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/8k-blackrock-2023-02-24.htm")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/8k-afcgamma-2023-03-17.htm")),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/8k-nordstrom-2023-03-01.htm")),
];

/// What every result keeps to: each item once, each signal proved, no more text than there was.
fn assert_sound(document: &str) -> Filing {
    let filing = parse_filing(document);
    let mut items: Vec<_> = filing.items.iter().map(|section| section.item).collect();
    items.sort();
    items.dedup();
    assert_eq!(items.len(), filing.items.len());
    for section in &filing.items {
        // A replacement character is longer than the byte it stands for.
        assert!(section.text.len() <= document.len() * 3);
    }
    signals(&filing);
    filing
}

/// One thing that may happen to a document.
#[derive(Debug, Clone)]
enum Damage {
    Cut(usize),
    CutFront(usize),
    Flip(usize, u8),
    Swap(usize, usize),
    Insert(usize, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let junk = prop::sample::select(vec![
        "<",
        ">",
        "&",
        "&#",
        "&#x110000;",
        "<!--",
        "-->",
        "<title>",
        "</p>",
        "<div style=\"display:none\">",
        "<ix:header>",
        "<![CDATA[",
        "<DOCUMENT>",
        "<TEXT>",
        "Item 5.02",
        "Item 1.01 and Item",
        "⟦P0⟧",
        "⟦R99999999999999999999⟧",
        "\u{0}",
        "\u{feff}",
        "Mr. ",
        "(((((",
        "SIGNATURES\n\n",
        "\n\n",
        "“",
        "$999999999999999999999 billion",
        "<script>",
        "<table><tr><td>",
    ]);
    let at = any::<usize>();
    prop_oneof![
        at.prop_map(Damage::Cut),
        at.prop_map(Damage::CutFront),
        (at, any::<u8>()).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (at, at).prop_map(|(one, other)| Damage::Swap(one, other)),
        (at, junk).prop_map(|(at, junk)| Damage::Insert(at, junk)),
    ]
}

fn mangled(document: &str, damages: &[Damage]) -> String {
    let mut bytes = document.as_bytes().to_vec();
    for damage in damages {
        let length = bytes.len().max(1);
        match damage {
            Damage::Cut(at) => bytes.truncate(length / 2 + at % length),
            Damage::CutFront(at) => drop(bytes.drain(..(at % length / 2).min(bytes.len()))),
            Damage::Flip(at, bits) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= bits;
                }
            }
            Damage::Swap(one, other) => swap_tags(&mut bytes, *one, *other),
            Damage::Insert(at, junk) => {
                let at = (at % length).min(bytes.len());
                bytes.splice(at..at, junk.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Exchanges two tags of a document.
fn swap_tags(bytes: &mut Vec<u8>, one: usize, other: usize) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let tags: Vec<_> = text
        .match_indices('<')
        .filter_map(|(start, _)| text[start..].find('>').map(|length| start..=start + length))
        .collect();
    if tags.is_empty() {
        return;
    }
    let (mut first, mut second) = (tags[one % tags.len()].clone(), tags[other % tags.len()].clone());
    if first.start() > second.start() {
        std::mem::swap(&mut first, &mut second);
    }
    if first.end() < second.start() {
        let (a, b) = (text[first.clone()].to_owned(), text[second.clone()].to_owned());
        let between = &text[first.end() + 1..*second.start()];
        *bytes = format!("{}{b}{between}{a}{}", &text[..*first.start()], &text[second.end() + 1..]).into_bytes();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mangled_report_is_read_without_panic(which in 0..5usize, damages in prop::collection::vec(damage(), 1..24)) {
        assert_sound(&mangled(DOCUMENTS[which], &damages));
    }

    #[test]
    fn any_text_is_read_without_panic(text in "\\PC{0,400}") {
        assert_sound(&text);
        assert_sound(&format!("<p>Item 5.02 Departure of Directors or Certain Officers</p><p>{text}</p>"));
        assert_sound(&format!("ITEM 8.01 OTHER EVENTS\n\n{text}"));
    }
}

// A cost that grew with the square of the size would keep these from ending.

#[test]
fn deep_nesting_costs_no_more_than_its_length() {
    for tag in
        ["div", "p", "b", "table><tr><td", "ix:nonnumeric name=\"dei:DocumentType\"", "div style=\"display:none\""]
    {
        let open = format!("<{tag}>").repeat(100_000);
        assert_sound(&format!("{open}<p>Item 8.01 Other Events</p><p>News.</p>"));
    }
}

#[test]
fn megabytes_of_junk_cost_no_more_than_their_length() {
    let heads = "<p>Item 8.01 Other Events</p>";
    for junk in [
        "Jane Roe resigned as director. On May 1, 2024, Amy Lee succeeded Bo Chen. ",
        "<",
        "&",
        "Item 5.02 ",
        "\n\na",
        "(a) ",
        "A",
        "Jane Roe ",
        "Mr. ",
        "$1 million ",
        "\u{a0}",
        "a=b ",
        "[[P0",
        "<p>Item 8.01",
        "Jane Roe was appointed Chief Executive Officer, ",
    ] {
        let junk = junk.repeat((5 << 20) / junk.len());
        assert_sound(&junk);
        assert_sound(&format!("{heads}<p>{junk}</p>"));
    }
}

#[test]
fn a_tag_of_many_attributes_costs_no_more_than_its_length() {
    let attributes: String = (0..300_000).map(|number| format!(" a{number}")).collect();
    assert_sound(&format!("<p{attributes}>Item 8.01 Other Events</p><p>News.</p>"));
}
