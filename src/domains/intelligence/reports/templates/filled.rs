//! Reports from templates: wordings for each kind of signal, filled with facts of the occasion and the reader.

use super::{distress, growth, people, phrases::Phrases, steady, wording::Wording};
use crate::clients::research::clean::{self, FIELD, SUMMARY};
use crate::domains::intelligence::{
    filings::{Opportunity, SignalType},
    reports::{Audience, Draft, Occasion, input},
};

/// Returns the wording of a kind.
fn wording(kind: SignalType) -> &'static Wording {
    match kind {
        SignalType::ExecutiveHire => &people::EXECUTIVE_HIRE,
        SignalType::ExecutiveDeparture => &people::EXECUTIVE_DEPARTURE,
        SignalType::DirectorChange => &people::DIRECTOR_CHANGE,
        SignalType::Acquisition => &growth::ACQUISITION,
        SignalType::MaterialAgreement => &growth::MATERIAL_AGREEMENT,
        SignalType::AgreementEnded => &growth::AGREEMENT_ENDED,
        SignalType::DebtOrFinancing => &growth::DEBT_OR_FINANCING,
        SignalType::ChangeOfControl => &growth::CHANGE_OF_CONTROL,
        SignalType::Divestiture => &growth::DIVESTITURE,
        SignalType::Restructuring => &distress::RESTRUCTURING,
        SignalType::CyberIncident => &distress::CYBER_INCIDENT,
        SignalType::Bankruptcy => &distress::BANKRUPTCY,
        SignalType::DebtDefault => &distress::DEBT_DEFAULT,
        SignalType::Impairment => &distress::IMPAIRMENT,
        SignalType::DelistingNotice => &distress::DELISTING_NOTICE,
        SignalType::Restatement => &steady::RESTATEMENT,
        SignalType::AuditorChange => &steady::AUDITOR_CHANGE,
        SignalType::Litigation => &steady::LITIGATION,
        SignalType::Disruption => &distress::DISRUPTION,
        SignalType::Results => &steady::RESULTS,
        SignalType::Other => &steady::OTHER,
    }
}

/// Returns the report from the template.
pub(in crate::domains::intelligence::reports) fn draft(occasion: &Occasion, audience: &Audience) -> Draft {
    let phrases = Phrases::new(occasion, audience);
    let wording = wording(occasion.kind);
    let fill = |template: &str| phrases.fill(template);
    Draft {
        headline: clean::line(&format!("{} – for the {}: {}", phrases.happening, phrases.reader, wording.stake), FIELD),
        why_it_matters: clean::line(&format!("{} {}", fill(wording.why), to_the_reader(&phrases)), SUMMARY),
        talking_points: talking_points(wording, &phrases, occasion),
        recommended_action: clean::line(&action(&fill(wording.action), occasion), SUMMARY),
        draft_message: message(wording, &phrases),
        model: None,
        is_provisional: false,
    }
}

/// Returns the report on a death: nothing is sold, and the message is no more than condolence.
pub(in crate::domains::intelligence::reports) fn condolence(occasion: &Occasion, audience: &Audience) -> Draft {
    let phrases = Phrases::new(occasion, audience);
    let Phrases { customer, reader, who, vendor, filed_on, .. } = &phrases;
    let message = format!(
        "Hello,\n\nWe read of the death of {who} in your report of {filed_on}, and are sorry for your loss.\n\n\
         Kind regards,\n{vendor}"
    );
    let sentence = clean::line(&occasion.sentence, FIELD);
    let why = format!(
        "People at {customer} mourn {who}. Who decides next is a question for later; until it is settled, leave it to the \
         {reader} to raise it."
    );
    let action =
        format!("Send no offer. If you knew {who}, write a personal word; else leave the {reader} in peace for now.");
    let proof = format!("The proof, from item {} of the report of {filed_on}: “{sentence}”", occasion.item);
    Draft {
        headline: clean::line(&format!("{customer}: {who} has died – for the {reader}: no reason to sell"), FIELD),
        why_it_matters: clean::line(&why, SUMMARY),
        talking_points: vec![
            clean::line(&format!("Hold back running offers to {customer}, and reminders, for some weeks."), FIELD),
            clean::line(&proof, 2 * FIELD),
        ],
        recommended_action: clean::line(&action, SUMMARY),
        draft_message: clean::paragraphs(&message, 2 * SUMMARY),
        model: None,
        is_provisional: false,
    }
}

/// Returns the relation to the reader's goals and pain points.
fn to_the_reader(phrases: &Phrases) -> String {
    let reader = &phrases.reader;
    match (&phrases.goal, &phrases.pain) {
        (Some(goal), Some(pain)) => {
            format!("For the {reader} it touches a goal – {goal} – and may make an old trouble worse: {pain}.")
        }
        (Some(goal), None) => format!("For the {reader} it touches a goal: {goal}."),
        (None, Some(pain)) => format!("For the {reader} it may make an old trouble worse: {pain}."),
        (None, None) => format!("Ask the {reader} early what it changes in the daily work."),
    }
}

fn talking_points(wording: &Wording, phrases: &Phrases, occasion: &Occasion) -> Vec<String> {
    let mut points: Vec<String> = wording.points.iter().map(|point| phrases.fill(point)).collect();
    if let Some(products) = &phrases.products {
        points.push(match phrases.pain.as_ref().or(phrases.goal.as_ref()) {
            Some(concern) => {
                format!("Bring up {products} with a view to what concerns the {}: {concern}.", phrases.reader)
            }
            None => format!("Bring up {products}, and ask the {} where they would help most.", phrases.reader),
        });
    }
    let sentence = clean::line(&occasion.sentence, FIELD);
    if !sentence.is_empty() {
        points.push(format!(
            "The proof, from item {} of the report of {}: “{sentence}”",
            occasion.item, phrases.filed_on
        ));
    }
    points.into_iter().map(|point| clean::line(&point, 2 * FIELD)).collect()
}

/// Returns the recommended action with its time, purpose and potential value.
fn action(what: &str, occasion: &Occasion) -> String {
    let when = match occasion.urgency {
        0.7.. => "Do it within two working days.",
        0.4.. => "Do it in the coming days.",
        _ => "It can wait for the next regular contact.",
    };
    let (end, stake) = match occasion.opportunity {
        Opportunity::Expansion => ("The aim: more of what is in use already.", "Possible gain"),
        Opportunity::NewBusiness => ("The aim: a first project for a new need.", "Possible gain"),
        Opportunity::RenewalRisk => ("The aim: a renewal that is safe before it is due.", "At stake"),
        Opportunity::ChurnRisk => ("The aim: to keep the customer, and to limit what can be lost.", "At stake"),
        Opportunity::Conversation => ("The aim: a good talk, no more.", "Possibly at stake"),
    };
    let value = occasion.value.as_ref().map_or_else(String::new, |value| {
        format!(" {stake}: {} (estimated). {}", input::range(value), clean::line(&value.assumption, FIELD))
    });
    format!("{what} {when} {end}{value}")
}

fn message(wording: &Wording, phrases: &Phrases) -> String {
    let helper = phrases.products.as_ref().unwrap_or(&phrases.vendor);
    let concern = match (&phrases.pain, &phrases.goal) {
        (Some(pain), _) => format!("If this sounds familiar – {pain} – {helper} may be of help."),
        (None, Some(goal)) => format!("If this is on your list – {goal} – {helper} may be of help."),
        (None, None) => {
            format!("As far as {helper} can make things easier for your team, we would like to do our part.")
        }
    };
    let [opening, question] = [wording.opening, wording.question].map(|part| phrases.fill(part));
    let message = format!("Hello,\n\n{opening}\n\n{concern}\n\n{question}\n\nKind regards,\n{}", phrases.vendor);
    clean::paragraphs(&message, 2 * SUMMARY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_every_type_hold_only_names_that_are_filled_in() {
        for kind in crate::domains::intelligence::reports::tests::KINDS {
            let wording = wording(kind);
            let [one, other] = wording.points;
            for template in [wording.why, one, other, wording.action, wording.opening, wording.question] {
                for name in template.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
                    assert!(Phrases::NAMES.contains(&name), "{name} in {template}");
                }
                assert!(template.ends_with(['.', '?']), "{template}");
            }
        }
    }
}
