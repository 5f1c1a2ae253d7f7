//! From glyphs on pages to lines of text.

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect},
};

use unicode_normalization::UnicodeNormalization;

use super::Unread;

/// Characters after which no further page is read.
const ENOUGH: usize = 1_000_000;
/// How much larger than most text a heading is.
const LARGER: f64 = 1.15;
/// The longest heading, in characters.
const MAX_HEADING: usize = 150;

/// The text of a file, with headings as in Markdown.
///
/// # Errors
/// Why it has none.
pub(super) fn text(file: Vec<u8>) -> Result<String, Unread> {
    let pdf = Pdf::new(file).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Unread::Encrypted,
        LoadPdfError::Invalid => Unread::Broken,
    })?;
    let cache = InterpreterCache::new();
    let mut lines = Lines::default();
    for (page, number) in pdf.pages().iter().zip(1..) {
        lines.page = number;
        let (identity, all) = (Affine::IDENTITY, Rect::new(-1e6, -1e6, 1e6, 1e6));
        let mut context = Context::new(identity, all, &cache, pdf.xref(), InterpreterSettings::default());
        interpret_page(page, &mut context, &mut lines);
        lines.end_line(true);
        if lines.characters > ENOUGH {
            break;
        }
    }
    let text = lines.marked();
    if text.contains(char::is_alphanumeric) { Ok(text) } else { Err(Unread::NoText) }
}

/// A line of a page.
struct Line {
    /// The page that it stands on, from 1.
    page: usize,
    text: String,
    /// The height of its letters, in points.
    size: f64,
    /// Whether something else begins after it.
    ends: bool,
}

/// Collects lines from glyphs in the order in which they are drawn.
#[derive(Default)]
struct Lines {
    /// The page that is being read, from 1.
    page: usize,
    done: Vec<Line>,
    text: String,
    size: f64,
    /// Where the last glyph ended.
    end: Option<Point>,
    characters: usize,
}

impl Lines {
    fn glyph(&mut self, text: &str, start: Point, end: Point, size: f64) {
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
            self.size = size;
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

    fn end_line(&mut self, ends: bool) {
        self.end = None;
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text.clear();
        if text.is_empty() {
            if let Some(last) = self.done.last_mut() {
                last.ends |= ends;
            }
        } else {
            self.done.push(Line { page: self.page, text, size: self.size, ends });
        }
    }

    /// The lines as Markdown: what is larger than most of the text are headings.
    fn marked(mut self) -> String {
        self.end_line(true);
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

impl Device<'_> for Lines {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let width = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width(),
                Glyph::Type3(drawn) => drawn.advance_width(),
            };
            let at = |x, y| place * Point::new(x, y);
            let (start, top) = (at(0.0, 0.0), at(0.0, 1000.0));
            let end = at(f64::from(width.unwrap_or(500.0)), 0.0);
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.glyph(c.encode_utf8(&mut [0; 4]), start, end, start.distance(top)),
                Some(BfString::String(text)) => self.glyph(&text, start, end, start.distance(top)),
                None => {}
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}

    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
