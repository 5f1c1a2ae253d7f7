//! Keys and conversations are shown to nobody.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use super::*;
use crate::support::llm::Behaviour;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A provider that repeats the key in all it says.
fn indiscreet(dialect: Dialect) -> Vec<Behaviour> {
    let says = format!("wrong key: Bearer {KEY}");
    let told = json!({ "error": { "message": says, "code": says } });
    let line = match dialect {
        Dialect::Ollama => format!("{told}\n"),
        Dialect::OpenAi | Dialect::HuggingFace => format!("data: {told}\n\n"),
    };
    let kind = if dialect == Dialect::Ollama { "application/x-ndjson" } else { "text/event-stream" };
    vec![
        Behaviour::Status(401, None, told.clone()),
        Behaviour::Status(400, None, told.clone()),
        Behaviour::Status(500, None, json!({ "error": says })),
        Behaviour::Body("application/json", told.to_string()),
        Behaviour::Body("application/json", json!({ "choices": says, "message": says }).to_string()),
        Behaviour::Body(kind, line),
    ]
}

#[tokio::test]
async fn a_key_that_a_provider_repeats_is_in_no_error_and_in_no_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    // Ollama is given no key and can repeat none.
    for dialect in [Dialect::OpenAi, Dialect::HuggingFace] {
        for behaviour in indiscreet(dialect) {
            let (first, second) = (StandIn::start(dialect).await, StandIn::start(Dialect::Ollama).await);
            let chain = chain(&[&first, &second]);
            first.always(behaviour);
            second.always(Behaviour::status(500));
            for error in [greet(&chain).await.unwrap_err(), stream(&chain).await.1.unwrap_err()] {
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains(KEY), "{shown}");
            }
        }
    }
    let logged = log.text();
    assert!(logged.contains("a language model failed"), "{logged}");
    assert!(!logged.contains(KEY), "{logged}");
    assert!(!logged.contains("Say hello."), "{logged}");
}

#[tokio::test]
async fn what_is_asked_and_configured_shows_no_secret_in_debug_output() {
    let server = StandIn::start(Dialect::OpenAi).await;
    let shown = format!("{:?} {:?}", config(&[&server]), greeting());
    assert!(!shown.contains(KEY) && !shown.contains("Say hello."), "{shown}");
}
