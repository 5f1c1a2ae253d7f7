//! The words of Ollama's API.

use serde_json::{Value, json};

use super::{COST, Vector};

pub fn whole(text: &str, reason: &str) -> Value {
    let mut part = part(json!({ "role": "assistant", "content": text }));
    part["done"] = json!(true);
    part["done_reason"] = json!(reason);
    part["total_duration"] = json!(4_883_583_458_u64);
    part["prompt_eval_count"] = json!(COST.0);
    part["eval_count"] = json!(COST.1);
    part
}

pub fn pieces(texts: &[&str]) -> String {
    texts.iter().map(|text| line(&part(json!({ "role": "assistant", "content": text })))).collect()
}

pub fn thought() -> String {
    line(&part(json!({ "role": "assistant", "content": "", "thinking": "Let me see." })))
}

pub fn end(reason: &str) -> String {
    line(&whole("", reason))
}

pub fn failure(message: &str) -> String {
    line(&json!({ "error": message }))
}

pub fn vectors(path: &str, body: &Value, vector: Vector) -> Option<Value> {
    if path != "/api/embed" {
        return None;
    }
    let vectors: Vec<_> = body["input"].as_array()?.iter().map(vector).collect();
    Some(json!({ "model": "stand-in", "embeddings": vectors, "prompt_eval_count": COST.0 }))
}

fn part(message: Value) -> Value {
    json!({ "model": "stand-in", "created_at": "2026-03-14T09:00:00Z", "message": message, "done": false })
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
