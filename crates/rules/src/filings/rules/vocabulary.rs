//! Verification that a given sentence states an event of a kind, by the rules' vocabulary.
//!
//! When the rules choose a sentence, they require more than words: the dedicated item, a verb of news, no kind of
//! higher precedence. Here the kind is given, and the words decide, together with their subject, modality and time.

use std::sync::LazyLock;

use regex::Regex;

use super::deals::{
    ACQUIRES, DEBT, IS_BOUGHT, MERGER, SELLS, buys, merges, merges_into_another, pays_out, raises_money, says_bought,
    sells,
};
use super::news::{classify_agreement, is_news};
use super::patterns::{
    AGREEMENT, AUDITOR, BANKRUPT, CONTROL, CUTS, CYBER, DEFAULTS, DELISTS, DISRUPTED, ENDED, ENTERED, FACILITY,
    LITIGATION, NEWS, REGAINED, RELATIONS, RESTATES, RESULTS, SHOW, WEAK_CUTS, WRITTEN_DOWN,
};
use crate::filings::clause::{Clause, Doubt};
use crate::filings::sentences::pattern;
use crate::filings::{Item, SignalType};

/// Pattern of a vote on the auditor, which is no change.
static RATIFIED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bratif\w+"));
static LISTING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:nasdaq|nyse|stock exchange|listing|listed|delist\w*)\b"));

/// Returns the reason why the first of these sentences does not state an event of this kind at the company; `None` if
/// it does. The following ones may state the direction of a merger.
pub(in crate::filings) fn doubt_about(kind: SignalType, behind: &[Clause<'_>], item: Item) -> Option<Doubt> {
    let Some(clause) = behind.first() else { return Some(Doubt::Absent) };
    let shown = |words: &[&Regex]| doubt(clause, words);
    let unless = |holds: bool| if holds { None } else { Some(Doubt::Absent) };
    match kind {
        // There it is about people and their pay.
        _ if matches!(item, Item::Current(5, 2) | Item::Legacy(6)) => Some(Doubt::Absent),
        SignalType::CyberIncident => shown(&[&CYBER]),
        SignalType::Bankruptcy => clause.doubt(&BANKRUPT, true),
        SignalType::Restructuring if item == Item::Current(2, 5) => shown(&[&CUTS, &WEAK_CUTS]),
        SignalType::Restructuring => shown(&[&CUTS]),
        SignalType::Impairment => shown(&[&WRITTEN_DOWN]),
        SignalType::Restatement => shown(&[&RESTATES]),
        SignalType::DebtDefault => shown(&[&DEFAULTS]),
        SignalType::AuditorChange => shown(&[&AUDITOR]).or_else(|| unless(!clause.mentions(&RATIFIED))),
        SignalType::DelistingNotice => shown(&[&DELISTS]).or_else(|| {
            let is_listing = item == Item::Current(3, 1) || (clause.mentions(&NEWS) && clause.mentions(&LISTING));
            if clause.mentions(&REGAINED) { Some(Doubt::Denied) } else { unless(is_listing) }
        }),
        SignalType::AgreementEnded => {
            shown(&[&ENDED]).or_else(|| unless(clause.mentions(&AGREEMENT) || item == Item::Current(1, 2)))
        }
        SignalType::Litigation => shown(&[&LITIGATION]),
        SignalType::Disruption => shown(&[&DISRUPTED]).or_else(|| unless(clause.mentions(&FACILITY))),
        SignalType::Results => shown(&[&RESULTS]).or_else(|| unless(is_of_results(item) || !clause.mentions(&SHOW))),
        SignalType::Other => {
            let is_open = matches!(item, Item::Current(8, 1) | Item::Legacy(5));
            unless(is_open && is_news(clause))
        }
        _ => about_deal(kind, clause, behind),
    }
}

/// Checks companies, businesses, money and agreements.
fn about_deal(kind: SignalType, clause: &Clause<'_>, behind: &[Clause<'_>]) -> Option<Doubt> {
    let is_news = || clause.mentions(&NEWS) || clause.mentions(&ENTERED);
    let (holds, words): (bool, &[&Regex]) = match kind {
        SignalType::ChangeOfControl => (
            clause.shows(&CONTROL) || says_bought(clause) || (merges(clause) && merges_into_another(behind)),
            &[&CONTROL, &IS_BOUGHT, &MERGER],
        ),
        SignalType::Acquisition => {
            let buys = buys(clause) && !says_bought(clause) && !sells(clause) && !clause.shows(&CONTROL);
            (buys || (merges(clause) && !merges_into_another(behind)), &[&ACQUIRES, &MERGER])
        }
        SignalType::Divestiture => (sells(clause), &[&SELLS]),
        SignalType::DebtOrFinancing => (raises_money(clause) && is_news() && !pays_out(clause), &[&DEBT]),
        SignalType::MaterialAgreement => {
            let is_special = classify_agreement(behind).is_some_and(|kind| kind != SignalType::MaterialAgreement);
            let is_made = clause.shows(&ENTERED) && clause.mentions(&AGREEMENT) && !clause.shows(&ENDED);
            (!is_special && (is_made || clause.shows(&RELATIONS)), &[&RELATIONS, &ENTERED])
        }
        _ => (false, &[]),
    };
    if holds { None } else { Some(doubt(clause, words).unwrap_or(Doubt::Absent)) }
}

/// Returns the reason why none of the words states an event.
fn doubt(clause: &Clause<'_>, words: &[&Regex]) -> Option<Doubt> {
    let mut most = Doubt::Absent;
    for words in words {
        most = most.max(clause.doubt(words, false)?);
    }
    Some(most)
}

fn is_of_results(item: Item) -> bool {
    matches!(item, Item::Current(2, 2) | Item::Legacy(12))
}
