//! Request ids.

/// The id of a request in logs and responses.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);
