//! Names as pages write them, taken apart.

use super::*;

fn other(text: &str, relation: Relation) -> OtherName {
    OtherName { text: text.into(), relation, is_inside: false }
}

fn hint(symbol: &str, source: HintSource) -> TickerHint {
    TickerHint { symbol: symbol.into(), source }
}

#[test]
fn a_plain_name_stays_as_it_is() {
    let page = PageName::parse("  Amazon.com, Inc. ");
    assert_eq!(page.main, "Amazon.com, Inc.");
    assert!(page.others.is_empty() && page.tickers.is_empty());
}

#[test]
fn a_name_in_brackets_is_another_name() {
    let page = PageName::parse("Alphabet (Google)");
    assert_eq!(page.main, "Alphabet");
    assert_eq!(page.others, [other("Google", Relation::Beside)]);
}

#[test]
fn former_names_are_told_apart_with_and_without_brackets() {
    for text in ["Meta (formerly Facebook)", "Meta, formerly Facebook", "Meta f/k/a Facebook", "Meta [fka Facebook]"] {
        let page = PageName::parse(text);
        assert_eq!(page.main, "Meta", "{text}");
        assert_eq!(page.others, [other("Facebook", Relation::Former)], "{text}");
    }
}

#[test]
fn a_present_name_is_told_apart() {
    for text in ["Square (now Block, Inc.)", "Square, now Block, Inc."] {
        let page = PageName::parse(text);
        assert_eq!(page.main, "Square", "{text}");
        assert_eq!(page.others, [other("Block, Inc.", Relation::Same)], "{text}");
    }
}

#[test]
fn a_parent_in_brackets_is_told_apart() {
    let page = PageName::parse("LinkedIn (owned by Microsoft)");
    assert_eq!(page.others, [other("Microsoft", Relation::Parent)]);
}

#[test]
fn an_exchange_and_its_symbol_become_a_hint() {
    for text in ["Salesforce, Inc. (NYSE: CRM)", "Salesforce, Inc. NYSE:CRM", "Salesforce, Inc. (NYSE CRM)"] {
        let page = PageName::parse(text);
        assert_eq!(page.main, "Salesforce, Inc.", "{text}");
        assert_eq!(page.tickers, [hint("CRM", HintSource::Stated)], "{text}");
        assert!(page.others.is_empty(), "{text}");
    }
}

#[test]
fn labels_and_dollar_signs_mark_a_ticker() {
    for text in [
        "Microsoft – Ticker: MSFT",
        "Microsoft (ticker symbol: msft)",
        "Microsoft $MSFT",
        "Microsoft (Ticker: NASDAQ: MSFT)",
    ] {
        let page = PageName::parse(text);
        assert_eq!(page.main, "Microsoft", "{text}");
        assert_eq!(page.tickers, [hint("MSFT", HintSource::Stated)], "{text}");
    }
}

#[test]
fn share_classes_are_spelled_as_the_sec_does() {
    let page = PageName::parse("Berkshire Hathaway (NYSE: BRK.B)");
    assert_eq!(page.tickers, [hint("BRK-B", HintSource::Stated)]);
}

#[test]
fn several_symbols_may_follow_one_exchange() {
    let page = PageName::parse("Alphabet (NASDAQ: GOOGL, GOOG; formerly Google)");
    let symbols: Vec<_> = page.tickers.iter().map(|t| t.symbol.as_str()).collect();
    assert_eq!(symbols, ["GOOGL", "GOOG"]);
    assert_eq!(page.others, [other("Google", Relation::Former)]);
}

#[test]
fn foreign_symbols_are_marked_as_foreign() {
    let page = PageName::parse("AstraZeneca plc (LON: AZN)");
    assert_eq!(page.tickers, [hint("AZN", HintSource::Foreign)]);
}

#[test]
fn bare_capitals_in_brackets_are_a_name_and_perhaps_a_ticker() {
    let page = PageName::parse("Ernst & Young (EY)");
    assert_eq!(page.tickers, [hint("EY", HintSource::Bare)]);
    assert_eq!(page.others, [other("EY", Relation::Beside)]);
}

#[test]
fn an_exchange_that_is_itself_the_company_is_a_name() {
    let page = PageName::parse("Nasdaq, Inc.");
    assert_eq!(page.main, "Nasdaq, Inc.");
    assert!(page.tickers.is_empty());
}

#[test]
fn web_addresses_lose_their_ends_and_keep_their_name() {
    assert_eq!(PageName::parse("https://www.salesforce.com/eu/").main, "salesforce.com");
    assert_eq!(PageName::parse("www.monday.com").main, "monday.com");
}

#[test]
fn broken_brackets_are_read_as_far_as_they_go() {
    assert_eq!(PageName::parse("Meta (formerly Facebook").others, [other("Facebook", Relation::Former)]);
    assert_eq!(PageName::parse("Meta)").main, "Meta)");
    assert_eq!(PageName::parse("(((").main, "");
    assert_eq!(PageName::parse("(Microsoft)").main, "Microsoft");
}
