//! The replies of a running operation.

use std::panic::AssertUnwindSafe;

use futures_util::{
    StreamExt,
    stream::{BoxStream, CatchUnwind},
};

use super::gateway::Reply;

/// A stream of replies in which a panic is an item, so that it ends one operation and not the whole connection.
pub(super) type Replies = CatchUnwind<AssertUnwindSafe<BoxStream<'static, Reply>>>;

pub(super) fn guard(replies: BoxStream<'static, Reply>) -> Replies {
    AssertUnwindSafe(replies).catch_unwind()
}
