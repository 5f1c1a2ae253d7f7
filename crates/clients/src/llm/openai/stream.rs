//! Streamed answers: server-sent events (<https://html.spec.whatwg.org/multipage/server-sent-events.html>), each a JSON
//! chunk, the last one `[DONE]`.

use std::collections::VecDeque;

use serde::Deserialize;
use serde_json::Value;

use super::super::Usage;
use super::super::reading::{Decoder, Event, LineError};
use super::answer::Tokens;

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
    /// Reasoning, as sent by vLLM, DeepSeek and others.
    #[serde(default)]
    reasoning_content: Option<String>,
    /// Reasoning, under another name.
    #[serde(default)]
    reasoning: Option<String>,
}

/// Collects the lines of an event, and the end stated by the chunks.
#[derive(Default)]
pub(super) struct Chunks {
    data: Vec<u8>,
    reason: Option<String>,
    usage: Option<Usage>,
}

impl Decoder for Chunks {
    const KINDS: &'static [&'static str] = &["text/event-stream"];

    fn line(&mut self, line: &[u8], events: &mut VecDeque<Event>) -> Result<(), LineError> {
        if line.is_empty() {
            let data = std::mem::take(&mut self.data);
            return if data.is_empty() { Ok(()) } else { self.event(&data, events) };
        }
        // Comments, which keep the connection open, and other fields say nothing to us.
        if let Some(data) = line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(data.strip_prefix(b" ").unwrap_or(data));
        }
        Ok(())
    }
}

impl Chunks {
    fn event(&mut self, data: &[u8], events: &mut VecDeque<Event>) -> Result<(), LineError> {
        if data.trim_ascii() == b"[DONE]" {
            events.push_back(Event::End { reason: self.reason.take(), usage: self.usage });
            return Ok(());
        }
        let garbage = |error: serde_json::Error| LineError::Garbage(error.to_string());
        let value: Value = serde_json::from_slice(data).map_err(garbage)?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(LineError::Told(value));
        }
        let chunk: Chunk = serde_json::from_value(value).map_err(garbage)?;
        if let Some(usage) = chunk.usage {
            self.usage = Some(usage.into());
        }
        let Some(choice) = chunk.choices.into_iter().next() else { return Ok(()) };
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        if let Some(refusal) = said(choice.delta.refusal) {
            return Err(LineError::Refused(refusal));
        }
        if said(choice.delta.reasoning_content).or_else(|| said(choice.delta.reasoning)).is_some() {
            events.push_back(Event::Thinking);
        }
        if let Some(text) = said(choice.delta.content) {
            events.push_back(Event::Text(text));
        }
        self.reason = choice.finish_reason.or_else(|| self.reason.take());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(text: &str) -> Result<Vec<Event>, LineError> {
        let (mut chunks, mut events) = (Chunks::default(), VecDeque::new());
        for line in text.lines() {
            chunks.line(line.as_bytes(), &mut events)?;
        }
        Ok(events.into())
    }

    #[test]
    fn data_of_several_lines_is_one_event_and_comments_are_none() {
        let text = ": ping\nevent: x\ndata: {\"choices\":\ndata:[{\"delta\":{\"content\":\"a\"}}]}\n\n: ping\n\n";
        assert_eq!(events(text), Ok(vec![Event::Text("a".to_owned())]));
    }

    #[test]
    fn reason_and_usage_come_with_the_end_whatever_their_order() {
        let end = Event::End {
            reason: Some("stop".to_owned()),
            usage: Some(Usage { prompt_tokens: 1, completion_tokens: 2 }),
        };
        let usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
        let reason = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}\n\n";
        for text in [[usage, reason], [reason, usage]] {
            assert_eq!(
                events(&format!("{}data: [DONE]\n\n", text.concat())).as_deref(),
                Ok(std::slice::from_ref(&end))
            );
        }
    }

    #[test]
    fn thinking_is_a_sign_of_life_and_no_text() {
        let text = "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\",\"content\":\"\"}}]}\n\n";
        assert_eq!(events(text), Ok(vec![Event::Thinking]));
    }

    #[test]
    fn an_error_within_the_stream_is_told() {
        let told = events("data: {\"error\":{\"message\":\"overloaded\"}}\n\n");
        assert!(matches!(told, Err(LineError::Told(object)) if object["error"]["message"] == "overloaded"));
    }
}
