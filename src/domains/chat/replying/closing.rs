//! Statements of the server around a reply of any author: before it that a person has left or is no longer requested, after it
//! disclaimers, that a person was requested, and the next question.

use std::sync::LazyLock;

use regex::Regex;

use super::material::Material;
use crate::domains::chat::{asked::Opening, collecting::pattern, personas::FieldKind, pick::one_of};

/// Length of the end of a text in which a model must have asked, in characters.
const TAIL: usize = 400;

/// Additions to a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closing {
    /// Paragraphs.
    pub(super) parts: Vec<String>,
    /// The next question, unless the text asks it.
    pub(super) question: Option<String>,
}

/// Returns the statement before the text of a reply. `unit` selects the wording.
pub(super) fn opening(material: &Material, unit: f64) -> Option<&str> {
    let replies = &material.persona.replies;
    material.plan.opening.map(|opening| match opening {
        Opening::Withdrawn { .. } => one_of(&replies.withdrawn, unit),
        Opening::PersonLeft => one_of(&replies.left, unit),
    })
}

/// Returns the additions to `text` in the reply to a message. `unit` selects among wordings.
pub(super) fn closing(material: &Material, text: &str, unit: f64) -> Closing {
    let (plan, persona) = (&material.plan, &material.persona);
    let disclaimers = persona.disclaimers.iter().filter(|_| plan.asks_for_advice);
    let mut parts: Vec<String> = disclaimers.filter(|said| !text.contains(said.as_str())).cloned().collect();
    if plan.person.is_some() {
        parts.push(one_of(&persona.replies.handover, unit).to_owned());
    }
    let question = plan.question.as_ref().filter(|(field, question)| {
        let is_asked = asks_for(field.kind, text);
        !text.contains(question.as_str()) && !is_asked
    });
    Closing { parts, question: question.map(|(_, question)| question.clone()) }
}

static CUES: LazyLock<[(FieldKind, Regex); 4]> = LazyLock::new(|| {
    [
        (FieldKind::Name, r"(?i)\b(?:name|call you|who am i|who are you|nombre|llam\w+|nom|appel\w+|nome|chiam\w+|cham\w+|heiß\w+|heißen|naam)\b"),
        (FieldKind::Email, r"(?i)mail|\b(?:address|reach you|write to you|correo|courriel|adresse|direcci[oó]n|endereço|indirizzo)\b"),
        (FieldKind::Phone, r"(?i)phone|\b(?:number|call you|reach you|nummer|tel[eé]fono|téléphone|telefone|numero|número)\b"),
        (FieldKind::Money, r"(?i)\b(?:incomes?|earn\w*|salary|make|bring in|take home|paid|einkommen|verdien\w*|gehalt|ingresos?|gan\w+|salario|revenus?|gagn\w+|salaire|renda|ganh\w+|reddito|guadagn\w+|stipendio)\b"),
    ]
    .map(|(kind, cues)| (kind, pattern(cues)))
});

/// Returns true if a text ends by asking for a value of this kind. In a script without known cues any question counts.
fn asks_for(kind: FieldKind, text: &str) -> bool {
    let start = text.char_indices().rev().nth(TAIL - 1).map_or(0, |(at, _)| at);
    let tail = &text[start..];
    let Some(mark) = tail.rfind(['?', '？', '؟', ';']) else { return false };
    if !tail[mark..].starts_with(['?', '？', '؟']) {
        return false;
    }
    let letters = tail.chars().filter(|char| char.is_alphabetic());
    let (known, foreign): (Vec<_>, Vec<_>) = letters.partition(|char| *char < '\u{250}');
    if foreign.len() > known.len() {
        return true;
    }
    // The sentences that are questions.
    let questions = tail[..=mark].split_inclusive(['.', '!', '?', '\n']).filter(|sentence| sentence.ends_with('?'));
    let cues = CUES.iter().find(|(of, _)| *of == kind).map(|(_, cues)| cues);
    let mut questions = questions.peekable();
    match cues {
        Some(cues) => questions.any(|question| cues.is_match(question)),
        None => questions.peek().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_asks_is_told_from_one_that_does_not() {
        for (kind, text) in [
            (FieldKind::Name, "Momentum is fickle. By the way, what should I call you?"),
            (FieldKind::Email, "¿A qué correo te escribo?"),
            (FieldKind::Money, "Wie viel verdienen Sie im Jahr?"),
            (FieldKind::Name, "お名前を教えていただけますか？"),
            (FieldKind::Text, "Sure. What is it about?"),
        ] {
            assert!(asks_for(kind, text), "{text}");
        }
        for (kind, text) in [
            (FieldKind::Name, "Momentum is fickle."),
            (FieldKind::Name, "Your name does not matter. Are you awake?"),
            (FieldKind::Email, "What is your risk appetite?"),
            (FieldKind::Money, "I make no promises. Anything else?"),
            (FieldKind::Name, ""),
        ] {
            assert!(!asks_for(kind, text), "{text}");
        }
    }
}
