//! The operations that run on one socket.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::{StreamExt, stream::BoxStream};

use crate::http::transport::{
    errors::panicked,
    gateway::Reply,
    replies::{Replies, guard},
};

/// The running operations, polled in turn: after a reply of one operation the next one is polled first, so that a busy
/// one cannot starve the others.
#[derive(Default)]
pub(super) struct Operations {
    running: Vec<Operation>,
    turn: usize,
}

struct Operation {
    id: Arc<str>,
    request_id: Arc<str>,
    replies: Replies,
}

impl Operations {
    pub fn len(&self) -> usize {
        self.running.len()
    }

    pub fn contains(&self, id: &str) -> bool {
        self.position(id).is_some()
    }

    /// Adds an operation under an id that is not in use.
    pub fn insert(&mut self, id: &str, request_id: Arc<str>, replies: BoxStream<'static, Reply>) {
        self.running.push(Operation { id: id.into(), request_id, replies: guard(replies) });
    }

    /// Cancels an operation if it still runs.
    pub fn remove(&mut self, id: &str) {
        if let Some(slot) = self.position(id) {
            self.remove_slot(slot);
        }
    }

    /// Waits for the next reply of any operation, or forever if there are none. `None` means that the operation
    /// finished and was removed. A panic is a reply with an error.
    pub async fn next(&mut self) -> (Arc<str>, Option<Reply>) {
        poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<(Arc<str>, Option<Reply>)> {
        let count = self.running.len();
        for step in 0..count {
            let slot = (self.turn + step) % count;
            let operation = &mut self.running[slot];
            let Poll::Ready(item) = operation.replies.poll_next_unpin(context) else {
                continue;
            };
            let id = Arc::clone(&operation.id);
            let Some(reply) = item else {
                self.turn = slot;
                self.remove_slot(slot);
                return Poll::Ready((id, None));
            };
            self.turn = slot + 1;
            let reply = reply.unwrap_or_else(|_| panicked(&operation.request_id).into());
            return Poll::Ready((id, Some(reply)));
        }
        Poll::Pending
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.running.iter().position(|operation| &*operation.id == id)
    }

    fn remove_slot(&mut self, slot: usize) {
        self.running.remove(slot);
        if slot < self.turn {
            self.turn -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Response;
    use futures_util::stream;

    use super::*;
    use crate::http::transport::Payload;

    fn endless() -> BoxStream<'static, Reply> {
        stream::repeat_with(|| Response::default().into()).boxed()
    }

    fn operations(ids: &[&str]) -> Operations {
        let mut operations = Operations::default();
        for id in ids {
            operations.insert(id, "r".into(), endless());
        }
        operations
    }

    async fn speakers(operations: &mut Operations, count: usize) -> String {
        let mut order = String::new();
        for _ in 0..count {
            order.push_str(&operations.next().await.0);
        }
        order
    }

    #[tokio::test]
    async fn operations_that_are_always_ready_speak_in_turn() {
        let mut operations = operations(&["a", "b", "c"]);
        assert_eq!(speakers(&mut operations, 7).await, "abcabca");
    }

    #[tokio::test]
    async fn removing_one_does_not_disturb_the_turn_of_the_others() {
        let mut operations = operations(&["a", "b", "c"]);
        assert_eq!(speakers(&mut operations, 2).await, "ab");
        operations.remove("a");
        assert_eq!(speakers(&mut operations, 3).await, "cbc");
    }

    #[tokio::test]
    async fn an_operation_that_ends_says_so_once_and_is_gone() {
        let mut operations = operations(&["a"]);
        operations.insert("b", "r".into(), stream::empty().boxed());
        assert!(operations.next().await.1.is_some());
        assert!(operations.next().await.1.is_none());
        assert!(!operations.contains("b"));
        assert_eq!(speakers(&mut operations, 2).await, "aa");
    }

    #[tokio::test]
    async fn a_panic_ends_only_the_operation_it_happened_in() {
        let mut operations = Operations::default();
        let broken = stream::poll_fn(|_| panic!("a bug in a resolver"));
        operations.insert("a", "r1".into(), broken.boxed());
        operations.insert("b", "r2".into(), endless());
        let (_, reply) = operations.next().await;
        let Payload::Response(response) = reply.unwrap().payload else { panic!("it is written") };
        let error = &response.errors[0];
        let id = error.extensions.as_ref().unwrap().get("requestId");
        assert_eq!(id, Some(&"r1".into()));
        assert_eq!(speakers(&mut operations, 1).await, "b");
        let (id, reply) = operations.next().await;
        assert_eq!((&*id, reply.is_none()), ("a", true));
        assert_eq!(speakers(&mut operations, 2).await, "bb");
    }
}
