//! Knowledge bases for answers. Documents are stored as passages, which are matched by words (BM25) and, if an
//! embedding model is configured, by meaning.
//!
//! The database is authoritative. Each process holds an index of it in memory and checks for changes before each search
//! ([`catalog`]), so that all server processes find the same, at once.

mod analysis;
mod catalog;
mod defining;
mod document;
mod embedder;
mod embedding;
mod follower;
mod fusion;
mod graphql;
mod index;
mod input;
mod list;
mod matches;
mod meaning;
mod outline;
mod passage;
mod pdf;
mod personal;
mod question;
mod retrieval;
mod scale;
mod service;
mod shipped;
mod source;
mod splitter;
mod tokens;
mod vocabulary;
mod writing;

pub use document::{Entity as DocumentEntity, Format as DocumentFormat, Model as Document};
pub use graphql::{DocumentsList, KnowledgeMutation, KnowledgeQuery};
pub use meaning::EmbedPassages;
pub use passage::{Entity as PassageEntity, Model as Passage};
pub(crate) use pdf::serve_one as read_one_pdf;
pub use personal::Personal;
pub use retrieval::{Knowledge, Retrieved};
