//! A reply without a language model: what the best passage says, in the persona's voice, and the question that is next.

use tokio::time::sleep;

use super::{Answer, Halt, Material, Passage, writing::Writer};
use crate::{
    app::App,
    domains::chat::{
        gathering::{Told, one_of},
        message::Author,
    },
};

/// Characters of a passage that are quoted, if its sentences end before.
const QUOTE: usize = 320;

/// Writes the reply word by word, at the pace of the settings; without one it is told with its end.
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

/// The text, with the numbers of the passages that it cites. `unit` chooses among wordings.
fn text(material: &Material, unit: f64) -> (String, Vec<usize>) {
    let replies = &material.persona.replies;
    let mut parts = match material.plan.told {
        Told::Nothing => Vec::new(),
        Told::Something => vec![one_of(&replies.thanks, unit).to_owned()],
        Told::All => vec![one_of(&replies.complete, unit).to_owned()],
        Told::Refusal => vec![one_of(&replies.refused, unit).to_owned()],
    };
    let best = material.passages.first().map(beginning).filter(|quote| !quote.is_empty());
    let mut cited = Vec::new();
    match best {
        // Who tells their name or income has not asked for what the notes say about such words.
        Some(quote) if parts.is_empty() || material.question().contains('?') => {
            parts.push(format!("{} {quote} [1]", one_of(&replies.openers, unit)));
            cited.push(1);
        }
        None if parts.is_empty() => parts.push(one_of(&replies.nothing_found, unit).to_owned()),
        _ => {}
    }
    if let Some((_, question)) = &material.plan.question {
        parts.push(format!("{} {question}", one_of(&replies.transitions, unit)).trim().to_owned());
    }
    (parts.join("\n\n"), cited)
}

/// The first sentences of a passage, as many as fit.
fn beginning(passage: &Passage) -> String {
    let text = passage.text.split_whitespace().collect::<Vec<_>>().join(" ");
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
