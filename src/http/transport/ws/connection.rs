//! One socket, from the handshake to the close frame, in one task.
//!
//! The task waits for the first of: a message of the client, a reply of an operation, a timer, the shutdown. It does
//! one thing at a time, so no operation is polled while a message is written: a slow client slows its operations down
//! and nothing is queued for it.

use std::{borrow::Cow, pin::pin, sync::Arc};

use async_graphql::ServerError;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::{FutureExt, stream::FusedStream};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::{
    operations::Operations,
    protocol::{ClientMessage, Payload, ServerMessage, close, close_code},
};
use crate::http::transport::{
    credentials::{Lapse, Lease, payload_token},
    errors::{code, is_request_error, request_error, to_json},
    gateway::{AuthError, Gateway, Payload as ReplyPayload, Reply, RequestOrigin},
    parameters::Parameters,
    shared::Transport,
};

/// An open socket.
pub(super) struct Connection<G: Gateway> {
    transport: Transport<G>,
    socket: WebSocket,
    origin: RequestOrigin,
    /// The token of the upgrade request, for clients that can set headers.
    header_token: Result<Option<String>, AuthError>,
    /// The lease; `None` before the connection is acknowledged.
    lease: Option<Lease<G::Caller>>,
    operations: Operations,
    /// Number of operations started, for numbering their request ids.
    started: u64,
    init_until: Instant,
    ping_at: Instant,
    heard_at: Instant,
    close_at: Option<Instant>,
}

/// Reason why a socket ends.
enum End {
    /// The server closes it.
    Close(CloseFrame),
    /// The client closes it.
    ClosedByPeer,
    /// It is broken or stuck; no closing handshake is possible.
    Lost,
}

impl End {
    fn close(code: u16, reason: &str) -> Self {
        Self::Close(close(code, reason))
    }
}

impl<G: Gateway> Connection<G> {
    pub fn new(
        transport: Transport<G>,
        socket: WebSocket,
        origin: RequestOrigin,
        header_token: Result<Option<String>, AuthError>,
    ) -> Self {
        let now = Instant::now();
        Self {
            init_until: now + transport.config().ws_init_timeout,
            ping_at: now + transport.config().ws_ping_interval,
            heard_at: now,
            transport,
            socket,
            origin,
            header_token,
            lease: None,
            operations: Operations::default(),
            started: 0,
            close_at: None,
        }
    }

    /// Serves the socket until it is closed.
    pub async fn run(mut self) {
        let end = self.serve().await;
        // Before the farewell, which may take a while: the client hears no more from them.
        self.operations = Operations::default();
        self.finish(end).await;
    }

    /// Closes a socket whose client uses another subprotocol.
    pub async fn refuse_subprotocol(self) {
        let code = close_code::SUBPROTOCOL_NOT_ACCEPTABLE;
        self.finish(End::close(code, "Subprotocol not acceptable")).await;
    }

    async fn serve(&mut self) -> End {
        let mut shutdown = pin!(self.transport.shutdown_signal().cancelled_owned());
        let mut alarm = pin!(sleep_until(self.next_alarm()));
        loop {
            let next_alarm = self.next_alarm();
            if alarm.deadline() != next_alarm {
                alarm.as_mut().reset(next_alarm);
            }
            let done = tokio::select! {
                // In this order, so that a busy operation can neither outlive its credentials nor
                // keep the client's "complete" waiting.
                biased;
                () = &mut shutdown, if self.close_at.is_none() => {
                    self.close_at = Some(Instant::now() + self.transport.shutdown_delay());
                    Ok(())
                }
                () = &mut alarm => self.alarm().await,
                checked = checked(&mut self.lease) => checked.map_err(lapsed),
                received = self.socket.recv() => self.receive(received).await,
                (id, reply) = self.operations.next() => self.reply(&id, reply).await,
            };
            if let Err(end) = done {
                return end;
            }
        }
    }

    // Timers

    fn next_alarm(&self) -> Instant {
        let pinged = self.ping_at.min(self.silent_until());
        let right = match &self.lease {
            Some(lease) => lease.next_check(),
            None => self.init_until,
        };
        let alarm = pinged.min(right);
        self.close_at.map_or(alarm, |close_at| alarm.min(close_at))
    }

    /// Returns the time after which a silent client is considered gone.
    fn silent_until(&self) -> Instant {
        let config = self.transport.config();
        self.heard_at + config.ws_ping_interval + config.ws_pong_timeout
    }

    async fn alarm(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if self.close_at.is_some_and(|close_at| close_at <= now) {
            let reason = "The server is shutting down";
            return Err(End::close(close_code::GOING_AWAY, reason));
        }
        if self.lease.is_none() && self.init_until <= now {
            let reason = "Connection initialisation timeout";
            return Err(End::close(close_code::INIT_TIMEOUT, reason));
        }
        if self.silent_until() <= now {
            // The process itself may have been asleep, and the answer waits to be read.
            return match self.socket.recv().now_or_never() {
                Some(received) => self.receive(received).await,
                None => Err(End::close(close_code::GOING_AWAY, "Ping timeout")),
            };
        }
        if let Some(lease) = &mut self.lease {
            let interval = self.transport.config().revalidate_interval;
            lease.look(self.transport.gateway(), interval).map_err(lapsed)?;
        }
        if self.ping_at <= now {
            self.ping_at = now + self.transport.config().ws_ping_interval;
            self.write(Message::Ping(bytes::Bytes::new())).await?;
        }
        Ok(())
    }

    // From the client

    async fn receive(&mut self, received: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let message = match received {
            None => return Err(End::Lost),
            Some(Err(error)) => return Err(end_for(error)),
            Some(Ok(message)) => message,
        };
        self.heard_at = Instant::now();
        match message {
            Message::Text(text) => match ClientMessage::parse(&text) {
                // Boxed, so that what a message may need does not make every idle socket large.
                Ok(message) => Box::pin(self.handle(message)).await,
                Err(reason) => Err(End::close(close_code::BAD_REQUEST, &reason)),
            },
            Message::Binary(_) => {
                let reason = "Invalid message: binary messages are not supported";
                Err(End::close(close_code::BAD_REQUEST, reason))
            }
            Message::Close(_) => Err(End::ClosedByPeer),
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn handle(&mut self, message: ClientMessage) -> Result<(), End> {
        match message {
            ClientMessage::ConnectionInit { payload } => self.init(payload).await,
            ClientMessage::Ping { payload } => self.ping(payload).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(&id, payload).await,
            ClientMessage::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: Payload) -> Result<(), End> {
        if self.lease.is_some() {
            let reason = "Too many initialisation requests";
            return Err(End::close(close_code::TOO_MANY_INITS, reason));
        }
        let header_token = std::mem::replace(&mut self.header_token, Ok(None));
        let payload = payload.unwrap_or_default();
        let token = match payload_token(&payload).map_err(refused)? {
            Some(token) => Some(Cow::Borrowed(token)),
            None => header_token.map_err(refused)?.map(Cow::Owned),
        };
        let authenticated = self.authenticate(token.as_deref()).await;
        let caller = authenticated.map_err(refused)?;
        self.lease = Some(self.new_lease(caller));
        self.send(&ServerMessage::ConnectionAck).await
    }

    /// Answers a ping. A token in it renews the credentials of the connection.
    async fn ping(&mut self, payload: Payload) -> Result<(), End> {
        let token = payload.as_ref().map_or(Ok(None), payload_token);
        let Some(token) = token.map_err(refused)? else {
            return self.send(&ServerMessage::Pong { payload }).await;
        };
        self.renew(token).await?;
        // The token is not sent back.
        self.send(&ServerMessage::Pong { payload: None }).await
    }

    async fn renew(&mut self, token: &str) -> Result<(), End> {
        let Some(lease) = &self.lease else {
            return Ok(());
        };
        let current = lease.caller.clone();
        let fresh = match self.authenticate(Some(token)).await {
            // The present credentials still hold; they are not taken away for this.
            Err(AuthError::Unavailable) => return Ok(()),
            authenticated => authenticated.map_err(refused)?,
        };
        if !self.transport.gateway().may_continue_as(&current, &fresh) {
            let reason = "The token belongs to somebody else";
            return Err(End::close(close_code::FORBIDDEN, reason));
        }
        self.lease = Some(self.new_lease(fresh));
        Ok(())
    }

    async fn authenticate(&mut self, token: Option<&str>) -> Result<G::Caller, AuthError> {
        self.transport.gateway().authenticate(token, &self.origin).await
    }

    fn new_lease(&self, caller: G::Caller) -> Lease<G::Caller> {
        let interval = self.transport.config().revalidate_interval;
        Lease::new(self.transport.gateway(), caller, interval)
    }

    async fn subscribe(&mut self, id: &str, parameters: Parameters) -> Result<(), End> {
        let Some(lease) = &self.lease else {
            return Err(End::close(close_code::UNAUTHORIZED, "Unauthorized"));
        };
        if self.operations.contains(id) {
            let reason = format!("Subscriber for {id} already exists");
            return Err(End::close(close_code::SUBSCRIBER_EXISTS, &reason));
        }
        self.started += 1;
        let request_id: Arc<str> = format!("{}-{}", self.origin.request_id, self.started).into();
        let most = self.transport.config().ws_max_operations;
        if self.operations.len() >= most {
            let message = format!("This socket already runs {most} operations; complete one first.");
            let error = request_error(code::RATE_LIMITED, message, &*request_id);
            return self.error(id, &[error]).await;
        }
        let gateway = self.transport.gateway();
        let request = match parameters.into_request(&self.transport.config().documents) {
            Ok(request) => request,
            Err(refusal) => return self.error(id, &[refusal.to_error(&request_id)]).await,
        };
        let origin = RequestOrigin { request_id: Arc::clone(&request_id), ..self.origin.clone() };
        let replies = gateway.stream(lease.caller.clone(), request.data(origin), None);
        self.operations.insert(id, request_id, replies);
        Ok(())
    }

    // To the client

    async fn reply(&mut self, id: &str, reply: Option<Reply>) -> Result<(), End> {
        let Some(Reply { payload, .. }) = reply else {
            return self.send(&ServerMessage::Complete { id }).await;
        };
        match &payload {
            ReplyPayload::Response(response) if is_request_error(response) => {
                self.operations.remove(id);
                self.error(id, &response.errors).await
            }
            _ => self.send(&ServerMessage::Next { id, payload: &payload }).await,
        }
    }

    /// Ends an operation with errors, without `complete`.
    async fn error(&mut self, id: &str, payload: &[ServerError]) -> Result<(), End> {
        self.send(&ServerMessage::Error { id, payload }).await
    }

    async fn send(&mut self, message: &ServerMessage<'_>) -> Result<(), End> {
        self.write(Message::Text(to_json(message).into())).await
    }

    async fn write(&mut self, message: Message) -> Result<(), End> {
        let deadline = self.transport.config().ws_write_deadline;
        match timeout(deadline, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Lost),
        }
    }

    // The end

    /// Sends the close frame and waits for the client's. Closing at once would lose the frame if unread data had
    /// arrived.
    async fn finish(mut self, end: End) {
        let request_id = &*self.origin.request_id;
        let until = Instant::now() + self.transport.config().ws_close_timeout;
        match end {
            End::Lost => return tracing::debug!(request_id, "a socket was lost"),
            End::ClosedByPeer => tracing::debug!(request_id, "a socket was closed by its client"),
            End::Close(frame) => {
                tracing::debug!(request_id, frame.code, reason = %frame.reason, "closing a socket");
                let sent = timeout_at(until, self.socket.send(Message::Close(Some(frame)))).await;
                if !matches!(sent, Ok(Ok(()))) {
                    return;
                }
            }
        }
        if self.socket.is_terminated() {
            // After a broken frame nothing can be read, only waited.
            return sleep(self.transport.config().ws_close_timeout / 4).await;
        }
        let drained = async { while let Some(Ok(_)) = self.socket.recv().await {} };
        // Too late is as good as done: the socket is dropped either way.
        let _ = timeout_at(until, drained).await;
    }
}

/// Waits for the result of a credentials check, if one is pending.
async fn checked<C: Clone + Send + Sync + 'static>(lease: &mut Option<Lease<C>>) -> Result<(), Lapse> {
    match lease {
        Some(lease) => lease.checked().await,
        None => std::future::pending().await,
    }
}

/// Returns the end of a socket whose credentials are no longer valid.
fn lapsed(lapse: Lapse) -> End {
    End::close(close_code::FORBIDDEN, &lapse.to_string())
}

/// Returns the end of a socket whose token is rejected.
fn refused(error: AuthError) -> End {
    match error {
        AuthError::Invalid | AuthError::Expired | AuthError::Rejected(_) => {
            End::close(close_code::FORBIDDEN, &error.to_string())
        }
        AuthError::Unavailable => End::close(close_code::TRY_AGAIN_LATER, &error.to_string()),
    }
}

/// Returns the end of a socket that could not be read.
fn end_for(error: axum::Error) -> End {
    use tungstenite::Error;

    match error.into_inner().downcast_ref() {
        Some(Error::Capacity(_)) => End::close(close_code::TOO_LARGE, "Message too large"),
        Some(Error::Utf8(_)) => End::close(close_code::INVALID_DATA, "Not UTF-8"),
        Some(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => End::Lost,
        Some(Error::Protocol(_)) => End::close(close_code::PROTOCOL_ERROR, "Protocol error"),
        _ => End::Lost,
    }
}
