//! A server on a port of its own.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rapport::http::{
    listener::{self, ConnectionLimits, Stop},
    transport::{Transport, TransportConfig, graphql_router},
};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::gateway::{Switches, TestGateway};

pub struct Server {
    pub address: SocketAddr,
    pub switches: Arc<Switches>,
    pub shutdown: CancellationToken,
    pub connections: TaskTracker,
    pub client: Client,
}

/// Intervals short enough to be waited for.
pub fn quick() -> TransportConfig {
    TransportConfig {
        revalidate_interval: Duration::from_millis(50),
        shutdown_spread: Duration::from_millis(100),
        ws_close_timeout: Duration::from_millis(500),
        ..TransportConfig::default()
    }
}

/// Waits for what must happen, and fails the test when it does not.
pub async fn patience<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.unwrap()
}

impl Server {
    pub async fn start() -> Self {
        Self::with(quick()).await
    }

    pub async fn with(config: TransportConfig) -> Self {
        Self::limited(config, ConnectionLimits::default()).await
    }

    pub async fn limited(config: TransportConfig, limits: ConnectionLimits) -> Self {
        let switches = Arc::new(Switches::default());
        let shutdown = CancellationToken::new();
        let connections = TaskTracker::new();
        let transport = Transport::new(TestGateway::new(&switches), config, shutdown.clone(), connections.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(listener::serve(listener, graphql_router(transport), limits, Stop::default()));
        Self { address, switches, shutdown, connections, client: Client::new() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST of a query, with nothing but the content type set.
    pub fn post(&self, query: &str) -> RequestBuilder {
        self.post_json(&json!({ "query": query }))
    }

    pub fn post_json(&self, body: &Value) -> RequestBuilder {
        self.client.post(self.url("/graphql")).json(body)
    }

    /// A GET of a query.
    pub fn get(&self, query: &str) -> RequestBuilder {
        self.get_with(&[("query", query)])
    }

    /// A GET with these parameters.
    pub fn get_with(&self, parameters: &[(&str, &str)]) -> RequestBuilder {
        let mut url = reqwest::Url::parse(&self.url("/graphql")).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        self.client.get(url)
    }

    /// A POST for a stream of events.
    pub fn stream(&self, query: &str) -> RequestBuilder {
        self.client
            .post(self.url("/graphql/stream"))
            .header("accept", "text/event-stream")
            .json(&json!({ "query": query }))
    }

    /// Waits until so many subscription streams exist.
    pub async fn live_streams(&self, count: usize) {
        until(&self.switches.live, |live| live == count).await;
    }

    /// Waits until no socket and no event stream is open.
    pub async fn all_closed(&self) {
        self.connections.close();
        patience(self.connections.wait()).await;
    }
}

async fn until(count: &AtomicUsize, is_right: impl Fn(usize) -> bool) {
    patience(async {
        while !is_right(count.load(Ordering::SeqCst)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}
