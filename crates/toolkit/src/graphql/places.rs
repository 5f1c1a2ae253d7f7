//! Lines and columns in a document.

use std::cell::Cell;

use apollo_compiler::parser::SourceSpan;
use async_graphql::{Pos, Positioned};

/// Converts byte offsets to lines and columns, both from 1; columns count characters. Optimized for queries in document
/// order, since a document may be one long line.
pub(super) struct Places<'a> {
    text: &'a str,
    is_ascii: bool,
    /// The start of each line.
    lines: Vec<usize>,
    /// The last result: offset, line and column, all from 0.
    last: Cell<(usize, usize, usize)>,
}

impl<'a> Places<'a> {
    /// Indexes the lines of `text`.
    pub(super) fn of(text: &'a str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, is_ascii: text.is_ascii(), lines, last: Cell::new((0, 0, 0)) }
    }

    /// Returns the line and column of a byte.
    pub(super) fn at(&self, offset: usize) -> Pos {
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let column = if self.is_ascii { offset.saturating_sub(start) } else { self.characters(line, start, offset) };
        self.last.set((offset, line, column));
        Pos { line: line + 1, column: column + 1 }
    }

    fn characters(&self, line: usize, start: usize, offset: usize) -> usize {
        let (from, column) = match self.last.get() {
            (before, last_line, column) if last_line == line && before <= offset => (before, column),
            _ => (start, 0),
        };
        column + self.text.get(from..offset).map_or(0, |text| text.chars().count())
    }

    /// Returns the start of a node, or that of the document if the node has no position.
    pub(super) fn of_span(&self, span: Option<SourceSpan>) -> Pos {
        span.map_or(Pos { line: 1, column: 1 }, |span| self.at(span.offset()))
    }

    /// Returns `node` with the start of `span` as its position.
    pub(super) fn put<T>(&self, node: T, span: Option<SourceSpan>) -> Positioned<T> {
        Positioned::new(node, self.of_span(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_in_any_order() {
        let text = "ab\nçé { x }\n\ny";
        let places = Places::of(text);
        let at = |part: &str| {
            let pos = places.at(text.find(part).unwrap());
            (pos.line, pos.column)
        };
        assert_eq!(
            [at("{"), at("x"), at("ab"), at("y"), at("é"), at("x")],
            [(2, 4), (2, 6), (1, 1), (4, 1), (2, 2), (2, 6)]
        );
    }
}
