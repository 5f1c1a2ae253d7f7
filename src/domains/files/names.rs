//! Names of files: as people know them, and as they stand in a header.

use crate::text::clean;

/// Maximum length of a name, in characters.
const LONGEST: usize = 200;
/// The name of a file whose name is none.
const NAMELESS: &str = "file";

/// Returns the name of a file in stored form: without folders and invisible characters, of at most 200 characters, of which
/// the last are kept. It is never a place in the store.
pub(super) fn file_name(name: &str) -> String {
    let name = clean(name.rsplit(['/', '\\']).next().unwrap_or_default());
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    let more = name.chars().count().saturating_sub(LONGEST);
    let name: String = name.chars().skip(more).collect();
    match name.trim_matches([' ', '.']).is_empty() {
        true => NAMELESS.to_owned(),
        false => name,
    }
}

/// Returns the `Content-Disposition` of a file that is saved and never shown (RFC 6266): the name in plain letters for old
/// clients, and as it is in UTF-8 (RFC 8187).
pub(crate) fn content_disposition(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " ._-()".contains(c);
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            true => encoded.push(byte.into()),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_folders_and_nothing_invisible() {
        for (given, kept) in [
            ("leads.csv", "leads.csv"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\me\plan.pdf", "plan.pdf"),
            ("..", NAMELESS),
            ("a/", NAMELESS),
            ("  \u{202e}fdp.exe\r\n", "fdp.exe"),
            ("Größe – 你好.pdf", "Größe – 你好.pdf"),
        ] {
            assert_eq!(file_name(given), kept);
        }
        let long = file_name(&format!("{}.csv", "x".repeat(500)));
        assert!(long.chars().count() == LONGEST && long.ends_with(".csv"));
    }

    #[test]
    fn a_header_holds_any_name() {
        assert_eq!(
            content_disposition("Größe \"1\".pdf"),
            "attachment; filename=\"Gr__e _1_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.pdf"
        );
        assert!(content_disposition("你\r\nX: y").bytes().all(|byte| (0x20..0x7F).contains(&byte)));
    }
}
