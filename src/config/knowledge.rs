//! How knowledge is searched.

use std::time::Duration;

use super::reader::Reader;

/// How knowledge is searched.
#[derive(Debug, Clone)]
pub struct KnowledgeConfig {
    /// Whether passages are found by their meaning too, where a provider of language models has a model for embeddings.
    pub embeddings: bool,
    /// How long a search waits for the vector of its query before it goes by words alone.
    pub query_timeout: Duration,
}

/// Asks for the settings of knowledge.
pub(super) fn gather(r: &mut Reader<'_>) -> KnowledgeConfig {
    r.section("Knowledge");
    KnowledgeConfig {
        embeddings: r.parse(
            "KNOWLEDGE_EMBEDDINGS",
            "true",
            "Whether passages are found by meaning too, where a provider of language models has a model for embeddings.",
        ),
        query_timeout: r.millis(
            "KNOWLEDGE_QUERY_MS",
            3000,
            "How long a search waits for the vector of its query before it goes by words alone.",
        ),
    }
}
