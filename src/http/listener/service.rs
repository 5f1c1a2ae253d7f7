//! Handling of one request on a connection.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Version, header};
use hyper::body::Incoming;
use tower_service::Service as _;

use super::{
    ConnectionLimits,
    activity::Activity,
    body::{AnswerBody, OpenRequest, ReturningBody, Unread, drain},
    counts::{Counts, Full, Permit},
    refuse::{RETRY_AFTER_SECONDS, refusal_body},
};
use crate::http::transport::client_address;

/// Maximum size of a request body that is discarded so that the connection can be reused.
const DRAINED_BYTES: usize = 1 << 20;
/// Time limit of discarding it.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// Answers the requests of a connection.
#[derive(Clone)]
pub(super) struct Service {
    pub router: Router,
    pub activity: Arc<Activity>,
    pub peer: SocketAddr,
    pub requests: Option<Arc<Counts>>,
    pub limits: ConnectionLimits,
}

impl Service {
    pub async fn call(mut self, request: Request<Incoming>) -> Result<Response, Infallible> {
        let is_http2 = request.version() == Version::HTTP_2;
        let open = OpenRequest::begin(&self.activity, is_http2);
        let waits_for_continue = request.headers().contains_key(header::EXPECT);
        let spelling = request.headers().contains_key(header::UPGRADE).then(|| request.extensions().clone());
        let admitted = self.admit(request.headers());
        let (request, unread) = self.prepare(request);
        let (mut response, permit) = match admitted {
            Ok(permit) => (self.router.call(request).await?, permit),
            Err(full) => {
                drop(request);
                (refused(full), None)
            }
        };
        let is_upgrade = response.status() == StatusCode::SWITCHING_PROTOCOLS;
        if !is_http2 && !is_upgrade {
            self.finish_request(unread, waits_for_continue, &mut response).await;
        }
        let headers = response.headers_mut();
        headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
        if is_upgrade {
            // Names of headers are spelled as in the request: Python's gql looks for `Sec-WebSocket-Protocol` to the letter,
            // and title case is `Sec-Websocket-Protocol`.
            response.extensions_mut().extend(spelling.unwrap_or_default());
            self.activity.hold(permit);
            return Ok(response);
        }
        Ok(response.map(|body| {
            let body = AnswerBody::new(body, open, permit);
            if is_http2 { body.paced(self.limits.timeouts.write) } else { Body::new(body) }
        }))
    }

    /// Admits a request among those of the client's address, if the connection is a proxy's.
    fn admit(&self, headers: &HeaderMap) -> Result<Option<Permit>, Full> {
        let Some(requests) = &self.requests else { return Ok(None) };
        let peer = self.peer.ip();
        let address = client_address(headers, Some(peer), self.limits.forwarded_hops).unwrap_or(peer);
        requests.admit(address).map(Some)
    }

    fn prepare(&self, request: Request<Incoming>) -> (Request<Body>, Unread) {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(ConnectInfo(self.peer));
        let (body, unread) = ReturningBody::new(body);
        (Request::from_parts(parts, Body::new(body)), unread)
    }

    /// Discards the rest of the request body, or announces that the connection closes: hyper closes it then, and an
    /// unaware client would lose its next request.
    async fn finish_request(&self, unread: Unread, waits_for_continue: bool, response: &mut Response) {
        let Some(body) = unread.take() else { return };
        let is_worth_waiting = !waits_for_continue && response.status() != StatusCode::REQUEST_TIMEOUT;
        if is_worth_waiting && drain(body, DRAINED_BYTES, DRAIN_TIME).await {
            return;
        }
        self.activity.linger();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

fn refused(full: Full) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
        (header::RETRY_AFTER, RETRY_AFTER_SECONDS.into()),
    ];
    (StatusCode::TOO_MANY_REQUESTS, headers, refusal_body(full)).into_response()
}
