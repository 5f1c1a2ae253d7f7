//! GraphQL over WebSocket, the `graphql-transport-ws` subprotocol.
//!
//! <https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md>
//!
//! Details that the protocol leaves open:
//!
//! - The token comes in the payload of `connection_init` (`Authorization: "Bearer …"` or `token`), or
//!   with the upgrade request. A `ping` with a token of the same caller in its payload renews the
//!   credentials; the `pong` to it has no payload.
//! - 4403 closes a socket whose token is invalid, expires, or is revoked; 1013 one whose token cannot be checked at the
//!   moment; 1001 one whose client is silent, and all sockets at shutdown.
//! - `error` ends an operation with a request error at any time: an invalid document, missing permissions, a limit, a
//!   failure. Too many operations are an `error` of the excess one, with `RATE_LIMITED`, and do not end the others.
//! - Queries and mutations run here too. `complete` cancels them as well.

mod connection;
mod operations;
mod protocol;

use axum::{
    extract::{FromRequestParts, Request, State, WebSocketUpgrade},
    response::Response,
};
use http::{HeaderValue, StatusCode, header, request::Parts};

use self::connection::Connection;
use super::{
    credentials::bearer_token,
    errors::code,
    gateway::{AuthError, Gateway},
    graphql_http::refused,
    negotiate::MediaType,
    origin::{identify, is_origin_allowed},
    refusal::Refusal,
    shared::Transport,
};
use crate::telemetry::metrics;

/// The name of the subprotocol.
const SUBPROTOCOL: &str = "graphql-transport-ws";
/// Size of the read buffer, allocated once per socket. Most sockets receive a single message; longer ones need more
/// memory and reads.
const READ_BUFFER_BYTES: usize = 1024;

/// Handles upgrades on `/graphql/ws` and `/graphql`.
pub(super) async fn handle<G: Gateway>(State(transport): State<Transport<G>>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let origin = identify(transport.gateway(), transport.config(), &parts);
    let upgrade = match accept(&transport, &mut parts).await {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refused(&refusal, MediaType::Json, &origin),
    };
    let is_our_protocol = upgrade.selected_protocol().is_some_and(|p| p == SUBPROTOCOL);
    let header_token: Result<Option<String>, AuthError> =
        bearer_token(&parts.headers).map(|token| token.map(str::to_owned));
    let counted = transport.connections().token();
    let open = transport.gateway().metrics().map(|metrics| metrics.serving().open(metrics::Connection::WebSocket));
    upgrade.on_upgrade(move |socket| async move {
        let connection = Connection::new(transport, socket, origin, header_token);
        if is_our_protocol {
            connection.run().await;
        } else {
            connection.refuse_subprotocol().await;
        }
        drop((open, counted));
    })
}

/// Checks the upgrade request and chooses the subprotocol.
async fn accept<G: Gateway>(transport: &Transport<G>, parts: &mut Parts) -> Result<WebSocketUpgrade, Refusal> {
    let config = transport.config();
    if !is_origin_allowed(parts, &config.allowed_origins) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            code::FORBIDDEN,
            "This web origin may not open a WebSocket here.",
        ));
    }
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|rejection| {
        Refusal::new(
            StatusCode::UPGRADE_REQUIRED,
            code::BAD_INPUT,
            format!("This endpoint speaks WebSocket only: {}.", rejection.body_text()),
        )
        .with_header(header::UPGRADE, "websocket")
    })?;
    Ok(select_subprotocol(upgrade)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_message_size(config.ws_max_message_bytes)
        .max_frame_size(config.ws_max_message_bytes))
}

/// Selects our subprotocol, or the first one offered if ours is not: browsers fail a handshake that selects none of
/// theirs, and would never see the close code 4406.
fn select_subprotocol(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    let mut upgrade = upgrade.protocols([SUBPROTOCOL]);
    if upgrade.selected_protocol().is_none() {
        let first: Option<HeaderValue> = upgrade.requested_protocols().next().cloned();
        if let Some(first) = first {
            upgrade.set_selected_protocol(first);
        }
    }
    upgrade
}
