//! Detection of letters drawn on top of each other or backwards, whose word only a machine reads.

use hayro_interpret::kurbo::Point;

/// Minimum advance to the next letter, as a part of the letter's width.
const LEAST_ADVANCE: f64 = 0.3;
/// Minimum number of stacked letters: pairs may be accents.
const LEAST: usize = 4;

/// A letter with its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) start: Point,
    pub(super) end: Point,
    /// Height, in points.
    pub(super) size: f64,
    /// True for letters and digits of left-to-right scripts without combining marks.
    pub(super) is_plain: bool,
}

/// Returns for each letter, in drawing order, if it belongs to a stack.
pub(super) fn stacked(letters: &[Letter]) -> Vec<bool> {
    let mut are_stacked = vec![false; letters.len()];
    let mut first = 0;
    for next in 1..=letters.len() {
        if next < letters.len() && is_on(letters[next - 1], letters[next]) {
            continue;
        }
        if next - first >= LEAST {
            are_stacked[first..next].fill(true);
        }
        first = next;
    }
    are_stacked
}

/// Returns true if a letter lies on the previous one, or behind it, on the same line.
fn is_on(before: Letter, letter: Letter) -> bool {
    let (along, step) = (before.end - before.start, letter.start - before.start);
    let width = along.hypot();
    if !(before.is_plain && letter.is_plain) || width <= 0.0 {
        return false;
    }
    let (advance, aside) = (step.dot(along) / width, step.cross(along).abs() / width);
    let size = before.size.max(letter.size);
    let narrow = width.min(letter.start.distance(letter.end));
    // What lies further back is another word.
    aside <= size * 0.3 && (-size * 2.0..narrow * LEAST_ADVANCE).contains(&advance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(places: &[f64]) -> Vec<bool> {
        let letter =
            |x: &f64| Letter { start: Point::new(*x, 0.0), end: Point::new(x + 6.0, 0.0), size: 11.0, is_plain: true };
        stacked(&places.iter().map(letter).collect::<Vec<_>>())
    }

    #[test]
    fn letters_on_top_of_each_other_are_told_from_tight_ones() {
        assert_eq!(at(&[0.0, 6.0, 11.0, 15.0, 19.0]), [false; 5]);
        assert_eq!(at(&[0.0, -1.0, -2.0, -3.0]), [true; 4]);
        assert_eq!(at(&[0.0, 0.0, 0.0]), [false; 3], "too few");
        assert_eq!(at(&[0.0, 6.0, 12.0, 12.0, 12.0, 12.5, 18.5]), [false, false, true, true, true, true, false]);
        // A word that is drawn again, to make it bold.
        assert_eq!(at(&[0.0, 6.0, 12.0, 0.3, 6.3, 12.3]), [false; 6]);
        assert_eq!(at(&[]), [false; 0]);
    }
}
