//! Assembly of glyphs to lines of text.

use hayro_interpret::kurbo::Point;
use unicode_normalization::UnicodeNormalization;

use super::repeated::{Placed, repeated};

/// Ratio of a heading's size to the size of most text.
const LARGER: f64 = 1.15;
/// Maximum length of a heading, in characters.
const MAX_HEADING: usize = 150;

/// A line of a page.
struct Line {
    /// The page, from 1.
    page: usize,
    /// The height above the bottom, in points.
    up: f64,
    text: String,
    /// The height of its letters, in points.
    size: f64,
    /// True if the paragraph ends with it.
    ends: bool,
}

/// Collects lines from glyphs in drawing order.
#[derive(Default)]
pub(super) struct Lines {
    /// The page being read, from 1.
    pub(super) page: usize,
    done: Vec<Line>,
    text: String,
    /// The height of the line above the bottom.
    up: f64,
    size: f64,
    /// The end of the last glyph.
    end: Option<Point>,
    /// Number of bytes of text so far.
    pub(super) characters: usize,
}

impl Lines {
    /// Adds a glyph drawn from `start` to `end` with this letter height.
    pub(super) fn glyph(&mut self, text: &str, start: Point, end: Point, size: f64) {
        if let Some(last) = self.end {
            let (across, down) = (start.x - last.x, last.y - start.y);
            let unit = self.size.max(size).max(0.1);
            if down.abs() > unit * 0.5 {
                self.end_line(!(0.0..unit * 1.8).contains(&down) || (size - self.size).abs() > unit * 0.12);
            } else if across > unit * 0.2 || across < -unit {
                self.text.push(' ');
            }
        }
        if self.text.is_empty() {
            (self.size, self.up) = (size, start.y);
        }
        // Signs for several letters, and for parts of ideographs, are what they stand for.
        if text.contains(|c| matches!(c, '\u{fb00}'..='\u{fb06}' | '\u{2e80}'..='\u{2fdf}')) {
            self.text.extend(text.nfkc());
        } else {
            self.text.push_str(text);
        }
        self.characters += text.len();
        self.end = Some(end);
    }

    /// Ends the line; `ends` is true if the paragraph ends with it.
    pub(super) fn end_line(&mut self, ends: bool) {
        self.end = None;
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text.clear();
        if text.is_empty() {
            if let Some(last) = self.done.last_mut() {
                last.ends |= ends;
            }
        } else {
            self.done.push(Line { page: self.page, up: self.up, text, size: self.size, ends });
        }
    }

    fn leave_out_repeated(&mut self) {
        let placed = self.done.iter().map(|line| Placed { page: line.page, up: line.up, text: &line.text });
        let mut is_repeated = repeated(&placed.collect::<Vec<_>>()).into_iter();
        self.done.retain(|_| is_repeated.next() != Some(true));
    }

    /// Returns the lines as Markdown, with larger text as headings.
    pub(super) fn marked(mut self) -> String {
        self.end_line(true);
        self.leave_out_repeated();
        let mut sizes: Vec<_> = self.done.iter().map(|line| (line.size, line.text.len())).collect();
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
        let mut before = 0;
        let most = sizes.iter().find(|(_, length)| {
            before += length;
            before > half
        });
        let most = most.map_or(0.0, |(size, _)| *size);
        let (mut text, mut page) = (String::new(), 0);
        for line in self.done {
            let is_heading = line.size > most * LARGER && line.text.chars().count() <= MAX_HEADING;
            if is_heading {
                text.push_str(if line.size > most * 1.6 { "\n# " } else { "\n## " });
                text.push_str(&line.text);
                text.push_str("\n\n");
                page = 0;
                continue;
            }
            let said = line.text.trim_start_matches(['#', '|', '`', '~', '>']);
            if !said.contains(char::is_alphanumeric) {
                continue;
            }
            if line.page != page {
                page = line.page;
                text.push_str(&format!("\n###### Page {page}\n\n"));
            }
            if let Some(begun) = text.strip_suffix("-\n").filter(|begun| begun.ends_with(char::is_lowercase))
                && said.starts_with(char::is_lowercase)
            {
                text.truncate(begun.len());
            }
            text.push_str(said.trim_start());
            text.push_str(if line.ends { "\n\n" } else { "\n" });
        }
        text
    }
}
