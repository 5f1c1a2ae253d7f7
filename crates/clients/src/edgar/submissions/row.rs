//! A row in a list of filings.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::{
    super::{address::Accession, eastern::Stamp},
    columns::Columns,
};
use crate::http::one_line;

/// Maximum length of a cell quoted in a problem, in characters.
const SHOWN: usize = 60;

/// A current report, before the clock of the list is known.
pub(super) struct Row {
    pub(super) accession: Accession,
    pub(super) is_amendment: bool,
    pub(super) filed_on: NaiveDate,
    pub(super) accepted: Accepted,
    pub(super) report_date: Option<NaiveDate>,
    pub(super) items: Vec<String>,
    /// The name of the main document, not validated; may be empty.
    pub(super) document: String,
}

/// Time of acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Accepted {
    At(DateTime<Utc>),
    InNewYork(NaiveDateTime),
    /// With `Z`, which is correct or not for the whole list.
    ByTheList(NaiveDateTime),
    Unknown,
}

/// Reads row `number`, with its minor problems. `None` unless it is a current report of `since` or later.
///
/// # Errors
/// A sentence, if the row must be skipped.
pub(super) fn read(
    columns: &Columns<'_>,
    number: usize,
    since: NaiveDate,
) -> Result<Option<(Row, Vec<String>)>, String> {
    let place = || match columns.text("accessionNumber", number) {
        Ok(filing) if !filing.is_empty() => format!("Row {} (filing {})", number + 1, one_line(&filing, SHOWN)),
        _ => format!("Row {}", number + 1),
    };
    let left_out = |what: String| format!("{} was left out: {what}.", place());
    let form = columns.text("form", number).map_err(left_out)?.to_ascii_uppercase();
    let is_amendment = match form.as_str() {
        "8-K" => false,
        "8-K/A" => true,
        "" => return Err(left_out("it names no form".to_owned())),
        _ => return Ok(None),
    };
    let cell = |column| columns.text(column, number).map_err(left_out);
    let filed_on = cell("filingDate")?;
    let filed_on = date(&filed_on).ok_or_else(|| left_out(not("filing date", &filed_on, "a date")))?;
    if filed_on < since {
        return Ok(None);
    }
    let accession = cell("accessionNumber")?;
    let accession = Accession::parse(&accession)
        .ok_or_else(|| left_out(not("accession number", &accession, "of the SEC's form")))?;
    let mut problems = Vec::new();
    let mut lenient = |column, what: String| {
        let text = columns.text(column, number);
        text.unwrap_or_else(|cause| {
            problems.push(format!("{}: {cause}; {what}.", place()));
            String::new()
        })
    };
    let document = lenient("primaryDocument", "it is read from the full submission".to_owned());
    let (reported, accepted) = (
        lenient("reportDate", "it is not known".to_owned()),
        lenient("acceptanceDateTime", "the filing date stands for it".to_owned()),
    );
    let items = lenient("items", "no items are known".to_owned());
    let report_date = date(&reported);
    if report_date.is_none() && !reported.is_empty() {
        problems.push(format!("{}: {}.", place(), not("report date", &reported, "a date")));
    }
    let accepted = accepted_at(&accepted).unwrap_or_else(|| {
        let what = not("time of acceptance", &accepted, "a time");
        problems.push(format!("{}: {what}; the filing date stands for it.", place()));
        Accepted::Unknown
    });
    let items = items_of(&items, |item| problems.push(format!("{}: {}.", place(), not("item", item, "one"))));
    Ok(Some((Row { accession, is_amendment, filed_on, accepted, report_date, items, document }, problems)))
}

/// Returns the time of a row of any form, to detect the clock.
pub(super) fn stamp(columns: &Columns<'_>, number: usize) -> Option<Stamp> {
    let cell = |column| columns.text(column, number).ok();
    let Some(Accepted::ByTheList(written)) = accepted_at(&cell("acceptanceDateTime")?) else { return None };
    Some(Stamp { form: cell("form")?.to_ascii_uppercase(), filed_on: date(&cell("filingDate")?)?, written })
}

/// Parses a date, `2022-10-19` or `20221019`.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let forms = ["%Y-%m-%d", "%Y%m%d"];
    // EDGAR began in 1993; with other years the parser has read something else.
    let plausible = |date: &NaiveDate| (1990..2200).contains(&chrono::Datelike::year(date));
    forms.iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok()).filter(plausible)
}

/// Parses a time: with `Z`, with an offset, or with neither, which is New York time as in the headers of filings.
fn accepted_at(text: &str) -> Option<Accepted> {
    let parse = |text: &str| {
        let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y%m%d%H%M%S"];
        let time = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        date(&time.date().to_string()).map(|_| time)
    };
    if let Some(written) = text.strip_suffix(['Z', 'z']) {
        return parse(written).map(Accepted::ByTheList);
    }
    if let Some(time) = parse(text) {
        return Some(Accepted::InNewYork(time));
    }
    let time = DateTime::parse_from_rfc3339(text).ok()?.to_utc();
    date(&time.date_naive().to_string()).map(|_| Accepted::At(time))
}

/// Parses `2.02,9.01`; invalid items are passed to `odd`.
fn items_of(text: &str, mut odd: impl FnMut(&str)) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for item in text.split([',', ';']).map(str::trim).filter(|item| !item.is_empty()) {
        let is_item = item.len() <= 5 && item.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !is_item {
            odd(item);
        } else if !items.iter().any(|known| known == item) {
            items.push(item.to_owned());
        }
    }
    items
}

fn not(what: &str, written: &str, expected: &str) -> String {
    if written.is_empty() {
        format!("its {what} is missing")
    } else {
        format!("its {what} `{}` is not {expected}", one_line(written, SHOWN))
    }
}
