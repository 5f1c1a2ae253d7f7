//! Messages and close codes of `graphql-transport-ws`.

use std::borrow::Cow;

use async_graphql::ServerError;
use axum::extract::ws::CloseFrame;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    http::transport::{gateway::Payload as ReplyPayload, parameters::Parameters},
    text::printable,
};

/// The close codes the server uses.
pub(super) mod close_code {
    /// The server shuts down, or the client was silent for too long. Clients reconnect.
    pub const GOING_AWAY: u16 = 1001;
    /// The peer violated the WebSocket protocol.
    pub const PROTOCOL_ERROR: u16 = 1002;
    /// A text message is not UTF-8.
    pub const INVALID_DATA: u16 = 1007;
    /// A message is larger than allowed.
    pub const TOO_LARGE: u16 = 1009;
    /// The token could not be checked. Clients reconnect.
    pub const TRY_AGAIN_LATER: u16 = 1013;
    /// A message is malformed or of an unknown type.
    pub const BAD_REQUEST: u16 = 4400;
    /// An operation before the connection was acknowledged.
    pub const UNAUTHORIZED: u16 = 4401;
    /// The token is invalid, expired, or revoked. Clients reconnect with a fresh token.
    pub const FORBIDDEN: u16 = 4403;
    /// The client does not speak `graphql-transport-ws`.
    pub const SUBPROTOCOL_NOT_ACCEPTABLE: u16 = 4406;
    /// No `connection_init` in time.
    pub const INIT_TIMEOUT: u16 = 4408;
    /// An operation id that is already in use.
    pub const SUBSCRIBER_EXISTS: u16 = 4409;
    /// A second `connection_init`.
    pub const TOO_MANY_INITS: u16 = 4429;
}

/// Maximum length of a close reason in a WebSocket frame, in bytes (RFC 6455, 5.5).
const MAX_REASON_BYTES: usize = 123;

/// Returns a close frame with the reason, which may repeat what the client sent, cut to the maximum length.
pub(super) fn close(code: u16, reason: &str) -> CloseFrame {
    let reason = printable(reason);
    let mut end = reason.len().min(MAX_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    CloseFrame { code, reason: (&reason[..end]).into() }
}

/// The payload of `connection_init`, `ping` and `pong`: a map, null, or nothing.
pub(super) type Payload = Option<Map<String, Value>>;

/// A message from a client.
///
/// Not `Debug`, because payloads hold tokens.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Payload,
    },
    Ping {
        #[serde(default)]
        payload: Payload,
    },
    Pong,
    Subscribe {
        id: String,
        payload: Parameters,
    },
    Complete {
        id: String,
    },
}

impl ClientMessage {
    /// Parses a message.
    ///
    /// # Errors
    /// With the reason for closing the socket.
    pub fn parse(text: &str) -> Result<Self, Cow<'static, str>> {
        match serde_json::from_str(text) {
            Ok(Self::Subscribe { id, .. }) if id.is_empty() => {
                Err("Invalid message: subscribe needs a non-empty id".into())
            }
            Ok(Self::Subscribe { payload, .. }) if !payload.name_a_document() => {
                Err("Invalid message: subscribe needs a query".into())
            }
            Ok(message) => Ok(message),
            Err(error) => Err(format!("Invalid message: {error}").into()),
        }
    }
}

/// A message from the server.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerMessage<'a> {
    ConnectionAck,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Payload,
    },
    Next {
        id: &'a str,
        payload: &'a ReplyPayload,
    },
    Error {
        id: &'a str,
        payload: &'a [ServerError],
    },
    Complete {
        id: &'a str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::transport::errors::to_json;

    fn reason(text: &str) -> String {
        ClientMessage::parse(text).err().unwrap().into_owned()
    }

    #[test]
    fn messages_are_read() {
        let parse = |text| ClientMessage::parse(text).ok().unwrap();
        assert!(matches!(parse(r#"{"type":"connection_init"}"#), ClientMessage::ConnectionInit { payload: None }));
        assert!(matches!(parse(r#"{"type":"ping","payload":null}"#), ClientMessage::Ping { payload: None }));
        assert!(matches!(parse(r#"{"type":"pong","payload":{"n":1}}"#), ClientMessage::Pong));
        assert!(matches!(
            parse(r#"{"id":"1","payload":{"query":"{a}"},"type":"subscribe"}"#),
            ClientMessage::Subscribe { .. }
        ));
        assert!(matches!(parse(r#"{"type":"complete","id":"1"}"#), ClientMessage::Complete { .. }));
    }

    #[test]
    fn a_reason_repeats_no_control_characters() {
        let told = close(4400, &reason("{\"type\":\"a\\u001b[31m\"}")).reason.to_string();
        assert!(told.contains(r"a\u{1b}[31m"), "{told}");
    }

    #[test]
    fn what_is_no_message_is_refused_with_a_reason() {
        assert!(reason("nonsense").starts_with("Invalid message: "));
        assert!(reason("[]").starts_with("Invalid message: "));
        assert!(reason(r#"{"id":"1"}"#).contains("missing field `type`"));
        assert!(reason(r#"{"type":"start"}"#).contains("unknown variant `start`"));
        assert!(reason(r#"{"type":"next","id":"1","payload":{}}"#).contains("`next`"));
        assert!(reason(r#"{"type":"ping","payload":7}"#).starts_with("Invalid message: "));
        assert!(reason(r#"{"type":"complete"}"#).contains("missing field `id`"));
    }

    #[test]
    fn a_subscribe_with_wrong_parameters_is_refused() {
        let with = |payload: &str| reason(&format!(r#"{{"type":"subscribe","id":"1","payload":{payload}}}"#));
        assert!(with(r#"{"query":7}"#).starts_with("Invalid message: "));
        assert!(with(r#"{"query":"{a}","variables":[]}"#).starts_with("Invalid message: "));
        assert!(with("{}").contains("query"));
        assert!(with(r#""{a}""#).starts_with("Invalid message: "));
        assert!(reason(r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#).contains("id"));
    }

    #[test]
    fn a_close_reason_is_cut_between_characters() {
        let reason = "é".repeat(70);
        assert_eq!(close(4400, &reason).reason.len(), 122);
        assert_eq!(close(4400, "short").reason.as_str(), "short");
    }

    #[test]
    fn a_pong_without_a_payload_has_no_payload_entry() {
        let json = to_json(&ServerMessage::Pong { payload: None });
        assert_eq!(json, r#"{"type":"pong"}"#);
    }
}
