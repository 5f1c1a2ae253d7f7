//! Clip areas.

use std::ops::Range;

use hayro_interpret::{
    ClipPath, FillRule,
    kurbo::{BezPath, Point, Rect, Shape},
};

/// Maximum number of parts of a path that is clipped exactly; of others the bounds are used.
const MAX_PARTS: usize = 1000;

/// A clip area within the previous ones.
struct Clip {
    /// The bounds, within the previous ones.
    bounds: Rect,
    /// The area, unless it fills the bounds.
    path: Option<(BezPath, FillRule)>,
    /// True if this and all previous areas are rectangles.
    is_plain: bool,
    /// The letters that form the area.
    text: Option<Range<usize>>,
}

/// The stack of clip areas, whose intersection is visible.
pub(super) struct Clips(Vec<Clip>, Rect);

impl Clips {
    /// Creates the clip of a page with this area.
    pub(super) fn of(area: Rect) -> Self {
        Self(Vec::new(), area)
    }

    /// Adds a clip area; a clip to text is formed by the marks with these numbers.
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

    /// Returns the bounds of the visible area.
    pub(super) fn bounds(&self) -> Rect {
        self.0.last().map_or(self.1, |clip| clip.bounds)
    }

    /// Returns true if the visible area is its bounds.
    pub(super) fn are_plain(&self) -> bool {
        self.0.last().is_none_or(|clip| clip.is_plain)
    }

    /// Returns the letters that form clip areas.
    pub(super) fn texts(&self) -> Vec<Range<usize>> {
        self.0.iter().filter_map(|clip| clip.text.clone()).collect()
    }

    /// Returns true if a place is in the visible area.
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
