//! Tests of true and false proposals by a model.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::filings::proposals::{
    self, Claim, DisagreementKind, Field, Proposal, ProposedPerson, Proved, Refusal, Refused, Source, Union, prove,
    unite,
};
use crate::filings::{Direction, Filed, Filing, Item, Signal, SignalType, parse_filing, signals_of};

fn filed_at() -> DateTime<Utc> {
    "2024-05-06".parse::<NaiveDate>().unwrap().and_time(NaiveTime::MIN).and_utc()
}

fn filed() -> Filed<'static> {
    let url = "https://www.sec.gov/x.htm";
    Filed { company: Some("Acme"), accession: "0001234567-24-000123", url, filed_at: filed_at() }
}

/// A report of Acme Widgets, Inc. with this text under the item.
fn report(item: &str, text: &str) -> Filing {
    let item = Item::parse(item).unwrap();
    let cover = "<p>Acme Widgets, Inc.</p><p>(Exact name of registrant as specified in its charter)</p>";
    parse_filing(&format!("{cover}<p>Item {item} {}</p>\n<p>{}</p>", item.title(), text.replace('\n', "</p><p>")))
}

pub(super) fn sources(filing: &Filing) -> Vec<Source> {
    proposals::sources(filing, "https://www.sec.gov/x.htm", Vec::new())
}

fn event(kind: SignalType, item: &str, quote: &str) -> Proposal {
    let (item, quote) = (item.to_owned(), quote.to_owned());
    Proposal { kind, item, quote, subject: "the Company".to_owned(), person: None, amount: None }
}

pub(super) fn claim(value: &str, quote: &str) -> Claim {
    Claim { value: value.to_owned(), quote: quote.to_owned() }
}

/// A person's coming or going; all is quoted by the same words.
fn person(kind: SignalType, quote: &str, name: &str, direction: Direction, role: &str, day: &str) -> Proposal {
    let maybe = |value: &str| (!value.is_empty()).then(|| claim(value, quote));
    let person = ProposedPerson { name: claim(name, quote), direction, role: maybe(role), effective: maybe(day) };
    Proposal { person: Some(person), ..event(kind, "5.02", quote) }
}

fn proved(filing: &Filing, proposals: Vec<Proposal>) -> Vec<Result<Proved, Box<Refused>>> {
    prove(proposals, &sources(filing), (filing, None), &filed(), filed_at())
}

fn one(filing: &Filing, proposal: Proposal) -> Result<Signal, Refusal> {
    let mut proved = proved(filing, vec![proposal]);
    proved.remove(0).map(|proved| proved.signal).map_err(|refused| refused.reason)
}

fn united(filing: &Filing, proposals: Vec<Proposal>) -> Union {
    let rules = signals_of(filing, &filed(), filed_at());
    unite(&rules, proved(filing, proposals), &sources(filing), filed_at())
}

/// `KIND` of disagreement with what it is about.
fn differs(union: &Union) -> Vec<(DisagreementKind, Option<Field>, Option<Refusal>)> {
    union.disagreements.iter().map(|it| (it.kind, it.field, it.refusal)).collect()
}

const ATTACK: &str = "On May 2, 2024, the Company detected unauthorized access to its systems by a third party.";
const HIRE: &str = "On May 1, 2024, the Board of Directors of the Company appointed Jane Roe as Chief Financial Officer, effective June 3, 2024.";

#[test]
fn an_event_is_proved_by_the_sentence_around_its_quote() {
    let filing = report("8.01", &format!("The Company makes widgets. {ATTACK} It is looking into it."));
    let signal =
        one(&filing, event(SignalType::CyberIncident, "8.01", "detected unauthorized access to its systems")).unwrap();
    assert_eq!((signal.kind, signal.evidence.sentence.as_str()), (SignalType::CyberIncident, ATTACK));
    assert_eq!(signal.key, "0001234567-24-000123:8.01:CYBER_INCIDENT");
    assert_eq!(signal.summary, "Acme reports a cyber incident (item 8.01).");
}

#[test]
fn what_the_report_does_not_say_is_refused() {
    let text = format!("{ATTACK} A subsidiary makes widgets.");
    for (quote, expected) in [
        ("The Company found out about a ransomware attack on its systems.", Refusal::NotInReport),
        ("the Company detected unauthorised access to its systems", Refusal::NotInReport),
        ("On May 2, 2024, the Company … by a third party.", Refusal::NotInReport),
        ("unauthorized access", Refusal::QuoteLength),
        ("A subsidiary makes widgets.", Refusal::KindNotProved),
    ] {
        let found = one(&report("8.01", &text), event(SignalType::CyberIncident, "8.01", quote));
        assert_eq!(found.map_err(Some).err(), Some(Some(expected)), "{quote}");
    }
    let long = format!("{} ", "so ".repeat(800));
    let found = one(&report("8.01", &long), event(SignalType::CyberIncident, "8.01", long.trim()));
    assert_eq!(found.err(), Some(Refusal::QuoteLength));
}

#[test]
fn whose_news_it_is_whether_it_happened_and_when_is_read_from_the_whole_sentence() {
    let bankrupt = SignalType::Bankruptcy;
    let quote = "filed a voluntary petition under Chapter 11";
    for (text, expected) in [
        ("The Company filed a voluntary petition under Chapter 11 of the code.", None),
        ("The Company has not filed a voluntary petition under Chapter 11 of the code.", Some(Refusal::Denied)),
        ("The Company may have filed a voluntary petition under Chapter 11.", Some(Refusal::Hypothetical)),
        (
            "If talks fail, the Company would have filed a voluntary petition under Chapter 11.",
            Some(Refusal::Hypothetical),
        ),
        ("Its largest customer filed a voluntary petition under Chapter 11 of the code.", Some(Refusal::OtherCompany)),
        ("A subsidiary filed a voluntary petition under Chapter 11 of the code.", Some(Refusal::OtherCompany)),
        (
            "As previously disclosed, on March 3, 2022, the Company filed a voluntary petition under Chapter 11.",
            Some(Refusal::PreviouslyDisclosed),
        ),
        (
            "At a webinar, the Company will speak on why others filed a voluntary petition under Chapter 11.",
            Some(Refusal::Topic),
        ),
    ] {
        let mut proposal = event(bankrupt, "8.01", quote);
        proposal.subject = "Acme Widgets, Inc.".to_owned();
        let text = format!("{text} So it is.");
        assert_eq!(one(&report("8.01", &text), proposal).err(), expected, "{text}");
    }
}

#[test]
fn the_subject_is_the_company_by_a_name_that_stands_there() {
    let filing = report("8.01", &format!("{ATTACK} Globex Corporation helps us."));
    for (subject, expected) in [
        ("the Company", None),
        ("Acme Widgets", None),
        ("us", None),
        ("Globex Corporation", Some(Refusal::OtherCompany)),
        ("a third party", Some(Refusal::OtherCompany)),
        ("the Registrant", None),
        ("Initech, Inc.", Some(Refusal::NotInReport)),
        ("", Some(Refusal::NotInReport)),
    ] {
        let mut proposal = event(SignalType::CyberIncident, "8.01", ATTACK);
        proposal.subject = subject.to_owned();
        assert_eq!(one(&filing, proposal).err(), expected, "{subject}");
    }
}

#[test]
fn the_item_is_where_the_quote_stands_and_one_that_is_read() {
    let mut filing = report("8.01", ATTACK);
    filing.items.extend(report("5.02", HIRE).items);
    for (item, expected) in [
        ("8.01", None),
        ("Item 8.01", None),
        ("5.02", Some(Refusal::OtherItem)),
        ("1.05", Some(Refusal::UnknownItem)),
        ("12.34", Some(Refusal::UnknownItem)),
    ] {
        assert_eq!(one(&filing, event(SignalType::CyberIncident, item, ATTACK)).err(), expected, "{item}");
    }
}

#[test]
fn a_person_with_role_and_day_is_proved_as_the_rules_read_it() {
    let filing = report("5.02", HIRE);
    let hire = |name, role, day| person(SignalType::ExecutiveHire, HIRE, name, Direction::Comes, role, day);
    let signal = one(&filing, hire("Jane Roe", "Chief Financial Officer", "2024-06-03")).unwrap();
    let told = signal.person.unwrap();
    assert_eq!((told.name.as_str(), told.role.as_deref()), ("Jane Roe", Some("Chief Financial Officer")));
    assert_eq!(told.effective, "2024-06-03".parse().ok());
    assert_eq!(signal.key, "0001234567-24-000123:5.02:EXECUTIVE_HIRE:jane-roe");
    for (name, role, day, expected) in [
        ("John Roe", "", "", Refusal::NameNotProved),
        ("Chief Financial", "", "", Refusal::NameNotProved),
        ("Jane Roe", "Chief Executive Officer", "", Refusal::RoleNotProved),
        ("Jane Roe", "director", "", Refusal::RoleNotProved),
        ("Jane Roe", "", "2024-06-04", Refusal::DateNotProved),
        // The day of the decision.
        ("Jane Roe", "", "2024-05-01", Refusal::DateNotProved),
        ("Jane Roe", "", "June 3, 2024", Refusal::DateNotProved),
    ] {
        assert_eq!(one(&filing, hire(name, role, day)).err(), Some(expected), "{name} {role} {day}");
    }
    let goes = person(SignalType::ExecutiveDeparture, HIRE, "Jane Roe", Direction::Goes, "", "");
    assert_eq!(one(&filing, goes).err(), Some(Refusal::ChangeNotProved));
    let seat = person(SignalType::DirectorChange, HIRE, "Jane Roe", Direction::Comes, "", "");
    assert_eq!(one(&filing, seat).err(), Some(Refusal::KindNotProved));
    let nobody = event(SignalType::ExecutiveHire, "5.02", HIRE);
    assert_eq!(one(&filing, nobody).err(), Some(Refusal::PersonMismatch));
}

#[test]
fn a_role_is_whole_and_of_the_person() {
    let text = "On May 1, 2024, Ann Poe, the Company’s Chief Financial Officer, announced that Jane Roe was appointed as President of its retail unit.";
    let filing = report("5.02", text);
    let hire = |role| person(SignalType::ExecutiveHire, text, "Jane Roe", Direction::Comes, role, "");
    assert_eq!(
        one(&filing, hire("President of its retail unit")).unwrap().person.unwrap().role.as_deref(),
        Some("President of its retail unit")
    );
    assert_eq!(one(&filing, hire("President")).err(), Some(Refusal::RoleCut));
    assert_eq!(one(&filing, hire("Chief Financial Officer")).err(), Some(Refusal::RoleNotProved));
}

#[test]
fn people_of_items_that_the_rules_read_for_other_things_are_found() {
    let text = "On May 3, 2024, the Company completed its sale of the mill. In connection with it, Jane Roe resigned as Chief Executive Officer of the Company, effective May 3, 2024.";
    let filing = report("2.01", text);
    let quote = "Jane Roe resigned as Chief Executive Officer of the Company, effective May 3, 2024";
    let mut proposal = person(
        SignalType::ExecutiveDeparture,
        quote,
        "Jane Roe",
        Direction::Goes,
        "Chief Executive Officer",
        "2024-05-03",
    );
    proposal.item = "2.01".to_owned();
    let union = united(&filing, vec![proposal]);
    let [added] = union.added.as_slice() else { panic!("{union:#?}") };
    assert_eq!(added.signal.key, "0001234567-24-000123:2.01:EXECUTIVE_DEPARTURE:jane-roe");
    assert_eq!(differs(&union), [(DisagreementKind::ModelOnly, None, None), (DisagreementKind::RulesOnly, None, None)]);
}

#[test]
fn an_amount_stands_in_its_quote_and_beside_the_event() {
    let text = "On May 2, 2024, the Company entered into an agreement to acquire all of Tern LLC. The purchase price is $1.25 billion in cash. The Company had sales of $3.5 billion in 2023.";
    let filing = report("1.01", text);
    let quote = "the Company entered into an agreement to acquire all of Tern LLC";
    let with = |value: &str, quote_of_it: &str| Proposal {
        amount: Some(claim(value, quote_of_it)),
        ..event(SignalType::Acquisition, "1.01", quote)
    };
    let price = "The purchase price is $1.25 billion in cash.";
    let signal = one(&filing, with("1250000000 USD", price)).unwrap();
    assert!(signal.value.unwrap().assumption.contains("USD 1250000000"));
    for (value, quote) in [
        ("12500000000 USD", price),
        ("1250000000 EUR", price),
        ("much", price),
        ("1250000000 USD", "The purchase price is 1.25 billion dollars."),
        ("3500000000 USD", "The Company had sales of $3.5 billion in 2023."),
    ] {
        assert_eq!(one(&filing, with(value, quote)).err(), Some(Refusal::AmountNotProved), "{value}: {quote}");
    }
}

#[test]
fn both_make_one_signal_in_which_the_model_fills_in_what_is_open() {
    let text = "On May 1, 2024, Jane Roe notified the Company of her resignation as Chief Financial Officer. She is to leave the Company on June 3, 2024.";
    let filing = report("5.02", text);
    let rules = signals_of(&filing, &filed(), filed_at());
    assert_eq!(rules[0].person.as_ref().unwrap().effective, None, "{rules:#?}");
    let quote = "Jane Roe notified the Company of her resignation as Chief Financial Officer.";
    let mut proposal =
        person(SignalType::ExecutiveDeparture, quote, "Jane Roe", Direction::Goes, "Chief Financial Officer", "");
    if let Some(person) = &mut proposal.person {
        person.effective = Some(claim("2024-06-03", "She is to leave the Company on June 3, 2024."));
    }
    let union = united(&filing, vec![proposal]);
    let [merged] = union.merged.as_slice() else { panic!("{union:#?}") };
    assert!(merged.is_completed && union.disagreements.is_empty(), "{union:#?}");
    assert_eq!(merged.signal.key, rules[0].key);
    assert_eq!(merged.signal.person.as_ref().unwrap().effective, "2024-06-03".parse().ok());
    assert!(merged.signal.summary.contains("effective 2024-06-03"), "{}", merged.signal.summary);
    let fields: Vec<_> = merged.quotes.iter().map(|quote| quote.field).collect();
    assert_eq!(fields, [Field::Kind, Field::Person, Field::Role, Field::EffectiveOn]);
}

#[test]
fn where_both_have_a_value_that_of_the_rules_stands_and_the_other_is_kept() {
    let text = "On May 1, 2024, the Company appointed Jane Roe as Chief Financial Officer, effective June 3, 2024. Ms. Roe will begin on July 1, 2024.";
    let filing = report("5.02", text);
    let quote = "the Company appointed Jane Roe as Chief Financial Officer, effective June 3, 2024.";
    let mut proposal =
        person(SignalType::ExecutiveHire, quote, "Jane Roe", Direction::Comes, "Chief Financial Officer", "");
    if let Some(person) = &mut proposal.person {
        person.effective = Some(claim("2024-07-01", "Ms. Roe will begin on July 1, 2024."));
    }
    let union = united(&filing, vec![proposal]);
    assert_eq!(differs(&union), [(DisagreementKind::Field, Some(Field::EffectiveOn), None)], "{union:#?}");
    let [merged] = union.merged.as_slice() else { panic!("{union:#?}") };
    assert_eq!(merged.signal.person.as_ref().unwrap().effective, "2024-06-03".parse().ok());
    let differing = &union.disagreements[0];
    assert_eq!(
        (differing.by_rules.as_deref(), differing.by_model.as_deref()),
        (Some("2024-06-03"), Some("2024-07-01"))
    );
}

#[test]
fn a_sentence_is_no_two_deals_that_exclude_each_other() {
    let text = "On May 2, 2024, the Company entered into a definitive agreement to acquire Tern LLC.";
    let filing = report("1.01", text);
    let union = united(&filing, vec![event(SignalType::MaterialAgreement, "1.01", text)]);
    assert!(union.added.is_empty(), "{union:#?}");
    let union = united(&filing, vec![event(SignalType::Divestiture, "1.01", text)]);
    assert_eq!(differs(&union)[0].2, Some(Refusal::KindNotProved), "{union:#?}");
}

#[test]
fn who_proposes_a_signal_twice_or_too_many_has_said_it_once() {
    let filing = report("8.01", ATTACK);
    let twice = vec![event(SignalType::CyberIncident, "8.01", ATTACK); 32];
    let union = united(&filing, twice);
    assert_eq!((union.merged.len(), union.added.len()), (1, 0));
    assert_eq!(differs(&union), [(DisagreementKind::Refused, None, Some(Refusal::TooMany)); 2]);
}

#[test]
fn a_model_is_given_what_the_rules_read_in_whole_sentences_up_to_a_limit() {
    let mut filing = report("8.01", &format!("{ATTACK} ").repeat(300));
    filing.items.extend(report("5.07", "The stockholders voted.").items);
    filing.items.extend(report("5.02", HIRE).items);
    let sources = sources(&filing);
    let items: Vec<_> = sources.iter().map(|source| source.item.to_string()).collect();
    assert_eq!(items, ["8.01", "5.02"]);
    assert!((11_800..=12_000).contains(&sources[0].text.len()) && sources[0].text.ends_with(ATTACK));
    let endless = "a word ".repeat(3_000);
    assert!(proposals::sources(&report("8.01", &endless), "", Vec::new()).is_empty());
}

#[test]
fn what_the_amended_report_said_in_the_same_words_is_not_told_again() {
    let (original, amendment) = (report("8.01", ATTACK), report("8.01", &format!("{ATTACK} More will follow.")));
    let proposal = event(SignalType::CyberIncident, "8.01", ATTACK);
    let refused = prove(vec![proposal], &sources(&amendment), (&amendment, Some(&original)), &filed(), filed_at());
    assert_eq!(refused[0].as_ref().map_err(|refused| refused.reason).err(), Some(Refusal::ToldBefore));
}

#[test]
fn people_in_lists_are_proved_by_their_line_and_the_sentence_above() {
    let text = "On May 1, 2024, the following persons were elected to the Board of Directors of the Company:\nJane Roe\nJohn Poe";
    let filing = report("8.01", text);
    let mut proposal = person(
        SignalType::DirectorChange,
        "were elected to the Board of Directors of the Company:\nJane Roe\nJohn Poe",
        "John Poe",
        Direction::Comes,
        "",
        "",
    );
    proposal.item = "8.01".to_owned();
    let signal = one(&filing, proposal).unwrap();
    assert_eq!(signal.person.unwrap().role.as_deref(), Some("director"));
    assert!(signal.evidence.sentence.ends_with("John Poe"));
}
