//! Proposals of a lying model for the corpus.

use std::sync::LazyLock;

use regex::Regex;

use super::{Label, Read, labels};
use crate::filings::{
    Direction, SignalType,
    dates::{DATE, date},
    proposals::{Claim, Proposal, ProposedPerson, Proved},
    sentences::pattern,
    tests::proposals::claim,
};

/// Kinds that are about no person.
const EVENTS: [SignalType; 18] = [
    SignalType::Acquisition,
    SignalType::Divestiture,
    SignalType::Restructuring,
    SignalType::MaterialAgreement,
    SignalType::AgreementEnded,
    SignalType::CyberIncident,
    SignalType::Bankruptcy,
    SignalType::DebtOrFinancing,
    SignalType::DebtDefault,
    SignalType::Impairment,
    SignalType::Restatement,
    SignalType::AuditorChange,
    SignalType::DelistingNotice,
    SignalType::ChangeOfControl,
    SignalType::Litigation,
    SignalType::Disruption,
    SignalType::Results,
    SignalType::Other,
];
static PERSON: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{Lu}\p{Ll}+ (?:\p{Lu}\. )?\p{Lu}\p{Ll}+"));

/// Lies of one sort about all rows: how many were told, and those that were let through.
pub(super) fn lies(rows: &[Read], tell: impl Fn(&Read) -> Vec<Proposal>) -> (usize, Vec<String>) {
    let (mut told, mut passed) = (0, Vec::new());
    for read in rows {
        let lies = tell(read);
        told += lies.len();
        // No more than that are read of an answer.
        for some in lies.chunks(30) {
            for (lie, proved) in some.iter().zip(read.prove(some.to_vec())) {
                if proved.is_ok_and(|proved| is_adopted(lie, &proved)) {
                    let person =
                        lie.person.as_ref().map(|person| (&person.name.value, &person.role, &person.effective));
                    passed.push(format!("{:?} {person:?} {} {:?}", lie.kind, lie.quote, read.row.signals));
                }
            }
        }
    }
    (told, passed)
}

/// Returns true if the claim becomes part of a signal: where the rules have a value, it is kept.
fn is_adopted(lie: &Proposal, proved: &Proved) -> bool {
    let (Some(claimed), Some(rules)) = (&lie.person, &proved.by_rules) else { return true };
    let stands = |value: Option<String>, claim: &Option<Claim>| {
        value.is_none() || value.map(|it| it.to_lowercase()) == claim.as_ref().map(|claim| claim.value.to_lowercase())
    };
    stands(rules.role.clone(), &claimed.role) && stands(rules.effective.map(|day| day.to_string()), &claimed.effective)
}

/// Kinds that are not labelled, for every sentence.
fn wrong_kinds(read: &Read) -> Vec<Proposal> {
    let labelled: Vec<SignalType> = labels(&read.row).iter().map(|label| label[0].kind).collect();
    // Other news is what nothing else tells of.
    let is_wrong = |kind: &SignalType| !labelled.contains(kind) && (*kind != SignalType::Other || labelled.is_empty());
    let kinds: Vec<_> = EVENTS.into_iter().filter(is_wrong).collect();
    read.quotes.iter().flat_map(|quote| kinds.iter().map(|kind| read.event(*kind, quote))).collect()
}

/// The labels, or only those of people, bent by `bend`, for every sentence.
fn bent(read: &Read, of_people: bool, bend: impl Fn(&Label, &mut Proposal) -> bool) -> Vec<Proposal> {
    let mut lies = Vec::new();
    for label in labels(&read.row).iter().flatten().filter(|label| !of_people || !label.name.is_empty()) {
        for quote in &read.quotes {
            let mut lie = read.proposal(label, quote);
            if bend(label, &mut lie) {
                lies.push(lie);
            }
        }
    }
    lies
}

/// Bends the person of a proposal.
fn bend_person(lie: &mut Proposal, bend: impl FnOnce(&mut ProposedPerson)) -> bool {
    lie.person.as_mut().map(bend).is_some()
}

/// Reverses the direction of people.
fn turned(read: &Read) -> Vec<Proposal> {
    let all = labels(&read.row);
    bent(read, true, |label, lie| {
        let (direction, kind) = match label.kind {
            SignalType::ExecutiveHire => (Direction::Goes, SignalType::ExecutiveDeparture),
            SignalType::ExecutiveDeparture => (Direction::Comes, SignalType::ExecutiveHire),
            _ => return false,
        };
        lie.kind = kind;
        // Some do both.
        !all.iter().flatten().any(|other| other.name == label.name && other.kind != label.kind)
            && bend_person(lie, |person| (person.direction, person.effective) = (direction, None))
    })
}

/// Invents a person who is not in the report.
fn invented(read: &Read) -> Vec<Proposal> {
    bent(read, true, |_, lie| bend_person(lie, |person| person.name.value = "Walter Prentiss".to_owned()))
}

/// People who stand in a sentence and neither come nor go.
fn bystanders(read: &Read) -> Vec<Proposal> {
    let all = labels(&read.row);
    let is_labelled = |name: &str| {
        let last = name.rsplit(' ').next().unwrap_or_default();
        all.iter().flatten().any(|label| label.name.contains(last))
    };
    let mut lies = Vec::new();
    for quote in &read.quotes[..read.single] {
        for name in PERSON.find_iter(quote).map(|name| name.as_str()).filter(|name| !is_labelled(name)) {
            for (kind, direction) in [
                (SignalType::ExecutiveHire, Direction::Comes),
                (SignalType::ExecutiveDeparture, Direction::Goes),
                (SignalType::DirectorChange, Direction::Comes),
                (SignalType::DirectorChange, Direction::Goes),
            ] {
                for role in ["-", "Chief Executive Officer"] {
                    let label = Label { kind, name: name.to_owned(), role: role.to_owned(), day: None, direction };
                    lies.push(read.person(&label, quote));
                }
            }
        }
    }
    lies
}

/// Another day of the report.
fn other_days(read: &Read) -> Vec<Proposal> {
    let stated = |text: &String| DATE.captures_iter(text).filter_map(|found| date(&found)).collect::<Vec<_>>();
    bent(read, true, |label, lie| {
        let other = read.quotes.iter().flat_map(stated).find(|day| Some(*day) != label.day);
        let Some(other) = other else { return false };
        let quote = read.quotes.iter().find(|text| stated(text).contains(&other));
        bend_person(lie, |person| person.effective = quote.map(|quote| claim(&other.to_string(), quote)))
    })
}

/// The role of somebody else in the report, or one that is made up.
fn other_roles(read: &Read) -> Vec<Proposal> {
    let all = labels(&read.row);
    bent(read, true, |label, lie| {
        let own = label.role.to_lowercase();
        let is_other =
            |other: &&Label| other.name != label.name && other.role != "-" && !own.contains(&other.role.to_lowercase());
        let role = all.iter().flatten().find(is_other).map_or("Chief Astronaut Officer", |other| other.role.as_str());
        let quote = read.quotes.iter().find(|text| text.contains(role)).unwrap_or(&read.quotes[0]);
        bend_person(lie, |person| person.role = Some(claim(role, quote)))
    })
}

/// One word of the quote is another.
fn paraphrased(read: &Read) -> Vec<Proposal> {
    bent(read, false, |_, lie| {
        let mut words: Vec<&str> = lie.quote.split(' ').collect();
        let middle = words.len() / 2;
        words[middle] = "actually";
        lie.quote = words.join(" ");
        true
    })
}

/// Attributes the news to another company.
fn of_others(read: &Read) -> Vec<Proposal> {
    bent(read, false, |_, lie| {
        lie.subject = "Globex Corporation".to_owned();
        true
    })
}

/// Makes lies about a report.
pub(super) type Lies = fn(&Read) -> Vec<Proposal>;

/// The kinds of lies, by their name in the documents, with the maximum share that may be accepted.
pub(super) const SORTS: [(&str, Lies, f64); 8] = [
    ("a wrong kind", wrong_kinds, 0.01),
    ("the wrong direction", turned, 0.01),
    ("a person who is not there", invented, 0.0),
    ("a person who neither comes nor goes", bystanders, 0.01),
    ("another day of the report", other_days, 0.05),
    ("another's role, or one made up", other_roles, 0.01),
    ("a paraphrase of one word", paraphrased, 0.0),
    ("the news of another company", of_others, 0.0),
];
