//! Classification of sentences by the words in their clauses.

use super::deals::{buys, merges, merges_into_another, pays_out, raises_money, says_bought, sells};
use super::patterns::{
    AGREEMENT, AUDITOR, BANKRUPT, CONTROL, CUTS, CYBER, DEFAULTS, DELISTS, DISRUPTED, DONE, ENDED, ENTERED, FACILITY,
    LITIGATION, NEWS, NOTE, REFERENCE, REGAINED, RELATIONS, RESTATES, RESULTS, SHOW, WEAK_CUTS, WRITTEN_DOWN,
};
use crate::filings::clause::Clause;
use crate::filings::signal_type::SignalType;

/// Returns true if a sentence is a reference or legal boilerplate, which proves nothing.
pub(in crate::filings) fn is_reference(sentence: &str) -> bool {
    REFERENCE.is_match(sentence)
}

/// Returns true if a text refers to the note before the items.
pub(super) fn refers_to_note(text: &str) -> bool {
    NOTE.is_match(text)
}

/// Returns true if a sentence states something done, other than a presentation.
pub(super) fn is_news(clause: &Clause<'_>) -> bool {
    clause.mentions(&NEWS) && !clause.mentions(&SHOW) && clause.sentence.len() >= 30 && !clause.is_old()
}

/// Returns true if a sentence mentions an event of this kind, even if negated or of another company.
pub(super) fn touches(kind: SignalType, clause: &Clause<'_>) -> bool {
    match kind {
        SignalType::CyberIncident => clause.mentions(&CYBER),
        SignalType::Bankruptcy => clause.mentions(&BANKRUPT),
        SignalType::Restructuring => clause.mentions(&CUTS),
        SignalType::Impairment => clause.mentions(&WRITTEN_DOWN),
        SignalType::Restatement => clause.mentions(&RESTATES),
        SignalType::DebtDefault => clause.mentions(&DEFAULTS),
        SignalType::AgreementEnded => clause.mentions(&ENDED),
        _ => false,
    }
}

/// Returns true if a sentence states that an event of this kind happened.
pub(super) fn proves(kind: SignalType, clause: &Clause<'_>) -> bool {
    match kind {
        SignalType::CyberIncident => clause.shows(&CYBER),
        SignalType::Bankruptcy => clause.shows_of_itself(&BANKRUPT),
        SignalType::Restructuring => clause.shows(&CUTS) || clause.shows(&WEAK_CUTS),
        SignalType::Impairment => clause.shows(&WRITTEN_DOWN),
        SignalType::Restatement => clause.shows(&RESTATES),
        SignalType::AuditorChange => clause.shows(&AUDITOR),
        SignalType::DelistingNotice => clause.shows(&DELISTS) && !clause.mentions(&REGAINED),
        SignalType::DebtDefault => clause.shows(&DEFAULTS),
        SignalType::ChangeOfControl => clause.shows(&CONTROL) || says_bought(clause),
        SignalType::AgreementEnded => clause.shows(&ENDED),
        SignalType::Results => clause.shows(&RESULTS),
        SignalType::DebtOrFinancing => raises_money(clause) && (clause.mentions(&NEWS) || clause.mentions(&ENTERED)),
        SignalType::Litigation => clause.shows(&LITIGATION),
        SignalType::Disruption => clause.shows(&DISRUPTED) && clause.mentions(&FACILITY),
        _ => false,
    }
}

/// Returns the kind of agreement that the first of these sentences states; the following ones may state the direction
/// of a merger.
pub(super) fn classify_agreement(behind: &[Clause<'_>]) -> Option<SignalType> {
    let clause = behind.first()?;
    if !clause.shows(&ENTERED) {
        return None;
    }
    if merges(clause) {
        let bought = merges_into_another(behind);
        return Some(if bought { SignalType::ChangeOfControl } else { SignalType::Acquisition });
    }
    if sells(clause) {
        return Some(SignalType::Divestiture);
    }
    if buys(clause) {
        return Some(if says_bought(clause) { SignalType::ChangeOfControl } else { SignalType::Acquisition });
    }
    if raises_money(clause) {
        return Some(SignalType::DebtOrFinancing);
    }
    clause.mentions(&AGREEMENT).then_some(SignalType::MaterialAgreement)
}

/// Returns the kind of transaction completed under item 2.01.
pub(super) fn classify_transaction(behind: &[Clause<'_>]) -> Option<SignalType> {
    let clause = behind.first()?;
    if !clause.shows(&DONE) || clause.mentions(&SHOW) {
        return None;
    }
    if merges_into_another(behind) || clause.shows(&CONTROL) {
        return Some(SignalType::ChangeOfControl);
    }
    Some(if sells(clause) && !buys(clause) { SignalType::Divestiture } else { SignalType::Acquisition })
}

/// Returns the kind of event that a sentence in a general item states; the following ones may state the direction of a
/// merger.
pub(super) fn classify(behind: &[Clause<'_>]) -> Option<SignalType> {
    let clause = behind.first()?;
    let clear = [
        SignalType::CyberIncident,
        SignalType::Bankruptcy,
        SignalType::Restatement,
        SignalType::DelistingNotice,
        SignalType::Disruption,
        SignalType::Impairment,
        SignalType::DebtDefault,
    ];
    let told = clause.mentions(&NEWS)
        || clause.mentions(&CUTS)
        || clause.mentions(&FACILITY)
        || clause.mentions(&WRITTEN_DOWN)
        || clause.mentions(&LITIGATION);
    if !told {
        return None;
    }
    if let Some(kind) = clear.into_iter().find(|kind| proves(*kind, clause)) {
        return Some(kind);
    }
    if clause.shows(&CUTS) {
        return Some(SignalType::Restructuring);
    }
    let ends = clause.shows(&ENDED) && clause.mentions(&AGREEMENT);
    if ends {
        return Some(SignalType::AgreementEnded);
    }
    deal(clause, behind).or_else(|| {
        if clause.shows(&LITIGATION) {
            Some(SignalType::Litigation)
        } else if clause.shows(&RESULTS) && !clause.mentions(&SHOW) {
            Some(SignalType::Results)
        } else {
            (clause.shows(&RELATIONS)).then_some(SignalType::MaterialAgreement)
        }
    })
}

/// Returns the kind of deal: companies, businesses or money that change hands.
fn deal(clause: &Clause<'_>, behind: &[Clause<'_>]) -> Option<SignalType> {
    if says_bought(clause) || clause.shows(&CONTROL) {
        return Some(SignalType::ChangeOfControl);
    }
    if merges(clause) && (clause.mentions(&NEWS) || clause.mentions(&ENTERED)) {
        let bought = merges_into_another(behind);
        return Some(if bought { SignalType::ChangeOfControl } else { SignalType::Acquisition });
    }
    if sells(clause) {
        return Some(SignalType::Divestiture);
    }
    if pays_out(clause) {
        return None;
    }
    if buys(clause) {
        return Some(SignalType::Acquisition);
    }
    raises_money(clause).then_some(SignalType::DebtOrFinancing)
}
