//! Research sources and the HTTP client below them, against stand-in servers over real sockets.

mod http_client;
mod openai;
mod sample;
mod web;
