//! The words of OpenAI's Chat Completions API.

use serde_json::{Value, json};

use super::{COST, Vector};

pub fn whole(text: &str, reason: &str) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_773_478_800, "model": "stand-in-2026-01-01",
        "choices": [{
            "index": 0, "finish_reason": reason,
            "message": { "role": "assistant", "content": text, "refusal": null },
        }],
        "usage": usage(),
    })
}

/// Begins as OpenAI does, with the role and no text, after a comment as proxies like to send.
pub fn pieces(texts: &[&str]) -> String {
    let role = event(&chunk(json!({ "role": "assistant", "content": "" }), None));
    let texts: String = texts.iter().map(|text| event(&chunk(json!({ "content": text }), None))).collect();
    format!(": ping\n\n{role}{texts}")
}

pub fn thought() -> String {
    event(&chunk(json!({ "reasoning_content": "Let me see." }), None))
}

/// The reason, the usage in a chunk without choices, the marker.
pub fn end(reason: &str) -> String {
    let mut cost = chunk(json!({}), None);
    cost["choices"] = json!([]);
    cost["usage"] = usage();
    format!("{}{}data: [DONE]\n\n", event(&chunk(json!({}), Some(reason))), event(&cost))
}

pub fn failure(message: &str) -> String {
    event(&json!({ "error": { "message": message, "type": "server_error", "code": null } }))
}

/// In reverse, for the order is told by the index.
pub fn vectors(path: &str, body: &Value, vector: Vector) -> Option<Value> {
    if path != "/v1/embeddings" {
        return None;
    }
    let texts = body["input"].as_array()?.iter().enumerate().rev();
    let vectors =
        texts.map(|(index, text)| json!({ "object": "embedding", "index": index, "embedding": vector(text) }));
    Some(json!({
        "object": "list", "data": vectors.collect::<Vec<_>>(), "model": "stand-in",
        "usage": { "prompt_tokens": COST.0, "total_tokens": COST.0 },
    }))
}

fn usage() -> Value {
    json!({ "prompt_tokens": COST.0, "completion_tokens": COST.1, "total_tokens": COST.0 + COST.1 })
}

fn chunk(delta: Value, reason: Option<&str>) -> Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_773_478_800, "model": "stand-in",
        "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }], "usage": null,
    })
}

/// With CR LF, which the specification allows and some servers send.
fn event(data: &Value) -> String {
    format!("data: {data}\r\n\r\n")
}
