//! Glyphs of pages that are visible to people.
//!
//! A file may contain words for machines only: outside of the page or of a clip, in the color of the background, without size,
//! drawn invisibly, behind a soft mask, as stacked letters, or covered later. Content of disabled layers is not passed here at
//! all.

use std::{ops::Range, rc::Rc};

use hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Context, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_syntax::{LoadPdfError, Pdf, page::Page},
    interpret_page,
    kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape, Stroke, StrokeOpts, stroke},
    pattern::{Pattern, TilingPattern},
};

use super::{
    canvas::{Canvas, DIFFERENCE, Fill},
    clips::Clips,
    lines::Lines,
    looks::{Looks, Mask, Shading},
    marks::Mark,
    stacked::stacked,
    unread::Unread,
};

/// Number of characters after which no further page is read.
const ENOUGH: usize = 1_000_000;
/// Minimum resolution of a picture that may be the scan of an invisible text, in pixels per inch.
const SCAN: f64 = 36.0;
/// Minimum width of a line that counts as an area, in points.
const WIDE_LINE: f64 = 2.0;
/// The default size of a page, in points.
const A4: Rect = Rect::new(0.0, 0.0, 595.0, 842.0);
/// Canvas area for the tile of a pattern.
const TILE: Rect = Rect::new(0.0, 0.0, 64.0, 64.0);

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
    groups: Vec<Group>,
    /// True for the page itself, false for the content of a pattern or mask, in which further ones are not evaluated.
    is_page: bool,
    /// True if something was drawn that the canvas does not record.
    has_more: bool,
    tiles: Looks<Fill>,
    shadings: Looks<Rc<Shading>>,
    masks: Looks<Option<Rc<Mask>>>,
}

/// An open transparency group.
struct Group {
    /// Opacity, including that of the enclosing groups.
    opacity: f32,
    /// True if it is composited by the normal blend mode.
    is_plain: bool,
    mask: Option<Rc<Mask>>,
}

impl Drawing {
    fn of(page: &Page<'_>) -> Self {
        let area = page.intersected_crop_box();
        let area = Rect::new(area.x0, area.y0, area.x1, area.y1);
        let has_size = area.is_finite() && area.width() >= 1.0 && area.height() >= 1.0;
        let area = if has_size { area } else { A4 };
        Self { is_page: true, ..Self::on(Canvas::of(area)) }
    }

    fn on(canvas: Canvas) -> Self {
        Self {
            clips: Clips::of(canvas.area()),
            canvas,
            marks: Vec::new(),
            last: 0..0,
            pending: None,
            groups: Vec::new(),
            is_page: false,
            has_more: false,
            tiles: Looks::default(),
            shadings: Looks::default(),
            masks: Looks::default(),
        }
    }

    /// Passes on the visible glyphs.
    fn pass_on(&self, lines: &mut Lines) {
        let mut is_stacked = stacked(&self.marks.iter().map(Mark::letter).collect::<Vec<_>>()).into_iter();
        for (mark, number) in self.marks.iter().zip(0..) {
            let is_stacked = is_stacked.next() == Some(true);
            let most = |is: &dyn Fn(Point) -> bool| mark.samples.iter().filter(|sample| is(**sample)).count() >= 2;
            let is_read = mark.is_shown || (mark.is_of_picture && most(&|place| self.canvas.has_picture(place)));
            if is_read && !is_stacked && !most(&|place| self.canvas.is_covered(place, number)) {
                mark.text(|text| lines.glyph(text, mark.start, mark.end, mark.size));
            }
        }
    }

    fn group(&self) -> (f32, bool) {
        self.groups.last().map_or((1.0, true), |group| (group.opacity, group.is_plain))
    }

    /// Returns the effect of painting these places with this paint.
    fn fill(&mut self, paint: &Paint<'_>, is_plain: bool, places: &[Point]) -> Fill {
        let (opacity, is_plain_group) = self.group();
        if !(is_plain && is_plain_group) {
            return Fill::Unknown;
        }
        match paint {
            Paint::Color(color) => {
                let [red, green, blue, alpha] = color.to_rgba().components();
                Fill::Color([red, green, blue], alpha * opacity)
            }
            Paint::Pattern(pattern) if self.is_page => {
                let fill = match &**pattern {
                    Pattern::Tiling(tile) => self.tiles.get_or(tile.cache_key(), || look_of(tile)),
                    Pattern::Shading(shading) => {
                        self.shadings.get_or(shading.cache_key(), || Rc::new(Shading::of(shading))).fill(places)
                    }
                };
                fill.through(opacity)
            }
            Paint::Pattern(_) => Fill::Unknown,
        }
    }

    /// Returns the evaluated mask, if it can be evaluated.
    fn mask(&mut self, mask: Option<&SoftMask<'_>>) -> Option<Rc<Mask>> {
        let mask = mask.filter(|_| self.is_page)?;
        let area = self.canvas.area();
        let draw = |canvas| {
            let mut drawing = Self::on(canvas);
            mask.interpret(&mut drawing);
            drawing.canvas
        };
        self.masks.get_or(mask.cache_key(), || Mask::of(mask, draw, area))
    }

    /// Returns all masks that apply.
    fn masks<'a>(&'a self, mask: Option<&'a Mask>) -> impl Iterator<Item = &'a Mask> {
        self.groups.iter().filter_map(|group| group.mask.as_deref()).chain(mask)
    }

    /// Returns the effect of a fill behind the masks; `None` if they hide it.
    fn masked(&self, fill: Fill, mask: Option<&Mask>) -> Option<Fill> {
        let mut fill = fill;
        for mask in self.masks(mask) {
            fill = match mask.everywhere() {
                Some(part) if part <= DIFFERENCE => return None,
                Some(part) => fill.through(part),
                None => fill.in_parts(),
            };
        }
        Some(fill)
    }

    /// Returns true if a mark painted so is visible in its place.
    fn stands_out(&self, mark: &Mark, fill: Fill, mask: Option<&Mask>) -> bool {
        let is_seen = |place: &&Point| {
            let part: f32 = self.masks(mask).map(|mask| mask.at(**place)).product();
            part > DIFFERENCE && self.clips.show(**place) && self.canvas.stands_out(**place, fill.through(part))
        };
        mark.samples.iter().filter(is_seen).count() >= 2
    }

    fn paint(&mut self, path: &BezPath, rule: FillRule, fill: Fill, mask: Option<&Mask>) {
        for range in self.clips.texts() {
            for number in range {
                self.marks[number].is_shown |= self.stands_out(&self.marks[number], fill, mask);
            }
        }
        let Some(fill) = self.masked(fill, mask) else { return };
        let fill = if self.clips.are_plain() { fill } else { fill.in_parts() };
        self.canvas.paint(path, rule, fill, self.clips.bounds(), self.marks.len());
    }

    fn draw_marks(&mut self, run: &GlyphRun<'_, '_>, props: &DrawProps<'_>, mode: &DrawMode) {
        let is_invisible = matches!(mode, DrawMode::Invisible);
        self.has_more = true;
        let (mask, is_plain) = (self.mask(props.soft_mask.as_ref()), self.is_plain(props));
        let first = self.marks.len();
        let mut before = self.last.clone();
        for glyph in run.glyphs() {
            let Some(mut mark) = Mark::of(glyph, props.transform).filter(|_| self.marks.len() < ENOUGH) else {
                continue;
            };
            if is_invisible {
                mark.is_of_picture = mark.is_shown && self.stands_out(&mark, Fill::Unknown, mask.as_deref());
                mark.is_shown = false;
            } else {
                let fill = self.fill(&props.paint, is_plain, &mark.samples);
                mark.is_shown = mark.is_shown && self.stands_out(&mark, fill, mask.as_deref());
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

    /// Returns true if these properties paint by the normal blend mode, and a mask can be evaluated.
    fn is_plain(&self, props: &DrawProps<'_>) -> bool {
        props.blend_mode == BlendMode::Normal && (self.is_page || props.soft_mask.is_none())
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

/// Returns the effect of painting with a tiling pattern.
fn look_of(tile: &TilingPattern<'_>) -> Fill {
    let (size, step) = (tile.bbox.size(), (f64::from(tile.x_step).abs(), f64::from(tile.y_step).abs()));
    if step.0 > size.width * 1.01 || step.1 > size.height * 1.01 {
        return Fill::Unknown;
    }
    let to_tile = Affine::scale_non_uniform(TILE.width() / size.width, TILE.height() / size.height)
        * Affine::translate(-tile.bbox.origin().to_vec2());
    let mut drawing = Drawing::on(Canvas::on(TILE, None));
    if tile.interpret(&mut drawing, to_tile, false).is_none() {
        return Fill::Unknown;
    }
    match drawing.canvas.look() {
        Fill::Color(..) if drawing.has_more => Fill::Cover,
        look => look.through(tile.opacity),
    }
}

/// Returns sample points of an area.
fn within(area: Rect) -> [Point; 9] {
    let at = |part: usize, from: f64, length: f64| from + length * (part as f64 * 2.0 + 1.0) / 6.0;
    std::array::from_fn(|n| Point::new(at(n % 3, area.x0, area.width()), at(n / 3, area.y0, area.height())))
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
        let (mask, is_plain) = (self.mask(props.soft_mask.as_ref()), self.is_plain(&props));
        let outline = props.transform * path;
        let fill = self.fill(&props.paint, is_plain, &within(outline.bounding_box().intersect(self.clips.bounds())));
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.paint(&outline, *rule, fill, mask.as_deref());
        }
        if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
            let width = f64::from(line.line_width) * props.transform.determinant().abs().sqrt();
            if width >= WIDE_LINE && path.elements().len() < 1000 {
                let style = Stroke::new(width).with_caps(line.line_cap);
                let line = stroke(outline, &style, &StrokeOpts::default(), 0.5);
                self.paint(&line, FillRule::NonZero, fill, mask.as_deref());
            } else {
                self.has_more = true;
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
        let mask = self.mask(props.soft_mask.as_ref());
        self.paint(&area, FillRule::NonZero, fill, mask.as_deref());
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
        let is_plain = is_plain && blend_mode == BlendMode::Normal && (self.is_page || mask.is_none());
        let mask = self.mask(mask.as_ref());
        self.groups.push(Group { opacity: around * opacity, is_plain, mask });
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}
