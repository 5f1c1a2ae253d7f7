//! Accepted content types, and decoding of text.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};

use super::FetchError;
use crate::http::one_line;

/// Length of the part of a page that may declare its encoding (HTML Standard, 13.2.3.2).
const DECLARED_WITHIN: usize = 1024;

/// Maximum length of a content type in an error, in characters.
const TYPE_CHARS: usize = 80;

/// The accepted content types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Xhtml,
    Plain,
}

/// The content type declared by a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) kind: Kind,
    /// The type without parameters, in lower case.
    pub(super) content_type: String,
    charset: Option<String>,
}

impl Declared {
    /// Parses the headers of an answer.
    ///
    /// # Errors
    /// [`FetchError::WrongType`] for other types, or an unrequested compression.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, FetchError> {
        let wrong = |what: &str| Err(FetchError::WrongType { what: what.to_owned() });
        let value = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).to_lowercase());
        let value = value.unwrap_or_default();
        let mut parts = value.split(';').map(str::trim);
        let content_type = parts.next().unwrap_or_default().to_owned();
        let charset =
            parts.find_map(|part| part.strip_prefix("charset=")).map(|name| name.trim_matches(['"', '\'']).to_owned());
        let kind = match content_type.as_str() {
            "text/html" => Kind::Html,
            "application/xhtml+xml" => Kind::Xhtml,
            "text/plain" => Kind::Plain,
            "" => return wrong("of no declared type"),
            "application/pdf" => return wrong("a PDF"),
            other => return wrong(&format!("of the type {}", one_line(other, TYPE_CHARS))),
        };
        // What was decompressed has lost this header.
        match headers.get(CONTENT_ENCODING) {
            Some(coding) if coding != "identity" => wrong("compressed in a way that was not asked for"),
            _ => Ok(Self { kind, content_type, charset }),
        }
    }

    /// Decodes the page by a byte order mark, otherwise the header, otherwise the page's own declaration; without any
    /// it is UTF-8 if valid, otherwise Windows-1252, like most old pages.
    ///
    /// # Errors
    /// [`FetchError::WrongType`] if it is no text, whatever the site declares.
    pub(super) fn decode(&self, bytes: &[u8]) -> Result<String, FetchError> {
        if bytes.starts_with(b"%PDF-") {
            return Err(FetchError::WrongType { what: "a PDF".to_owned() });
        }
        let by_label = |label: &str| Encoding::for_label(label.as_bytes());
        let declared = self.charset.as_deref().and_then(by_label);
        let declared = declared.or_else(|| declared_inside(bytes).as_deref().and_then(by_label).map(readable_as_ascii));
        let encoding = declared.unwrap_or_else(|| if str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
        // `decode` looks for the byte order mark first.
        let (text, ..) = encoding.decode(bytes);
        if text.chars().take(DECLARED_WITHIN).any(|c| c == '\0') {
            return Err(FetchError::WrongType { what: "of a type that is no text".to_owned() });
        }
        Ok(text.into_owned())
    }
}

/// Returns the encoding declared in a page: `<meta charset="…">`, `<meta http-equiv … content="…; charset=…">` or
/// `<?xml … encoding="…"?>`.
fn declared_inside(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARED_WITHIN)]).to_ascii_lowercase();
    let after = |mark: &str| Some(start.split_once(mark)?.1.trim_start());
    let xml = || start.starts_with("<?xml").then(|| after("encoding="))?;
    let value = after("charset=").or_else(xml)?.trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')));
    Some(value[..end.unwrap_or(value.len())].to_owned())
}

/// Replaces UTF-16, which a declaration readable as ASCII cannot mean (HTML Standard, 13.2.3.2).
fn readable_as_ascii(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn declared(content_type: &'static str) -> Result<Declared, FetchError> {
        Declared::of(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]))
    }

    fn decoded(content_type: &'static str, bytes: &[u8]) -> String {
        declared(content_type).unwrap().decode(bytes).unwrap()
    }

    #[test]
    fn the_three_types_are_read_whatever_their_case_and_parameters() {
        assert_eq!(declared("text/html").unwrap().kind, Kind::Html);
        assert_eq!(declared("Text/HTML; Charset=\"UTF-8\"").unwrap().kind, Kind::Html);
        assert_eq!(declared("application/xhtml+xml").unwrap().kind, Kind::Xhtml);
        assert_eq!(declared("text/plain;charset=us-ascii").unwrap().kind, Kind::Plain);
    }

    #[test]
    fn a_type_that_is_not_read_is_named() {
        let error = |content_type| declared(content_type).unwrap_err().to_string();
        assert_eq!(error("application/pdf"), "the page is a PDF, which is not read");
        assert_eq!(error("image/png"), "the page is of the type image/png, which is not read");
        assert_eq!(
            Declared::of(&HeaderMap::new()).unwrap_err().to_string(),
            "the page is of no declared type, which is not read"
        );
    }

    #[test]
    fn a_compression_that_was_not_asked_for_is_refused() {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/html"))]);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        assert!(matches!(Declared::of(&headers), Err(FetchError::WrongType { .. })));
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("identity"));
        assert!(Declared::of(&headers).is_ok());
    }

    #[test]
    fn the_encoding_of_the_header_decides() {
        assert_eq!(decoded("text/html; charset=windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2"), "Привет");
        assert_eq!(decoded("text/plain; charset=Shift_JIS", b"\x93\xfa\x96\x7b"), "日本");
    }

    #[test]
    fn a_byte_order_mark_overrules_the_header() {
        assert_eq!(decoded("text/html; charset=windows-1252", "\u{feff}Zürich".as_bytes()), "Zürich");
        assert_eq!(decoded("text/html", b"\xff\xfeH\0i\0"), "Hi");
    }

    #[test]
    fn without_a_header_the_page_names_its_encoding() {
        for page in [
            &b"<meta charset=\"iso-8859-2\"><p>\xb1"[..],
            b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=ISO-8859-2'><p>\xb1",
            b"<?xml version='1.0' encoding='iso-8859-2'?><p>\xb1",
        ] {
            assert!(decoded("text/html", page).ends_with('ą'), "{}", String::from_utf8_lossy(page));
        }
    }

    #[test]
    fn without_any_declaration_it_is_utf_8_if_it_can_be() {
        assert_eq!(decoded("text/html", "Müller".as_bytes()), "Müller");
        assert_eq!(decoded("text/html", b"M\xfcller \x96 Co"), "Müller – Co");
    }

    #[test]
    fn an_unknown_encoding_counts_as_none() {
        assert_eq!(decoded("text/html; charset=klingon", "Müller".as_bytes()), "Müller");
    }

    #[test]
    fn a_page_of_ascii_that_claims_utf_16_is_read_as_utf_8() {
        assert!(decoded("text/html", "<meta charset=utf-16>Müller".as_bytes()).ends_with("Müller"));
    }

    #[test]
    fn what_is_no_text_is_refused_whatever_it_is_called() {
        let html = declared("text/html").unwrap();
        assert!(matches!(html.decode(b"%PDF-1.7\n"), Err(FetchError::WrongType { .. })));
        assert!(matches!(html.decode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Err(FetchError::WrongType { .. })));
    }
}
