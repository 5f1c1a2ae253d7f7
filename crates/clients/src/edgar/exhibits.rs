//! The documents of a filing with their types, from its header or the full submission (EDGAR Public Dissemination
//! Service, technical specification).

use super::address::DocumentName;

/// Maximum number of exhibits read per report.
const MOST: usize = 20;

/// A document of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document<'a> {
    /// Its type, such as `EX-99.1`.
    pub(super) kind: String,
    pub(super) name: DocumentName,
    /// The content in the full submission; empty in a header.
    pub(super) body: &'a str,
}

/// Returns the header of the full submission from the header page, which is escaped as HTML.
pub(super) fn unescaped(page: &str) -> String {
    page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Returns the text exhibits 99. `left_out` receives invalid names.
pub(super) fn exhibits<'a>(submission: &'a str, mut left_out: impl FnMut(&str)) -> Vec<Document<'a>> {
    let mut found = Vec::new();
    for part in submission.split("<DOCUMENT>").skip(1) {
        let (head, body) = part.split_once("<TEXT>").unwrap_or((part, ""));
        let kind = field(head, "<TYPE>").to_ascii_uppercase();
        if !is_exhibit_99(&kind) {
            continue;
        }
        let name = field(head, "<FILENAME>");
        match DocumentName::parse(name) {
            Some(name) if name.is_text() && found.len() < MOST => {
                let body = body.split("</TEXT>").next().unwrap_or_default().trim();
                found.push(Document { kind, name, body });
            }
            Some(_) => {}
            None => left_out(name),
        }
    }
    found
}

fn is_exhibit_99(kind: &str) -> bool {
    kind.strip_prefix("EX-99").is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())) && kind.len() <= 20
}

/// Returns the text after a tag, up to the end of the line or the next tag.
fn field<'a>(head: &'a str, mark: &str) -> &'a str {
    let line = head.split_once(mark).and_then(|(_, rest)| rest.lines().next()).unwrap_or_default();
    line.split('<').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<(String, String)> {
        let text = unescaped(page);
        exhibits(&text, |_| {}).into_iter().map(|it| (it.kind, it.name.as_str().to_owned())).collect()
    }

    #[test]
    fn exhibits_99_are_told_by_their_type_and_not_by_their_name() {
        let page = "<html><body><pre>\n&lt;SEC-HEADER&gt;\n&lt;/SEC-HEADER&gt;\n\
            &lt;DOCUMENT&gt;\n&lt;TYPE&gt;8-K\n&lt;SEQUENCE&gt;1\n&lt;FILENAME&gt;ex99.htm\n&lt;/DOCUMENT&gt;\n\
            &lt;DOCUMENT&gt;\n&lt;TYPE&gt;EX-99.1\n&lt;SEQUENCE&gt;2\n&lt;FILENAME&gt;release.htm\n&lt;TEXT&gt;\n&lt;/TEXT&gt;\n\
            &lt;DOCUMENT&gt;\n&lt;TYPE&gt;EX-99\n&lt;SEQUENCE&gt;3\n&lt;FILENAME&gt;b.txt\n&lt;DESCRIPTION&gt;R&amp;D\n\
            &lt;DOCUMENT&gt;\n&lt;TYPE&gt;EX-99.2\n&lt;FILENAME&gt;slides.pdf\n\
            &lt;DOCUMENT&gt;\n&lt;TYPE&gt;EX-10.99\n&lt;FILENAME&gt;agreement.htm\n</pre></body></html>";
        let expected = [("EX-99.1", "release.htm"), ("EX-99", "b.txt")];
        assert_eq!(found(page), expected.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
    }

    #[test]
    fn a_name_that_is_a_path_is_left_out_and_told() {
        let text = "<DOCUMENT>\n<TYPE>EX-99.1\n<FILENAME>../../../etc/passwd.htm\n<TEXT>\nx\n</TEXT>\n";
        let mut names = Vec::new();
        assert!(exhibits(text, |name| names.push(name.to_owned())).is_empty());
        assert_eq!(names, ["../../../etc/passwd.htm"]);
    }

    #[test]
    fn what_looks_like_a_mark_within_a_text_is_none() {
        let text =
            "<DOCUMENT>\n<TYPE>8-K\n<FILENAME>a.htm\n<TEXT>\n<TYPE>EX-99.1\n<FILENAME>b.htm\n</TEXT>\n</DOCUMENT>";
        assert!(exhibits(text, |_| {}).is_empty());
    }
}
