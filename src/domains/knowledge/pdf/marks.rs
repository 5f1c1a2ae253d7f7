//! Drawn glyphs.

use hayro_interpret::{
    font::{Glyph, PositionedGlyph},
    hayro_cmap::BfString,
    kurbo::{Affine, Point},
};

use super::stacked::Letter;

/// Minimum size of readable letters, in points.
const SMALLEST: f64 = 1.0;

/// A drawn glyph.
pub(super) struct Mark {
    text: BfString,
    pub(super) start: Point,
    pub(super) end: Point,
    /// Height, in points.
    pub(super) size: f64,
    /// Sample points inside of it.
    pub(super) samples: [Point; 3],
    /// True if it was visible when drawn.
    pub(super) is_shown: bool,
    /// True if it is the invisible text of a picture, if there is one.
    pub(super) is_of_picture: bool,
}

impl Mark {
    pub(super) fn of(glyph: &PositionedGlyph<'_>, transform: Affine) -> Option<Self> {
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

    pub(super) fn text(&self, each: impl FnOnce(&str)) {
        match &self.text {
            BfString::Char(c) => each(c.encode_utf8(&mut [0; 4])),
            BfString::String(text) => each(text),
        }
    }

    pub(super) fn letter(&self) -> Letter {
        let is_plain = match &self.text {
            BfString::Char(c) => c.is_alphanumeric() && *c < '\u{590}',
            BfString::String(_) => false,
        };
        Letter { start: self.start, end: self.end, size: self.size, is_plain }
    }

    /// Returns true if this is the same glyph drawn again, for its outline or to make it bold.
    pub(super) fn is_again(&self, other: &Self) -> bool {
        let same = match (&self.text, &other.text) {
            (BfString::Char(a), BfString::Char(b)) => a == b,
            (BfString::String(a), BfString::String(b)) => a == b,
            _ => false,
        };
        same && self.start.distance(other.start) <= self.size.max(other.size) * 0.1
    }
}
