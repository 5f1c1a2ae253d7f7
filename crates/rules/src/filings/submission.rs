//! Full submission text files: `<SEC-DOCUMENT>` with a header and one `<DOCUMENT>` after another (EDGAR's public
//! dissemination format).

use serde::{Deserialize, Serialize};

/// Maximum number of listed exhibits.
const MOST_EXHIBITS: usize = 500;

/// Another document of the filing besides the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhibit {
    /// Its type, such as `EX-99.1`.
    pub kind: String,
    /// The file name, if stated.
    pub file_name: Option<String>,
    /// The filer's description, if stated.
    pub description: Option<String>,
}

/// A parsed submission.
#[derive(Debug, Default)]
pub(super) struct Submission<'a> {
    /// The type of the report, such as `8-K/A`.
    pub(super) form: Option<String>,
    /// The text of the report.
    pub(super) report: &'a str,
    pub(super) exhibits: Vec<Exhibit>,
    pub(super) accession: Option<String>,
    pub(super) company: Option<String>,
    /// The date of the report, as eight digits.
    pub(super) period: Option<String>,
}

/// Parses a submission; `None` if the text is a single document.
pub(super) fn read(text: &str) -> Option<Submission<'_>> {
    let first = text.find("<DOCUMENT>")?;
    let header = &text[..first];
    let mut submission = Submission {
        accession: field(header, "ACCESSION NUMBER:"),
        company: field(header, "COMPANY CONFORMED NAME:"),
        period: field(header, "CONFORMED PERIOD OF REPORT:"),
        ..Submission::default()
    };
    for part in text[first..].split("<DOCUMENT>").skip(1) {
        let (head, body) = part.split_once("<TEXT>").unwrap_or((part, ""));
        let kind = field(head, "<TYPE>").unwrap_or_default();
        if submission.form.is_none() && kind.starts_with("8-K") {
            submission.report = body.split("</TEXT>").next().unwrap_or_default();
            submission.form = Some(kind);
        } else if submission.exhibits.len() < MOST_EXHIBITS {
            let (file_name, description) = (field(head, "<FILENAME>"), field(head, "<DESCRIPTION>"));
            submission.exhibits.push(Exhibit { kind, file_name, description });
        }
    }
    Some(submission)
}

/// Returns the text after a label, up to the end of the line.
fn field(text: &str, label: &str) -> Option<String> {
    let value = text.split_once(label)?.1.lines().next()?.trim();
    (!value.is_empty()).then(|| value.chars().take(300).collect())
}
