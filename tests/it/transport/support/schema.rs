//! Fields that misbehave in the ways the transports must cope with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::{Context, Object, Schema, Subscription};
use futures_util::{Stream, StreamExt, stream};
use rapport::http::transport::RequestOrigin;

use super::gateway::{Caller, Switches};

pub type TestSchema = Schema<Query, Mutation, Subscription>;

pub fn schema(switches: &Arc<Switches>) -> TestSchema {
    Schema::build(Query, Mutation, Subscription).data(Arc::clone(switches)).finish()
}

fn switches<'a>(context: &Context<'a>) -> &'a Arc<Switches> {
    context.data_unchecked()
}

async fn failure() -> async_graphql::Result<String> {
    tokio::task::yield_now().await;
    Err("this field always fails".into())
}

pub struct Query;

#[Object]
impl Query {
    async fn hello(&self, #[graphql(default_with = "\"world\".to_owned()")] name: String) -> String {
        format!("hello {name}")
    }

    async fn who(&self, context: &Context<'_>) -> String {
        context.data_unchecked::<Caller>().name.to_owned()
    }

    async fn request_id(&self, context: &Context<'_>) -> String {
        let origin = context.data_unchecked::<RequestOrigin>();
        origin.request_id.to_string()
    }

    async fn peer(&self, context: &Context<'_>) -> Option<String> {
        let origin = context.data_unchecked::<RequestOrigin>();
        origin.peer.map(|peer| peer.to_string())
    }

    async fn fails(&self) -> async_graphql::Result<String> {
        failure().await
    }

    async fn fails_nullable(&self) -> Option<async_graphql::Result<String>> {
        Some(failure().await)
    }

    async fn panics(&self, really: bool) -> bool {
        assert!(!really, "a bug in a resolver");
        really
    }

    async fn sets_header(&self, context: &Context<'_>) -> bool {
        context.insert_http_header("x-from-resolver", "yes");
        true
    }

    async fn slow(&self, millis: u64) -> bool {
        tokio::time::sleep(Duration::from_millis(millis)).await;
        true
    }
}

pub struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, context: &Context<'_>) -> usize {
        switches(context).bumps.fetch_add(1, Ordering::SeqCst) + 1
    }
}

pub struct Subscription;

#[Subscription]
impl Subscription {
    /// 1 to `to`, then the end.
    async fn count(&self, to: u32) -> impl Stream<Item = u32> {
        stream::iter(1..=to)
    }

    /// Nothing, for ever.
    async fn silence(&self, context: &Context<'_>) -> impl Stream<Item = bool> {
        let live = Live::new(&switches(context).live);
        stream::pending().inspect(move |_: &bool| drop_with(&live))
    }

    /// The same text without pause, for ever.
    async fn flood(&self, context: &Context<'_>, bytes: usize) -> impl Stream<Item = String> {
        let produced = Arc::clone(&switches(context).produced);
        let live = Live::new(&switches(context).live);
        stream::repeat_with(move || {
            drop_with(&live);
            produced.fetch_add(1, Ordering::SeqCst);
            "x".repeat(bytes)
        })
    }

    /// One event, then a bug.
    async fn breaks(&self) -> impl Stream<Item = u32> {
        stream::iter([1, 2]).map(|n| {
            assert_eq!(n, 1, "a bug in a stream");
            n
        })
    }
}

/// Counts a stream as alive until it is dropped.
struct Live(Arc<AtomicUsize>);

impl Live {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

/// Makes a closure own it, so that it is dropped with the closure.
fn drop_with(_live: &Live) {}

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
