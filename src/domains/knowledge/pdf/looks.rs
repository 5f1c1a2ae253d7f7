//! What patterns and soft masks look like, as far as it decides what people see.

use std::{collections::HashMap, rc::Rc};

use hayro_interpret::{
    MaskType, SoftMask,
    encode::EncodedShadingPattern,
    kurbo::{Point, Rect},
    pattern::ShadingPattern,
};

use super::canvas::{Canvas, DIFFERENCE, Fill, is_near};

/// Looks of each kind that are kept. A page has few; those of a hostile one are made again.
const MOST: usize = 32;

/// Looks that were made already, by the keys of what they are of.
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

/// A shading, as it can be looked at.
pub(super) struct Shading {
    colors: EncodedShadingPattern,
    /// Where it is drawn only.
    bounds: Option<Rect>,
}

impl Shading {
    pub(super) fn of(pattern: &ShadingPattern) -> Self {
        let bounds = pattern.shading.clip_path.as_ref().map(hayro_interpret::kurbo::Shape::bounding_box);
        Self { colors: pattern.encode(), bounds }
    }

    /// What painting these places with it does.
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

/// What a soft mask lets through.
pub(super) struct Mask {
    canvas: Canvas,
    is_of_light: bool,
    /// The same everywhere, where it is.
    everywhere: Option<f32>,
}

impl Mask {
    /// The mask whose group is drawn on this canvas; `None` for one of which it is not known what it lets through.
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

    /// How much it lets through at a place, 0 to 1; all where it is not known.
    pub(super) fn at(&self, place: Point) -> f32 {
        let part = self.canvas.seen_at(place).and_then(|(color, laid)| part(self.is_of_light, color, laid));
        part.unwrap_or(1.0)
    }

    /// How much it lets through, where that is the same everywhere.
    pub(super) fn everywhere(&self) -> Option<f32> {
        self.everywhere
    }
}

/// What is let through of what is painted where the group of a mask has this color and hides so much: by its luminosity
/// (ISO 32000-1, 11.5.3) or its alpha.
fn part(is_of_light: bool, color: Option<[f32; 3]>, laid: f32) -> Option<f32> {
    if is_of_light { color.map(|[red, green, blue]| 0.3 * red + 0.59 * green + 0.11 * blue) } else { Some(laid) }
}
