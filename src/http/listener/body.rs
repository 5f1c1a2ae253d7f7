//! Bodies of requests and answers that report their progress to the connection.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use super::{activity::Activity, counts::Permit};

/// A request body that is sent back through a channel if dropped before its end.
pub(super) struct ReturningBody {
    body: Option<Incoming>,
    back: Option<oneshot::Sender<Incoming>>,
}

/// Receiver of an unread request body.
pub(super) struct Unread(Option<oneshot::Receiver<Incoming>>);

impl ReturningBody {
    pub fn new(body: Incoming) -> (Self, Unread) {
        if body.is_end_stream() {
            return (Self { body: Some(body), back: None }, Unread(None));
        }
        let (back, unread) = oneshot::channel();
        (Self { body: Some(body), back: Some(back) }, Unread(Some(unread)))
    }
}

impl Drop for ReturningBody {
    fn drop(&mut self) {
        let body = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Some(back)) = (body, self.back.take()) {
            // Nobody wants it back where the connection is gone.
            let _ = back.send(body);
        }
    }
}

impl HttpBody for ReturningBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Unread {
    /// Returns the body unless the handler read it to its end.
    pub fn take(self) -> Option<Incoming> {
        self.0?.try_recv().ok()
    }
}

/// Reads a body to its end and discards it; returns false if it exceeds `limit` bytes or `time`.
pub(super) async fn drain(body: Incoming, limit: usize, time: Duration) -> bool {
    if body.size_hint().lower() > limit as u64 {
        return false;
    }
    let drained = async {
        let mut read = 0;
        let mut chunks = Body::new(body).into_data_stream();
        while let Some(Ok(chunk)) = chunks.next().await {
            read += chunk.len();
            if read > limit {
                return false;
            }
        }
        true
    };
    timeout(time, drained).await.unwrap_or_default()
}

/// A request whose answer is unfinished.
pub(super) struct OpenRequest {
    activity: Arc<Activity>,
}

impl OpenRequest {
    pub fn begin(activity: &Arc<Activity>, is_http2: bool) -> Self {
        activity.begin(is_http2);
        Self { activity: Arc::clone(activity) }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.activity.end();
    }
}

/// The body of an answer, which keeps the request open while it exists.
pub(super) struct AnswerBody {
    body: Body,
    _open: OpenRequest,
    _permit: Option<Permit>,
}

impl AnswerBody {
    /// Creates a body that holds the permit of its request, among those of its client's address.
    pub fn new(body: Body, open: OpenRequest, permit: Option<Permit>) -> Self {
        Self { body, _open: open, _permit: permit }
    }

    /// Ends a stream of unknown length if its client accepts nothing for `write_timeout`. An HTTP/2 client can stall
    /// one stream while the connection is active, which the connection's write timeout does not notice.
    pub fn paced(self, write_timeout: Duration) -> Body {
        if self.is_end_stream() || self.size_hint().exact().is_some() {
            return Body::new(self);
        }
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut chunks = Body::new(self).into_data_stream();
            while let Ok(Ok(place)) = timeout(write_timeout, sender.reserve()).await {
                let next = tokio::select! {
                    next = chunks.next() => next,
                    () = sender.closed() => None,
                };
                let Some(chunk) = next else { return };
                place.send(chunk);
            }
        });
        Body::from_stream(stream::unfold(receiver, async |mut receiver| {
            let chunk = receiver.recv().await?;
            Some((chunk, receiver))
        }))
    }
}

impl HttpBody for AnswerBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
