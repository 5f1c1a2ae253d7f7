//! Settings of knowledge search.

use std::{path::PathBuf, time::Duration};

use super::reader::Reader;

/// Settings of knowledge search.
#[derive(Debug, Clone)]
pub struct KnowledgeConfig {
    /// True if passages are also matched by meaning, if a provider of language models has an embedding model.
    pub embeddings: bool,
    /// Time limit for the vector of a query, after which only words are matched.
    pub query_timeout: Duration,
    /// Minimum cosine of a relevant passage; if unset, the model is measured.
    pub min_cosine: Option<f64>,
    /// The program that reads PDF files; this one if unset.
    pub pdf_reader: Option<PathBuf>,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> KnowledgeConfig {
    r.section("Knowledge");
    KnowledgeConfig {
        embeddings: r.parse(
            "KNOWLEDGE_EMBEDDINGS",
            "true",
            "Enables matching passages by meaning, if a provider of language models has an embedding model.",
        ),
        query_timeout: r.millis(
            "KNOWLEDGE_QUERY_MS",
            3000,
            10,
            "Time limit for the vector of a query, after which only words are matched.",
        ),
        min_cosine: gather_min_cosine(r),
        pdf_reader: r
            .optional("PDF_READER", "Program that reads PDF files, run as `<program> read-pdf`; this one if unset.")
            .map(PathBuf::from),
    }
}

fn gather_min_cosine(r: &mut Reader<'_>) -> Option<f64> {
    const NAME: &str = "KNOWLEDGE_MIN_COSINE";
    let what = "Minimum cosine, 0 to 1, of a passage that is relevant to a question although it shares few words with it; if \
        unset, the model is measured with bundled questions and known answers.";
    let least = r.optional(NAME, what)?.trim().parse().ok().filter(|least| (0.0..=1.0).contains(least));
    if least.is_none() {
        r.problem(NAME, "must be a number from 0 to 1");
    }
    least
}
