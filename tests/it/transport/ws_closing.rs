//! The close codes of a WebSocket, and upgrades that are refused.

use std::time::Duration;

use rapport::http::transport::TransportConfig;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use super::support::{Server, Socket, patience, quick};

/// The status an upgrade is refused with.
async fn refusal(server: &Server, headers: &[(&'static str, &str)]) -> u16 {
    match Socket::open(Socket::request(server, headers)).await {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("the upgrade was not refused"),
    }
}

#[tokio::test]
async fn what_is_no_message_is_4400_with_a_reason() {
    let server = Server::start().await;
    for (text, part) in [
        ("nonsense", "expected"),
        (r#"{"type":"start","id":"1"}"#, "start"),
        (r#"{"type":"next","id":"1","payload":{}}"#, "next"),
        (r#"{"type":"subscribe","id":"1","payload":{}}"#, "query"),
        (r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#, "id"),
        (r#"{"type":"ping","payload":"x"}"#, "payload"),
    ] {
        let mut socket = Socket::anonymous(&server).await;
        socket.send_raw(Message::text(text)).await;
        let (code, reason) = socket.closed().await;
        assert_eq!(code, 4400, "{text}");
        assert!(reason.starts_with("Invalid message: "), "{reason}");
        assert!(reason.contains(part) || part == "payload", "{reason}");
    }
}

#[tokio::test]
async fn a_binary_message_is_4400() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.send_raw(Message::binary(br#"{"type":"ping"}"#.to_vec())).await;
    let reason = "Invalid message: binary messages are not supported";
    assert_eq!(socket.closed().await, (4400, reason.to_owned()));
}

#[tokio::test]
async fn an_operation_before_the_connection_is_acknowledged_is_4401() {
    let server = Server::start().await;
    let mut socket = Socket::connect(&server).await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
}

#[tokio::test]
async fn a_client_that_offers_no_subprotocol_is_4406() {
    let server = Server::start().await;
    let mut request = Socket::request(&server, &[]);
    request.headers_mut().remove("sec-websocket-protocol");
    let mut socket = Socket::open(request).await.unwrap().0;
    let reason = "Subprotocol not acceptable";
    assert_eq!(socket.closed().await, (4406, reason.to_owned()));
}

#[tokio::test]
async fn a_client_that_offers_another_subprotocol_gets_to_see_4406() {
    let server = Server::start().await;
    let request = Socket::request(&server, &[("sec-websocket-protocol", "graphql-ws")]);
    let mut socket = Socket::open(request).await.unwrap().0;
    assert_eq!(socket.closed().await.0, 4406);
}

#[tokio::test]
async fn a_client_that_offers_ours_among_others_is_welcome() {
    let server = Server::start().await;
    let offered = "graphql-ws, graphql-transport-ws";
    let request = Socket::request(&server, &[("sec-websocket-protocol", offered)]);
    let (_socket, response) = Socket::open(request).await.unwrap();
    let protocol = &response.headers()["sec-websocket-protocol"];
    assert_eq!(protocol, "graphql-transport-ws");
}

#[tokio::test]
async fn no_connection_init_in_time_is_4408() {
    let config = TransportConfig { ws_init_timeout: Duration::from_millis(50), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::connect(&server).await;
    let reason = "Connection initialisation timeout";
    assert_eq!(socket.closed().await, (4408, reason.to_owned()));
}

#[tokio::test]
async fn an_acknowledged_connection_outlives_the_init_timeout() {
    let config = TransportConfig { ws_init_timeout: Duration::from_millis(300), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    socket.settle().await;
}

#[tokio::test]
async fn an_id_in_use_is_4409() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    socket.subscribe("a", "{ hello }").await;
    let reason = "Subscriber for a already exists";
    assert_eq!(socket.closed().await, (4409, reason.to_owned()));
    server.live_streams(0).await;
}

#[tokio::test]
async fn a_long_id_in_use_is_4409_with_a_reason_that_fits() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    let id = "ü".repeat(200);
    socket.subscribe(&id, "subscription { silence }").await;
    socket.subscribe(&id, "{ hello }").await;
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 4409);
    assert!(reason.starts_with("Subscriber for ü") && reason.len() <= 123);
}

#[tokio::test]
async fn a_second_connection_init_is_4429() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.send(json!({"type": "connection_init"})).await;
    let reason = "Too many initialisation requests";
    assert_eq!(socket.closed().await, (4429, reason.to_owned()));
}

#[tokio::test]
async fn a_message_that_is_too_large_is_1009() {
    let config = TransportConfig { ws_max_message_bytes: 1000, ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", &"x".repeat(2000)).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test]
async fn a_text_that_is_not_utf8_is_1007() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    let frame = Frame::message(vec![0xFF, 0xFE], OpCode::Data(Data::Text), true);
    socket.send_raw(Message::Frame(frame)).await;
    assert_eq!(socket.closed().await.0, 1007);
}

#[tokio::test]
async fn a_frame_that_breaks_the_rules_is_1002() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    let frame = Frame::message(vec![b'x'], OpCode::Data(Data::Continue), true);
    socket.send_raw(Message::Frame(frame)).await;
    assert_eq!(socket.closed().await.0, 1002);
}

#[tokio::test]
async fn a_client_still_talking_gets_to_see_the_close_code() {
    let server = Server::start().await;
    let mut socket = Socket::anonymous(&server).await;
    socket.send_raw(Message::text("nonsense")).await;
    for _ in 0..500 {
        socket.send_raw(Message::text("x".repeat(1000))).await;
    }
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn a_socket_that_waits_for_the_clients_farewell_has_ended_its_operations() {
    let config = TransportConfig { ws_close_timeout: Duration::from_hours(1), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    server.live_streams(1).await;
    socket.send_raw(Message::text("nonsense")).await;
    server.live_streams(0).await;
    assert_eq!(server.connections.len(), 1);
}

#[tokio::test]
async fn a_shutdown_is_1001_for_everybody() {
    let server = Server::start().await;
    let mut idle = Socket::connect(&server).await;
    let mut busy = Socket::anonymous(&server).await;
    busy.subscribe("a", "subscription { silence }").await;
    server.live_streams(1).await;
    server.shutdown.cancel();
    let goodbye = (1001, "The server is shutting down".to_owned());
    assert_eq!(idle.closed().await, goodbye);
    assert_eq!(busy.closed().await, goodbye);
    drop((idle, busy));
    server.all_closed().await;
}

#[tokio::test]
async fn the_server_pings() {
    let config = TransportConfig { ws_ping_interval: Duration::from_millis(50), ..quick() };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    for _ in 0..2 {
        let frame = socket.next_raw().await.unwrap().unwrap();
        assert!(frame.is_ping(), "{frame:?}");
    }
}

#[tokio::test]
async fn a_client_that_answers_pings_stays_connected() {
    let config = TransportConfig {
        ws_ping_interval: Duration::from_millis(50),
        ws_pong_timeout: Duration::from_millis(350),
        ..quick()
    };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    for _ in 0..12 {
        let frame = socket.next_raw().await.unwrap().unwrap();
        assert!(frame.is_ping(), "{frame:?}");
    }
}

#[tokio::test]
async fn a_client_that_is_silent_for_too_long_is_1001() {
    let config = TransportConfig {
        ws_ping_interval: Duration::from_millis(300),
        ws_pong_timeout: Duration::from_millis(300),
        ..quick()
    };
    let server = Server::with(config).await;
    let mut socket = Socket::anonymous(&server).await;
    // The client library answers pings only while it is read from.
    server.all_closed().await;
    assert_eq!(socket.closed().await, (1001, "Ping timeout".to_owned()));
}

#[tokio::test]
async fn an_upgrade_of_a_foreign_origin_is_a_403() {
    let server = Server::start().await;
    let headers = [("origin", "https://evil.example.com")];
    assert_eq!(refusal(&server, &headers).await, 403);
}

#[tokio::test]
async fn an_upgrade_of_an_allowed_origin_is_accepted() {
    let config = TransportConfig { allowed_origins: "https://app.example.com".parse().unwrap(), ..quick() };
    let server = Server::with(config).await;
    let request = Socket::request(&server, &[("origin", "https://app.example.com")]);
    Socket::open(request).await.unwrap();
}

#[tokio::test]
async fn an_upgrade_of_the_own_origin_is_accepted() {
    let server = Server::start().await;
    let origin = server.url("");
    let request = Socket::request(&server, &[("origin", &origin)]);
    Socket::open(request).await.unwrap();
}

#[tokio::test]
async fn a_plain_request_to_the_socket_route_is_a_426() {
    let server = Server::start().await;
    let request = server.client.get(server.url("/graphql/ws"));
    let response = patience(request.send()).await.unwrap();
    assert_eq!(response.status(), 426);
    assert_eq!(response.headers()["upgrade"], "websocket");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_INPUT");
}

#[tokio::test]
async fn an_offer_to_upgrade_to_http2_is_an_ordinary_query() {
    let server = Server::start().await;
    let request = server.get("{ hello }");
    let request = request.header("connection", "upgrade, http2-settings").header("upgrade", "h2c");
    assert_eq!(patience(request.send()).await.unwrap().status(), 200);
}
