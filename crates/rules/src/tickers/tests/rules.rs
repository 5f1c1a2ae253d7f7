//! The rules, one by one.

use super::super::MatchMethod;
use super::*;

#[test]
fn the_method_and_the_confidence_say_how_a_name_was_found() {
    for (name, method) in [
        ("NVIDIA CORP", MatchMethod::ExactName),
        ("Nvidia Corporation", MatchMethod::NormalizedName),
        ("Nvidia", MatchMethod::NormalizedName),
        ("Facebook", MatchMethod::FormerName),
        ("YouTube", MatchMethod::Alias),
        ("Verizon", MatchMethod::ShortName),
        ("Delta (NYSE: DAL)", MatchMethod::Ticker),
        ("Lockhead Martin", MatchMethod::Fuzzy),
    ] {
        assert_eq!(found(name).method, method, "{name}");
    }
    let sureness: Vec<f64> = ["NVIDIA CORP", "Nvidia Corporation", "Nvidia", "Verizon", "Lockhead Martin"]
        .map(|name| found(name).confidence)
        .into();
    assert!(sureness.is_sorted_by(|more, less| more > less), "{sureness:?}");
}

#[test]
fn the_main_ticker_stands_for_all_share_classes() {
    for name in ["Alphabet Class C", "Alphabet (NASDAQ: GOOG)", "Alphabet Inc. (GOOG)", "Google"] {
        assert_eq!(ticker(name).as_deref(), Some("GOOGL"), "{name}");
    }
    assert_eq!(ticker("Berkshire Hathaway Class A").as_deref(), Some("BRK-B"));
}

#[test]
fn a_ticker_that_agrees_makes_the_match_surer() {
    assert!(found("Salesforce (NYSE: CRM)").confidence > found("Salesforce").confidence);
}

#[test]
fn a_ticker_of_another_company_puts_the_name_in_doubt() {
    assert_eq!(candidates("Salesforce (NYSE: ORCL)"), ["ORCL", "CRM"]);
}

#[test]
fn a_name_that_no_title_begins_with_is_not_matched_by_its_ticker() {
    let ticker = "ORCL".to_owned();
    assert_eq!(reason("Bluefen Energy (NYSE: ORCL)"), NotListedReason::TickerOfAnother { ticker });
}

#[test]
fn a_ticker_that_the_list_does_not_have_makes_a_whole_name_less_sure_and_a_short_one_unmatched() {
    assert!(found("Block (NYSE: ZZXYZ)").confidence < found("Block").confidence);
    assert_eq!(ticker("Cisco (NYSE: ZZXYZ)"), None);
}

#[test]
fn a_ticker_alone_is_enough_when_it_is_marked_as_one() {
    for text in ["NASDAQ: MSFT", "Ticker: MSFT", "$MSFT"] {
        assert_eq!(ticker(text).as_deref(), Some("MSFT"), "{text}");
    }
    assert_eq!(ticker("MSFT"), None);
}

#[test]
fn capitals_in_brackets_need_not_be_a_ticker() {
    assert_eq!(ticker("Unilever (UK)").as_deref(), Some("UL"));
    assert_eq!(ticker("Ernst & Young (EY)"), None);
}

#[test]
fn a_former_name_stands_in_for_a_name_that_fits_nobody() {
    let found = found("Threads Holdings (formerly Facebook)");
    assert_eq!((found.ticker.as_str(), found.method), ("META", MatchMethod::FormerName));
}

#[test]
fn a_parent_in_brackets_stands_in_for_its_subsidiary() {
    assert_eq!(ticker("Nokia Bell Labs (part of Nokia)").as_deref(), Some("NOK"));
    assert_eq!(ticker("Minecraft Studios (owned by Microsoft)").as_deref(), Some("MSFT"));
}

#[test]
fn a_whole_name_in_brackets_stands_in_for_an_abbreviation_but_a_single_word_may_be_a_place() {
    assert_eq!(ticker("HII (Huntington Ingalls Industries)").as_deref(), Some("HII"));
    assert_eq!(candidates("Cathedral Bakery (Dover)"), ["DOV"]);
}

#[test]
fn two_companies_in_one_text_are_in_doubt() {
    assert_eq!(candidates("Visa (Mastercard)"), ["V", "MA"]);
}

#[test]
fn brackets_inside_a_name_belong_to_it() {
    assert_eq!(ticker("Banco Santander (Brasil) S.A.").as_deref(), Some("BSBR"));
    assert_eq!(ticker("Unilever (Ruritania) plc"), None);
}

#[test]
fn another_legal_form_is_another_company() {
    assert_eq!(ticker("Merck & Co."), Some("MRK".into()));
    assert_eq!(ticker("Merck KGaA"), None);
    assert_eq!(ticker("Oracle GmbH"), None);
}

#[test]
fn a_word_more_is_another_company() {
    for name in [
        "Apple Bank",
        "Delta Dental",
        "Target Optical",
        "Visa Europe",
        "Oracle Elevator",
        "Ford Foundation",
        "Chevron Phillips Chemical",
        "Microsoft Theater",
        "Boeing Employees Credit Union",
        "Intel Agency",
    ] {
        assert_eq!(ticker(name), None, "{name}");
    }
}

#[test]
fn a_bare_word_that_begins_a_larger_companys_title_is_in_doubt() {
    assert_eq!(candidates("Vertex"), ["VRTX", "VERX"]);
    assert_eq!(ticker("Vertex, Inc.").as_deref(), Some("VERX"));
    assert_eq!(candidates("Brookfield Renewable"), ["BEP", "BEPC"]);
}

#[test]
fn a_bare_word_that_a_small_company_has_in_its_title_is_in_doubt() {
    assert_eq!(candidates("Alamo"), ["ALG"]);
    assert_eq!(ticker("Alamo Group").as_deref(), Some("ALG"));
}

#[test]
fn companies_of_the_same_name_are_in_doubt() {
    assert_eq!(candidates("First Bancorp"), ["FBP", "FBNC"]);
}

#[test]
fn group_words_distinguish_companies_that_are_not_well_known() {
    assert_eq!(ticker("Graham Corp").as_deref(), Some("GHM"));
    assert_eq!(ticker("Graham Holdings").as_deref(), Some("GHC"));
    assert_eq!(ticker("Paramount Group, Inc.").as_deref(), Some("PGRE"));
}

#[test]
fn a_misspelled_long_name_is_found() {
    for (name, expected) in [
        ("Lockhead Martin", "LMT"),
        ("Starbuckss Corporation", "SBUX"),
        ("Micorsoft Corporation", "MSFT"),
        ("Northrop Gruman", "NOC"),
    ] {
        assert_eq!(ticker(name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn a_plural_behind_the_first_word_is_as_good_as_the_singular() {
    assert_eq!(ticker("Arcus Bioscience").as_deref(), Some("RCUS"));
    assert_eq!(ticker("American Water Work Company").as_deref(), Some("AWK"));
    assert_eq!(ticker("Digitals Realty Trust"), None);
}

#[test]
fn a_word_of_another_title_is_no_misspelling() {
    assert_eq!(ticker("Enliven Therapeutics").as_deref(), Some("ELVN"));
    assert_eq!(ticker("Connection Bancorp"), None);
    assert_eq!(ticker("Nicolet Bancshares"), None);
}

#[test]
fn a_short_name_is_not_found_by_likeness() {
    for name in ["Appel", "Strive", "Nikee", "Oracel"] {
        assert_eq!(ticker(name), None, "{name}");
    }
}
