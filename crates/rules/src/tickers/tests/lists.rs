//! The SEC's lists, the bundled lists, the sample lists.

use std::collections::HashMap;

use super::super::normalize::Name;
use super::super::{DirectoryError, MatchMethod};
use super::*;

const SAMPLE_EXCHANGES: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/sample/sample_company_tickers_exchange.json"));

#[test]
fn the_real_list_has_every_company_once() {
    assert_eq!((DIRECTORY.len(), DIRECTORY.skipped_rows()), (7_919, 0));
    assert!(!DIRECTORY.is_empty());
}

#[test]
fn a_plain_list_is_read_like_the_numbered_object() {
    let (rows, _) = source::read_companies(COMPANIES).unwrap();
    let list: Vec<_> = rows
        .iter()
        .map(|row| serde_json::json!({"cik": format!("{:010}", row.cik), "ticker": row.ticker, "name": row.title}))
        .collect();
    let directory = Directory::from_company_tickers(&serde_json::to_vec(&list).unwrap()).unwrap();
    assert_eq!(directory.len(), DIRECTORY.len());
    assert_eq!(directory.find("Alphabet"), DIRECTORY.find("Alphabet"));
}

#[test]
fn rows_are_taken_by_their_numbers_and_not_by_their_place() {
    let json = br#"{
        "10": {"cik_str": 7, "ticker": "ZZB", "title": "Bluefen Energy Corp"},
        "2": {"cik_str": 7, "ticker": "ZZA", "title": "Bluefen Energy Corp"}
    }"#;
    let directory = Directory::from_company_tickers(json).unwrap();
    let Listing::Listed(found) = directory.find("Bluefen Energy") else { panic!("not found") };
    assert_eq!(found.ticker, "ZZA");
}

#[test]
fn bad_rows_are_skipped_and_counted() {
    let json = br#"{
        "0": {"cik_str": "0000000007", "ticker": "zzbf", "title": "Bluefen Energy Corp"},
        "1": {"cik_str": null, "ticker": "A", "title": "A"},
        "2": {"cik_str": 0, "ticker": "B", "title": "B"},
        "3": {"cik_str": 8, "ticker": "", "title": "C"},
        "4": {"cik_str": 9, "ticker": "D"},
        "5": {"cik_str": 10, "ticker": "E", "title": "--"},
        "6": 17
    }"#;
    let directory = Directory::from_company_tickers(json).unwrap();
    assert_eq!((directory.len(), directory.skipped_rows()), (1, 6));
}

#[test]
fn a_list_that_is_none_is_an_error() {
    for json in ["", "<html>Request Rate Threshold Exceeded</html>", "17", "\"text\"", "null", "{\"0\": {", "\u{0}"] {
        let error = Directory::from_company_tickers(json.as_bytes()).unwrap_err();
        assert!(matches!(error, DirectoryError::Format(_)), "{json}: {error}");
    }
}

#[test]
fn a_list_without_companies_is_an_error() {
    for (json, expected) in [("{}", 0), ("[]", 0), ("[1, null, {}]", 3)] {
        let error = Directory::from_company_tickers(json.as_bytes()).unwrap_err();
        assert!(matches!(error, DirectoryError::Empty { skipped } if skipped == expected), "{json}: {error}");
    }
}

#[test]
fn exchanges_are_added_to_the_main_tickers() {
    let mut directory = Directory::from_company_tickers(
        br#"[{"cik_str": 1, "ticker": "ZZA", "title": "Bluefen Energy Corp"},
             {"cik_str": 1, "ticker": "ZZB", "title": "Bluefen Energy Corp"},
             {"cik_str": 2, "ticker": "ZZC", "title": "Pinebarrow Foods Inc"}]"#,
    )
    .unwrap();
    // The columns in another order, a further share class, no exchange, a wrong company, no row at all.
    let added = directory.add_exchanges(
        br#"{"fields": ["ticker", "exchange", "cik", "name"], "data": [
            ["ZZB", "OTC", 1, "Bluefen"], ["ZZA", "NYSE", "0000000001", "Bluefen"], ["ZZC", null, 2, "Pinebarrow"],
            ["ZZC", "NYSE", 3, "Other"], ["ZZD", "NYSE", 4, "Other"], 5, []]}"#,
    );
    assert_eq!(added.unwrap(), 1);
    for (name, exchange) in [("Bluefen Energy", Some("NYSE")), ("Pinebarrow Foods", None)] {
        let Listing::Listed(found) = directory.find(name) else { panic!("{name}") };
        assert_eq!(found.exchange.as_deref(), exchange, "{name}");
    }
}

#[test]
fn exchanges_in_another_format_are_an_error() {
    let mut directory = Directory::from_company_tickers(SAMPLE).unwrap();
    for json in ["", "{}", "[]", "{\"fields\": [\"cik\"], \"data\": []}"] {
        assert!(directory.add_exchanges(json.as_bytes()).is_err(), "{json}");
    }
}

#[test]
fn answers_can_be_kept_as_json() {
    for name in ["Apple", "Vertex", "Bosch", "Delta Dental"] {
        let listing = DIRECTORY.find(name);
        let json = serde_json::to_string(&listing).unwrap();
        assert_eq!(serde_json::from_str::<Listing>(&json).unwrap(), listing);
    }
}

#[test]
fn every_alias_belongs_to_a_company_of_the_list() {
    let ciks: Vec<u64> = every_company().into_iter().map(|(cik, ..)| cik).collect();
    for alias in source::bundled_aliases().unwrap() {
        assert!(ciks.contains(&alias.cik), "{alias:?}");
    }
}

#[test]
fn every_alias_finds_its_company_as_an_alias() {
    for alias in source::bundled_aliases().unwrap() {
        let found = found(&alias.name);
        assert_eq!(found.cik, alias.cik, "{alias:?} {found:?}");
        let expected = match alias.kind {
            source::AliasKind::Former => MatchMethod::FormerName,
            source::AliasKind::Brand | source::AliasKind::Short => MatchMethod::Alias,
        };
        assert_eq!(found.method, expected, "{alias:?} {found:?}");
    }
}

#[test]
fn no_two_aliases_are_the_same_name() {
    let mut seen = HashMap::new();
    for alias in source::bundled_aliases().unwrap() {
        let key = Name::new(&alias.name).unwrap().legal();
        if let Some(other) = seen.insert(key, alias.name.clone()) {
            panic!("{other} and {}", alias.name);
        }
    }
}

#[test]
fn every_private_company_is_not_listed_and_says_why() {
    for organisation in source::bundled_unlisted().unwrap() {
        for name in &organisation.names {
            let expected = NotListedReason::KnownPrivate(organisation.reason.clone());
            assert_eq!(reason(name), expected, "{name}");
        }
    }
}

#[test]
fn no_private_company_is_found_without_the_list_of_private_companies() {
    for organisation in source::bundled_unlisted().unwrap() {
        for name in &organisation.names {
            let listing = WITHOUT_PRIVATE.find(name);
            assert!(!matches!(listing, Listing::Listed(_)), "{name}: {listing:?}");
        }
    }
}

#[test]
fn a_private_company_that_the_list_has_by_now_is_listed_under_all_its_names() {
    let json = br#"[{"cik_str": 9900000099, "ticker": "ZZSX", "title": "Space Exploration Technologies Corp"}]"#;
    let directory = Directory::from_company_tickers(json).unwrap();
    let listing = directory.find("Space Exploration Technologies");
    assert!(matches!(listing, Listing::Listed(_)), "{listing:?}");
    let reason = NotListedReason::NoMatch;
    assert_eq!(directory.find("SpaceX"), Listing::NotListed { reason });
}

#[test]
fn aliases_of_companies_that_the_list_lacks_are_not_used() {
    let directory = Directory::from_company_tickers(SAMPLE).unwrap();
    let reason = NotListedReason::NoMatch;
    assert_eq!(directory.find("Google"), Listing::NotListed { reason });
}

#[test]
fn the_sample_companies_are_found_with_their_exchange() {
    let mut directory = Directory::from_company_tickers(SAMPLE).unwrap();
    assert_eq!(directory.add_exchanges(SAMPLE_EXCHANGES).unwrap(), 14);
    for (name, ticker) in [
        ("Northwind Harbor Logistics, Inc.", "ZZNW"),
        ("Quillmark Insurance", "ZZQM"),
        ("Bluefen Energy Corporation", "ZZBF"),
        ("Tessaract Retail", "ZZTR"),
        ("Ostrava Precision plc", "ZZOP"),
        ("Lumenfield Health Systems", "ZZLH"),
        ("Kestrel and Vane Airlines", "ZZKV"),
        ("Harrowgate Financial", "ZZHF"),
        ("Pinebarrow Foods®", "ZZPF"),
        ("Solmere Telecom N.V.", "ZZST"),
        ("Vantry Semiconductor (Ticker: ZZVS)", "ZZVS"),
        ("Calderwood Media Group", "ZZCM"),
        ("Marrowstone Mining Limited", "ZZMM"),
        ("Ibexa Robotics", "ZZIR"),
    ] {
        let Listing::Listed(found) = directory.find(name) else { panic!("{name}") };
        assert_eq!((found.ticker.as_str(), found.exchange.as_deref()), (ticker, Some("SAMPLE")));
    }
}

#[test]
fn no_sample_company_is_a_real_one() {
    for row in source::read_companies(SAMPLE).unwrap().0 {
        assert_eq!(reason(&row.title), NotListedReason::NoMatch, "{row:?}");
        assert!(row.ticker.starts_with("ZZ") && row.cik > 9_900_000_000);
    }
}
