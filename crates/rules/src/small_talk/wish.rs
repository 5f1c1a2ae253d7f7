//! The last wish for or against a person in a message, and what the message asks beside.

use std::sync::LazyLock;

use regex::Regex;

use super::{person::is_request, withdrawal::is_withdrawal};
use crate::collecting::{clean, pattern};

/// A wish about a person of the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// To talk to one: `human please`.
    Person,
    /// For none, or for none any more: `no human please`.
    Nobody,
}

/// Minimum number of words of a part of a sentence that requests a person; fewer may be an apposition: `no human, no agent`.
const REQUEST_WORDS: usize = 3;

/// Separators of the parts of a sentence.
static JOINT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[,:]\s+|\s+[-–—]+\s+|—|\b(?:but|sondern|aber|pero|sino|mais|mas)\b"));

/// Beginnings of questions and of requests for information.
static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) ^\W* (?:(?:so|and|but|now|then|please|just|instead|rather|ok|okay|und|aber|y|pero|et|mais|e|ma|mas)\W+)*
        (?: what(?:'s)?|how|why|when|where|who|which|whose|can|could|would|will|do|does|did|is|are|should|tell|explain|show|describe|give|help|let\s+me\s+know
          | i(?:'d|\s+would)\s+(?:like|love|rather)\s+to\s+know | i\s+(?:want|need)\s+(?:to\s+know|help) | i\s+have\s+(?:an?|another|some)\s+(?:questions?|problems?|issues?)
          | was|wie|warum|wann|wo|wer|welche[rsn]?|wieviel|erklär\w*
          | qué|que\s+es|cómo|cuándo|cuánto|dónde|por\s+qué | comment|pourquoi|quand|combien|quel(?:le)?s?|qu'est(?:-ce)?|explique\w*
          | o\s+que|como|quando|quanto|por\s+que | che\s+cosa|cos'è|come|perché|quali )\b",
    )
});

/// Returns the last wish of a message about a person, if there is one.
pub fn wish(message: &str) -> Option<Wish> {
    sentences(&clean(message)).filter_map(wish_of).last()
}

/// Returns the sentences and parts of sentences that ask for something else than a person, or for none; empty if there are
/// none.
pub fn beside_wishes(message: &str) -> String {
    let text = clean(message);
    let mut asked = Vec::new();
    for sentence in sentences(&text).map(str::trim) {
        if wish_of(sentence).is_some() {
            asked.extend(JOINT.split(sentence).filter(|part| wish_of(part).is_none() && ASKS.is_match(part)));
        } else if ASKS.is_match(sentence) || (sentence.contains('?') && sentence.contains(' ')) {
            asked.push(sentence);
        }
    }
    asked.into_iter().map(str::trim).collect::<Vec<_>>().join(" ")
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['.', '!', '?', '\n', ';'])
}

/// Returns the wish of a sentence: that of its last part with one, which the sentence as a whole confirms.
fn wish_of(sentence: &str) -> Option<Wish> {
    let whole = simple(sentence)?;
    let of_part = |part: &str| {
        let is_long = part.split_whitespace().nth(REQUEST_WORDS - 1).is_some();
        simple(part).filter(|wish| *wish == Wish::Nobody || is_long)
    };
    Some(JOINT.split(sentence).filter_map(of_part).last().unwrap_or(whole))
}

fn simple(sentence: &str) -> Option<Wish> {
    if is_withdrawal(sentence) {
        return Some(Wish::Nobody);
    }
    is_request(sentence).then_some(Wish::Person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_wish_counts() {
        for (text, expected) in [
            ("Forget the agent. Actually, connect me with a human.", Some(Wish::Person)),
            ("no human needed, wait, connect me with an agent", Some(Wish::Person)),
            ("I want to talk to a person. No wait, I don't need a human.", Some(Wish::Nobody)),
            ("Get me a human, no, forget the human", Some(Wish::Nobody)),
            ("I don't need a human, an agent", Some(Wish::Nobody)),
            ("Are there human traders left?", None),
        ] {
            assert_eq!(wish(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_asked_beside_is_left() {
        for (text, expected) in [
            ("I don't need a human, what is momentum?", "what is momentum?"),
            ("No need for an agent, thanks. What is momentum?", "What is momentum?"),
            ("never mind the agent. Tell me about momentum", "Tell me about momentum"),
            ("Kein Mitarbeiter mehr nötig, was ist Momentum?", "was ist Momentum?"),
            ("I have a problem with my invoice but don't need a human", "I have a problem with my invoice"),
            ("never mind, I don't need a human any more", ""),
            ("I changed my mind, no agent after all", ""),
            ("Can I speak to a human, please?", ""),
            ("I want to talk to a person. How are fees computed?", "How are fees computed?"),
        ] {
            assert_eq!(beside_wishes(text), expected, "{text}");
        }
    }
}
