//! Answers of the API, complete and streamed: a stream has one JSON line per piece, the last with `done`
//! (<https://docs.ollama.com/api/streaming>).

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

use super::super::reading::{Decoder, Event, LineError, finish};
use super::super::{ChatReply, LlmError, ModelId, Truncation, Usage, embedding};

/// An answer, or a piece of one.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    message: Message,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: Option<u64>,
    #[serde(default)]
    eval_count: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Message {
    #[serde(default)]
    content: String,
    #[serde(default)]
    thinking: Option<String>,
}

impl Part {
    /// Returns the answer, if complete.
    pub(super) fn reply(self, model: ModelId, accept_partial: bool) -> Result<ChatReply, LlmError> {
        if !self.done {
            return Err(LlmError::Truncated(Truncation::NoEnd));
        }
        let finish = finish(self.reason(), accept_partial)?;
        let usage = self.usage();
        if self.message.content.trim().is_empty() {
            return Err(LlmError::Garbage { reason: "there is no text in it".to_owned() });
        }
        Ok(ChatReply { content: self.message.content, finish, usage, model })
    }

    /// Returns the reason; old servers send none with `done`.
    fn reason(&self) -> Option<&str> {
        self.done_reason.as_deref().or(Some("stop"))
    }

    /// Returns the usage; cached prompts are free and not counted.
    fn usage(&self) -> Option<Usage> {
        self.prompt_eval_count.or(self.eval_count)?;
        Some(Usage {
            prompt_tokens: self.prompt_eval_count.unwrap_or_default(),
            completion_tokens: self.eval_count.unwrap_or_default(),
        })
    }
}

/// Decodes line by line.
pub(super) struct Parts;

impl Decoder for Parts {
    const KINDS: &'static [&'static str] = &["application/x-ndjson", "application/json"];

    fn line(&mut self, line: &[u8], events: &mut VecDeque<Event>) -> Result<(), LineError> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let garbage = |error: serde_json::Error| LineError::Garbage(error.to_string());
        let value: Value = serde_json::from_slice(line).map_err(garbage)?;
        if value.get("error").is_some() {
            return Err(LineError::Told(value));
        }
        let part: Part = serde_json::from_value(value).map_err(garbage)?;
        let end = part.done.then(|| Event::End { reason: part.reason().map(str::to_owned), usage: part.usage() });
        if !part.message.content.is_empty() {
            events.push_back(Event::Text(part.message.content));
        } else if part.message.thinking.is_some_and(|thinking| !thinking.is_empty()) {
            events.push_back(Event::Thinking);
        }
        events.extend(end);
        Ok(())
    }
}

/// Vectors, in the order of the texts.
#[derive(Debug, Deserialize)]
pub(super) struct Vectors {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: Option<u64>,
}

impl From<Vectors> for embedding::Vectors {
    fn from(answer: Vectors) -> Self {
        let usage = answer.prompt_eval_count.map(|prompt_tokens| Usage { prompt_tokens, completion_tokens: 0 });
        Self { vectors: answer.embeddings, usage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(line: &str) -> Result<Vec<Event>, LineError> {
        let mut events = VecDeque::new();
        Parts.line(line.as_bytes(), &mut events)?;
        Ok(events.into())
    }

    #[test]
    fn the_last_line_may_hold_text_too() {
        let usage = Some(Usage { prompt_tokens: 3, completion_tokens: 4 });
        let line =
            r#"{"message":{"content":"!"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4}"#;
        let end = Event::End { reason: Some("stop".to_owned()), usage };
        assert_eq!(events(line), Ok(vec![Event::Text("!".to_owned()), end]));
    }

    #[test]
    fn the_end_of_an_old_server_has_no_reason() {
        let end = Event::End { reason: Some("stop".to_owned()), usage: None };
        assert_eq!(events(r#"{"message":{},"done":true}"#), Ok(vec![end]));
    }

    #[test]
    fn thinking_is_a_sign_of_life_and_no_text() {
        let line = r#"{"message":{"content":"","thinking":"hm"},"done":false}"#;
        assert_eq!(events(line), Ok(vec![Event::Thinking]));
    }

    #[test]
    fn an_error_within_the_stream_is_told() {
        assert!(matches!(events(r#"{"error":"out of memory"}"#), Err(LineError::Told(_))));
    }
}
