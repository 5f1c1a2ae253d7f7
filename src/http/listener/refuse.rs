//! Refusal of connections over the limits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::counts::Full;

/// Maximum number of concurrently refused connections that are closed gracefully; others are just closed.
const GENTLE: usize = 64;
/// Time for a refused client to read the refusal.
const GENTLE_TIME: Duration = Duration::from_secs(1);

/// Closes connections with a message.
#[derive(Debug)]
pub(super) struct Refuser {
    gentle: Arc<Semaphore>,
}

impl Default for Refuser {
    fn default() -> Self {
        Self { gentle: Arc::new(Semaphore::new(GENTLE)) }
    }
}

impl Refuser {
    pub fn refuse(&self, mut stream: TcpStream, full: Full) {
        let Ok(permit) = Arc::clone(&self.gentle).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let farewell = async {
                stream.write_all(answer(full).as_bytes()).await?;
                stream.shutdown().await?;
                // Closing with unread bytes would take the answer back.
                let mut unread = [0; 1024];
                while stream.read(&mut unread).await? > 0 {}
                std::io::Result::Ok(())
            };
            // The connection ends whatever comes of it.
            let _ = timeout(GENTLE_TIME, farewell).await;
            drop(permit);
        });
    }
}

/// `Retry-After` sent with [`refusal_body`].
pub(super) const RETRY_AFTER_SECONDS: u32 = 2;

fn answer(full: Full) -> String {
    let status = match full {
        Full::Total => "503 Service Unavailable",
        Full::Address => "429 Too Many Requests",
    };
    let body = refusal_body(full);
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\nRetry-After: {RETRY_AFTER_SECONDS}\r\nX-Content-Type-Options: nosniff\r\n\r\n{body}",
        body.len()
    )
}

/// Returns the refusal as a GraphQL response.
pub(super) fn refusal_body(full: Full) -> String {
    let (code, message) = match full {
        Full::Total => ("UNAVAILABLE", "The server has too many connections. Try again in a moment."),
        Full::Address => ("RATE_LIMITED", "Your network address has too many connections. Close some."),
    };
    let retry_after = RETRY_AFTER_SECONDS * 1000;
    let extensions = serde_json::json!({"code": code, "retryable": true, "retryAfterMs": retry_after});
    serde_json::json!({"errors": [{"message": message, "extensions": extensions}]}).to_string()
}

/// A rate limit of one per minute.
#[derive(Debug)]
pub(super) struct Seldom {
    started: Instant,
    next: AtomicU64,
}

impl Default for Seldom {
    fn default() -> Self {
        Self { started: Instant::now(), next: AtomicU64::new(0) }
    }
}

impl Seldom {
    pub fn is_due(&self) -> bool {
        let now = self.started.elapsed().as_secs();
        let next = self.next.load(Relaxed);
        next <= now && self.next.compare_exchange(next, now + 60, Relaxed, Relaxed).is_ok()
    }
}
