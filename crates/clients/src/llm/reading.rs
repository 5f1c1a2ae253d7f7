//! Reading of a streamed answer: pieces, lines, events, limits.

use std::collections::VecDeque;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::Response;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::lines::Lines;
use super::transport::{Target, Transport};
use super::{ChatRequest, Delta, Deltas, End, FinishReason, LlmError, Phase, Truncation, Usage};
use crate::http;

/// The meaning of a line.
#[derive(Debug, PartialEq)]
pub(super) enum Event {
    /// The model is reasoning.
    Thinking,
    /// A piece of the answer.
    Text(String),
    /// The provider's end marker, with its reason, if given.
    End { reason: Option<String>, usage: Option<Usage> },
}

/// Decoder of a provider's stream format.
pub(super) trait Decoder: Send + 'static {
    /// The content types of such a stream.
    const KINDS: &'static [&'static str];

    /// Decodes one line.
    ///
    /// # Errors
    /// If the line reports a failure or is invalid.
    fn line(&mut self, line: &[u8], events: &mut VecDeque<Event>) -> Result<(), LineError>;
}

/// Problem of a line.
#[derive(Debug, PartialEq)]
pub(super) enum LineError {
    /// Invalid.
    Garbage(String),
    /// An object that reports a failure.
    Told(Value),
    /// A refusal by the model.
    Refused(String),
}

/// Returns the reason for the end of an answer, from the provider's name of it.
///
/// # Errors
/// If it is no regular end: [`LlmError::Truncated`] or [`LlmError::Refused`].
pub(super) fn finish(reason: Option<&str>, accept_partial: bool) -> Result<FinishReason, LlmError> {
    let truncated = |truncation| Err(LlmError::Truncated(truncation));
    match reason {
        Some("stop" | "eos_token" | "stop_sequence") => Ok(FinishReason::Stop),
        Some("length" | "max_tokens") if accept_partial => Ok(FinishReason::Length),
        Some("length" | "max_tokens") => truncated(Truncation::TokenLimit),
        Some("content_filter") => Err(LlmError::Refused { reason: "stopped by the content filter".to_owned() }),
        Some(other) => truncated(Truncation::Stopped { reason: http::one_line(other, 40) }),
        None => truncated(Truncation::NoEnd),
    }
}

/// Requests and reads an answer. The stream ends after [`Delta::End`] or the first error.
pub(super) fn stream<D: Decoder>(
    transport: Transport,
    target: Target,
    body: Value,
    request: &ChatRequest,
    decoder: D,
) -> Deltas {
    if let Err(error) = request.check() {
        return stream::once(async { Err(error) }).boxed();
    }
    let reading = Reading {
        first_by: None,
        began: false,
        spoke: false,
        response: None,
        lines: Lines::default(),
        events: VecDeque::new(),
        bytes: 0,
        ended: false,
        accept_partial: request.accept_partial,
        transport,
        target,
        body,
        decoder,
    };
    stream::unfold(Some(reading), |reading| async {
        let mut reading = reading?;
        let item = reading.item().await;
        let goes_on = matches!(item, Ok(Delta::Text(_)));
        Some((item, goes_on.then_some(reading)))
    })
    .boxed()
}

struct Reading<D> {
    transport: Transport,
    target: Target,
    body: Value,
    decoder: D,
    accept_partial: bool,
    response: Option<Response>,
    lines: Lines,
    events: VecDeque<Event>,
    /// Deadline for the first sign of the model, including reasoning.
    first_by: Option<Instant>,
    began: bool,
    /// True once there was any text.
    spoke: bool,
    bytes: usize,
    ended: bool,
}

impl<D: Decoder> Reading<D> {
    /// Returns the next item within its time limit. Time counts only while somebody waits for the item, so that a slow
    /// reader is not taken for a slow provider.
    async fn item(&mut self) -> Result<Delta, LlmError> {
        let limits = self.transport.limits();
        let (first_token, idle) = (limits.first_token, limits.idle);
        let first_by = *self.first_by.get_or_insert_with(|| Instant::now() + first_token);
        let mut next_by = Instant::now() + idle;
        loop {
            let (by, phase) = if self.began { (next_by, Phase::NextToken) } else { (first_by, Phase::FirstToken) };
            let event = timeout_at(by, self.event()).await.map_err(|_| LlmError::Timeout(phase))??;
            self.began = true;
            match event {
                Event::Thinking => next_by = Instant::now() + idle,
                Event::Text(text) => {
                    self.spoke |= !text.trim().is_empty();
                    return Ok(Delta::Text(text));
                }
                Event::End { reason, usage } => {
                    let finish = finish(reason.as_deref(), self.accept_partial)?;
                    if !self.spoke {
                        return Err(self.transport.garbage("there is no text in it"));
                    }
                    return Ok(Delta::End(End { finish, usage, model: self.target.model.clone() }));
                }
            }
        }
    }

    async fn event(&mut self) -> Result<Event, LlmError> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(event);
            }
            let line = self.lines.next().map_err(|_| self.transport.garbage("a line of it is too long"))?;
            match line {
                Some(line) => self.decode(&line)?,
                None if self.ended => return Err(LlmError::Truncated(Truncation::NoEnd)),
                None => self.read().await?,
            }
        }
    }

    async fn read(&mut self) -> Result<(), LlmError> {
        let response = match &mut self.response {
            Some(response) => response,
            none => none.insert(self.transport.open(&self.target, &self.body, D::KINDS).await?),
        };
        match http::next_chunk(response).await {
            Ok(Some(piece)) => self.take(&piece),
            Ok(None) => {
                self.ended = true;
                self.last_line();
                Ok(())
            }
            Err(http::ClientError::Timeout) => Err(LlmError::Timeout(Phase::Answer)),
            Err(_) => Err(LlmError::Truncated(Truncation::NoEnd)),
        }
    }

    fn take(&mut self, piece: &Bytes) -> Result<(), LlmError> {
        self.bytes += piece.len();
        let limit = self.transport.max_body();
        if self.bytes > limit {
            return Err(self.transport.garbage(&format!("it is larger than {limit} bytes")));
        }
        self.lines.push(piece);
        Ok(())
    }

    /// Decodes a last line without a line end; if that is invalid, it was cut.
    fn last_line(&mut self) {
        let rest = self.lines.rest();
        for line in [&rest[..], b""] {
            let _ = self.decoder.line(line, &mut self.events);
        }
    }

    fn decode(&mut self, line: &[u8]) -> Result<(), LlmError> {
        self.decoder.line(line, &mut self.events).map_err(|error| match error {
            LineError::Garbage(reason) => self.transport.garbage(&reason),
            LineError::Told(object) => self.transport.error_object(&self.target, &object),
            LineError::Refused(reason) => LlmError::Refused { reason: self.transport.reason(&reason) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_stop_is_an_end() {
        assert_eq!(finish(Some("stop"), false), Ok(FinishReason::Stop));
        assert_eq!(finish(None, false), Err(LlmError::Truncated(Truncation::NoEnd)));
        let aborted = Truncation::Stopped { reason: "abort".to_owned() };
        assert_eq!(finish(Some("abort"), true), Err(LlmError::Truncated(aborted)));
        assert!(matches!(finish(Some("content_filter"), true), Err(LlmError::Refused { .. })));
    }

    #[test]
    fn a_limit_of_tokens_is_an_end_only_for_those_who_accept_a_part() {
        assert_eq!(finish(Some("length"), true), Ok(FinishReason::Length));
        assert_eq!(finish(Some("length"), false), Err(LlmError::Truncated(Truncation::TokenLimit)));
    }
}
