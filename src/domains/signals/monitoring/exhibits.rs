//! Reports that only refer to a press release, which contains the news.
//!
//! Only the headline and the first paragraphs of a release are read, which contain the news; plans, quotations and
//! legal notices follow, in which every word that the rules look for occurs.

use chrono::{DateTime, Utc};

use crate::domains::intelligence::filings::{self, Filed, Filing, Item, ItemSection, Signal as Told, SignalType};

/// Items in which a report may only refer to a press release: results, and news.
const POINTING: [Item; 3] = [Item::Current(7, 1), Item::Current(8, 1), Item::Current(2, 2)];

/// Number of paragraphs of a release that may state the trend of results.
const TREND_WITHIN: usize = 40;

/// Length of the part of a release that is read, in bytes.
const LEAD: usize = 2_000;

/// Returns the item that refers to an exhibit 99, if the report contains no signals at all. A report with signals
/// already states the content of its release.
pub(super) fn only_pointed_to(report: &Filing, told: &[Told]) -> Option<Item> {
    let points = |section: &&ItemSection| {
        let text = section.text.to_lowercase();
        POINTING.contains(&section.item) && (text.contains("exhibit 99") || text.contains("press release"))
    };
    report.items.iter().find(points).filter(|_| told.is_empty()).map(|section| section.item)
}

/// Returns the signals of a release, by the rules for the item that refers to it.
pub(super) fn signals_of(
    report: &Filing,
    item: Item,
    release: &str,
    filed: &Filed<'_>,
    now: DateTime<Utc>,
) -> Vec<Told> {
    let text = lead_of(release);
    let section = ItemSection { item, title: item.title().to_owned(), text, sub_paragraphs: Vec::new() };
    let release = Filing { company: report.company.clone(), items: vec![section], ..Filing::default() };
    filings::signals_of(&release, filed, now)
}

/// Returns the part of a release that is read.
pub(super) fn lead_of(release: &str) -> String {
    lead(&filings::paragraphs(release))
}

/// Returns true if a report contains results without their trend, which its release must state.
pub(super) fn lacks_trend(told: &[Told]) -> bool {
    told.iter().any(is_without_trend)
}

fn is_without_trend(signal: &Told) -> bool {
    signal.kind == SignalType::Results && !signal.summary.contains("results: ")
}

/// Adds the trend to the summaries of results, from the beginning of a release.
pub(super) fn add_trend(told: &mut [Told], release: &str, customer: &str) {
    let paragraphs = filings::paragraphs(release);
    let Some(trend) = filings::trend(paragraphs.iter().map(String::as_str).take(TREND_WITHIN)) else { return };
    for signal in told.iter_mut().filter(|signal| is_without_trend(signal)) {
        let happening = filings::with_trend(Some(trend.clone()));
        signal.summary = filings::of_company(customer, &happening, signal.evidence.item);
    }
}

/// Returns the beginning of a release in whole paragraphs, at least one.
fn lead(paragraphs: &[String]) -> String {
    let mut text = String::new();
    for paragraph in paragraphs {
        if !text.is_empty() && text.len() + paragraph.len() > LEAD {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(paragraph);
    }
    text
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;
    use crate::domains::intelligence::filings::parse_filing;

    const RELEASE: &str = "<html><body><p>Exhibit 99.1</p><p>ACME APPOINTS A CHIEF FINANCIAL OFFICER</p>\
        <p>On May 1, 2024, Acme Widgets, Inc. announced that Jane Roe has been appointed as Chief Financial Officer, \
        effective May 15, 2024.</p></body></html>";

    fn report(item: &str, text: &str) -> Filing {
        let item = Item::parse(item).unwrap();
        parse_filing(&format!("<p>Item {item} {}</p>\n<p>{text}</p>", item.title()))
    }

    fn told(report: &Filing, release: &str) -> Vec<Told> {
        let now = Utc.with_ymd_and_hms(2024, 5, 2, 20, 0, 0).unwrap();
        let item = only_pointed_to(report, &[]).unwrap();
        let filed = Filed {
            company: None,
            accession: "0001234567-24-000123",
            url: "https://sec.example/ex99.htm",
            filed_at: now,
        };
        signals_of(report, item, release, &filed, now)
    }

    #[test]
    fn a_report_that_points_to_its_release_is_read_by_the_release() {
        let report = report("7.01", "A press release is furnished herewith as Exhibit 99.1.");
        let signals = told(&report, RELEASE);
        let [signal] = signals.as_slice() else { panic!("{signals:#?}") };
        assert_eq!(signal.kind, SignalType::ExecutiveHire);
        assert_eq!(signal.evidence.url, "https://sec.example/ex99.htm");
        assert!(RELEASE.contains(&signal.evidence.sentence));
    }

    #[test]
    fn the_release_says_which_way_results_went() {
        let report = report(
            "2.02",
            "On May 1, 2024, the Company announced its results for the first quarter. A press release is furnished as Exhibit 99.1.",
        );
        let now = Utc.with_ymd_and_hms(2024, 5, 2, 20, 0, 0).unwrap();
        let filed = Filed {
            company: None,
            accession: "0001234567-24-000123",
            url: "https://sec.example/8-k.htm",
            filed_at: now,
        };
        let mut told = filings::signals_of(&report, &filed, now);
        assert!(lacks_trend(&told));
        add_trend(
            &mut told,
            "<p>Acme Reports First Quarter Results</p><p>Net sales decreased 4% to $80 million.</p>",
            "Acme",
        );
        assert_eq!(told[0].summary, "Acme reports results: net sales down 4% (item 2.02).");
        assert!(!lacks_trend(&told));
    }

    #[test]
    fn a_report_that_tells_of_something_needs_no_release() {
        let pointing = report("7.01", "A press release is furnished herewith as Exhibit 99.1.");
        let told = told(&pointing, RELEASE);
        assert_eq!(only_pointed_to(&pointing, &told), None);
        assert_eq!(only_pointed_to(&report("5.07", "See Exhibit 99.1."), &[]), None);
    }

    #[test]
    fn what_stands_far_down_in_a_release_is_no_news() {
        let report = report("7.01", "A press release is furnished herewith as Exhibit 99.1.");
        let far = format!("<p>Acme opens a museum.</p><p>{}</p>{RELEASE}", "It is a fine museum. ".repeat(100));
        assert_eq!(told(&report, &far), []);
    }
}
