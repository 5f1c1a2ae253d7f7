//! The places of sealed texts.

use std::fmt;

use uuid::Uuid;

/// A column of sealed texts, or nulls, in a table with one UUID as its primary key. A migration that renames the table or the
/// column would leave texts that do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column with the primary key.
    pub id: &'static str,
    /// The column with the sealed texts.
    pub column: &'static str,
}

impl fmt::Display for SealedColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

impl SealedColumn {
    /// Returns the place in `row`.
    pub(super) fn place<'r>(&self, row: &'r Uuid) -> Place<'r> {
        Place { table: self.table, row: row.as_bytes(), column: self.column }
    }
}

/// The place of one sealed text. It is authenticated with the text, which opens nowhere else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'r> {
    pub(super) table: &'static str,
    pub(super) row: &'r [u8],
    pub(super) column: &'static str,
}

impl Place<'_> {
    /// Returns the place as bytes, each part after its length, so that no two places have the same bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let parts = [self.table.as_bytes(), self.row, self.column.as_bytes()];
        parts
            .iter()
            .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied()))
            .collect()
    }
}
