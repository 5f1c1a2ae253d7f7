//! Purposes of files: who may upload them, and what they may be.

use async_graphql::Enum;
use rapport_rules::file_types::FileType;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::format::Format;
use crate::{auth::Permission, graphql::PlainValue};

/// Purpose of a file.
#[derive(
    Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize, Clone, Default, Copy, Debug, PartialEq, Eq, Hash,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "FilePurpose")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Purpose {
    /// Content of a knowledge document: PDF, HTML or text in UTF-8. Uploading needs `knowledge:manage`.
    #[default]
    KnowledgeDocument,
    /// Leads to import: CSV or XLSX. Uploading needs `leads:import`.
    LeadImport,
    /// Report, made by the server.
    Report,
    /// Export of data, made by the server.
    Export,
}

impl PlainValue for Purpose {}

impl Purpose {
    /// Returns the purpose of this name, as the schema writes it.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }

    /// Returns the permission for uploading and downloading such files; `None` for those that the server makes.
    pub(super) fn permission(self) -> Option<Permission> {
        match self {
            Self::KnowledgeDocument => Some(Permission::KnowledgeManage),
            Self::LeadImport => Some(Permission::LeadsImport),
            Self::Report | Self::Export => None,
        }
    }

    /// Returns the accepted types.
    pub(super) fn types(self) -> &'static [FileType] {
        use FileType::{Html, OldText, Pdf, Text, Xlsx, Zip};
        match self {
            Self::KnowledgeDocument => &[Pdf, Html, Text],
            Self::LeadImport => &[Text, OldText, Xlsx],
            Self::Report => &[Pdf, Text, Xlsx],
            Self::Export => &[Zip, Text, Xlsx],
        }
    }

    /// Returns the accepted types in words.
    pub(super) fn types_in_words(self) -> &'static str {
        match self {
            Self::KnowledgeDocument => "a PDF, an HTML page or text in UTF-8",
            Self::LeadImport => "a CSV or XLSX file",
            Self::Report => "a PDF, CSV or XLSX file",
            Self::Export => "a ZIP, CSV or XLSX file",
        }
    }

    /// Returns the format of a file of this purpose; `None` for what has none.
    pub(super) fn format(self, found: FileType) -> Option<Format> {
        Some(match found {
            FileType::Pdf => Format::Pdf,
            FileType::Html => Format::Html,
            FileType::Text | FileType::OldText if self == Self::KnowledgeDocument => Format::Text,
            FileType::Text | FileType::OldText => Format::Csv,
            FileType::Xlsx => Format::Xlsx,
            FileType::Zip => Format::Zip,
            FileType::Docx | FileType::Empty | FileType::Other => return None,
        })
    }
}
