//! Formats of files, found by their content.

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::graphql::PlainValue;

/// Format of a file.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "FileFormat")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Format {
    /// Plain text or Markdown in UTF-8.
    #[default]
    Text,
    /// HTML page in UTF-8.
    Html,
    /// PDF.
    Pdf,
    /// Table of values separated by commas or other signs.
    Csv,
    /// Workbook of Excel.
    Xlsx,
    /// ZIP archive.
    Zip,
}

impl PlainValue for Format {}

impl Format {
    /// Returns the media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Html => "text/html",
            Self::Pdf => "application/pdf",
            Self::Csv => "text/csv",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Zip => "application/zip",
        }
    }
}
