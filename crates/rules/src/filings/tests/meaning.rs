//! Tests of signals beyond their kind: keys, urgency, value, summary, and amendments.

use chrono::{NaiveDate, TimeDelta};

use super::{filed_at, read, signals};
use crate::filings::{
    Direction, Filed, FilingRef, Item, Opportunity, Signal, SignalType, original_of, parse_filing, repeats, signals_of,
    urgency, with_new_facts,
};

const HIRE: &str =
    "On May 1, 2024, the Board appointed Jane Q. Roe as Chief Financial Officer, effective May 15, 2024.";

fn one(item: &str, text: &str) -> Signal {
    let mut signals = read(item, text);
    assert_eq!(signals.len(), 1, "{signals:?}");
    signals.remove(0)
}

#[test]
fn a_key_names_accession_item_type_and_person() {
    assert_eq!(one("5.02", HIRE).key, "0001234567-24-000123:5.02:EXECUTIVE_HIRE:jane-roe");
    assert_eq!(
        one("2.06", "The Company recorded an impairment charge of $3 million.").key,
        "0001234567-24-000123:2.06:IMPAIRMENT"
    );
}

#[test]
fn an_accession_number_without_dashes_gives_the_same_key() {
    let filing = parse_filing(&format!("<p>Item 5.02 Departure of Directors or Certain Officers</p><p>{HIRE}</p>"));
    let filed = Filed { company: None, accession: "000123456724000123", url: "", filed_at: filed_at() };
    let bare = signals_of(&filing, &filed, filed_at());
    assert_eq!(bare[0].key, signals(&filing)[0].key);
}

#[test]
fn a_chief_executive_is_more_urgent_than_another_officer_and_a_director_less() {
    let strength = |role: &str| one("5.02", &format!("The Board appointed Jane Roe as {role}.")).strength;
    assert!(strength("Chief Executive Officer") > strength("Chief Financial Officer"));
    assert!(strength("Chief Financial Officer") > strength("Vice President"));
    assert!(strength("Vice President") > strength("a director"));
}

#[test]
fn urgency_halves_with_each_half_life_and_never_grows_with_the_future() {
    let strength = SignalType::CyberIncident.base_urgency();
    let of = |days: i64| urgency(SignalType::CyberIncident, strength, TimeDelta::days(days));
    assert_eq!((of(0), of(21), of(42)), (0.85, 0.425, 0.213));
    assert_eq!(of(-10), of(0));
}

#[test]
fn a_stated_amount_decides_the_value() {
    let signal = one("1.01", "On May 1, 2024, the Company entered into a Credit Agreement for $450 million.");
    let value = signal.value.unwrap();
    assert_eq!((value.low, value.high, value.currency.as_str()), (22_500_000, 90_000_000, "USD"));
    assert_eq!(
        value.assumption,
        "Assumed is 0.05 % to 0.20 % of the stated amount of USD 450000000, at least 10000 and at most 10000000."
    );
}

#[test]
fn the_largest_amount_counts_in_its_currency_and_a_price_of_a_share_does_not() {
    let text =
        "On May 1, 2024, the Company completed the acquisition of Acme Inc. for €2.5 billion, or €31.50 per share.";
    let value = one("2.01", text).value.unwrap();
    assert_eq!((value.low, value.high, value.currency.as_str()), (250_000_000, 1_000_000_000, "EUR"));
}

#[test]
fn a_reason_to_talk_has_no_value() {
    let signal = one("2.02", "On May 1, 2024, the Company announced its financial results for the quarter.");
    assert_eq!((signal.opportunity, signal.value), (Opportunity::Conversation, None));
}

#[test]
fn a_summary_says_only_what_is_known() {
    let named = parse_filing(&format!(
        "<p>Acme Inc.</p><p>(Exact name of registrant)</p><p>Item 5.02 Departure of Directors or Certain Officers</p><p>{HIRE}</p>"
    ));
    assert_eq!(
        signals(&named)[0].summary,
        "Acme Inc.: Jane Q. Roe becomes Chief Financial Officer, effective 2024-05-15 (item 5.02)."
    );
    let text = "The Company announced the departure of Jane Roe.";
    assert_eq!(one("5.02", text).summary, "The company: Jane Roe leaves as an executive (item 5.02).");
}

#[test]
fn a_press_release_about_what_another_item_tells_is_no_second_signal() {
    let filing = parse_filing(&format!(
        "<p>Item 7.01 Regulation FD Disclosure</p><p>The Company announced the appointment of Ms. Roe as Chief Financial Officer.</p>\
         <p>Item 5.02 Departure of Directors or Certain Officers</p><p>{HIRE}</p>"
    ));
    let found: Vec<_> = signals(&filing).into_iter().map(|signal| signal.evidence.item).collect();
    assert_eq!(found, [Item::Current(5, 2)]);
}

#[test]
fn a_date_in_the_next_sentence_belongs_to_the_person_before() {
    let text = "John Doe notified the Company of his resignation as Chief Operating Officer. His resignation will be effective June 30, 2024.";
    let person = one("5.02", text).person.unwrap();
    assert_eq!(person.effective, NaiveDate::from_ymd_opt(2024, 6, 30));
    assert_eq!(person.direction, Direction::Goes);
}

#[test]
fn signals_survive_json() {
    let signal = one("5.02", HIRE);
    let json = serde_json::to_string(&signal).unwrap();
    assert!(json.contains(r#""item":"5.02""#), "{json}");
    assert_eq!(serde_json::from_str::<Signal>(&json).unwrap(), signal);
}

fn filing(accession: &str, days: i64, report_day: u32, items: &[Item]) -> FilingRef {
    FilingRef {
        accession: accession.into(),
        is_amendment: false,
        report_date: NaiveDate::from_ymd_opt(2024, 5, report_day),
        filed_at: filed_at() + TimeDelta::days(days),
        items: items.to_vec(),
    }
}

const PEOPLE: Item = Item::Current(5, 2);
const DEAL: Item = Item::Current(2, 1);
const EXHIBITS: Item = Item::Current(9, 1);

#[test]
fn an_amendment_belongs_to_the_report_of_the_same_day_and_item() {
    let filings = [filing("a", 0, 1, &[PEOPLE]), filing("b", 1, 1, &[DEAL, EXHIBITS]), filing("c", 2, 3, &[PEOPLE])];
    let amendment = |report_day, items: &[Item]| FilingRef { is_amendment: true, ..filing("x", 20, report_day, items) };
    let of = |amendment: FilingRef| original_of(&amendment, &filings).map(|original| original.accession.clone());
    assert_eq!(of(amendment(1, &[PEOPLE])).as_deref(), Some("a"));
    assert_eq!(of(amendment(3, &[PEOPLE, EXHIBITS])).as_deref(), Some("c"));
    assert_eq!(of(amendment(1, &[EXHIBITS])).as_deref(), Some("b"));
    assert_eq!(of(amendment(9, &[PEOPLE])), None);
    assert_eq!(of(FilingRef { report_date: None, ..amendment(1, &[PEOPLE]) }).as_deref(), Some("c"));
    assert_eq!(of(filing("y", 20, 1, &[PEOPLE])), None);
}

#[test]
fn an_amendment_finds_no_report_that_came_after_it() {
    let amendment = FilingRef { is_amendment: true, ..filing("x", 0, 1, &[PEOPLE]) };
    assert_eq!(original_of(&amendment, &[filing("a", 1, 1, &[PEOPLE])]), None);
    assert_eq!(original_of(&amendment, &[filing("a", -401, 1, &[PEOPLE])]), None);
}

#[test]
fn an_amendment_repeats_a_signal_about_the_same_person_only() {
    let first = one("5.02", HIRE);
    let again = one("5.02", "The Board appointed Jane Roe as Chief Financial Officer with a salary of $500,000.");
    let other = one("5.02", "The Board appointed John Doe as Chief Financial Officer.");
    assert!(repeats(&again, &first));
    assert!(!repeats(&other, &first));
}

#[test]
fn an_amount_in_the_next_sentence_decides_the_value() {
    let text = "On May 1, 2024, the Company acquired Acme Inc. The purchase price was $450 million in cash.";
    let value = one("8.01", text).value.unwrap();
    assert_eq!((value.low, value.high), (45_000_000, 225_000_000));
}

#[test]
fn a_summary_says_what_happened() {
    for (item, text, expected) in [
        (
            "1.01",
            "The Company entered into an Agreement and Plan of Merger under which Merger Sub will merge with and into the Company, which will be a subsidiary of Giant Parent, Inc.",
            "The company agreed to merge into another company (item 1.01).",
        ),
        (
            "2.01",
            "The Company completed the acquisition of Acme Inc.",
            "The company completed an acquisition (item 2.01).",
        ),
        (
            "5.02",
            "Jane Roe was promoted to Chief Financial Officer.",
            "The company: Jane Roe was promoted to Chief Financial Officer (item 5.02).",
        ),
        (
            "5.02",
            "Jane Roe was appointed interim Chief Financial Officer.",
            "The company: Jane Roe serves as interim Chief Financial Officer (item 5.02).",
        ),
        (
            "5.02",
            "John Doe, Chief Executive Officer, passed away on May 1, 2024.",
            "The company: John Doe, Chief Executive Officer, died on 2024-05-01 (item 5.02).",
        ),
        (
            "2.02",
            "The Company announced its results for the quarter. Revenue increased 12% to $45 million.",
            "The company reports results: revenue up 12% (item 2.02).",
        ),
    ] {
        assert_eq!(one(item, text).summary, expected);
    }
}

#[test]
fn the_summary_names_the_customer_and_not_what_stands_on_the_cover() {
    let filing = parse_filing(&format!(
        "<p>FORM 8-K</p><p>CURRENT REPORT</p><p>(Exact name of registrant)</p><p>Item 5.02 Departure of Directors or Certain Officers</p><p>{HIRE}</p>"
    ));
    assert_eq!(filing.company, None);
    let filed = Filed { company: Some("Acme"), accession: "0001234567-24-000123", url: "", filed_at: filed_at() };
    assert!(signals_of(&filing, &filed, filed_at())[0].summary.starts_with("Acme: Jane Q. Roe becomes"));
}

#[test]
fn a_mark_of_a_footnote_does_not_join_two_sentences() {
    let text = "The Company completed the sale of its Paper division.1 The buyer has no relation to the Company.";
    assert_eq!(one("2.01", text).evidence.sentence, "The Company completed the sale of its Paper division.1");
}

#[test]
fn a_second_heading_within_one_pre_is_seen() {
    let filing = parse_filing(&format!(
        "<html><body><pre>Item 5.02 Departure of Directors or Certain Officers\n\n{HIRE}\n\nItem 1.05 Material Cybersecurity Incidents\n\nThe Company detected\nunauthorized access to its network.\n</pre></body></html>"
    ));
    let kinds: Vec<_> = signals(&filing).iter().map(|signal| signal.kind).collect();
    assert_eq!(kinds, [SignalType::ExecutiveHire, SignalType::CyberIncident]);
}

#[test]
fn an_amendment_with_new_facts_is_no_repetition() {
    let report = |text: &str| parse_filing(&format!("<p>Item 1.05 Material Cybersecurity Incidents</p><p>{text}</p>"));
    let breach = "On May 1, 2024, the Company detected unauthorized access to its network.";
    let original = report(breach);
    let first = signals(&original).remove(0);
    let url = "https://www.sec.gov/a.htm";
    let filed = Filed { company: None, accession: "0001234567-24-000200", url, filed_at: filed_at() };
    let amended = |text: &str| {
        let amendment = report(text);
        let told = signals_of(&amendment, &filed, filed_at());
        let mut told = with_new_facts(told, &amendment, &original, &filed, filed_at());
        assert_eq!(told.len(), 1, "{text}");
        told.remove(0)
    };
    let fact = "The data of 61,000 customers were copied.";
    let more = amended(&format!("{breach} {fact}"));
    assert_eq!((more.evidence.sentence.as_str(), repeats(&more, &first)), (fact, false));
    assert_eq!(more.key, "0001234567-24-000200:1.05:CYBER_INCIDENT");
    let again = amended(&format!("This Amendment No. 1 amends the report of May 3, 2024. {breach}"));
    assert!(repeats(&again, &first));
    // The rules find no incident in what only adds a number to it.
    let cost = "Costs of $14 million are expected.";
    let added = amended(&format!("The matter was reported before. {cost}"));
    assert_eq!((added.evidence.sentence.as_str(), repeats(&added, &first)), (cost, false));
}
