//! Glyphs of pages that are visible to people.
//!
//! A file may contain words for machines only: outside of the page or of a clip, in the color of the background,
//! without size, drawn invisibly, or covered later. Content of disabled layers is not passed here at all.

use std::ops::Range;

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask,
    font::{Glyph, GlyphRun, PositionedGlyph},
    hayro_cmap::BfString,
    hayro_syntax::{LoadPdfError, Pdf, page::Page},
    interpret_page,
    kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape, Stroke, StrokeOpts, stroke},
};

use super::{
    canvas::{Canvas, Fill},
    clips::Clips,
    lines::Lines,
    unread::Unread,
};

/// Number of characters after which no further page is read.
const ENOUGH: usize = 1_000_000;
/// Minimum size of readable letters, in points.
const SMALLEST: f64 = 1.0;
/// Minimum resolution of a picture that may be the scan of an invisible text, in pixels per inch.
const SCAN: f64 = 36.0;
/// Minimum width of a line that counts as an area, in points.
const WIDE_LINE: f64 = 2.0;
/// The default size of a page, in points.
const A4: Rect = Rect::new(0.0, 0.0, 595.0, 842.0);

/// Returns the text of a file, with headings as in Markdown.
///
/// # Errors
/// The reason why there is no text.
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
        let mut drawing = Drawing::of(page);
        interpret_page(page, &mut context, &mut drawing);
        drawing.pass_on(&mut lines);
        lines.end_line(true);
        if lines.characters > ENOUGH {
            break;
        }
    }
    let text = lines.marked();
    if text.contains(char::is_alphanumeric) { Ok(text) } else { Err(Unread::NoText) }
}

/// A drawn glyph.
struct Mark {
    text: BfString,
    start: Point,
    end: Point,
    /// The height of its letters, in points.
    size: f64,
    /// Places in it that are checked.
    samples: [Point; 3],
    /// True if it was visible when drawn.
    is_shown: bool,
    /// True if it is the invisible text of a scanned picture, if one lies there.
    is_of_picture: bool,
}

impl Mark {
    fn of(glyph: &PositionedGlyph<'_>, transform: Affine) -> Option<Self> {
        let place = transform * glyph.transform();
        let at = |x: f64, y: f64| place * Point::new(x, y);
        let (width, is_drawn) = match &**glyph {
            Glyph::Outline(outline) => (outline.advance_width(), false),
            Glyph::Type3(drawn) => (drawn.advance_width(), true),
        };
        let width = f64::from(width.unwrap_or(500.0));
        let (start, end) = (at(0.0, 0.0), at(width, 0.0));
        let (height, breadth) = (start.distance(at(0.0, 1000.0)), start.distance(at(1000.0, 0.0)));
        Some(Self {
            text: glyph.as_unicode()?,
            start,
            end,
            size: height,
            samples: [at(width * 0.5, 300.0), at(width * 0.2, 150.0), at(width * 0.8, 450.0)],
            // The size of letters that are drawings says nothing of theirs.
            is_shown: is_drawn || height.min(breadth) >= SMALLEST,
            is_of_picture: false,
        })
    }

    fn text(&self, each: impl FnOnce(&str)) {
        match &self.text {
            BfString::Char(c) => each(c.encode_utf8(&mut [0; 4])),
            BfString::String(text) => each(text),
        }
    }

    /// Returns true if it repeats the other glyph, drawn again for its outline or in bold.
    fn is_again(&self, other: &Self) -> bool {
        let same = match (&self.text, &other.text) {
            (BfString::Char(a), BfString::Char(b)) => a == b,
            (BfString::String(a), BfString::String(b)) => a == b,
            _ => false,
        };
        same && self.start.distance(other.start) <= self.size.max(other.size) * 0.1
    }
}

/// Invisible text that may still become a clip area.
struct Pending {
    marks: Range<usize>,
    /// The start of the outline of its first letter.
    outline: Option<Point>,
}

/// A page being drawn.
struct Drawing {
    canvas: Canvas,
    clips: Clips,
    marks: Vec<Mark>,
    /// The marks of the previous run.
    last: Range<usize>,
    pending: Option<Pending>,
    /// The opacity of each open group including its parents, and true if it is blended normally.
    groups: Vec<(f32, bool)>,
}

impl Drawing {
    fn of(page: &Page<'_>) -> Self {
        let area = page.intersected_crop_box();
        let area = Rect::new(area.x0, area.y0, area.x1, area.y1);
        let has_size = area.is_finite() && area.width() >= 1.0 && area.height() >= 1.0;
        let area = if has_size { area } else { A4 };
        Self {
            canvas: Canvas::of(area),
            clips: Clips::of(area),
            marks: Vec::new(),
            last: 0..0,
            pending: None,
            groups: Vec::new(),
        }
    }

    /// Passes on the visible glyphs.
    fn pass_on(&self, lines: &mut Lines) {
        for (mark, number) in self.marks.iter().zip(0..) {
            let most = |is: &dyn Fn(Point) -> bool| mark.samples.iter().filter(|sample| is(**sample)).count() >= 2;
            let is_read = mark.is_shown || (mark.is_of_picture && most(&|place| self.canvas.has_picture(place)));
            if is_read && !most(&|place| self.canvas.is_covered(place, number)) {
                mark.text(|text| lines.glyph(text, mark.start, mark.end, mark.size));
            }
        }
    }

    fn group(&self) -> (f32, bool) {
        self.groups.last().copied().unwrap_or((1.0, true))
    }

    /// Returns the fill of painting with these properties.
    fn fill(&self, paint: &Paint<'_>, is_plain: bool) -> Fill {
        let (opacity, is_plain_group) = self.group();
        match paint {
            Paint::Color(color) if is_plain && is_plain_group => {
                let [red, green, blue, alpha] = color.to_rgba().components();
                Fill::Color([red, green, blue], alpha * opacity)
            }
            _ => Fill::Unknown,
        }
    }

    /// Returns true if a mark painted so is visible in its place.
    fn stands_out(&self, mark: &Mark, fill: Fill) -> bool {
        let is_seen = |place: &&Point| self.clips.show(**place) && self.canvas.stands_out(**place, fill);
        mark.samples.iter().filter(is_seen).count() >= 2
    }

    fn paint(&mut self, path: &BezPath, rule: FillRule, fill: Fill) {
        for range in self.clips.texts() {
            for number in range {
                self.marks[number].is_shown |= self.stands_out(&self.marks[number], fill);
            }
        }
        let fill = if self.clips.are_plain() { fill } else { fill.in_parts() };
        self.canvas.paint(path, rule, fill, self.clips.bounds(), self.marks.len());
    }

    fn draw_marks(&mut self, run: &GlyphRun<'_, '_>, props: &DrawProps<'_>, mode: &DrawMode) {
        let is_invisible = matches!(mode, DrawMode::Invisible);
        let is_plain = props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal;
        let fill = self.fill(&props.paint, is_plain);
        let first = self.marks.len();
        let mut before = self.last.clone();
        for glyph in run.glyphs() {
            let Some(mut mark) = Mark::of(glyph, props.transform).filter(|_| self.marks.len() < ENOUGH) else {
                continue;
            };
            if is_invisible {
                mark.is_of_picture = mark.is_shown && self.stands_out(&mark, Fill::Unknown);
                mark.is_shown = false;
            } else {
                mark.is_shown = mark.is_shown && self.stands_out(&mark, fill);
            }
            match before.next().and_then(|number| self.marks.get_mut(number)).filter(|known| known.is_again(&mark)) {
                Some(known) => {
                    known.is_shown |= mark.is_shown;
                    known.is_of_picture |= mark.is_of_picture;
                }
                None => self.marks.push(mark),
            }
        }
        if self.marks.len() > first {
            self.last = first..self.marks.len();
        }
        if is_invisible {
            self.note_pending(run, props.transform, first);
        } else {
            self.pending = None;
        }
    }

    fn note_pending(&mut self, run: &GlyphRun<'_, '_>, transform: Affine, first: usize) {
        let pending = self.pending.get_or_insert(Pending { marks: first..first, outline: None });
        pending.marks.end = self.marks.len();
        if pending.outline.is_none() {
            let outlines = run.glyphs().iter().filter_map(|glyph| match &**glyph {
                Glyph::Outline(outline) => beginning(&(transform * glyph.transform() * outline.outline())),
                Glyph::Type3(_) => None,
            });
            pending.outline = outlines.take(1).next();
        }
    }
}

/// Returns the start of a path.
fn beginning(path: &BezPath) -> Option<Point> {
    match path.elements().first() {
        Some(PathEl::MoveTo(point)) => Some(*point),
        _ => None,
    }
}

impl Device<'_> for Drawing {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        self.draw_marks(run, &props, mode);
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        self.pending = None;
        let fill = self.fill(&props.paint, props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal);
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.paint(&(props.transform * path), *rule, fill);
        }
        if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
            let width = f64::from(line.line_width) * props.transform.determinant().abs().sqrt();
            if width >= WIDE_LINE && path.elements().len() < 1000 {
                let style = Stroke::new(width).with_caps(line.line_cap);
                let line = stroke(props.transform * path, &style, &StrokeOpts::default(), 0.5);
                self.paint(&line, FillRule::NonZero, fill);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        self.pending = None;
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let area = props.transform * Rect::new(0.0, 0.0, width, height).to_path(0.1);
        let inches = (props.transform.determinant().abs() * width * height).sqrt() / 72.0;
        let is_scan = (width * height).sqrt() >= SCAN * inches;
        let is_opaque = match &image {
            Image::Stencil(_) => false,
            Image::Raster(raster) => {
                let dict = raster.stream().dict();
                !dict.contains_key(b"SMask".as_slice()) && !dict.contains_key(b"Mask".as_slice())
            }
        };
        let is_over_all = is_opaque && self.group().0 > 0.99 && self.group().1;
        let fill = match (is_scan, is_over_all) {
            (true, _) => Fill::Picture,
            (false, true) => Fill::Cover,
            (false, false) => Fill::Unknown,
        };
        self.paint(&area, FillRule::NonZero, fill);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let text = self.pending.take().filter(|pending| {
            let is_near = |begins: Point| pending.outline.is_some_and(|outline| outline.distance(begins) < 0.01);
            beginning(&clip.path).is_some_and(is_near)
        });
        self.clips.push(clip, text.map(|pending| pending.marks));
    }

    fn pop_clip(&mut self) {
        self.pending = None;
        self.clips.pop();
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'_>>, blend_mode: BlendMode) {
        let (around, is_plain) = self.group();
        self.groups.push((around * opacity, is_plain && mask.is_none() && blend_mode == BlendMode::Normal));
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}
