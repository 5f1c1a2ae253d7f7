//! Readable text of HTML pages.
//!
//! Works on tokens without building a tree, in time linear in the page's size even for malicious pages. Content that is
//! repeated on every page of a site, or invisible, is dropped: navigation, scripts, form controls, cookie banners, the
//! page's footer. Tables and lists have one line per row or item.

use std::collections::HashMap;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token};

use super::shape::{self, Role};
use rapport_toolkit::html::{
    each_token,
    style::{Sheet, TextLook},
};

/// The readable text of a page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Readable {
    pub(super) title: Option<String>,
    pub(super) text: String,
    /// Positions of headings in the text, with their level, 1 to 6.
    pub(super) headings: Vec<(usize, u8)>,
    /// Positions of table rows in the text, with true for header rows.
    pub(super) rows: Vec<(usize, bool)>,
}

/// A line of a page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlLine {
    /// The level of a heading, 1 to 6; `None` for other text.
    pub heading: Option<u8>,
    /// For a table row: true if it is the header of the following rows.
    pub row: Option<bool>,
    /// Its text, with single spaces.
    pub text: String,
}

/// Returns the readable lines of an HTML page, with headings marked.
pub fn html_lines(html: &str) -> Vec<HtmlLine> {
    let page = of_html(html, false);
    let mut headings = page.headings.iter().peekable();
    let mut rows = page.rows.iter().peekable();
    let mut start = 0;
    let mut lines = Vec::new();
    for text in page.text.lines() {
        let heading = headings.next_if(|(place, _)| *place == start).map(|(_, level)| *level);
        while rows.next_if(|(place, _)| *place < start).is_some() {}
        let mut row = None;
        while let Some((_, is_header)) = rows.next_if(|(place, _)| *place == start) {
            row = Some(*is_header);
        }
        lines.push(HtmlLine { heading, row, text: text.to_owned() });
        start += text.len() + 1;
    }
    lines
}

/// Reads a page. `xml` is true for XHTML, where `<script/>` is closed.
pub(super) fn of_html(html: &str, xml: bool) -> Readable {
    let sheet = sheet_of(html, xml);
    let strict = Reader::read(html, xml, true, &sheet);
    if !strict.text.is_empty() {
        return strict;
    }
    // A page that says all within what looks like a banner is better read than lost. What is hidden stays so.
    Reader::read(html, xml, false, &sheet)
}

/// Returns the style sheets embedded in a page.
fn sheet_of(html: &str, xml: bool) -> Sheet {
    let mut sheet = Sheet::default();
    let has_style = html.as_bytes().windows(6).any(|tag| tag.eq_ignore_ascii_case(b"<style"));
    if !has_style {
        return sheet;
    }
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(!xml);
    let mut is_style = false;
    each_token(html, emitter, |token| match token {
        Token::StartTag(tag) => {
            let media = tag.attributes.get(&b"media"[..]).map(|media| media.to_ascii_lowercase());
            let is_for_all = media.is_none_or(|media| matches!(media.as_slice(), b"" | b"all" | b"screen"));
            is_style = tag.name == b"style" && is_for_all;
        }
        Token::EndTag(_) => is_style = false,
        Token::String(text) if is_style => sheet.read(&String::from_utf8_lossy(&text)),
        _ => {}
    });
    sheet
}

/// Returns the text of a fragment on one line, without markup.
pub(crate) fn of_fragment(html: &str) -> String {
    Reader::read(html, false, false, &Sheet::default()).text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text of a plain page: lines without superfluous space.
pub(super) fn of_plain(text: &str) -> String {
    let mut lines = Lines::default();
    for line in text.lines() {
        lines.add(line);
        lines.end();
    }
    lines.finish()
}

/// Collects text while elements open and close.
struct Reader<'s> {
    /// True if attributes can make an element boilerplate.
    strict: bool,
    sheet: &'s Sheet,
    xml: bool,
    /// The open structural and dropped elements.
    open: Vec<Open>,
    /// Number of open elements by name.
    names: HashMap<Vec<u8>, usize>,
    /// Number of open dropped elements.
    silent: usize,
    /// Number of open elements with text styles.
    styled: usize,
    in_title: bool,
    title: Option<String>,
    lines: Lines,
    headings: Vec<(usize, u8)>,
    rows: Vec<(usize, bool)>,
    row: Row,
}

/// The cells of the row being read.
#[derive(Default)]
struct Row {
    /// Start of the line of its first cell.
    start: usize,
    headers: usize,
    others: usize,
    in_head: bool,
}

struct Open {
    name: Vec<u8>,
    silent: bool,
    /// True if it has text styles.
    styled: bool,
    /// The visibility of its text.
    text: TextLook,
}

impl<'s> Reader<'s> {
    fn read(html: &str, xml: bool, strict: bool, sheet: &'s Sheet) -> Readable {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(!xml);
        let mut reader = Self {
            strict,
            sheet,
            xml,
            open: Vec::new(),
            names: HashMap::new(),
            silent: 0,
            styled: 0,
            in_title: false,
            title: None,
            lines: Lines::default(),
            headings: Vec::new(),
            rows: Vec::new(),
            row: Row::default(),
        };
        each_token(html, emitter, |token| match token {
            Token::StartTag(tag) => reader.start(&tag),
            Token::EndTag(tag) => reader.end(&tag.name),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        });
        reader.end_row();
        let title = reader.title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
        let title = title.filter(|title| !title.is_empty());
        Readable { title, text: reader.lines.finish(), headings: reader.headings, rows: reader.rows }
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        let role = shape::role(name);
        if name == b"title" && self.silent == 0 && self.title.is_none() {
            self.in_title = true;
            self.title = Some(String::new());
            return;
        }
        let closed = tag.self_closing && (self.xml || matches!(name, b"svg" | b"math"));
        while self.open.last().is_some_and(|open| shape::ends(name, &open.name)) {
            self.close(self.open.len() - 1);
        }
        if role != Role::Void && !closed {
            let look = shape::look_of(tag, self.sheet);
            let silent = role == Role::Silent
                || look.is_hidden
                || (name == b"footer" && !self.within_a_part())
                || (self.strict && shape::is_boilerplate(tag));
            // Within what is left out every element counts, or the end of one inside would be taken for its own.
            let styled = !look.text.is_silent();
            let counts = self.silent > 0 || self.styled > 0 || styled;
            if silent || role == Role::Structure || counts {
                let text = look.text.within(self.text_look());
                self.open.push(Open { name: name.to_vec(), silent, styled, text });
                *self.names.entry(name.to_vec()).or_default() += 1;
                self.silent += usize::from(silent);
                self.styled += usize::from(styled);
            }
        }
        self.note_cell(name);
        if self.silent == 0 && name == b"img" && !self.text_look().hides_pictures() {
            // The only words on a wall of customers' logos.
            let alt = tag.attributes.get(&b"alt"[..]).map(|alt| String::from_utf8_lossy(alt).into_owned());
            self.lines.space();
            self.lines.add(&alt.unwrap_or_default());
            self.lines.space();
        }
        self.break_at(role);
        if let Some(level) = shape::heading_level(name).filter(|_| self.silent == 0) {
            self.drop_empty_heading();
            self.headings.push((self.lines.done.len(), level));
        }
    }

    fn end(&mut self, name: &[u8]) {
        if self.in_title {
            self.in_title = name != b"title";
            return;
        }
        if self.names.get(name).is_some_and(|count| *count > 0)
            && let Some(depth) = self.open.iter().rposition(|open| open.name == name)
        {
            self.close(depth);
        }
        match name {
            b"thead" => {
                self.end_row();
                self.row.in_head = false;
            }
            b"tr" | b"table" => self.end_row(),
            _ => {}
        }
        self.break_at(shape::role(name));
        if shape::heading_level(name).is_some() {
            self.drop_empty_heading();
        }
    }

    fn text_look(&self) -> TextLook {
        self.open.last().map(|open| open.text).unwrap_or_default()
    }

    /// Closes the elements from this depth on.
    fn close(&mut self, depth: usize) {
        for closed in self.open.drain(depth..) {
            self.silent -= usize::from(closed.silent);
            self.styled -= usize::from(closed.styled);
            if let Some(count) = self.names.get_mut(&closed.name) {
                *count -= 1;
            }
        }
    }

    fn note_cell(&mut self, name: &[u8]) {
        if matches!(name, b"td" | b"th") && self.row.headers + self.row.others == 0 {
            self.row.start = self.lines.done.len();
        }
        match name {
            b"table" => self.row = Row::default(),
            b"thead" => self.row.in_head = true,
            b"tbody" | b"tfoot" => {
                self.end_row();
                self.row.in_head = false;
            }
            b"tr" => self.end_row(),
            b"th" if self.silent == 0 => self.row.headers += 1,
            b"td" if self.silent == 0 => self.row.others += 1,
            _ => {}
        }
    }

    /// Records the row that ends here. One with several header cells only is a header row.
    fn end_row(&mut self) {
        let Row { start, headers, others, in_head } = std::mem::take(&mut self.row);
        self.row.in_head = in_head;
        if headers + others > 0 {
            let is_header = headers + others > 1 && (in_head || others == 0);
            self.rows.push((start, is_header));
        }
    }

    /// Drops a heading without words, which would make the next line a heading.
    fn drop_empty_heading(&mut self) {
        if self.headings.last().is_some_and(|(place, _)| *place == self.lines.done.len()) {
            self.headings.pop();
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.get_or_insert_default().push_str(text);
        } else if self.silent == 0 && !self.text_look().is_hidden() {
            self.lines.add(text);
        }
    }

    fn break_at(&mut self, role: Role) {
        match role {
            Role::Structure | Role::Block | Role::Silent => self.lines.end(),
            Role::Cell => self.lines.space(),
            Role::Inline | Role::Void => {}
        }
    }

    /// Returns true if an element here belongs to a part of the page, such as the footer of a quotation, which names
    /// its author.
    fn within_a_part(&self) -> bool {
        let parts: [&[u8]; 5] = [b"article", b"blockquote", b"figure", b"main", b"section"];
        self.open.iter().any(|open| parts.contains(&&*open.name))
    }
}

/// Text in lines, with single spaces and without empty lines.
#[derive(Default)]
struct Lines {
    done: String,
    line: String,
    /// True if a space is due before the next word.
    space: bool,
}

impl Lines {
    fn add(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.space = true;
            } else if !is_invisible(c) {
                if self.space && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.space = false;
                self.line.push(c);
            }
        }
    }

    fn space(&mut self) {
        self.space = true;
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.done.push_str(&self.line);
            self.done.push('\n');
            self.line.clear();
        }
        self.space = false;
    }

    fn finish(mut self) -> String {
        self.end();
        self.done.truncate(self.done.trim_end().len());
        self.done
    }
}

/// Returns true for invisible characters that would keep a quotation from being found: soft hyphens, zero-width spaces
/// and direction marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
