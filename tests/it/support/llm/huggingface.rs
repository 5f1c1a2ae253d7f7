//! The words of Hugging Face where they are not OpenAI's.

use serde_json::Value;

use super::Vector;

pub fn vectors(path: &str, body: &Value, vector: Vector) -> Option<Value> {
    let model = path.strip_prefix("/hf-inference/models/")?.strip_suffix("/pipeline/feature-extraction")?;
    // Only with the slash in it as it is, as the router wants it.
    (model == "test/embedder").then(|| body["inputs"].as_array().into_iter().flatten().map(vector).collect())
}
