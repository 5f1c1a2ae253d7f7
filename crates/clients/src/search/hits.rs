//! Conversion of search results.

use std::collections::HashSet;

use super::hit::SearchHit;
use crate::{fetch::text::of_fragment, http::one_line};
use rapport_toolkit::web_address;

/// Maximum length of a title, in characters.
const TITLE: usize = 300;
/// Maximum length of a snippet, in characters.
const SNIPPET: usize = 1_000;
/// Maximum length of an address, in bytes.
const URL: usize = 2_000;

/// A result as returned by a search engine.
pub(super) struct Found<'a> {
    pub(super) title: &'a str,
    pub(super) url: &'a str,
    pub(super) snippet: &'a str,
}

/// Returns the first `count` results with distinct public web addresses.
pub(super) fn collect<'a>(results: impl Iterator<Item = Found<'a>>, count: usize) -> Vec<SearchHit> {
    let mut seen = HashSet::new();
    results.filter_map(hit).filter(|hit| seen.insert(hit.url.clone())).take(count).collect()
}

fn hit(found: Found<'_>) -> Option<SearchHit> {
    let mut url = web_address::public(found.url.trim())?;
    url.set_fragment(None);
    let is_short = url.as_str().len() <= URL;
    let title = one_line(&of_fragment(found.title), TITLE);
    let snippet = one_line(&of_fragment(found.snippet), SNIPPET);
    is_short.then_some(SearchHit { title, url, snippet })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(results: &[&'static str], count: usize) -> Vec<String> {
        let results = results.iter().map(|url| Found { title: "", url, snippet: "" });
        collect(results, count).into_iter().map(|hit| hit.url.into()).collect()
    }

    #[test]
    fn addresses_that_are_none_of_the_web_are_dropped() {
        let found = ["ftp://a.example/", "magnet:?xt=1", "javascript:alert(1)", "", "//b", "https://u:p@c.example/"];
        assert_eq!(urls(&found, 10), [""; 0]);
        assert_eq!(
            urls(&["mailto:x@a.example", " http://a.example ", "https://b.example/x"], 10),
            ["http://a.example/", "https://b.example/x"]
        );
    }

    #[test]
    fn a_page_is_found_once_whatever_part_of_it_is_named() {
        let found =
            ["https://a.example/x#one", "https://a.example/x", "HTTPS://A.example:443/x#two", "https://a.example/y"];
        assert_eq!(urls(&found, 10), ["https://a.example/x", "https://a.example/y"]);
    }

    #[test]
    fn what_is_dropped_does_not_count() {
        assert_eq!(
            urls(&["ftp://a.example/", "http://b.example/", "http://b.example/", "http://c.example/"], 2).len(),
            2
        );
    }

    #[test]
    fn markup_and_entities_are_taken_out_of_titles_and_snippets() {
        let found =
            Found { title: "<b>Acme</b> &amp; Co", url: "http://a.example", snippet: "a\n <strong>b</strong>&#39;s" };
        let hits = collect([found].into_iter(), 1);
        assert_eq!((hits[0].title.as_str(), hits[0].snippet.as_str()), ("Acme & Co", "a b's"));
    }
}
