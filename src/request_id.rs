//! What a request is called.

/// The id under which a request is logged and by which a client can name it.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);
