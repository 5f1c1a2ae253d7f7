//! Reads a table field by field, and records problems.

use toml::{Table, Value};

use super::Problem;

/// Maximum length of a text, in characters.
const LONGEST: usize = 20_000;

/// A table being read: fields that were read are removed, the remaining ones are unknown.
pub(super) struct Reader<'a> {
    file: &'a str,
    /// Prefix of the names of its fields, such as `fields[2].`.
    prefix: String,
    table: Table,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a str, prefix: &str, table: Table, problems: &'a mut Vec<Problem>) -> Self {
        Self { file, prefix: prefix.to_owned(), table, problems }
    }

    pub(super) fn problem(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(self.file, format!("{}{field}", self.prefix), message));
    }

    /// Reads a required, non-empty text.
    pub(super) fn text(&mut self, field: &str) -> String {
        self.text_or(field, None)
    }

    /// Reads a text, or returns a default if missing.
    pub(super) fn text_or(&mut self, field: &str, default: Option<&str>) -> String {
        match (self.table.remove(field), default) {
            (Some(Value::String(text)), _) if is_text(&text) => return text.trim().to_owned(),
            (None, Some(default)) => return default.to_owned(),
            (None, None) => self.problem(field, "is missing"),
            _ => self.problem(field, format!("must be a text of 1 to {LONGEST} characters")),
        }
        String::new()
    }

    /// Reads a list of at least `least` texts.
    pub(super) fn texts(&mut self, field: &str, least: usize) -> Vec<String> {
        let texts: Option<Vec<String>> = match self.table.remove(field) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) => values.into_iter().map(text_of).collect(),
            Some(_) => None,
        };
        match texts {
            Some(texts) if texts.len() >= least => return texts,
            Some(_) => self.problem(field, format!("must hold at least {least}")),
            None => self.problem(field, "must be a list of texts, none of them empty"),
        }
        Vec::new()
    }

    /// Reads a list of texts; `usual` if missing.
    pub(super) fn texts_or(&mut self, field: &str, usual: &[&str]) -> Vec<String> {
        let texts = self.texts(field, 0);
        if texts.is_empty() { usual.iter().map(|text| (*text).to_owned()).collect() } else { texts }
    }

    pub(super) fn flag(&mut self, field: &str, default: bool) -> bool {
        match self.table.remove(field) {
            None => default,
            Some(Value::Boolean(flag)) => flag,
            Some(_) => {
                self.problem(field, "must be true or false");
                default
            }
        }
    }

    /// Reads an integer of at least 1.
    pub(super) fn number(&mut self, field: &str, default: i64) -> i64 {
        match self.table.remove(field) {
            None => default,
            Some(Value::Integer(number)) if number >= 1 => number,
            Some(_) => {
                self.problem(field, "must be a whole number of at least 1");
                default
            }
        }
    }

    /// Reads a nested table; an empty one if missing.
    pub(super) fn table(&mut self, field: &str) -> Table {
        match self.table.remove(field) {
            Some(Value::Table(table)) => table,
            Some(_) => {
                self.problem(field, "must be a table");
                Table::new()
            }
            None => Table::new(),
        }
    }

    /// Reads a list of tables.
    pub(super) fn tables(&mut self, field: &str) -> Vec<Table> {
        let tables: Option<Vec<Table>> = match self.table.remove(field) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) => values.into_iter().map(|value| value.try_into().ok()).collect(),
            Some(_) => None,
        };
        tables.unwrap_or_else(|| {
            self.problem(field, "must be a list of tables");
            Vec::new()
        })
    }

    /// Reads a nested table with its own reader.
    pub(super) fn within<T>(&mut self, prefix: &str, table: Table, read: impl FnOnce(&mut Reader<'_>) -> T) -> T {
        let prefix = format!("{}{prefix}.", self.prefix);
        let mut inner = Reader { file: self.file, prefix, table, problems: self.problems };
        let value = read(&mut inner);
        inner.finish();
        value
    }

    /// Records the remaining fields as unknown.
    pub(super) fn finish(mut self) {
        for field in std::mem::take(&mut self.table).keys() {
            self.problem(field, "is not known here");
        }
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST
}

fn text_of(value: Value) -> Option<String> {
    value.as_str().filter(|text| is_text(text)).map(|text| text.trim().to_owned())
}
