//! Real reports of the SEC's public record.

use chrono::NaiveDate;

use super::{signals, told};
use crate::filings::{Direction, Filing, markup, parse_filing};

macro_rules! document {
    ($name:literal) => {
        parse_filing(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/edgar/", $name)))
    };
}

fn items(filing: &Filing) -> Vec<String> {
    filing.items.iter().map(|section| section.item.to_string()).collect()
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

#[test]
fn blackrock_names_who_comes_and_who_goes() {
    let filing = document!("8k-blackrock-2023-02-24.htm");
    assert_eq!(items(&filing), ["5.02"]);
    let signals = signals(&filing);
    assert_eq!(
        told(&signals),
        [
            "EXECUTIVE_HIRE Martin Small; Chief Financial Officer; -",
            "EXECUTIVE_DEPARTURE Gary S. Shedlin; Chief Financial Officer; -",
        ]
    );
    let directions: Vec<_> =
        signals.iter().filter_map(|signal| signal.person.as_ref()).map(|person| person.direction).collect();
    assert_eq!(directions, [Direction::Comes, Direction::Goes]);
}

#[test]
fn nordstrom_changes_pay_and_nobody_comes_or_goes() {
    let filing = document!("8k-nordstrom-2023-03-01.htm");
    assert_eq!(items(&filing), ["5.02", "9.01"]);
    assert_eq!(filing.items[0].sub_paragraphs.len(), 1);
    assert_eq!(filing.items[0].sub_paragraphs[0].letters, "e");
    assert_eq!(told(&signals(&filing)), [""; 0]);
}

#[test]
fn afc_gamma_has_its_items_once_despite_cross_references() {
    let filing = document!("8k-afcgamma-2023-03-17.htm");
    assert_eq!(items(&filing), ["5.02", "7.01", "9.01"]);
    assert_eq!(
        told(&signals(&filing)),
        [
            "EXECUTIVE_DEPARTURE Brett Kaufman; Chief Financial Officer and Treasurer; 2023-04-17",
            "EXECUTIVE_HIRE Brandon Hetzel; Chief Financial Officer and Treasurer; 2023-03-17",
        ]
    );
}

#[test]
fn votes_are_no_signal() {
    for filing in [document!("8k-oracle-2024-11-14.htm"), document!("8k-1800flowers-2023-12-14.htm")] {
        assert_eq!(items(&filing), ["5.07"]);
        assert_eq!(told(&signals(&filing)), [""; 0]);
    }
}

#[test]
fn covers_and_signatures_are_read() {
    let read = |filing: Filing| {
        (filing.company.unwrap_or_default(), filing.report_date, filing.signed_on, filing.is_amendment)
    };
    let rows = [
        (document!("8k-blackrock-2023-02-24.htm"), "BlackRock, Inc.", day(2023, 2, 24), day(2023, 2, 24)),
        (document!("8k-nordstrom-2023-03-01.htm"), "Nordstrom, Inc.", day(2023, 3, 1), day(2023, 3, 6)),
        (document!("8k-afcgamma-2023-03-17.htm"), "AFC GAMMA, INC.", day(2023, 3, 17), day(2023, 3, 20)),
        (document!("8k-oracle-2024-11-14.htm"), "Oracle Corporation", day(2024, 11, 14), day(2024, 11, 18)),
        (document!("8k-1800flowers-2023-12-14.htm"), "1-800-FLOWERS.COM, INC.", day(2023, 12, 14), day(2023, 12, 15)),
    ];
    for (filing, company, report_date, signed_on) in rows {
        let found = read(filing);
        assert_eq!(found.0, company);
        assert_eq!((found.1, found.2, found.3), (report_date, signed_on, false), "{company}");
    }
}

#[test]
fn hidden_facts_of_inline_xbrl_are_not_in_the_text() {
    let filing = document!("8k-blackrock-2023-02-24.htm");
    assert!(filing.items[0].text.starts_with("As previously reported in the Current Report on Form 8-K"));
    assert!(filing.items[0].text.ends_with("became Chief Financial Officer of the Company."));
}

const PLAIN: &str = "\
<PAGE>

                       SECURITIES AND EXCHANGE COMMISSION
                                   FORM 8-K/A
                               (Amendment No. 1)

       Date of Report (Date of earliest event reported): May 1, 2003

                              ACME WIDGETS, INC.
             (Exact name of registrant as specified in its charter)

<PAGE>

ITEM 5.  OTHER EVENTS.

     On May 1, 2003, the Company announced that it will close its plant
in Springfield and lay off 200 employees, as described in
Item 7 of this report.

                                      2
<PAGE>

ITEM 7.  FINANCIAL STATEMENTS AND EXHIBITS.

     (c)  Exhibits.

<TABLE>
<S>                 <C>
99.1                Press release
</TABLE>

                                   SIGNATURES

     Pursuant to the requirements of the Securities Exchange Act of 1934, the
registrant has duly caused this report to be signed.

Dated:  May 5, 2003
";

#[test]
fn what_styles_hide_is_not_in_the_text_and_what_they_show_again_is() {
    let hidden = [
        "<p style='visibility: HIDDEN'>Item 1.03 Bankruptcy</p>",
        "<p class='off'>Item 1.03 Bankruptcy</p>",
        "<div hidden>Item 1.03 Bankruptcy</div>",
        "<div aria-hidden='true'>Item 1.03 Bankruptcy</div>",
        "<div style='position:absolute; left:-9999px'>Item 1.03 Bankruptcy</div>",
        "<div style='color: red; Display : none'>Item 1.03 Bankruptcy</div>",
        "<div style='font-size:0'>Item 1.03 Bankruptcy</div>",
        "<div style='font-size:0'><span>Item 1.03</span> Bankruptcy</div>",
    ];
    for hidden in hidden {
        let page = format!(
            "<html><head><style>p.off {{ display: none }}</style></head><body>{hidden}<p>Item 8.01 Other Events</p>
            <div style='font-size:0px'><div style='font-size:10pt'>We opened an office.</div></div></body></html>"
        );
        let marked = markup::read(&page);
        assert!(!marked.text.contains("Bankruptcy"), "{hidden}: {}", marked.text);
        assert!(marked.text.contains("Other Events") && marked.text.contains("opened an office"), "{hidden}");
    }
}

#[test]
fn plain_text_of_the_older_years_is_read() {
    let filing = parse_filing(PLAIN);
    assert_eq!(items(&filing), ["5", "7"]);
    assert_eq!(
        filing.items[0].text,
        "On May 1, 2003, the Company announced that it will close its plant in Springfield and lay off 200 employees, \
         as described in Item 7 of this report."
    );
    assert_eq!(filing.items[1].text, "(c) Exhibits.\n99.1 Press release");
    assert_eq!(filing.company.as_deref(), Some("ACME WIDGETS, INC."));
    assert_eq!((filing.report_date, filing.signed_on, filing.is_amendment), (day(2003, 5, 1), day(2003, 5, 5), true));
    assert_eq!(told(&signals(&filing)), ["RESTRUCTURING"]);
}

#[test]
fn of_a_full_submission_the_report_is_read_and_the_exhibits_are_listed() {
    let text = format!(
        "<SEC-DOCUMENT>0000950103-03-001234.txt : 20030505\n<SEC-HEADER>\nACCESSION NUMBER:\t\t0000950103-03-001234\n\
         CONFORMED PERIOD OF REPORT:\t20030501\nCOMPANY CONFORMED NAME:\t\tACME WIDGETS INC\n</SEC-HEADER>\n\
         <DOCUMENT>\n<TYPE>8-K/A\n<SEQUENCE>1\n<FILENAME>a8k.txt\n<TEXT>\n{PLAIN}\n</TEXT>\n</DOCUMENT>\n\
         <DOCUMENT>\n<TYPE>EX-99.1\n<SEQUENCE>2\n<FILENAME>ex99.txt\n<DESCRIPTION>PRESS RELEASE\n<TEXT>\n\
         Item 1.03 Bankruptcy or Receivership\n</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"
    );
    let filing = parse_filing(&text);
    assert_eq!(items(&filing), ["5", "7"]);
    assert_eq!(filing.accession.as_deref(), Some("0000950103-03-001234"));
    assert!(filing.is_amendment);
    let exhibits: Vec<_> =
        filing.exhibits.iter().map(|exhibit| (exhibit.kind.as_str(), exhibit.description.as_deref())).collect();
    assert_eq!(exhibits, [("EX-99.1", Some("PRESS RELEASE"))]);
}

#[test]
fn an_item_that_refers_to_the_introductory_note_is_proved_by_it() {
    let filing = parse_filing(
        "<p>Introductory Note.</p><p>On May 1, 2024, Merger Sub merged with and into the Company, with the Company \
         surviving as a wholly owned subsidiary of Giant Parent, Inc.</p>\
         <p>Item 2.01 Completion of Acquisition or Disposition of Assets</p>\
         <p>The information set forth in the Introductory Note is incorporated by reference into this Item 2.01.</p>",
    );
    assert_eq!(told(&signals(&filing)), ["CHANGE_OF_CONTROL"]);
}

#[test]
fn a_page_that_is_no_report_has_no_items() {
    assert_eq!(
        parse_filing("<html><body><h1>You’ve Exceeded the SEC’s Traffic Limit</h1></body></html>"),
        Filing::default()
    );
}
