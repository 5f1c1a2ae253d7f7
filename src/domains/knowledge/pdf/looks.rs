//! Evaluation of patterns and soft masks, as far as visibility depends on them.

use std::{collections::HashMap, rc::Rc};

use hayro_interpret::{
    MaskType, SoftMask,
    encode::EncodedShadingPattern,
    kurbo::{Point, Rect},
    pattern::ShadingPattern,
};

use super::canvas::{Canvas, DIFFERENCE, Fill, is_near};

/// Maximum number of cached entries. A page has few; those of a hostile page are computed again.
const MOST: usize = 32;

/// A bounded cache by the cache key of the evaluated object.
pub(super) struct Looks<T>(HashMap<u128, T>);

impl<T> Default for Looks<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone> Looks<T> {
    pub(super) fn get_or(&mut self, key: u128, make: impl FnOnce() -> T) -> T {
        if let Some(known) = self.0.get(&key) {
            return known.clone();
        }
        let made = make();
        if self.0.len() >= MOST {
            self.0.clear();
        }
        self.0.insert(key, made.clone());
        made
    }
}

/// An evaluated shading.
pub(super) struct Shading {
    colors: EncodedShadingPattern,
    /// Bounding box outside of which nothing is drawn.
    bounds: Option<Rect>,
}

impl Shading {
    pub(super) fn of(pattern: &ShadingPattern) -> Self {
        let bounds = pattern.shading.clip_path.as_ref().map(hayro_interpret::kurbo::Shape::bounding_box);
        Self { colors: pattern.encode(), bounds }
    }

    /// Returns the effect of painting these places with it.
    pub(super) fn fill(&self, places: &[Point]) -> Fill {
        let is_in = |place: &Point| self.bounds.is_none_or(|bounds| bounds.contains(*place));
        let colors: Vec<_> =
            places.iter().map(|place| self.colors.sample(self.colors.base_transform * *place)).collect();
        let Some([red, green, blue, alpha]) = colors.first().copied().filter(|_| places.iter().all(is_in)) else {
            return Fill::Unknown;
        };
        let first = [red, green, blue];
        let is_like =
            |other: &[f32; 4]| is_near(first, [other[0], other[1], other[2]]) && (other[3] - alpha).abs() <= DIFFERENCE;
        if colors.iter().all(is_like) {
            Fill::Color(first, alpha)
        } else if colors.iter().all(|color| color[3] > 1.0 - DIFFERENCE) {
            Fill::Cover
        } else {
            Fill::Unknown
        }
    }
}

/// An evaluated soft mask.
pub(super) struct Mask {
    canvas: Canvas,
    is_of_light: bool,
    /// The value, if it is constant.
    everywhere: Option<f32>,
}

impl Mask {
    /// Evaluates a mask by drawing its group; `None` if it has a transfer function.
    pub(super) fn of(mask: &SoftMask<'_>, draw: impl FnOnce(Canvas) -> Canvas, area: Rect) -> Option<Rc<Self>> {
        if mask.transfer_function().is_some() {
            return None;
        }
        let is_of_light = mask.mask_type() == MaskType::Luminosity;
        let [red, green, blue, _] = mask.background_color().to_rgba().components();
        let canvas = draw(Canvas::on(area, is_of_light.then_some([red, green, blue])));
        let everywhere = canvas.everywhere(|color, laid| part(is_of_light, color, laid));
        Some(Rc::new(Self { canvas, is_of_light, everywhere }))
    }

    /// Returns the part that it lets through at a place, 0–1; 1 if unknown.
    pub(super) fn at(&self, place: Point) -> f32 {
        let part = self.canvas.seen_at(place).and_then(|(color, laid)| part(self.is_of_light, color, laid));
        part.unwrap_or(1.0)
    }

    /// Returns the part that it lets through, if it is constant.
    pub(super) fn everywhere(&self) -> Option<f32> {
        self.everywhere
    }
}

/// Returns the mask value for the color and opacity of its group: the luminosity (ISO 32000-1, 11.5.3) or the alpha.
fn part(is_of_light: bool, color: Option<[f32; 3]>, laid: f32) -> Option<f32> {
    if is_of_light { color.map(|[red, green, blue]| 0.3 * red + 0.59 * green + 0.11 * blue) } else { Some(laid) }
}
