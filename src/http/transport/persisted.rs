//! Persisted documents, which requests name by the hash of their text or by an id.
//!
//! - **Trusted documents** come from a file written by a code generator when the client was built. The server can be
//!   configured to execute no others.
//! - **Automatic persisted queries** are documents that a client sent once together with their hash.
//!
//! A request refers to a document in `extensions.persistedQuery.sha256Hash`, like Apollo's and urql's clients, or in
//! [`documentId`](https://graphql.github.io/graphql-over-http/draft/#sec-Persisted-Documents).

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use http::StatusCode;
use moka::sync::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    errors::code,
    refusal::{Problem, Refusal},
};

/// Maximum memory of automatic persisted queries, in bytes.
const AUTOMATIC_BYTES: u64 = 16 << 20;

/// The persisted documents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PersistedDocuments {
    /// Texts by their SHA-256 hash in hexadecimal; `None` if clients may not persist any.
    automatic: Option<Cache<String, Arc<str>>>,
    trusted: Option<Arc<TrustedDocuments>>,
    is_only_trusted: bool,
}

/// Documents from a file.
#[derive(Debug, Default)]
pub struct TrustedDocuments {
    by_id: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
}

/// Reason why a file of trusted documents is unusable.
#[derive(Debug, thiserror::Error)]
pub enum TrustedDocumentsError {
    /// The file is unreadable.
    #[error("The file {0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// The format is invalid.
    #[error(
        "{0} is not a file of documents: it must be a JSON object of documents by their hash, or Apollo's manifest \
         ({1})"
    )]
    Malformed(PathBuf, serde_json::Error),
    /// It contains no documents.
    #[error("{0} holds no document")]
    Empty(PathBuf),
    /// Some documents cannot be executed; one line each.
    #[error("{0} holds documents that the schema of this release, with its limits, does not take:\n  {1}")]
    Invalid(PathBuf, String),
}

/// Apollo's `persisted-query-manifest.json`, or the `persisted-documents.json` of GraphQL Code Generator and Relay.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Manifest { operations: Vec<ManifestOperation> },
    ById(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ManifestOperation {
    id: String,
    body: String,
}

impl TrustedDocuments {
    /// Reads a file of trusted documents.
    ///
    /// # Errors
    /// With a message for the person who starts the program.
    pub fn read(path: &Path) -> Result<Self, TrustedDocumentsError> {
        let text = fs::read(path).map_err(|error| TrustedDocumentsError::Unreadable(path.to_owned(), error))?;
        let file = serde_json::from_slice(&text);
        let file = file.map_err(|error| TrustedDocumentsError::Malformed(path.to_owned(), error))?;
        let documents: Vec<_> = match file {
            File::Manifest { operations } => operations.into_iter().map(|one| (one.id, one.body)).collect(),
            File::ById(documents) => documents.into_iter().collect(),
        };
        if documents.is_empty() {
            return Err(TrustedDocumentsError::Empty(path.to_owned()));
        }
        Ok(documents.into_iter().collect())
    }

    /// Returns ids and texts of the documents, sorted by id.
    pub fn documents(&self) -> Vec<(&str, &str)> {
        let mut documents: Vec<_> = self.by_id.iter().map(|(id, text)| (id.as_str(), text.as_ref())).collect();
        documents.sort_unstable();
        documents
    }
}

impl FromIterator<(String, String)> for TrustedDocuments {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(documents: I) -> Self {
        let mut this = Self::default();
        for (id, text) in documents {
            let text: Arc<str> = text.into();
            this.texts.insert(Arc::clone(&text));
            this.by_id.insert(id, text);
        }
        this
    }
}

impl Default for PersistedDocuments {
    fn default() -> Self {
        Self::new(true, None)
    }
}

impl PersistedDocuments {
    /// Creates the set of documents from a file, and, if `automatic`, of those persisted by clients.
    #[must_use]
    pub fn new(automatic: bool, trusted: Option<Arc<TrustedDocuments>>) -> Self {
        let weight = |_: &String, text: &Arc<str>| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let automatic = automatic.then(|| Cache::builder().weigher(weight).max_capacity(AUTOMATIC_BYTES).build());
        Self { automatic, trusted, is_only_trusted: false }
    }

    /// Creates the set that permits only these documents, whether named or sent.
    #[must_use]
    pub fn only_trusted(trusted: Arc<TrustedDocuments>) -> Self {
        Self { automatic: None, trusted: Some(trusted), is_only_trusted: true }
    }

    /// Returns the text of the document that a request sends as `query` or names.
    ///
    /// # Errors
    /// If there is none, or it may not be executed.
    pub(super) fn resolve(&self, query: Option<String>, named: Named<'_>) -> Result<String, Refusal> {
        match query.filter(|query| !query.is_empty() || named.is_nothing()) {
            Some(query) => self.sent(query, named.hash),
            None => self.find(named),
        }
    }

    fn sent(&self, query: String, hash: Option<&str>) -> Result<String, Refusal> {
        if self.is_only_trusted {
            let is_trusted = self.trusted.as_ref().is_some_and(|trusted| trusted.texts.contains(query.as_str()));
            return if is_trusted { Ok(query) } else { Err(untrusted()) };
        }
        let (Some(hash), Some(automatic)) = (hash, &self.automatic) else { return Ok(query) };
        let actual = hex::encode(Sha256::digest(query.as_bytes()));
        if actual.eq_ignore_ascii_case(hash) {
            automatic.insert(actual, query.as_str().into());
        } else if self.trusted.as_ref().is_none_or(|trusted| !trusted.by_id.contains_key(hash)) {
            return Err(Refusal::bad_parameters(vec![Problem {
                path: "extensions.persistedQuery.sha256Hash",
                message: "is not the SHA-256 of the query",
            }]));
        }
        Ok(query)
    }

    fn find(&self, named: Named<'_>) -> Result<String, Refusal> {
        let id = named.id.map(|id| id.strip_prefix("sha256:").unwrap_or(id));
        let Some(key) = named.hash.or(id) else {
            return Err(Refusal::bad_parameters(vec![Problem { path: "query", message: "is missing" }]));
        };
        let of_file = |key: &str| self.trusted.as_ref().and_then(|trusted| trusted.by_id.get(key).cloned());
        let text = of_file(key).or_else(|| of_file(named.id?));
        let text = text.or_else(|| self.automatic.as_ref()?.get(&key.to_ascii_lowercase()));
        match text {
            Some(text) => Ok(text.as_ref().to_owned()),
            None if self.automatic.is_none() && self.trusted.is_none() => Err(not_supported()),
            None => Err(not_found()),
        }
    }
}

/// A request's reference to a document.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'a> {
    /// `extensions.persistedQuery.sha256Hash`.
    pub hash: Option<&'a str>,
    /// `documentId`.
    pub id: Option<&'a str>,
}

impl Named<'_> {
    pub fn is_nothing(self) -> bool {
        self.hash.is_none() && self.id.is_none()
    }
}

// The clients of Apollo and urql compare these two messages letter by letter.

fn not_found() -> Refusal {
    Refusal::of_operation(code::PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
}

fn not_supported() -> Refusal {
    Refusal::of_operation(code::PERSISTED_QUERY_NOT_SUPPORTED, "PersistedQueryNotSupported")
}

fn untrusted() -> Refusal {
    Refusal::new(
        StatusCode::FORBIDDEN,
        code::FORBIDDEN,
        "This server executes only trusted documents, and this document is not one of them.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123";

    fn trusted() -> Arc<TrustedDocuments> {
        Arc::new([(ID.to_owned(), "{ a }".to_owned())].into_iter().collect())
    }

    fn by_hash(hash: &str) -> Named<'_> {
        Named { hash: Some(hash), id: None }
    }

    fn by_id(id: &str) -> Named<'_> {
        Named { hash: None, id: Some(id) }
    }

    fn message(result: Result<String, Refusal>) -> String {
        result.unwrap_or_else(|refusal| refusal.to_string())
    }

    #[test]
    fn a_document_is_remembered_only_under_its_own_hash() {
        let documents = PersistedDocuments::default();
        let hash = hex::encode(Sha256::digest("{ b }"));
        assert_eq!(message(documents.resolve(None, by_hash(&hash))), "PersistedQueryNotFound");
        let other = documents.resolve(Some("{ evil }".to_owned()), by_hash(&hash));
        assert!(message(other).contains("sha256Hash is not the SHA-256 of the query"));
        assert_eq!(message(documents.resolve(None, by_hash(&hash))), "PersistedQueryNotFound");
        assert_eq!(message(documents.resolve(Some("{ b }".to_owned()), by_hash(&hash))), "{ b }");
        for named in [by_hash(&hash), by_hash(&hash.to_uppercase()), by_id(&format!("sha256:{hash}"))] {
            assert_eq!(message(documents.resolve(None, named)), "{ b }");
            assert_eq!(message(documents.resolve(Some(String::new()), named)), "{ b }");
        }
    }

    #[test]
    fn a_trusted_document_is_found_by_its_id_in_either_place() {
        let documents = PersistedDocuments::new(false, Some(trusted()));
        for named in [by_hash(ID), by_id(ID), by_id("sha256:0123")] {
            assert_eq!(message(documents.resolve(None, named)), "{ a }");
        }
        assert_eq!(message(documents.resolve(None, by_id("4"))), "PersistedQueryNotFound");
        assert_eq!(message(documents.resolve(Some("{ b }".to_owned()), Named::default())), "{ b }");
    }

    #[test]
    fn where_only_trusted_documents_run_others_are_neither_run_nor_remembered() {
        let documents = PersistedDocuments::only_trusted(trusted());
        assert_eq!(message(documents.resolve(Some("{ a }".to_owned()), Named::default())), "{ a }");
        let hash = hex::encode(Sha256::digest("{ b }"));
        for named in [Named::default(), by_hash(&hash), by_hash(ID)] {
            assert!(message(documents.resolve(Some("{ b }".to_owned()), named)).contains("only trusted documents"));
        }
        assert_eq!(message(documents.resolve(None, by_hash(&hash))), "PersistedQueryNotFound");
        assert_eq!(message(documents.resolve(None, by_hash(ID))), "{ a }");
    }

    #[test]
    fn where_no_documents_are_kept_clients_are_told_to_stop_asking() {
        let documents = PersistedDocuments::new(false, None);
        assert_eq!(message(documents.resolve(None, by_hash("0"))), "PersistedQueryNotSupported");
        assert_eq!(message(documents.resolve(Some("{ a }".to_owned()), by_hash("0"))), "{ a }");
        assert!(message(documents.resolve(None, Named::default())).contains("query is missing"));
    }
}
