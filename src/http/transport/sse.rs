//! GraphQL over server-sent events, distinct connections mode: one request, one operation, one
//! stream of `next` events and a final `complete`.
//!
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>
//!
//! - A malformed HTTP request (no query, wrong type, invalid token) gets a status and a JSON body. Errors of the
//!   *operation* (syntax, validation, permissions, limits) come as a `next` event without `data` followed by
//!   `complete`, as the protocol demands.
//! - The `id` of an event is the reply's cursor; `Last-Event-ID` continues after it.
//! - When the credentials end or the server shuts down, the stream ends **without** `complete`, by which clients
//!   distinguish a broken stream from a finished one: graphql-sse and `EventSource` reconnect with fresh headers and
//!   the last cursor. An error event would reach the application as a result of its operation instead.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, StatusCode, header};
use tokio::time::{Instant, sleep_until};
use tokio_util::{sync::CancellationToken, task::task_tracker::TaskTrackerToken};

use super::{
    credentials::Lease,
    errors::{code, is_request_error, panicked, to_json},
    gateway::{Gateway, Payload, Reply, RequestOrigin},
    graphql_http::{refused, with_common_headers},
    intake,
    negotiate::{MediaType, accepts_event_stream},
    origin::identify,
    refusal::Refusal,
    replies::{Replies, guard},
    shared::Transport,
};
use crate::telemetry::metrics::{Connection, Open};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
    // nginx collects a response before passing it on unless told not to.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// An empty comment, sent first, because some browsers report an open stream only after a byte, and then after long
/// silence.
const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The final event. `data` is present although empty, because `EventSource` drops an event without it.
const COMPLETE: Bytes = Bytes::from_static(b"event: complete\ndata:\n\n");

/// Handles `POST /graphql/stream` and `GET /graphql/stream`.
pub(super) async fn handle<G: Gateway>(State(transport): State<Transport<G>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let origin = identify(transport.gateway(), transport.config(), &parts);
    if !accepts_event_stream(&parts.headers) {
        return refused(&not_acceptable(), MediaType::Json, &origin);
    }
    let resume = last_event_id(&parts.headers);
    let request = Request::from_parts(parts, body);
    let accepted = match intake::accept(&transport, request, &origin).await {
        Ok(accepted) => accepted,
        Err(refusal) => return refused(&refusal, MediaType::Json, &origin),
    };
    let (gateway, config) = (transport.gateway(), transport.config());
    let lease = Lease::new(gateway, accepted.caller, config.revalidate_interval);
    let replies = gateway.stream(lease.caller.clone(), accepted.request, resume);
    let events = EventStream {
        opened: false,
        replies: Some(guard(replies)),
        lease,
        silent_until: Instant::now() + config.sse_keepalive,
        close_at: None,
        shutdown: transport.shutdown_signal(),
        origin: origin.clone(),
        _counted: transport.connections().token(),
        _open: gateway.metrics().map(|metrics| metrics.serving().open(Connection::EventStream)),
        transport,
    };
    let body = stream::unfold(events, EventStream::step).map(Ok::<_, Infallible>);
    let response = (HEADERS, Body::from_stream(body)).into_response();
    with_common_headers(response, &origin)
}

fn not_acceptable() -> Refusal {
    Refusal::new(
        StatusCode::NOT_ACCEPTABLE,
        code::BAD_INPUT,
        "This endpoint answers in text/event-stream; single results are served at /graphql.",
    )
}

fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(LAST_EVENT_ID)?.to_str().ok()?;
    Some(id.to_owned()).filter(|id| !id.is_empty())
}

/// An open stream. hyper requests the next piece only once the last one was sent, so a slow client slows its operation
/// down and nothing is queued.
struct EventStream<G: Gateway> {
    transport: Transport<G>,
    origin: RequestOrigin,
    lease: Lease<G::Caller>,
    opened: bool,
    /// The replies; `None` after the last one was sent.
    replies: Option<Replies>,
    silent_until: Instant,
    close_at: Option<Instant>,
    shutdown: CancellationToken,
    _counted: TaskTrackerToken,
    _open: Option<Open>,
}

impl<G: Gateway> EventStream<G> {
    /// Returns the next piece of the body, `None` at the end.
    async fn step(mut self) -> Option<(Bytes, Self)> {
        if !self.opened {
            self.opened = true;
            return Some((COMMENT, self));
        }
        let piece = loop {
            let alarm = self.next_alarm();
            let replies = self.replies.as_mut()?;
            tokio::select! {
                // In this order, so that a busy stream cannot outlive its credentials.
                biased;
                () = sleep_until(alarm) => if let Some(piece) = self.alarm() {
                    break piece;
                },
                checked = self.lease.checked() => if let Err(lapse) = checked {
                    break self.break_off(lapse);
                },
                () = self.shutdown.cancelled(), if self.close_at.is_none() => {
                    self.close_at = Some(Instant::now() + self.transport.shutdown_delay());
                }
                reply = replies.next() => break self.event(reply),
            }
        };
        self.silent_until = Instant::now() + self.keepalive();
        Some((piece, self))
    }

    fn next_alarm(&self) -> Instant {
        let alarm = self.lease.next_check().min(self.silent_until);
        self.close_at.map_or(alarm, |close_at| alarm.min(close_at))
    }

    fn keepalive(&self) -> Duration {
        self.transport.config().sse_keepalive
    }

    /// Handles due timers, and returns data to send, if any.
    fn alarm(&mut self) -> Option<Bytes> {
        let now = Instant::now();
        if self.close_at.is_some_and(|close_at| close_at <= now) {
            return Some(self.break_off("The server is shutting down."));
        }
        let (gateway, config) = (self.transport.gateway(), self.transport.config());
        if let Err(lapse) = self.lease.look(gateway, config.revalidate_interval) {
            return Some(self.break_off(lapse));
        }
        (self.silent_until <= now).then_some(COMMENT)
    }

    /// Ends the stream without `complete`; the reason is sent as a comment.
    fn break_off(&mut self, reason: impl std::fmt::Display) -> Bytes {
        self.replies = None;
        Bytes::from(format!(": {reason}\n\n"))
    }

    fn event(&mut self, reply: Option<std::thread::Result<Reply>>) -> Bytes {
        let Some(reply) = reply else {
            self.replies = None;
            return COMPLETE;
        };
        let reply = reply.unwrap_or_else(|_| panicked(&self.origin.request_id).into());
        let event = next_event(&reply);
        match &reply.payload {
            Payload::Response(response) if is_request_error(response) => {
                self.replies = None;
                Bytes::from([event.as_bytes(), &COMPLETE].concat())
            }
            _ => Bytes::from(event),
        }
    }
}

fn next_event(reply: &Reply) -> String {
    let data = to_json(&reply.payload);
    // A line break would end the field, and a client ignores an id with a NUL.
    let id = reply
        .cursor
        .as_deref()
        .filter(|id| !id.contains(['\n', '\r', '\0']))
        .map_or_else(String::new, |id| format!("id: {id}\n"));
    format!("event: next\n{id}data: {data}\n\n")
}

#[cfg(test)]
mod tests {
    use async_graphql::{Response as GraphQlResponse, value};

    use super::*;

    fn reply(cursor: &str) -> Reply {
        let payload = GraphQlResponse::new(value!({"text": "a\nb"})).into();
        Reply { payload, cursor: Some(cursor.into()) }
    }

    #[test]
    fn an_event_has_its_cursor_as_id_and_its_data_on_one_line() {
        assert_eq!(next_event(&reply("c7")), "event: next\nid: c7\ndata: {\"data\":{\"text\":\"a\\nb\"}}\n\n");
    }

    #[test]
    fn a_cursor_that_would_break_the_event_is_left_out() {
        assert!(!next_event(&reply("c\ndata: x")).contains("id:"));
    }
}
