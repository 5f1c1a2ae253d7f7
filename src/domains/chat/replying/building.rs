//! Replies without a language model: the best passage in the persona's voice, and the next question.

use tokio::time::sleep;

use super::{
    closing,
    drawing::Passage,
    halt::Halt,
    material::{Answer, Material},
    plain,
    writing::Writer,
};
use crate::{
    app::App,
    domains::chat::{collecting::Hint, gathering::Told, message::Author, pick::one_of, small_talk::SmallTalk},
};

/// Maximum length of a quote from a passage in characters, cut at the end of a sentence.
const QUOTE: usize = 320;

/// Writes the reply word by word at the configured pace; without a pace it is delivered at once with its end.
pub(super) async fn without_model(app: &App, writer: &mut Writer<'_>, material: &Material) -> Result<Answer, Halt> {
    let (text, cited) = text(material, app.ambient.unit());
    let pace = app.config.chat.built_in_pace;
    if pace.is_zero() {
        writer.add(&text);
    } else {
        for word in text.split_inclusive(' ') {
            writer.push(word).await?;
            sleep(pace).await;
        }
    }
    Ok(Answer { author: Author::BuiltIn, model: None, cited })
}

/// Returns the text, with the numbers of the cited passages. `unit` selects among wordings.
fn text(material: &Material, unit: f64) -> (String, Vec<usize>) {
    let replies = &material.persona.replies;
    let mut parts = match material.plan.told {
        Told::Nothing => Vec::new(),
        Told::Something => vec![one_of(&replies.thanks, unit).to_owned()],
        Told::All => vec![one_of(&replies.complete, unit).to_owned()],
        Told::Refusal => vec![one_of(&replies.refused, unit).to_owned()],
        Told::Unclear(hint) => vec![what_is_missing(hint).to_owned()],
    };
    let mut cited = Vec::new();
    if !material.plan.is_said_by_server() {
        parts.extend(answer(material, parts.is_empty(), unit, &mut cited));
    }
    let opening = closing::opening(material, unit).map(str::to_owned);
    let text = opening.into_iter().chain(parts).collect::<Vec<_>>().join("\n\n");
    let closing = closing::closing(material, &text, unit);
    let is_small = material.plan.small_talk.is_some() && material.plan.person.is_none();
    let closing = match closing.question {
        // After a greeting the question comes as it is.
        Some(question) if !is_small => {
            let question = format!("{} {question}", one_of(&replies.transitions, unit)).trim().to_owned();
            closing.parts.into_iter().chain([question]).collect::<Vec<_>>()
        }
        question => closing.parts.into_iter().chain(question).collect(),
    };
    let all = [text].into_iter().filter(|text| !text.is_empty()).chain(closing);
    (all.collect::<Vec<_>>().join("\n\n"), cited)
}

/// Returns the part of the reply about the content of the message; `None` for a message that only states something.
/// `is_first` is true if the reply is empty so far.
fn answer(material: &Material, is_first: bool, unit: f64, cited: &mut Vec<usize>) -> Option<String> {
    let replies = &material.persona.replies;
    if let Some(small_talk) = material.plan.small_talk {
        let words = match small_talk {
            SmallTalk::Greeting => &replies.greeted,
            SmallTalk::Thanks => &replies.welcome,
            SmallTalk::Later => &replies.later,
            SmallTalk::Acknowledgement => &replies.acknowledged,
            SmallTalk::WhoAreYou => &replies.introduced,
            SmallTalk::WhyAsk => &replies.reason,
        };
        return is_first.then(|| one_of(words, unit).to_owned());
    }
    match material.passages.first().map(beginning).filter(|quote| !quote.is_empty()) {
        // Who tells their name or income has not asked for what the notes say about such words.
        Some(quote) if is_first || material.question().contains('?') => {
            cited.push(1);
            Some(format!("{} {quote} [1]", one_of(&replies.openers, unit)))
        }
        None if is_first => Some(one_of(&replies.nothing_found, unit).to_owned()),
        _ => None,
    }
}

/// Returns the response to an unusable answer.
fn what_is_missing(hint: Hint) -> &'static str {
    match hint {
        Hint::Address => "That address is not complete. A whole one looks like name@example.com.",
        Hint::Currency => "I do not know which currency that is. Its code helps, such as EUR, NOK or USD.",
    }
}

/// Returns the first sentences of a passage, as many as fit.
fn beginning(passage: &Passage) -> String {
    let text = plain::text(&passage.text);
    let mut end = 0;
    for (at, _) in text.match_indices(['.', '!', '?']) {
        let after = at + 1;
        let is_end = text[after..].chars().next().is_none_or(char::is_whitespace);
        if is_end && (end == 0 || text[..after].chars().count() <= QUOTE) {
            end = after;
        }
    }
    let cut = if end == 0 { text.len() } else { end };
    let quote: String = text[..cut].chars().take(QUOTE).collect();
    if quote.len() < cut { format!("{}…", quote.trim_end()) } else { quote }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Id;

    fn quoted(text: &str) -> String {
        let passage = Passage {
            passage: Id::from_uuid(uuid::Uuid::nil()),
            document: Id::from_uuid(uuid::Uuid::nil()),
            title: String::new(),
            heading: String::new(),
            text: text.to_owned(),
            url: None,
            score: 0.01,
        };
        beginning(&passage)
    }

    #[test]
    fn as_many_sentences_are_quoted_as_fit() {
        assert_eq!(quoted("One is 1.5 here. Two\n  follows! Three"), "One is 1.5 here. Two follows!");
        let long = format!("First. {}. Last.", "x".repeat(QUOTE));
        assert_eq!(quoted(&long), "First.");
    }

    #[test]
    fn what_has_no_end_is_cut() {
        let quote = quoted(&"word ".repeat(200));
        assert!(quote.ends_with('…') && quote.chars().count() <= QUOTE + 1, "{quote}");
        assert_eq!(quoted("no end"), "no end");
        assert_eq!(quoted(" \n "), "");
    }
}
