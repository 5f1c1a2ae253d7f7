//! Approximate visibility on a page.

use hayro_interpret::{
    FillRule,
    kurbo::{BezPath, Line, PathEl, Point, Rect, Shape, flatten},
};

/// Minimum size of a cell, in points.
const CELL: f64 = 2.0;
/// Maximum number of cells in a row or a column.
const MAX_CELLS: f64 = 512.0;
/// Maximum number of edges of an outline that is painted exactly; of others the bounds are.
const MAX_EDGES: usize = 20_000;
/// Minimum difference of a visible color from its background.
pub(super) const DIFFERENCE: f32 = 0.04;

pub(super) type Rgb = [f32; 3];

/// A fill painted over a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fill {
    /// A color with its opacity.
    Color(Rgb, f32),
    /// An opaque fill of any color.
    Cover,
    /// A picture, which may show the words below it or the invisible words of a scan.
    Picture,
    /// A fill that may be transparent.
    Unknown,
}

impl Fill {
    /// Returns the effect of this fill if only this part (0–1) of it is let through.
    pub(super) fn through(self, part: f32) -> Self {
        match self {
            Self::Color(color, alpha) => Self::Color(color, alpha * part),
            other if part > 1.0 - DIFFERENCE => other,
            other => other.in_parts(),
        }
    }

    /// Returns the fill if it covers only parts of the area.
    pub(super) fn in_parts(self) -> Self {
        if matches!(self, Self::Picture) { self } else { Self::Unknown }
    }
}

/// A small part of a page.
#[derive(Clone, Copy)]
struct Cell {
    /// The visible color; `None` if unknown.
    color: Option<Rgb>,
    /// The number of marks drawn before it was last covered.
    covers: usize,
    has_picture: bool,
    /// Opacity of everything painted here so far, 0–1.
    laid: f32,
}

/// The cells of a page.
pub(super) struct Canvas {
    area: Rect,
    /// The size of a cell, in points.
    cell: f64,
    columns: usize,
    rows: usize,
    cells: Vec<Cell>,
}

impl Canvas {
    /// Creates white paper of this area.
    pub(super) fn of(area: Rect) -> Self {
        Self::on(area, Some([1.0; 3]))
    }

    /// Returns an area of one color, or of an unknown one.
    pub(super) fn on(area: Rect, color: Option<Rgb>) -> Self {
        let cell = (area.width().max(area.height()) / MAX_CELLS).max(CELL);
        let count = |length: f64| (length / cell).ceil().clamp(1.0, MAX_CELLS) as usize;
        let (columns, rows) = (count(area.width()), count(area.height()));
        let paper = Cell { color, covers: 0, has_picture: false, laid: 0.0 };
        Self { area, cell, columns, rows, cells: vec![paper; columns * rows] }
    }

    pub(super) fn area(&self) -> Rect {
        self.area
    }

    fn at(&self, place: Point) -> Option<&Cell> {
        let (column, row) = ((place.x - self.area.x0) / self.cell, (place.y - self.area.y0) / self.cell);
        let is_inside = column >= 0.0 && row >= 0.0 && (column as usize) < self.columns && (row as usize) < self.rows;
        self.cells.get(row as usize * self.columns + column as usize).filter(|_| is_inside)
    }

    /// Returns the effect of painting with this canvas as a tile.
    pub(super) fn look(&self) -> Fill {
        if self.cells.iter().any(|cell| cell.laid < 1.0 - DIFFERENCE) {
            return Fill::Unknown;
        }
        let first = self.cells.first().and_then(|cell| cell.color);
        let is_like = |color: Rgb, cell: &Cell| cell.color.is_some_and(|other| is_near(color, other));
        match first {
            Some(color) if self.cells.iter().all(|cell| is_like(color, cell)) => Fill::Color(color, 1.0),
            _ => Fill::Cover,
        }
    }

    /// Returns the value of all cells, computed from color and opacity, if they agree.
    pub(super) fn everywhere(&self, value: impl Fn(Option<Rgb>, f32) -> Option<f32>) -> Option<f32> {
        let mut values = self.cells.iter().map(|cell| value(cell.color, cell.laid));
        let first = values.next()??;
        values.all(|value| value.is_some_and(|value| (value - first).abs() <= DIFFERENCE)).then_some(first)
    }

    /// Returns the color at a place, if known, and the opacity of everything painted there.
    pub(super) fn seen_at(&self, place: Point) -> Option<(Option<Rgb>, f32)> {
        self.at(place).map(|cell| (cell.color, cell.laid))
    }

    /// Returns true if this color is visible at a place.
    pub(super) fn stands_out(&self, place: Point, fill: Fill) -> bool {
        let Some(cell) = self.at(place) else { return false };
        match (fill, cell.color) {
            (Fill::Color(color, alpha), Some(below)) => {
                color.iter().zip(below).any(|(above, below)| (above - below).abs() * alpha > DIFFERENCE)
            }
            (Fill::Color(_, alpha), None) => alpha > DIFFERENCE,
            _ => true,
        }
    }

    /// Returns true if a place was covered after the mark with this number was drawn.
    pub(super) fn is_covered(&self, place: Point, mark: usize) -> bool {
        self.at(place).is_some_and(|cell| cell.covers > mark)
    }

    pub(super) fn has_picture(&self, place: Point) -> bool {
        self.at(place).is_some_and(|cell| cell.has_picture)
    }

    /// Paints an area within bounds, after this number of marks.
    pub(super) fn paint(&mut self, path: &BezPath, rule: FillRule, fill: Fill, bounds: Rect, marks: usize) {
        let Some(mut edges) = edges(path) else { return };
        let (mut fill, mut rule) = (fill, rule);
        if edges.len() > MAX_EDGES {
            let Some(around) = self::edges(&rectangle(&edges)) else { return };
            (edges, fill, rule) = (around, fill.in_parts(), FillRule::NonZero);
        }
        let mut crossings = Vec::new();
        for edge in edges {
            self.cross(edge, bounds, &mut crossings);
        }
        crossings.sort_by(|a, b| a.row.cmp(&b.row).then(a.x.total_cmp(&b.x)));
        let mut winding = 0;
        for pair in crossings.windows(2) {
            winding = if pair[0].row == pair[1].row { winding + pair[0].turn } else { 0 };
            let is_inside = match rule {
                FillRule::NonZero => winding != 0,
                FillRule::EvenOdd => winding % 2 != 0,
            };
            if is_inside {
                self.lay(pair[0].row, pair[0].x.max(bounds.x0), pair[1].x.min(bounds.x1), fill, marks);
            }
        }
    }

    /// Adds the crossings of an edge with the middle of rows of cells.
    fn cross(&self, edge: Line, bounds: Rect, crossings: &mut Vec<Crossing>) {
        let (low, high, turn) = if edge.p0.y < edge.p1.y { (edge.p0, edge.p1, 1) } else { (edge.p1, edge.p0, -1) };
        let row_from = |y: f64| ((y - self.area.y0) / self.cell - 0.5).ceil().clamp(0.0, self.rows as f64) as usize;
        for row in row_from(low.y.max(bounds.y0))..row_from(high.y.min(bounds.y1)) {
            let y = self.area.y0 + (row as f64 + 0.5) * self.cell;
            let x = low.x + (high.x - low.x) * (y - low.y) / (high.y - low.y);
            crossings.push(Crossing { row, x, turn });
        }
    }

    fn lay(&mut self, row: usize, from: f64, to: f64, fill: Fill, marks: usize) {
        let column = |x: f64| ((x - self.area.x0) / self.cell - 0.5).ceil().clamp(0.0, self.columns as f64) as usize;
        let (from, to) = (column(from), column(to));
        let first = row * self.columns;
        let Some(cells) = self.cells.get_mut(first + from..first + to.max(from)) else { return };
        for cell in cells {
            match fill {
                Fill::Color(color, alpha) => {
                    cell.laid += (1.0 - cell.laid) * alpha;
                    if alpha > 1.0 - DIFFERENCE {
                        (cell.color, cell.covers) = (Some(color), marks);
                    } else if let Some(below) = &mut cell.color {
                        for (below, above) in below.iter_mut().zip(color) {
                            *below += (above - *below) * alpha;
                        }
                    }
                }
                Fill::Cover => (cell.color, cell.covers, cell.laid) = (None, marks, 1.0),
                Fill::Picture => (cell.color, cell.has_picture, cell.laid) = (None, true, 1.0),
                Fill::Unknown => cell.color = None,
            }
        }
    }
}

/// Returns true if two colors look the same.
pub(super) fn is_near(one: Rgb, other: Rgb) -> bool {
    one.iter().zip(other).all(|(one, other)| (one - other).abs() <= DIFFERENCE)
}

/// A crossing of an outline with the middle of a row of cells.
struct Crossing {
    row: usize,
    x: f64,
    /// Direction, 1 for up or -1 for down.
    turn: i32,
}

/// Returns the edges of an outline with closed figures; `None` if it exceeds all bounds.
fn edges(path: &BezPath) -> Option<Vec<Line>> {
    let (mut edges, mut first, mut last) = (Vec::new(), Point::ZERO, Point::ZERO);
    let mut is_finite = true;
    let mut add = |from: Point, to: Point| {
        is_finite &= from.is_finite() && to.is_finite();
        edges.push(Line::new(from, to));
    };
    flatten(path, 0.5, |element| match element {
        PathEl::MoveTo(point) => {
            add(last, first);
            (first, last) = (point, point);
        }
        PathEl::LineTo(point) => {
            add(last, point);
            last = point;
        }
        PathEl::ClosePath => {
            add(last, first);
            last = first;
        }
        PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
    });
    add(last, first);
    edges.retain(|edge| edge.p0.y != edge.p1.y);
    is_finite.then_some(edges)
}

/// Returns the bounding rectangle of edges.
fn rectangle(edges: &[Line]) -> BezPath {
    let points = edges.iter().flat_map(|edge| [edge.p0, edge.p1]);
    points.map(|point| Rect::from_points(point, point)).reduce(|a, b| a.union(b)).unwrap_or_default().to_path(0.1)
}
