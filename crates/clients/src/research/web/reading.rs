//! Pages as input for the model, and search of quotes in them.

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;

use super::super::{Source, clean, facts::Grounds};
use crate::fetch::Page;

/// Maximum length of one page in the input, in characters.
const LONGEST_TEXT: usize = 12_000;
/// Minimum number of words of a quote; fewer occur in any page.
const SHORTEST_QUOTE: usize = 3;

/// A fetched page.
#[derive(Debug)]
pub(super) struct ReadPage {
    /// The address at which it was found.
    found_at: Url,
    page: Page,
    /// The whole text in the form for searching quotes.
    folded: String,
}

impl ReadPage {
    pub(super) fn new(found_at: Url, page: Page) -> Self {
        let folded = fold(&page.text);
        Self { found_at, page, folded }
    }

    fn is_at(&self, url: &Url) -> bool {
        let bare = |url: &Url| {
            let mut url = url.clone();
            url.set_fragment(None);
            url
        };
        let url = bare(url);
        url == bare(&self.found_at) || url == bare(&self.page.url)
    }
}

/// The pages for answering a question.
pub(super) struct ReadPages(pub(super) Vec<Arc<ReadPage>>);

impl ReadPages {
    /// Returns the pages as a part of the model's input.
    pub(super) fn as_input(&self) -> Value {
        let pages = self.0.iter().map(|read| {
            let text: String = read.page.text.chars().take(LONGEST_TEXT).collect();
            let title = clean::line(read.page.title.as_deref().unwrap_or_default(), clean::TITLE);
            json!({"url": read.found_at.as_str(), "title": title, "text": text})
        });
        Value::Array(pages.collect())
    }
}

impl Grounds for ReadPages {
    fn prove(&self, source: &Source, url: &Url) -> bool {
        let quote = fold(&source.quote);
        let is_long_enough = quote.split(' ').count() >= SHORTEST_QUOTE;
        is_long_enough && self.0.iter().any(|read| read.is_at(url) && read.folded.contains(&quote))
    }
}

/// Returns the form in which a text and its quote are equal: single blanks, no case, plain quotation marks and dashes,
/// no invisible characters.
fn fold(text: &str) -> String {
    let plain =
        text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')).map(|c| match c {
            '\u{2018}' | '\u{2019}' | '\u{201b}' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}' => '"',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            other => other,
        });
    let plain: String = plain.collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn pages(text: &str) -> ReadPages {
        let url = Url::parse("https://acme.example/in-the-end").unwrap();
        let page = Page {
            url,
            title: None,
            text: text.to_owned(),
            fetched_at: DateTime::UNIX_EPOCH,
            content_type: "text/html".to_owned(),
        };
        ReadPages(vec![Arc::new(ReadPage::new(Url::parse("https://acme.example/found").unwrap(), page))])
    }

    fn proves(text: &str, url: &str, quote: &str) -> bool {
        let source = Source { url: url.to_owned(), title: "Acme".to_owned(), quote: quote.to_owned() };
        pages(text).prove(&source, &Url::parse(url).unwrap())
    }

    const FOUND: &str = "https://acme.example/found#top";

    #[test]
    fn a_quote_is_found_whatever_its_spaces_case_marks_and_dashes() {
        let text = "Acme\u{2019}s\n  “Planner” \u{2013} from\u{a0}49 a month.";
        assert!(proves(text, FOUND, "acme's \"planner\" - From 49 a month."));
        assert!(proves(text, "https://acme.example/in-the-end", "from 49 a month"));
    }

    #[test]
    fn a_quote_that_is_not_there_or_on_another_page_or_too_short_proves_nothing() {
        let text = "Acme's Planner costs 49 a month.";
        assert!(!proves(text, FOUND, "Acme's Planner costs 59 a month."));
        assert!(!proves(text, "https://acme.example/elsewhere", "Planner costs 49 a month"));
        assert!(!proves(text, FOUND, "Acme's Planner"));
        assert!(!proves(text, FOUND, ""));
    }

    #[test]
    fn the_model_is_given_the_beginning_of_a_long_page() {
        let input = pages(&"word ".repeat(10_000)).as_input();
        assert_eq!(input[0]["text"].as_str().unwrap().chars().count(), LONGEST_TEXT);
        assert_eq!(input[0]["url"], "https://acme.example/found");
    }
}
