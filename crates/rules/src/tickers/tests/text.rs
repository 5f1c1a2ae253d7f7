//! Text of every kind.

use super::*;

#[test]
fn text_without_a_name_is_not_listed() {
    for text in ["", "   ", "\u{0}\u{1}\u{7f}", "🦀🦀🦀", "()", "(((", "—", "™®", "$", ":", "/", "&"] {
        assert_eq!(reason(text), NotListedReason::NoName, "{text:?}");
    }
}

#[test]
fn a_text_that_is_no_name_is_too_long() {
    assert_eq!(reason(&"Apple ".repeat(1_700)), NotListedReason::TooLong);
}

#[test]
fn odd_characters_around_a_name_do_not_matter() {
    for text in ["🍎 Apple Inc.", "\u{200b}Apple Inc.\u{feff}", "Apple\u{a0}Inc.", "Apple\tInc.\r\n", "“Apple Inc.”"]
    {
        assert_eq!(ticker(text).as_deref(), Some("AAPL"), "{text:?}");
    }
}

#[test]
fn no_text_makes_the_search_panic() {
    let parts = [
        "İ",
        "ß",
        "ﬁ",
        "é",
        "日本電気",
        "(",
        ")",
        "[",
        "NYSE:",
        "Ticker:",
        "formerly ",
        " now ",
        "$",
        "/",
        "\\",
        "'s",
        "🦀",
        "\u{301}",
        "\u{0}",
        "&",
        "Inc",
        "The",
        "of",
        "public",
        "cv",
        "com",
        "BRK.B",
        "1",
        "-",
        ", ",
    ];
    for first in parts {
        for second in parts {
            for third in parts {
                let _ = DIRECTORY.find(&format!("{first}{second}{third}"));
                let _ = DIRECTORY.find(&format!("{first} {second} {third}"));
            }
        }
    }
}

#[test]
fn the_same_text_always_gets_the_same_answer() {
    let again = Directory::from_company_tickers(COMPANIES).unwrap();
    for (_, title, _) in every_company().iter().step_by(37) {
        let name = title.split_whitespace().next().unwrap();
        assert_eq!(DIRECTORY.find(name), again.find(name), "{name}");
    }
}
