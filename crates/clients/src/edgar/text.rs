//! Decoding of documents.

use encoding_rs::WINDOWS_1252;

/// Decodes a document. Most are ASCII or UTF-8; others are Windows-1252, whatever they declare. A character cut off at
/// the end is dropped.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
        }
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_read_in_the_encoding_they_are_in() {
        assert_eq!(decode("naïve – “quoted”".as_bytes()), "naïve – “quoted”");
        assert_eq!(decode(b"na\xefve \x96 \x93quoted\x94"), "naïve – “quoted”");
        assert_eq!(decode(b"\xef\xbb\xbfItem 8.01"), "Item 8.01");
    }

    #[test]
    fn half_a_character_at_the_end_is_left_out() {
        assert_eq!(decode("it’s".as_bytes().get(..4).unwrap()), "it");
    }
}
