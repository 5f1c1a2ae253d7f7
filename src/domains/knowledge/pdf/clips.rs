//! The areas that drawing is limited to.

use std::ops::Range;

use hayro_interpret::{
    ClipPath, FillRule,
    kurbo::{BezPath, Point, Rect, Shape},
};

/// Parts of a path up to which it is heeded exactly; of others the bounds are.
const MAX_PARTS: usize = 1000;

/// An area within those before.
struct Clip {
    /// The bounds, within those before.
    bounds: Rect,
    /// The area, where it is not all that lies in the bounds.
    path: Option<(BezPath, FillRule)>,
    /// Whether this and all before are rectangles.
    is_plain: bool,
    /// The letters that are the area.
    text: Option<Range<usize>>,
}

/// The areas that drawing is limited to: to what lies in all of them.
pub(super) struct Clips(Vec<Clip>, Rect);

impl Clips {
    /// The limits of a page of this area.
    pub(super) fn of(area: Rect) -> Self {
        Self(Vec::new(), area)
    }

    /// Limits drawing further: to letters, where these are the marks with those numbers.
    pub(super) fn push(&mut self, clip: &ClipPath, text: Option<Range<usize>>) {
        let (path, around) = (&clip.path, clip.path.bounding_box());
        let is_rect = path.elements().len() <= 6 && (path.area().abs() - around.area()).abs() <= around.area() * 1e-3;
        let (bounds, is_plain) = (self.bounds().intersect(around), self.are_plain() && is_rect);
        let is_kept = !is_rect && path.elements().len() <= MAX_PARTS;
        self.0.push(Clip { bounds, path: is_kept.then(|| (path.clone(), clip.fill)), is_plain, text });
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// The bounds of what is drawn to.
    pub(super) fn bounds(&self) -> Rect {
        self.0.last().map_or(self.1, |clip| clip.bounds)
    }

    /// Whether all that lies in the bounds is drawn to.
    pub(super) fn are_plain(&self) -> bool {
        self.0.last().is_none_or(|clip| clip.is_plain)
    }

    /// The letters that drawing is limited to.
    pub(super) fn texts(&self) -> Vec<Range<usize>> {
        self.0.iter().filter_map(|clip| clip.text.clone()).collect()
    }

    /// Whether what is drawn at a place is shown.
    pub(super) fn show(&self, place: Point) -> bool {
        let is_in = |(path, rule): &(BezPath, FillRule)| match (path.winding(place), rule) {
            (winding, FillRule::NonZero) => winding != 0,
            (winding, FillRule::EvenOdd) => winding % 2 != 0,
        };
        self.bounds().contains(place)
            && (self.are_plain()
                || self.0.iter().filter(|clip| clip.text.is_none()).filter_map(|clip| clip.path.as_ref()).all(is_in))
    }
}
