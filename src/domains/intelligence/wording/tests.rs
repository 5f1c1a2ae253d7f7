//! Tests of which summaries by a model are accepted.

use chrono::{NaiveDate, TimeZone, Utc};
use sea_orm::Iterable;

use super::checking::checked;
use crate::domains::intelligence::filings::{
    Direction, Filed, Filing, Item, ItemSection, Manner, Person, Signal, SignalType, happening, of_company, of_person,
    signals_of,
};
use crate::domains::intelligence::grounds::Objection;

const CUSTOMER: &str = "Quorvane Systems, Inc.";

/// Returns the signals that the rules find in an item with this text.
fn signals(item: &str, text: &str) -> Vec<Signal> {
    let item = Item::parse(item).unwrap();
    let section =
        ItemSection { item, title: item.title().to_owned(), text: text.to_owned(), sub_paragraphs: Vec::new() };
    let company = Some("QUORVANE SYSTEMS, INC.".to_owned());
    let filing = Filing { company, items: vec![section], ..Filing::default() };
    let now = Utc.with_ymd_and_hms(2026, 5, 4, 20, 0, 0).unwrap();
    let filed =
        Filed { company: None, accession: "0001234567-26-000123", url: "https://sec.example/8-k.htm", filed_at: now };
    signals_of(&filing, &filed, now)
}

fn signal(kind: SignalType, item: &str, text: &str) -> Signal {
    let found = signals(item, text);
    found.iter().find(|signal| signal.kind == kind).unwrap_or_else(|| panic!("{found:#?}")).clone()
}

fn hire() -> Signal {
    let text = "On May 1, 2026, the Board of Directors appointed Robin Marlow as Chief Information Officer, effective June 3, \
                2026.";
    signal(SignalType::ExecutiveHire, "5.02", text)
}

fn departure() -> Signal {
    let text = "On May 1, 2026, Jane Roe notified the Company of her resignation as interim Chief Financial Officer, \
                effective May 29, 2026, which was not the result of any disagreement over accounting policies.";
    signal(SignalType::ExecutiveDeparture, "5.02", text)
}

fn acquisition() -> Signal {
    let text = "On May 1, 2026, the Company completed its previously announced acquisition of Oakridge Data, Inc. for $240 \
                million in cash.";
    signal(SignalType::Acquisition, "2.01", text)
}

fn breach() -> Signal {
    let text = "On April 28, 2026, the Company detected unauthorized access to portions of its information technology systems, \
                and the incident has not had a material impact on its operations.";
    signal(SignalType::CyberIncident, "1.05", text)
}

fn ended() -> Signal {
    let text = "On May 1, 2026, the Company terminated its Supply Agreement with Tessaract Retail Corp.";
    signal(SignalType::AgreementEnded, "1.02", text)
}

fn results() -> Signal {
    let text = "On May 2, 2026, the Company issued a press release announcing that revenue for the first quarter of 2026 \
                decreased 4% to $1.2 billion.";
    signal(SignalType::Results, "2.02", text)
}

fn restatement() -> Signal {
    let text = "On May 2, 2026, the Audit Committee concluded that the financial statements for 2025 should no longer be \
                relied upon.";
    signal(SignalType::Restatement, "4.02", text)
}

fn objection(signal: &Signal, summary: &str) -> Objection {
    checked(summary, CUSTOMER, signal).expect_err(summary)
}

#[test]
fn what_the_rules_found_may_be_said_in_better_words() {
    for (signal, summary) in [
        (hire(), "Robin Marlow joins Quorvane Systems as Chief Information Officer on June 3, 2026."),
        (hire(), "Quorvane names Robin Marlow its CIO, effective 3 June 2026."),
        (hire(), "Quorvane Systems has a new chief information officer: Robin Marlow takes over in June 2026."),
        (departure(), "Jane Roe leaves Quorvane as interim Chief Financial Officer on 29 May 2026."),
        (departure(), "Jane Roe, interim CFO of Quorvane Systems, resigns as of May 29, 2026."),
        (acquisition(), "Quorvane Systems has bought Oakridge Data, Inc. for $240 million in cash."),
        (acquisition(), "Quorvane completed the acquisition of Oakridge Data on May 1, 2026."),
        (
            breach(),
            "Quorvane Systems detected unauthorized access to its information technology systems on 28 April 2026.",
        ),
        (breach(), "Unauthorized access reached systems of Quorvane Systems, Inc."),
        (ended(), "Quorvane ended its Supply Agreement with Tessaract Retail on May 1, 2026."),
        (results(), "Quorvane Systems reports first-quarter revenue of $1.2 billion, down by 4 percent."),
        (results(), "Revenue of Quorvane fell 4% to $1.2 billion in the first quarter of 2026."),
        (restatement(), "Quorvane says that its financial statements for 2025 should no longer be relied upon."),
    ] {
        assert_eq!(checked(summary, CUSTOMER, &signal).as_deref(), Ok(summary));
    }
}

#[test]
fn names_amounts_numbers_and_dates_of_its_own_are_refused() {
    for (signal, summary, found) in [
        (
            hire(),
            "Robin Marlow joins Quorvane from Salesforce as Chief Information Officer.",
            Objection::Name("Salesforce".into()),
        ),
        (acquisition(), "Quorvane buys Oakridge Data of Austin for $240 million.", Objection::Name("Austin".into())),
        (acquisition(), "Quorvane buys Oakridge Data for $250 million.", Objection::Number("250".into())),
        (acquisition(), "Quorvane buys Oakridge Data and its 300 employees.", Objection::Number("300".into())),
        (
            acquisition(),
            "Quorvane buys Oakridge Data in a deal worth USD 240,000.",
            Objection::Number("240,000".into()),
        ),
        (results(), "Revenue of Quorvane fell 6% in the first quarter.", Objection::Number("6".into())),
        (
            hire(),
            "Robin Marlow joins Quorvane as Chief Information Officer on June 4, 2026.",
            Objection::Date("2026-06-04".into()),
        ),
        (breach(), "Quorvane detected unauthorized access in March 2026.", Objection::Date("2026-03-?".into())),
    ] {
        assert_eq!(objection(&signal, summary), found, "{summary}");
    }
}

#[test]
fn roles_of_its_own_are_refused_in_whatever_letters() {
    for (signal, summary, role) in [
        (hire(), "Robin Marlow joins Quorvane as CFO.", "cfo"),
        (hire(), "Robin Marlow joins Quorvane as chief operating officer.", "operating"),
        (hire(), "Robin Marlow joins Quorvane as Chief Executive Officer.", "executive"),
        (hire(), "Robin Marlow joins Quorvane as president.", "president"),
        (hire(), "Robin Marlow joins Quorvane as interim Chief Information Officer.", "interim"),
        (hire(), "Robin Marlow joins the board of Quorvane.", "joins the board"),
        (departure(), "Jane Roe resigns as Chief Financial Officer of Quorvane.", "without interim"),
        (breach(), "The security director of Quorvane detected unauthorized access.", "director"),
    ] {
        assert_eq!(objection(&signal, summary), Objection::Role(role.to_owned()), "{summary}");
    }
}

#[test]
fn roles_of_others_in_the_same_sentence_are_not_the_persons() {
    let text = "On May 1, 2026, the Board appointed Robin Marlow as Chief Financial Officer, succeeding Jane Roe, who becomes \
                Vice Chairman.";
    let signal = signal(SignalType::ExecutiveHire, "5.02", text);
    assert_eq!(signal.person.as_ref().map(|person| person.name.as_str()), Some("Robin Marlow"));
    let told = objection(&signal, "Robin Marlow becomes Vice Chairman of Quorvane.");
    assert_eq!(told, Objection::Role("vice".into()));
}

#[test]
fn who_comes_does_not_leave_and_who_buys_does_not_sell() {
    for (signal, summary, word) in [
        (hire(), "Robin Marlow leaves Quorvane as Chief Information Officer.", "leaves"),
        (hire(), "Robin Marlow resigned after Quorvane appointed a Chief Information Officer.", "resigned"),
        (departure(), "Jane Roe joins Quorvane as interim Chief Financial Officer.", "joins"),
        (acquisition(), "Quorvane sold Oakridge Data for $240 million in cash.", "sold"),
        (acquisition(), "Quorvane was acquired by Oakridge Data for $240 million.", "acquired by"),
        (ended(), "Quorvane signed a Supply Agreement with Tessaract Retail.", "signed"),
        (results(), "Revenue of Quorvane increased 4% to $1.2 billion.", "increased"),
        (breach(), "Quorvane prevented unauthorized access to its systems.", "prevented"),
        (breach(), "Quorvane resigned itself to unauthorized access to its systems.", "resigned"),
    ] {
        assert_eq!(objection(&signal, summary), Objection::Turn(word.to_owned()), "{summary}");
    }
}

#[test]
fn nothing_is_denied_and_nothing_told_that_the_report_denies() {
    for (signal, summary, word) in [
        (hire(), "Robin Marlow will not join Quorvane as Chief Information Officer.", "not"),
        (hire(), "Robin Marlow won't be appointed by Quorvane.", "n't"),
        (acquisition(), "Quorvane never completed its acquisition of Oakridge Data.", "never"),
        (
            departure(),
            "Jane Roe leaves Quorvane as interim Chief Financial Officer after a disagreement.",
            "disagreement",
        ),
        (breach(), "Unauthorized access had a material impact on operations of Quorvane.", "material"),
        (restatement(), "The financial statements of Quorvane were never in doubt.", "never"),
    ] {
        assert_eq!(objection(&signal, summary), Objection::Turn(word.to_owned()), "{summary}");
    }
}

#[test]
fn a_summary_is_one_plain_sentence() {
    for summary in [
        "Robin Marlow joins Quorvane. The company has a new Chief Information Officer.",
        "Robin Marlow joins Quorvane as\nChief Information Officer.",
        "Robin Marlow joins Quorvane as Chief Information Officer",
        "Robin Marlow joins Quorvane as Chief Information Officer!",
        "Robin Marlow joins Quorvane as Chief Information...",
    ] {
        assert_eq!(objection(&hire(), summary), Objection::Sentences, "{summary}");
    }
    for gap in [
        "**Quorvane**",
        "_Quorvane_",
        "<b>Quorvane</b>",
        "[Quorvane]",
        "`Quorvane`",
        "Quorvane (quorvane.example)",
        "Quorvane https://quorvane.example/x",
        "Quorvane, ir@quorvane.example,",
    ] {
        let summary = format!("Robin Marlow joins {gap} as Chief Information Officer.");
        assert!(matches!(objection(&hire(), &summary), Objection::Gap(_)), "{summary}");
    }
    let long = format!("Robin Marlow joins Quorvane as Chief Information Officer{}.", ", and so on".repeat(30));
    for summary in ["", " ", "Quorvane: joins.", &long] {
        assert_eq!(objection(&hire(), summary), Objection::Length("summary"), "{summary}");
    }
}

#[test]
fn a_summary_names_whom_it_is_about_and_what_happens() {
    for (summary, missing) in [
        ("Robin Marlow joins as Chief Information Officer.", "the customer"),
        ("Quorvane Systems has a new Chief Information Officer.", "the person"),
        ("Robin Marlow is Chief Information Officer at Quorvane.", "what the person does"),
    ] {
        assert_eq!(objection(&hire(), summary), Objection::Missing(missing), "{summary}");
    }
}

#[test]
fn a_name_that_looks_like_an_address_or_a_deed_is_a_name() {
    for customer in ["sunday.example", "Best Buy Sold.com"] {
        let summary = format!("Robin Marlow joins {customer} as Chief Information Officer.");
        assert_eq!(checked(&summary, customer, &hire()).as_deref(), Ok(summary.as_str()));
    }
}

#[test]
fn every_template_passes_the_check_of_what_models_write() {
    let person = |direction| {
        let effective = NaiveDate::from_ymd_opt(2026, 6, 3);
        let role = Some("interim Vice President of Sales".to_owned());
        Person { name: "Robin Marlow".into(), role, direction, effective }
    };
    for kind in SignalType::iter() {
        let people: &[_] = match kind {
            SignalType::ExecutiveHire => &[Some(Direction::Comes)],
            SignalType::ExecutiveDeparture => &[Some(Direction::Goes)],
            SignalType::DirectorChange => &[Some(Direction::Comes), Some(Direction::Goes)],
            _ => &[None],
        };
        for direction in people {
            let person = direction.map(person);
            let item = Item::Current(8, 1);
            let summary = match &person {
                Some(person) => of_person(kind, CUSTOMER, person, Manner::Plain, item),
                None => of_company(CUSTOMER, happening(kind), item),
            };
            let mut signal = Signal { kind, person, summary: summary.clone(), ..breach() };
            signal.evidence.sentence = "The Company has told the public of it.".into();
            assert_eq!(checked(&summary, CUSTOMER, &signal).as_deref(), Ok(summary.as_str()), "{kind:?}");
        }
    }
}
