//! A list of filings as columns.

use serde_json::{Map, Value};

use crate::clients::http::ClientError;

/// The arrays that a list cannot be read without.
const NEEDED: [&str; 3] = ["accessionNumber", "filingDate", "form"];

/// Arrays of equal length, by name.
pub(super) struct Columns<'a> {
    list: &'a Map<String, Value>,
    rows: usize,
}

impl<'a> Columns<'a> {
    /// Takes the list apart.
    ///
    /// # Errors
    /// When an array that is needed is missing, or when the arrays are not of equal length: then nobody knows which cells
    /// belong together.
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

    /// How many filings it lists.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// A cell as text, trimmed; empty where the column or the value is missing.
    ///
    /// # Errors
    /// When it is neither text nor a number, with a phrase that says so.
    pub(super) fn text(&self, column: &str, row: usize) -> Result<String, String> {
        let cell = self.list.get(column).and_then(Value::as_array).and_then(|cells| cells.get(row));
        text_of(cell).ok_or_else(|| format!("its `{column}` is neither text nor a number"))
    }
}

/// A value that is text, a number or nothing, as trimmed text.
pub(super) fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => Some(String::new()),
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => None,
    }
}
