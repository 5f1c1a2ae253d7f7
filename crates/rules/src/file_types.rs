//! What a file is, by its bytes alone: neither its name nor what the client calls it is believed.
//!
//! Nothing is unpacked here. What a ZIP holds is told by the names in it; how much comes out of it is for its readers to limit.

use std::str;

/// The beginning of a file, by which most types are told.
const HEAD: usize = 8 * 1024;
/// The end of a file, where a ZIP lists what it holds.
const TAIL: usize = 64 * 1024;
/// Bytes that precede text in UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A type of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileType {
    /// A PDF.
    Pdf,
    /// An HTML page in UTF-8.
    Html,
    /// Text in UTF-8.
    Text,
    /// Text in another encoding, such as UTF-16 or Windows-1252.
    OldText,
    /// A workbook of Excel.
    Xlsx,
    /// A document of Word.
    Docx,
    /// Another ZIP.
    Zip,
    /// Nothing at all.
    Empty,
    /// Anything else.
    Other,
}

/// Tells the type of a file from its bytes as they come.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The beginning of a character whose rest comes with the next bytes.
    pending: Vec<u8>,
    is_binary: bool,
    is_not_utf8: bool,
}

impl Sniffer {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let missing = HEAD - self.head.len();
        self.head.extend_from_slice(&bytes[..bytes.len().min(missing)]);
        if self.is_zip() {
            self.tail.extend_from_slice(bytes);
            let more = self.tail.len().saturating_sub(TAIL);
            self.tail.drain(..more);
        } else if !self.is_utf16() {
            self.is_binary |= bytes.iter().any(|byte| is_control(*byte));
        }
        if !self.is_not_utf8 {
            self.check_utf8(bytes);
        }
    }

    /// Returns true if enough is known to say that it is none of `types`.
    pub fn is_none_of(&self, types: &[FileType]) -> bool {
        if self.head.len() < HEAD {
            return false;
        }
        let any = |some: &[FileType]| some.iter().any(|kind| types.contains(kind));
        if self.is_zip() {
            return !any(&[FileType::Xlsx, FileType::Docx, FileType::Zip]);
        }
        match self.finish() {
            FileType::Text => !any(&[FileType::Text, FileType::OldText]),
            other => !types.contains(&other),
        }
    }

    /// Returns the type of all that came.
    pub fn finish(&self) -> FileType {
        match () {
            () if self.head.is_empty() => FileType::Empty,
            () if self.head.starts_with(b"%PDF-") => FileType::Pdf,
            () if self.is_zip() => self.zip(),
            () if self.is_binary => FileType::Other,
            () if self.is_not_utf8 || self.is_utf16() => FileType::OldText,
            () if is_html(&self.head) => FileType::Html,
            () => FileType::Text,
        }
    }

    fn is_zip(&self) -> bool {
        self.head.starts_with(b"PK\x03\x04")
    }

    fn is_utf16(&self) -> bool {
        self.head.starts_with(b"\xFF\xFE") || self.head.starts_with(b"\xFE\xFF")
    }

    fn zip(&self) -> FileType {
        let holds = |name: &[u8]| names(&self.tail).any(|other| other == name);
        match (holds(b"[Content_Types].xml"), holds(b"xl/workbook.xml"), holds(b"word/document.xml")) {
            (true, true, false) => FileType::Xlsx,
            (true, false, true) => FileType::Docx,
            _ => FileType::Zip,
        }
    }

    fn check_utf8(&mut self, bytes: &[u8]) {
        let joined: Vec<u8>;
        let text = if self.pending.is_empty() {
            bytes
        } else {
            joined = [self.pending.as_slice(), bytes].concat();
            &joined
        };
        match str::from_utf8(text) {
            Ok(_) => self.pending = Vec::new(),
            // The rest of a character may come.
            Err(error) if error.error_len().is_none() => self.pending = text[error.valid_up_to()..].to_vec(),
            Err(_) => self.is_not_utf8 = true,
        }
    }
}

/// Returns true for bytes that stand in no text, in whatever encoding that keeps ASCII.
fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)
}

/// The names in the list at the end of a ZIP.
fn names(tail: &[u8]) -> impl Iterator<Item = &[u8]> {
    const FIXED: usize = 46;
    let entries = tail.windows(4).enumerate().filter(|(_, sign)| *sign == b"PK\x01\x02").map(|(at, _)| &tail[at..]);
    entries.filter_map(|entry| {
        let length = u16::from_le_bytes([*entry.get(28)?, *entry.get(29)?]);
        entry.get(FIXED..FIXED + usize::from(length))
    })
}

/// Returns true if text begins as an HTML page does (<https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type>).
fn is_html(head: &[u8]) -> bool {
    const BEGINNINGS: [&str; 17] = [
        "<!doctype html",
        "<html",
        "<head",
        "<script",
        "<iframe",
        "<h1",
        "<div",
        "<font",
        "<table",
        "<a",
        "<style",
        "<title",
        "<b",
        "<body",
        "<br",
        "<p",
        "<!--",
    ];
    let text = head.strip_prefix(MARK).unwrap_or(head).trim_ascii_start();
    BEGINNINGS.iter().any(|beginning| {
        let (Some(start), next) = (text.get(..beginning.len()), text.get(beginning.len())) else { return false };
        let ends = *beginning == "<!--" || next.is_some_and(|byte| matches!(byte, b' ' | b'>' | b'\n' | b'\r' | b'\t'));
        ends && start.eq_ignore_ascii_case(beginning.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> FileType {
        let whole = told_by(bytes, bytes.len().max(1));
        assert_eq!(told_by(bytes, 1), whole, "byte by byte");
        whole
    }

    fn told_by(bytes: &[u8], size: usize) -> FileType {
        let mut sniffer = Sniffer::default();
        bytes.chunks(size).for_each(|chunk| sniffer.push(chunk));
        sniffer.finish()
    }

    /// A ZIP with these names and nothing in them.
    fn zip(names: &[&str]) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend([0; 200]);
        for name in names {
            let mut entry = b"PK\x01\x02".to_vec();
            entry.resize(46, 0);
            entry[28..30].copy_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            entry.extend(name.as_bytes());
            bytes.extend(entry);
        }
        bytes
    }

    #[test]
    fn a_type_is_told_by_content() {
        assert_eq!(told(b""), FileType::Empty);
        assert_eq!(told(b"%PDF-1.7\n\x00\x01"), FileType::Pdf);
        assert_eq!(told("Grüße, 你好".as_bytes()), FileType::Text);
        assert_eq!(told(b"name;town\r\nM\xFCller;K\xF6ln"), FileType::OldText);
        assert_eq!(told(b"\xFF\xFEn\x00a\x00"), FileType::OldText);
        assert_eq!(told(b"\x7FELF\x02\x01\x01\x00"), FileType::Other);
        assert_eq!(told(b"MZ\x90\x00"), FileType::Other);
        assert_eq!(told(b"\x89PNG\r\n\x1A\n\x00\x00"), FileType::Other);
        for page in ["<!DOCTYPE html><p>", "\u{FEFF} \n<HTML lang=en>", "<!-- x --><b>", "<p>x"] {
            assert_eq!(told(page.as_bytes()), FileType::Html, "{page}");
        }
        assert_eq!(told(b"<plan> is no page"), FileType::Text);
        assert_eq!(told(b"a < b"), FileType::Text);
    }

    #[test]
    fn a_zip_is_told_by_the_names_in_it() {
        assert_eq!(told(&zip(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"])), FileType::Xlsx);
        assert_eq!(told(&zip(&["[Content_Types].xml", "word/document.xml"])), FileType::Docx);
        assert_eq!(told(&zip(&["xl/workbook.xml"])), FileType::Zip);
        assert_eq!(told(&zip(&["[Content_Types].xml", "xl/workbook.xml", "word/document.xml"])), FileType::Zip);
        let mut long = zip(&[]);
        long.extend(vec![7; 200_000]);
        long.extend(zip(&["[Content_Types].xml", "xl/workbook.xml"]));
        assert_eq!(told_by(&long, 1000), FileType::Xlsx);
        assert_eq!(told(b"PK\x03\x04PK\x01\x02"), FileType::Zip);
    }

    #[test]
    fn what_cannot_become_right_is_refused_early() {
        let mut sniffer = Sniffer::default();
        sniffer.push(&[b'x'; HEAD - 1]);
        assert!(!sniffer.is_none_of(&[FileType::Pdf]));
        sniffer.push(b"x");
        assert!(sniffer.is_none_of(&[FileType::Pdf]) && !sniffer.is_none_of(&[FileType::OldText]));
        // The last bytes may still make it another text.
        assert!(!sniffer.is_none_of(&[FileType::Text]));
        sniffer.push(b"\x00");
        assert!(sniffer.is_none_of(&[FileType::Text, FileType::OldText]));
        let mut archive = Sniffer::default();
        archive.push(&[b"PK\x03\x04".as_slice(), &[0; HEAD]].concat());
        assert!(!archive.is_none_of(&[FileType::Xlsx]) && archive.is_none_of(&[FileType::Pdf, FileType::Text]));
    }
}
