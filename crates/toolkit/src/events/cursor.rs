//! Positions in the event log, and the opaque cursors that clients store.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sea_orm::{DbErr, QueryResult};
use uuid::Uuid;

/// A position in the log, ordered by commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The transaction id on PostgreSQL; 0 on SQLite.
    pub tx: i64,
    /// The id of the row.
    pub id: i64,
}

impl Position {
    /// Returns a position just before this one.
    pub fn before(self) -> Self {
        Self { id: self.id - 1, ..self }
    }
}

/// The position of an event with a known id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The position.
    At(Position),
    /// Purged; the history starts after this position.
    Purged(Position),
}

/// A position in one history. A restored database has another history, with another epoch, in which old cursors are
/// invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The epoch of the history.
    pub epoch: Uuid,
    /// The position in it.
    pub position: Position,
}

const VERSION: u8 = 1;
const LENGTH: usize = 1 + 16 + 8 + 8;

impl Cursor {
    /// Encodes the cursor as 44 URL-safe characters.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.push(VERSION);
        bytes.extend_from_slice(self.epoch.as_bytes());
        bytes.extend_from_slice(&self.position.tx.to_be_bytes());
        bytes.extend_from_slice(&self.position.id.to_be_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes a cursor; `None` if `text` was not made by [`Cursor::encode`].
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let bytes: [u8; LENGTH] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (epoch, rest) = rest.split_first_chunk::<16>()?;
        let (tx, rest) = rest.split_first_chunk::<8>()?;
        let id = rest.first_chunk::<8>()?;
        let position = Position { tx: i64::from_be_bytes(*tx), id: i64::from_be_bytes(*id) };
        (*version == VERSION && position.tx >= 0 && position.id >= 0)
            .then_some(Self { epoch: Uuid::from_bytes(*epoch), position })
    }
}

/// Reads a position from the columns `tx` and `id`.
pub(super) fn position_of(row: &QueryResult) -> Result<Position, DbErr> {
    Ok(Position { tx: row.try_get("", "tx")?, id: row.try_get("", "id")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_what_it_wrote() {
        let cursor = Cursor { epoch: Uuid::from_u128(7), position: Position { tx: 812, id: i64::MAX } };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let good = Cursor { epoch: Uuid::from_u128(7), position: Position { tx: 1, id: 2 } }.encode();
        for wrong in ["", "garbage", "é", &good[1..], &format!("{good}AA"), &"A".repeat(1000), &"_".repeat(44)] {
            assert_eq!(Cursor::decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn positions_are_ordered_by_transaction_first() {
        assert!(Position { tx: 2, id: 1 } > Position { tx: 1, id: 9 });
    }
}
