//! The catalogue of personal data: each domain says of each text in its tables whether it may tell of a person.

/// The personal data of one domain. A test compares all implementations with the tables of a migrated database, so that no
/// table has a text of which nobody has said whether it is personal.
pub trait PersonalData: Sync {
    /// Name of the domain.
    fn domain(&self) -> &'static str;

    /// Its tables.
    fn tables(&self) -> &'static [TableData];
}

/// The columns of a table that hold texts, JSON or bytes; others are named where they are personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableData {
    /// Name of the table.
    pub table: &'static str,
    /// Columns with personal data, and what they hold.
    pub personal: &'static [(&'static str, &'static str)],
    /// Columns without, and the reason why there can be none in them.
    pub other: &'static [(&'static [&'static str], &'static str)],
}
