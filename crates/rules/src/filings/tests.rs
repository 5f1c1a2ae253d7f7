//! Reports, real and made up.

mod corpus;
mod documents;
mod headings;
mod mangled;
mod meaning;
mod paragraphs;
mod proposals;
mod proposed_corpus;
mod sample;
mod sentences;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone, Utc};

use super::{Filed, Filing, Item, Signal, parse_filing, signals_of};

fn filed_at() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 5, 2, 20, 0, 0).unwrap()
}

/// The signals of a filing, on the day after it was filed.
fn signals(filing: &Filing) -> Vec<Signal> {
    // A report is filed some days after what it tells of; the old form was in force until 2004.
    let is_legacy = filing.items.iter().any(|section| matches!(section.item, Item::Legacy(_)));
    let day = filing.signed_on.or(filing.report_date).or_else(|| is_legacy.then(|| "2003-05-03".parse().unwrap()));
    let filed_at = day.map_or_else(filed_at, |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc());
    let filed = Filed { company: None, accession: "0001234567-24-000123", url: "https://www.sec.gov/x.htm", filed_at };
    let signals = signals_of(filing, &filed, filed_at);
    assert_proved(filing, &signals);
    signals
}

/// Every sentence stands word for word in its section, or in the note that the section refers to.
fn assert_proved(filing: &Filing, signals: &[Signal]) {
    for signal in signals {
        let section = filing.items.iter().find(|section| section.item == signal.evidence.item).unwrap();
        assert!(!signal.evidence.sentence.is_empty());
        let in_note =
            section.text.to_lowercase().contains("note") && filing.introduction.contains(&signal.evidence.sentence);
        assert!(section.text.contains(&signal.evidence.sentence) || in_note, "{signal:?}");
    }
}

/// The signals of one item with this text.
fn read(item: &str, text: &str) -> Vec<Signal> {
    let item = Item::parse(item).unwrap();
    let filing = parse_filing(&format!("<p>Item {item} {}</p>\n<p>{text}</p>", item.title()));
    assert_eq!(filing.items.iter().map(|section| section.item).collect::<Vec<_>>(), [item], "{text}");
    signals(&filing)
}

/// `TYPE`, or `TYPE name; role; date`.
fn told(signals: &[Signal]) -> Vec<String> {
    let line = |signal: &Signal| match &signal.person {
        None => signal.kind.name().to_owned(),
        Some(person) => format!(
            "{} {}; {}; {}",
            signal.kind.name(),
            person.name,
            person.role.as_deref().unwrap_or("-"),
            person.effective.map_or_else(|| "-".to_owned(), |date| date.to_string())
        ),
    };
    signals.iter().map(line).collect()
}
