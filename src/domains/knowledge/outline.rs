//! The outline of a document: its text in lines below headings, whatever it came as.

use std::{mem::take, sync::Arc};

use unicode_normalization::UnicodeNormalization;

use super::document::Format;
use crate::clients::fetch::html_lines;

/// What stands between the headings of a passage.
pub(super) const HEADING_SEPARATOR: &str = " › ";
/// Characters of a heading that are kept.
const MAX_HEADING: usize = 200;

/// The text below one heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    /// The headings that it stands below, outermost first.
    pub(super) path: Vec<String>,
    /// Its lines. One that wraps is one line.
    pub(super) lines: Vec<Line>,
}

/// A line of text, in words with single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Whether a paragraph begins with it.
    pub(super) begins_paragraph: bool,
    pub(super) text: String,
    /// For a row of a table: the row that says what stands in it.
    pub(super) header: Option<Arc<str>>,
}

impl Section {
    /// The headings as one text.
    pub(super) fn heading(&self) -> String {
        self.path.join(HEADING_SEPARATOR)
    }
}

/// The sections of a document that have a text.
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

/// The text without characters that are not seen, composed as Unicode's NFC says.
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

/// Reads what matters of CommonMark here: headings, code, lists, tables and quotations; all else is words.
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

/// The level and the text of a heading such as `## Fees ##`.
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

/// The level of a heading whose text stands above this line.
fn underline(line: &str) -> Option<u8> {
    let of = |sign: char| line.len() >= 3 && line.chars().all(|c| c == sign);
    if of('=') { Some(1) } else { of('-').then_some(2) }
}

/// Whether the line parts the header of a table from its rows, such as `|---|:-:|`.
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

/// Whether the line begins an entry of a list, a row of a table or a quotation.
fn begins_item(line: &str) -> bool {
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "|", ">"].iter().any(|sign| line.starts_with(sign))
        || (digits.len() < line.len() && (digits.starts_with(". ") || digits.starts_with(") ")))
}

/// Puts sections together, line by line.
#[derive(Default)]
struct Outline {
    done: Vec<Section>,
    /// The open headings with their levels.
    open: Vec<(u8, String)>,
    section: Section,
    /// Whether the next line begins a paragraph.
    ended: bool,
    /// Whether the last line may go on.
    wraps: bool,
    /// The header of the table that is being read.
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

    /// The first row of a table.
    fn header_row(&mut self, text: &str) {
        self.line(text, true);
        self.header = Some(in_words(text).into()).filter(|header: &Arc<str>| !header.is_empty());
    }

    /// A row of the table.
    fn row(&mut self, text: &str) {
        let header = self.header.clone();
        self.line(text, false);
        if let Some(line) = self.section.lines.last_mut().filter(|_| header.is_some()) {
            line.header.clone_from(&header);
        }
        self.header = header;
    }

    /// A line that stands for itself.
    fn line(&mut self, text: &str, is_paragraph: bool) {
        self.header = None;
        let text = in_words(text);
        if !text.is_empty() {
            let begins_paragraph = is_paragraph || self.ended || self.section.lines.is_empty();
            self.section.lines.push(Line { begins_paragraph, text, header: None });
            (self.ended, self.wraps) = (false, true);
        }
    }

    /// A line that goes on with the one before, unless that ended.
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

    /// Ends the section; `next` is the level of the heading that comes. A heading below which nothing stands is a text
    /// itself, so that nothing is lost.
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
