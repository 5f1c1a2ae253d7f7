//! The outline of a document: lines of text below headings, independent of its format.

use std::{mem::take, sync::Arc};

use unicode_normalization::UnicodeNormalization;

use super::document::Format;
use crate::clients::fetch::html_lines;

/// Separator between the headings of a passage.
pub(super) const HEADING_SEPARATOR: &str = " › ";
/// Maximum length of a heading, in characters.
const MAX_HEADING: usize = 200;

/// The text below one heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// The headings above it, outermost first.
    pub(super) path: Vec<String>,
    /// Its lines. A wrapped line is one line.
    pub(super) lines: Vec<Line>,
}

/// A line of text, with single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// True for the first line of a paragraph.
    pub(super) begins_paragraph: bool,
    pub(super) text: String,
    /// The header row, for a row of a table.
    pub(super) header: Option<Arc<str>>,
}

impl Section {
    /// Returns the headings as one text.
    pub(super) fn heading(&self) -> String {
        self.path.join(HEADING_SEPARATOR)
    }
}

/// Returns the non-empty sections of a document.
pub(super) fn sections(format: Format, content: &str) -> Vec<Section> {
    let mut outline = Outline::default();
    match format {
        Format::Text => read_text(&cleaned(content), &mut outline),
        // Files are read before; see `pdf`.
        Format::Markdown | Format::Pdf => read_markdown(&cleaned(content), &mut outline),
        Format::Html => {
            for line in html_lines(content) {
                let text = cleaned(&line.text);
                match (line.heading, line.row) {
                    (Some(level), _) => outline.heading(level, &text),
                    (None, Some(true)) => outline.header_row(&text),
                    (None, Some(false)) => outline.row(&text),
                    (None, None) => outline.line(&text, true),
                }
            }
        }
    }
    outline.finish()
}

/// Returns the text without invisible characters, normalized to NFC.
pub(super) fn cleaned(text: &str) -> String {
    let is_unseen = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.nfc().map(|c| if matches!(c, '\u{2028}' | '\u{2029}') { '\n' } else { c }).filter(|c| !is_unseen(*c)).collect()
}

fn read_text(content: &str, outline: &mut Outline) {
    for line in content.lines() {
        if line.trim().is_empty() { outline.end_paragraph() } else { outline.wrapped(line) }
    }
}

/// Parses the relevant subset of CommonMark: headings, code, lists, tables and quotations; everything else is words.
fn read_markdown(content: &str, outline: &mut Outline) {
    let mut fence: Option<&str> = None;
    let mut lines = content.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if fence.is_none() && trimmed.contains('|') && lines.peek().is_some_and(|next| is_delimiter(next.trim())) {
            lines.next();
            outline.end_paragraph();
            outline.header_row(trimmed);
            while let Some(row) = lines.next_if(|line| line.contains('|')) {
                outline.row(row.trim());
            }
            outline.end_paragraph();
        } else if let Some(open) = fence {
            if trimmed.starts_with(open) {
                fence = None;
                outline.end_paragraph();
            } else {
                outline.line(trimmed, false);
            }
        } else if let Some(open) = ["```", "~~~"].into_iter().find(|open| trimmed.starts_with(open)) {
            fence = Some(open);
            outline.end_paragraph();
        } else if let Some((level, text)) = heading(trimmed) {
            outline.heading(level, text);
        } else if let Some(level) = underline(trimmed).filter(|_| outline.has_open_line()) {
            let text = outline.take_open_line();
            outline.heading(level, &text);
        } else if trimmed.is_empty() || is_rule(trimmed) {
            outline.end_paragraph();
        } else if begins_item(trimmed) {
            outline.line(trimmed, false);
        } else {
            outline.wrapped(trimmed);
        }
    }
}

/// Parses a heading such as `## Fees ##` to level and text.
fn heading(line: &str) -> Option<(u8, &str)> {
    let text = line.trim_start_matches('#');
    let level = u8::try_from(line.len() - text.len()).ok().filter(|level| (1..=6).contains(level))?;
    if !text.is_empty() && !text.starts_with([' ', '\t']) {
        return None;
    }
    let text = text.trim();
    let closed = text.trim_end_matches('#');
    let text = if closed.is_empty() || closed.ends_with(' ') { closed } else { text };
    Some((level, text.trim()))
}

/// Returns the level of a heading that this line underlines.
fn underline(line: &str) -> Option<u8> {
    let of = |sign: char| line.len() >= 3 && line.chars().all(|c| c == sign);
    if of('=') { Some(1) } else { of('-').then_some(2) }
}

/// Returns true for the line between a table's header and rows, such as `|---|:-:|`.
fn is_delimiter(line: &str) -> bool {
    line.contains('|')
        && line.contains('-')
        && line.trim_matches('|').split('|').all(|cell| {
            let dashes = cell.trim().trim_matches(':');
            !dashes.is_empty() && dashes.chars().all(|c| c == '-')
        })
}

fn is_rule(line: &str) -> bool {
    let mut signs = line.chars().filter(|c| !c.is_whitespace());
    let Some(first) = signs.next().filter(|first| matches!(first, '-' | '*' | '_')) else { return false };
    let mut count = 1;
    signs.inspect(|_| count += 1).all(|c| c == first) && count >= 3
}

/// Returns true if the line begins a list item, a table row or a quotation.
fn begins_item(line: &str) -> bool {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "|", ">"].iter().any(|sign| line.starts_with(sign))
        || (digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") ")))
}

/// Builds sections line by line.
#[derive(Default)]
struct Outline {
    done: Vec<Section>,
    /// The open headings with their levels.
    open: Vec<(u8, String)>,
    section: Section,
    /// True if the next line begins a paragraph.
    ended: bool,
    /// True if the last line may continue.
    wraps: bool,
    /// The header of the table being read.
    header: Option<Arc<str>>,
}

impl Outline {
    fn heading(&mut self, level: u8, text: &str) {
        self.header = None;
        let text = in_words(&text.replace(['*', '`'], ""));
        self.end_section(Some(level));
        while self.open.last().is_some_and(|(open, _)| *open >= level) {
            self.open.pop();
        }
        let short: String = text.chars().take(MAX_HEADING).collect();
        let is_cut = short.len() < text.len();
        if !short.is_empty() {
            self.open.push((level, short));
        }
        self.section.path = self.open.iter().map(|(_, text)| text.clone()).collect();
        if is_cut {
            self.line(&text, true);
            self.end_paragraph();
        }
    }

    /// Adds the header row of a table.
    fn header_row(&mut self, text: &str) {
        self.line(text, true);
        self.header = Some(in_words(text).into()).filter(|header: &Arc<str>| !header.is_empty());
    }

    /// Adds a row of the table.
    fn row(&mut self, text: &str) {
        let header = self.header.clone();
        self.line(text, false);
        if let Some(line) = self.section.lines.last_mut().filter(|_| header.is_some()) {
            line.header.clone_from(&header);
        }
        self.header = header;
    }

    /// Adds a separate line.
    fn line(&mut self, text: &str, is_paragraph: bool) {
        self.header = None;
        let text = in_words(text);
        if !text.is_empty() {
            let begins_paragraph = is_paragraph || self.ended || self.section.lines.is_empty();
            self.section.lines.push(Line { begins_paragraph, text, header: None });
            (self.ended, self.wraps) = (false, true);
        }
    }

    /// Adds a line that continues the previous one, unless that ended.
    fn wrapped(&mut self, text: &str) {
        match self.section.lines.last_mut().filter(|_| self.wraps) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(&in_words(text));
            }
            None => self.line(text, true),
        }
    }

    fn end_paragraph(&mut self) {
        (self.ended, self.wraps) = (true, false);
    }

    fn has_open_line(&self) -> bool {
        self.wraps && self.section.lines.last().is_some_and(|line| !begins_item(&line.text))
    }

    fn take_open_line(&mut self) -> String {
        self.section.lines.pop().map(|line| line.text).unwrap_or_default()
    }

    /// Ends the section; `next` is the level of the next heading. A heading without text becomes text itself, so that
    /// nothing is lost.
    fn end_section(&mut self, next: Option<u8>) {
        let has_children = next.is_some_and(|next| self.open.last().is_some_and(|(level, _)| next > *level));
        let mut section = take(&mut self.section);
        if section.lines.is_empty()
            && !has_children
            && let Some(text) = section.path.last()
        {
            section.lines.push(Line { begins_paragraph: true, text: text.clone(), header: None });
        }
        if !section.lines.is_empty() {
            self.done.push(section);
        }
        (self.ended, self.wraps) = (false, false);
    }

    fn finish(mut self) -> Vec<Section> {
        self.end_section(None);
        self.done
    }
}

fn in_words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
