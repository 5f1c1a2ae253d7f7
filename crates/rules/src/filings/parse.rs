//! Parsing of a report's document into its items.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::cover;
use super::heading::{self, Heading};
use super::item::Item;
use super::lines::{self, Paragraph};
use super::markup;
use super::sentences::pattern;
use super::submission::{self, Exhibit};

/// Maximum length of a document that is read, in bytes. Reports have some ten to a few hundred kilobytes.
pub const MAX_INPUT: usize = 4 << 20;

/// A current report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Filing {
    /// The company, as named on the cover page or in the submission's header.
    pub company: Option<String>,
    /// True if it amends an earlier report (8-K/A).
    pub is_amendment: bool,
    /// The date of the report: that of its earliest event.
    pub report_date: Option<NaiveDate>,
    /// The date next to the signature.
    pub signed_on: Option<NaiveDate>,
    /// The accession number; only in full submission files.
    pub accession: Option<String>,
    /// The introductory or explanatory note before the items; empty if there is none.
    pub introduction: String,
    /// The items, each once, in document order.
    pub items: Vec<ItemSection>,
    /// The other documents of a full submission file.
    pub exhibits: Vec<Exhibit>,
}

/// The section of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemSection {
    /// The item.
    pub item: Item,
    /// The title as written by the filer; empty if there is none.
    pub title: String,
    /// The text, one paragraph per line, with single spaces.
    pub text: String,
    /// The sub-paragraphs marked (a), (b), and so on, without the text before the first.
    pub sub_paragraphs: Vec<SubParagraph>,
}

/// A sub-paragraph of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubParagraph {
    /// Its letter, or several of a joint mark: `cd` for "(c), (d)".
    pub letters: String,
    /// Its text without the mark, one paragraph per line.
    pub text: String,
}

static SIGNATURE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^s\s?i\s?g\s?n\s?a\s?t\s?u\s?r\s?e\s?s?\W*$"));
static ATTESTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:s\s?i\s?g\s?n\s?a\s?t\s?u\s?r\s?e\s?s?\W*)?pursuant to the requirements? of the securities")
});
static SECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^section\s+[1-9]\s*[-–—.:]*\s*(?:registrant|financial|securities|matters|corporate|asset",
        r"|regulation|other|exhibit|\[|$)"
    ))
});
static NOTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:introductory|explanatory)\s+(?:note|paragraph|statement)s?\b"));
static LETTERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\(?[a-h]\)(?:\(\d\))?(?:\s*(?:,\s*and|,|and|&)\s*\(?[a-h]\))*\s+"));

/// Parses a report: HTML with or without inline XBRL, plain text, or a full submission file, of which the 8-K is read.
///
/// Reads at most [`MAX_INPUT`] bytes of the document, in proportional time and memory, and accepts any input: a text
/// without items has none.
pub fn parse_filing(document: &str) -> Filing {
    let submission = submission::read(document);
    let is_submission = submission.is_some();
    let submission = submission.unwrap_or_default();
    let report = up_to(if is_submission { submission.report } else { document }, MAX_INPUT);
    let (paragraphs, facts) = split(report);
    let paragraphs = divided(paragraphs);
    let (body, signature) = paragraphs.split_at(signature_at(&paragraphs));
    let mut reader = Reader::default();
    reader.read(body);
    let cover = cover::read(&reader.cover, &facts, &submission);
    Filing {
        company: cover.company,
        is_amendment: cover.is_amendment,
        report_date: cover.report_date,
        signed_on: cover::signed_on(signature),
        accession: submission.accession.clone(),
        introduction: introduction(&reader.cover),
        items: sections(reader.parts),
        exhibits: submission.exhibits,
    }
}

/// Returns the paragraphs of any document, HTML or plain text, one line each. Reads at most [`MAX_INPUT`] bytes.
pub fn paragraphs(document: &str) -> Vec<String> {
    split(up_to(document, MAX_INPUT)).0.into_iter().map(|lines| lines.join(" ")).collect()
}

fn split(document: &str) -> (Vec<Paragraph>, markup::Facts) {
    if markup::is_html(document) {
        let marked = markup::read(document);
        (lines::paragraphs(&marked.text), marked.facts)
    } else {
        (lines::plain_paragraphs(document), markup::Facts::default())
    }
}

fn up_to(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

/// Returns paragraphs in one line each, split before a heading on a line of its own.
fn divided(paragraphs: Vec<Paragraph>) -> Vec<String> {
    let mut divided = Vec::with_capacity(paragraphs.len());
    for lines in paragraphs {
        let mut start = 0;
        for at in 1..lines.len() {
            let after = lines.get(at + 1).map_or("", String::as_str);
            if heading::begins_line(&lines[at], &lines[at - 1], after) {
                divided.push(lines[start..at].join(" "));
                start = at;
            }
        }
        divided.push(lines[start..].join(" "));
    }
    divided
}

/// Returns the end of the report: its signature, not its mention in a table of contents.
fn signature_at(paragraphs: &[String]) -> usize {
    let attested = paragraphs.iter().position(|text| ATTESTED.is_match(text));
    attested.or_else(|| paragraphs.iter().position(|text| SIGNATURE.is_match(text))).unwrap_or(paragraphs.len())
}

/// Returns the note before the items, if any.
fn introduction(cover: &[String]) -> String {
    cover.iter().position(|text| NOTE.is_match(text)).map_or_else(String::new, |at| cover[at..].join("\n"))
}

/// A heading with its text.
#[derive(Debug)]
struct Part {
    heading: Heading,
    paragraphs: Vec<String>,
}

#[derive(Default)]
struct Reader {
    cover: Vec<String>,
    parts: Vec<Part>,
}

impl Reader {
    fn read(&mut self, paragraphs: &[String]) {
        let mut at = 0;
        while let Some(text) = paragraphs.get(at) {
            let before = if at == 0 { "" } else { &paragraphs[at - 1] };
            at += 1;
            let after = paragraphs.get(at).map_or("", String::as_str);
            if let Some(mut heading) = heading::read(text, before, after) {
                at += complete(&mut heading, &paragraphs[at..]);
                let paragraphs = Some(heading.rest.clone()).filter(|rest| !rest.is_empty()).into_iter().collect();
                self.parts.push(Part { heading, paragraphs });
            } else if !SECTION.is_match(text) && !SIGNATURE.is_match(text) {
                self.parts.last_mut().map_or(&mut self.cover, |part| &mut part.paragraphs).push(text.clone());
            }
        }
    }
}

/// Takes the title, or its further lines, from the paragraphs after the heading, and returns their number.
fn complete(heading: &mut Heading, behind: &[String]) -> usize {
    let mut taken = 0;
    while heading.rest.is_empty()
        && let Some(text) = behind.get(taken)
        && (heading.title.is_empty() || heading::continues_title(&heading.items, text))
        && let Some(end) = heading::title_end(&heading.items, text)
    {
        let (title, rest) = text.split_at(end);
        heading.title = format!("{} {}", heading.title, title.trim_end_matches(['.', ':', ';'])).trim().to_owned();
        heading.rest = rest.trim_start_matches(['.', ':', '–', '—', '-', ' ']).to_owned();
        taken += 1;
    }
    taken
}

/// Returns one section per item: sections of the same item are joined, and the table of contents is dropped.
fn sections(parts: Vec<Part>) -> Vec<ItemSection> {
    let mut sections: Vec<ItemSection> = Vec::new();
    for part in &parts {
        for item in &part.heading.items {
            let added = section(*item, part);
            match sections.iter_mut().find(|section| section.item == *item) {
                Some(known) if known.text.is_empty() => *known = added,
                Some(known) if !added.text.is_empty() => {
                    known.text = format!("{}\n{}", known.text, added.text);
                    known.sub_paragraphs.extend(added.sub_paragraphs);
                }
                Some(_) => {}
                None => sections.push(added),
            }
        }
    }
    sections
}

fn section(item: Item, part: &Part) -> ItemSection {
    let mut subs: Vec<(String, Vec<&str>)> = Vec::new();
    if !part.heading.letters.is_empty() {
        subs.push((part.heading.letters.clone(), Vec::new()));
    }
    for text in &part.paragraphs {
        let last = subs.last().and_then(|(letters, _)| letters.chars().next_back());
        match LETTERED.find(text) {
            // Letters that go back are a list within the sub-paragraph.
            Some(mark) if heading::letters_of(mark.as_str()).chars().next() > last => {
                subs.push((heading::letters_of(mark.as_str()), vec![&text[mark.end()..]]));
            }
            _ => {
                if let Some((_, texts)) = subs.last_mut() {
                    texts.push(text);
                }
            }
        }
    }
    let sub_paragraphs = subs.into_iter().map(|(letters, texts)| SubParagraph { letters, text: texts.join("\n") });
    ItemSection {
        item,
        title: part.heading.title.clone(),
        text: part.paragraphs.join("\n"),
        sub_paragraphs: sub_paragraphs.collect(),
    }
}
