//! Splitting of a body into lines, independent of its pieces.

use bytes::{Buf, Bytes, BytesMut};

/// Maximum length of a line, in bytes; a piece of an answer has a few words.
const LONGEST: usize = 1024 * 1024;

/// Collects pieces and returns lines. A line is decoded only when complete, so that a character split between pieces is
/// restored.
#[derive(Default)]
pub(super) struct Lines {
    buffer: BytesMut,
    /// Length of the part of the buffer without line breaks.
    searched: usize,
}

/// The error for a line that exceeds the limit.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Lines {
    pub(super) fn push(&mut self, piece: &Bytes) {
        self.buffer.extend_from_slice(piece);
    }

    /// Returns the next complete line without its end, LF or CR LF.
    pub(super) fn next(&mut self) -> Result<Option<Bytes>, TooLong> {
        let Some(found) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.buffer.len();
            return if self.searched > LONGEST { Err(TooLong) } else { Ok(None) };
        };
        let line = self.buffer.split_to(self.searched + found).freeze();
        self.buffer.advance(1);
        self.searched = 0;
        Ok(Some(line.strip_suffix(b"\r").map_or_else(|| line.clone(), |stripped| line.slice_ref(stripped))))
    }

    /// Returns the text after the last line end.
    pub(super) fn rest(&mut self) -> Bytes {
        self.searched = 0;
        self.buffer.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> Vec<String> {
        let mut lines = Lines::default();
        let mut found = Vec::new();
        for piece in pieces {
            lines.push(&Bytes::copy_from_slice(piece.as_bytes()));
            while let Some(line) = lines.next().unwrap() {
                found.push(String::from_utf8(line.to_vec()).unwrap());
            }
        }
        found.push(String::from_utf8(lines.rest().to_vec()).unwrap());
        found
    }

    #[test]
    fn lines_are_found_whatever_the_pieces() {
        for pieces in [&["a\nbc\r\n\nd"][..], &["a", "\nb", "c\r", "\n", "\nd"], &["", "a\n", "bc\r\n\n", "", "d"]] {
            assert_eq!(lines(pieces), ["a", "bc", "", "d"], "{pieces:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut lines = Lines::default();
        lines.push(&Bytes::from(vec![b'x'; LONGEST]));
        assert_eq!(lines.next(), Ok(None));
        lines.push(&Bytes::from_static(b"x"));
        assert_eq!(lines.next(), Err(TooLong));
    }
}
