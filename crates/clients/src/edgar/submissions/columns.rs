//! A list of filings in columns.

use serde_json::{Map, Value};

use crate::http::ClientError;

/// The required arrays of a list.
const NEEDED: [&str; 3] = ["accessionNumber", "filingDate", "form"];

/// Arrays of equal length, by name.
pub(super) struct Columns<'a> {
    list: &'a Map<String, Value>,
    rows: usize,
}

impl<'a> Columns<'a> {
    /// Parses a list.
    ///
    /// # Errors
    /// If a required array is missing, or the arrays differ in length, so that rows are ambiguous.
    pub(super) fn of(list: &'a Map<String, Value>) -> Result<Self, ClientError> {
        for name in NEEDED {
            if !list.get(name).is_some_and(Value::is_array) {
                return Err(ClientError::garbage(&format!("the list of filings has no array `{name}`")));
            }
        }
        let mut lengths = list.iter().filter_map(|(name, value)| Some((name, value.as_array()?.len())));
        let Some((first, rows)) = lengths.next() else { return Ok(Self { list, rows: 0 }) };
        match lengths.find(|(_, length)| *length != rows) {
            None => Ok(Self { list, rows }),
            Some((other, length)) => Err(ClientError::garbage(&format!(
                "the arrays of the list of filings are of unequal length: `{first}` {rows}, `{other}` {length}"
            ))),
        }
    }

    /// Returns the number of filings.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Returns a cell as trimmed text; empty if the column or the value is missing.
    ///
    /// # Errors
    /// With a phrase, if it is neither text nor a number.
    pub(super) fn text(&self, column: &str, row: usize) -> Result<String, String> {
        let cell = self.list.get(column).and_then(Value::as_array).and_then(|cells| cells.get(row));
        text_of(cell).ok_or_else(|| format!("its `{column}` is neither text nor a number"))
    }
}

/// Returns a text, number or missing value as trimmed text.
pub(super) fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    }
}
