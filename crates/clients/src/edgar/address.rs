//! URLs of files at the SEC, and validation of their parts. Names come from outside: a name without the SEC's form
//! leads nowhere, neither on its servers nor on our disk.

use std::fmt;

use url::Url;

use super::ReportEntry;
use crate::http::ClientError;

/// Maximum length of a document name.
const NAME_CHARS: usize = 128;

/// An accession number, such as `0001564590-22-034639`: filer agent, year, and sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Accession(String);

impl Accession {
    /// Parses a number with or without dashes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let dashed = format!("{}-{}-{}", digits.get(..10)?, digits.get(10..12)?, digits.get(12..)?);
        let is_number = digits.len() == 18 && digits.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && (text == dashed || text == digits)).then_some(Self(dashed))
    }

    /// Returns the number without dashes, as in folder names.
    fn digits(&self) -> String {
        self.0.replace('-', "")
    }
}

impl fmt::Display for Accession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a file within a filing: letters, digits, `.`, `-` and `_`, beginning with a letter or digit (EDGAR Filer
/// Manual, volume II, 5.2.1). Hence never a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DocumentName(String);

impl DocumentName {
    /// Parses a name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let is_name = text.len() <= NAME_CHARS
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        is_name.then(|| Self(text.to_owned()))
    }

    /// Returns true if it names a text file, by its extension.
    pub(super) fn is_text(&self) -> bool {
        let name = self.0.to_ascii_lowercase();
        [".htm", ".html", ".txt"].iter().any(|ending| name.ends_with(ending))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The folder of a filing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// The CIK of the company.
    pub(super) cik: u64,
    /// The accession number.
    pub(super) accession: Accession,
}

impl Folder {
    /// Returns the folder of `entry` and its main document.
    ///
    /// # Errors
    /// [`ClientError::Request`] if the entry cannot come from a list of the SEC.
    pub(super) fn of(entry: &ReportEntry) -> Result<(Self, DocumentName), ClientError> {
        let wrong = |what: &str| ClientError::Request { reason: format!("the report's {what} is none of the SEC's") };
        let accession = Accession::parse(&entry.accession).ok_or_else(|| wrong("accession number"))?;
        let last = entry.url.rsplit('/').next().unwrap_or_default();
        let document = DocumentName::parse(last).ok_or_else(|| wrong("address"))?;
        Ok((Self { cik: entry.cik, accession }, document))
    }

    /// Returns the name of the file with all documents of the filing.
    pub(super) fn full_submission(&self) -> DocumentName {
        DocumentName(format!("{}.txt", self.accession))
    }

    /// Returns the name of the page that lists the documents with their types.
    pub(super) fn headers(&self) -> DocumentName {
        DocumentName(format!("{}-index-headers.html", self.accession))
    }

    /// Returns the path of the folder, both at the SEC and in the cache.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.cik, self.accession.digits())
    }
}

/// The two hosts of the SEC.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    /// Base URL of files and archives.
    pub(super) site: Url,
    /// Base URL of the lists of filings.
    pub(super) data: Url,
}

impl Addresses {
    /// Returns the URL of a file of the whole site, such as `company_tickers.json`.
    pub(super) fn file(&self, name: &str) -> Url {
        below(&self.site, &format!("files/{name}"))
    }

    /// Returns the URL of a list of filings.
    pub(super) fn submissions(&self, name: &str) -> Url {
        below(&self.data, &format!("submissions/{name}"))
    }

    /// Returns the URL of a document of a filing.
    pub(super) fn document(&self, folder: &Folder, name: &DocumentName) -> Url {
        below(&self.site, &format!("Archives/edgar/data/{}/{}", folder.path(), name.as_str()))
    }
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accession_numbers_are_read_with_dashes_and_without() {
        for text in ["0001564590-22-034639", "000156459022034639"] {
            assert_eq!(Accession::parse(text).unwrap().to_string(), "0001564590-22-034639");
        }
    }

    #[test]
    fn what_is_no_accession_number_is_refused() {
        let wrong = ["", "0001564590-22-03463", "0001564590-22-0346390", "00015645-9022-034639", "../../etc-22-passwd"];
        for text in wrong.into_iter().chain(["-0001564590-22-034639", "000156459022034é39", "٠٠٠١٥٦٤٥٩٠-22-034639"])
        {
            assert_eq!(Accession::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_could_lead_elsewhere_are_refused() {
        let long = "a".repeat(NAME_CHARS + 1);
        let wrong =
            ["", ".", "..", "../x.htm", "a/b.htm", "a\\b.htm", ".hidden", "a b.htm", "a%2f.htm", "C:x", "a\0", "é"];
        for text in wrong.into_iter().chain([long.as_str()]) {
            assert_eq!(DocumentName::parse(text), None, "{text}");
        }
        assert!(DocumentName::parse("tsla-8k_20221019.htm").is_some());
    }

    #[test]
    fn only_pages_and_plain_texts_are_text() {
        let is_text = |name: &str| DocumentName::parse(name).unwrap().is_text();
        assert!(is_text("ex99-1.htm") && is_text("EX99.HTML") && is_text("d1.txt"));
        assert!(!is_text("slides.pdf") && !is_text("logo.jpg") && !is_text("htm"));
    }
}
