//! Lenient reading of the SEC's two lists of listed companies: invalid rows are counted and skipped.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Reason why a list of companies is unusable.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The text is no JSON, or neither an object nor a list, such as an error page for too many requests.
    #[error("the list of companies is not in the SEC's format: {0}")]
    Format(#[from] serde_json::Error),
    /// There is no usable row.
    #[error("the list of companies holds no company ({skipped} rows could not be read)")]
    Empty {
        /// Number of skipped rows.
        skipped: usize,
    },
    /// The list of exchanges lacks a column.
    #[error("the list of exchanges has no column `{0}`")]
    MissingColumn(&'static str),
    /// A bundled list is invalid.
    #[error("the bundled list {file} is broken: {source}")]
    Bundled {
        /// The file name of the list.
        file: &'static str,
        /// The error.
        source: serde_json::Error,
    },
}

/// One ticker of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) cik: u64,
    pub(super) ticker: String,
    pub(super) title: String,
}

/// Returns the rows of `company_tickers.json` in the SEC's order, and the number of unreadable ones.
///
/// The file is an object with row numbers as keys; a plain list of the same rows is accepted too.
pub(super) fn read_companies(json: &[u8]) -> Result<(Vec<Row>, usize), DirectoryError> {
    let Numbered(mut values) = serde_json::from_slice(json)?;
    // A stable sort: rows without a number stay in the file's order, at the end.
    values.sort_by_key(|(number, _)| number.unwrap_or(u64::MAX));
    let total = values.len();
    let rows: Vec<Row> = values.iter().filter_map(|(_, value)| row(value)).collect();
    let skipped = total - rows.len();
    if rows.is_empty() {
        return Err(DirectoryError::Empty { skipped });
    }
    Ok((rows, skipped))
}

fn row(value: &Value) -> Option<Row> {
    let cik = value.get("cik_str").or_else(|| value.get("cik"))?;
    let title = value.get("title").or_else(|| value.get("name"))?;
    Some(Row {
        cik: cik_number(cik)?,
        ticker: text(value.get("ticker")?)?.to_ascii_uppercase(),
        title: text(title)?.to_owned(),
    })
}

/// Parses a CIK as a number or as a string, with or without leading zeros.
fn cik_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|cik| *cik > 0)
}

fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| text.chars().any(char::is_alphanumeric))
}

/// Values with their row numbers, from an object or a list, in file order.
struct Numbered(Vec<(Option<u64>, Value)>);

impl<'de> Deserialize<'de> for Numbered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Numbered;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or a list of companies")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Numbered, A::Error> {
                let mut values = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    values.push((key.parse().ok(), value));
                }
                Ok(Numbered(values))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Numbered, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push((None, value));
                }
                Ok(Numbered(values))
            }
        }
        deserializer.deserialize_any(Rows)
    }
}

/// A ticker with its exchange.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExchangeRow {
    pub(super) cik: u64,
    pub(super) ticker: String,
    pub(super) exchange: String,
}

#[derive(Deserialize)]
struct ExchangeTable {
    fields: Vec<String>,
    data: Vec<Value>,
}

/// Returns the rows of `company_tickers_exchange.json` that name an exchange.
pub(super) fn read_exchanges(json: &[u8]) -> Result<Vec<ExchangeRow>, DirectoryError> {
    let table: ExchangeTable = serde_json::from_slice(json)?;
    let column = |name: &'static str| {
        table.fields.iter().position(|field| field == name).ok_or(DirectoryError::MissingColumn(name))
    };
    let (cik, ticker, exchange) = (column("cik")?, column("ticker")?, column("exchange")?);
    let read = |row: &Value| {
        Some(ExchangeRow {
            cik: cik_number(row.get(cik)?)?,
            ticker: text(row.get(ticker)?)?.to_ascii_uppercase(),
            exchange: text(row.get(exchange)?)?.to_owned(),
        })
    };
    Ok(table.data.iter().filter_map(read).collect())
}

/// Kind of alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AliasKind {
    /// A former name of the company.
    Former,
    /// A brand, a division or a wholly owned subsidiary.
    Brand,
    /// A common short name.
    Short,
}

/// A row of the bundled list of aliases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    pub(super) cik: u64,
    pub(super) name: String,
    pub(super) kind: AliasKind,
}

/// A row of the bundled list of organizations without listed shares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unlisted {
    pub(super) names: Vec<String>,
    pub(super) reason: String,
}

/// Returns the bundled former names, brands and short names.
pub(super) fn bundled_aliases() -> Result<Vec<Alias>, DirectoryError> {
    bundled("aliases.json", include_str!("aliases.json"))
}

/// Returns the bundled well-known organizations without listed shares.
pub(super) fn bundled_unlisted() -> Result<Vec<Unlisted>, DirectoryError> {
    bundled("private_companies.json", include_str!("private_companies.json"))
}

fn bundled<T: for<'de> Deserialize<'de>>(file: &'static str, json: &str) -> Result<Vec<T>, DirectoryError> {
    serde_json::from_str(json).map_err(|source| DirectoryError::Bundled { file, source })
}
