//! The GraphQL transports over real sockets, on a small schema of their own.

mod connections;
mod http2;
mod http_keepalive;
mod http_request;
mod http_response;
mod http_sites;
mod persisted;
mod sse;
mod support;
mod ws_closing;
mod ws_credentials;
mod ws_operations;
mod ws_slow;
