//! The API as a port: domains run operations of the schema, which lies above them.
//!
//! It is the same door as that of HTTP: limits on documents, cost and budget, rights, audit log, time limit, size of the
//! answer and the form of errors are the same, by the same code.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};

use crate::{auth::Viewer, events::Event};

/// The values of the variables of an operation, by name.
pub type ApiVariables = Map<String, Value>;

/// Runs operations of the schema.
///
/// Not inside a write transaction: a mutation begins one of its own, and SQLite has one writer.
#[async_trait]
pub trait Api: Send + Sync {
    /// Returns what a document is and what it costs at most, without running it and without a charge. Without `variables`
    /// they are not checked, and the cost is that of their defaults.
    ///
    /// # Errors
    /// All faults of the document and of `variables`, as [`Api::run`] would answer them.
    fn check(&self, viewer: &Viewer, document: &str, variables: Option<&ApiVariables>) -> Result<ApiCheck, Vec<Value>>;

    /// Runs a query or a mutation. If `viewer` acts on behalf of a user, the rights of this moment are looked up first, and
    /// a refusal is written into the audit log.
    async fn run(&self, viewer: &Viewer, document: &str, variables: &ApiVariables) -> ApiAnswer;

    /// Executes a subscription for one event of the log, as its subscribers receive it. `None` if the event does not
    /// concern the subscription, or if `viewer` may not see it.
    async fn show(
        &self,
        viewer: &Viewer,
        document: &str,
        variables: &ApiVariables,
        event: &Arc<Event>,
    ) -> Option<ApiAnswer>;
}

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKind {
    /// Reads.
    Query,
    /// Changes.
    Mutation,
    /// Follows events.
    Subscription,
}

/// What is known of an operation before it runs.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiCheck {
    /// Its kind.
    pub kind: ApiKind,
    /// Its root fields, each once.
    pub roots: Vec<ApiRoot>,
    /// Its maximum cost in points.
    pub cost: usize,
    /// The JSON Schema of its variables.
    pub variables: Value,
}

/// A root field of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiRoot {
    /// Its name in the schema.
    pub name: String,
    /// The permissions of which it requires one; empty if it requires none, or if its objects decide.
    pub requires: Vec<String>,
    /// False if the viewer has none of them now, or if the field must be run in person and the viewer is a run.
    pub is_allowed: bool,
}

/// The answer to an operation, with the fields of an answer over HTTP.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiAnswer {
    /// The data; `None` if the operation did not run.
    pub data: Option<Value>,
    /// The errors; empty if all went well.
    pub errors: Vec<Value>,
    /// The points paid for it.
    pub cost: u64,
}

impl ApiAnswer {
    /// Returns the code of the first error.
    pub fn code(&self) -> Option<&str> {
        self.errors.first()?.get("extensions")?.get("code")?.as_str()
    }
}
