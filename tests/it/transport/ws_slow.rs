//! WebSocket clients that do not read.

use std::{sync::atomic::Ordering, time::Duration};

use rapport::http::transport::TransportConfig;

use super::support::{Server, Socket, quick};

/// More than the buffers of a connection hold, many times over.
const MOST_EVENTS: usize = 1000;

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_and_nothing_is_queued_for_it() {
    let config = TransportConfig { ws_write_deadline: Duration::from_millis(200), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { flood(bytes: 100000) }").await;
    server.live_streams(1).await;
    server.live_streams(0).await;
    server.all_closed().await;
    assert!(server.switches.produced.load(Ordering::SeqCst) < MOST_EVENTS);
    drop(socket);
}

#[tokio::test]
async fn a_client_that_reads_slowly_but_in_time_is_kept() {
    let config = TransportConfig { ws_write_deadline: Duration::from_secs(5), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { flood(bytes: 100000) }").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    for _ in 0..200 {
        assert_eq!(socket.next().await["type"], "next");
    }
    server.live_streams(1).await;
}
