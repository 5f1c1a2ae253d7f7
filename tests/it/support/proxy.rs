//! A way to a server that can be cut and mended.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use super::TestDb;

/// Passes connections on, while it is whole.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    is_cut: watch::Sender<bool>,
    /// How often the connections that there were went silent.
    silences: watch::Sender<u32>,
    /// Whether answers are held back.
    is_slow: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Passes on to `target`, a host with a port.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_cut, cut) = watch::channel(false);
        let (silences, silence) = watch::channel(0);
        let (is_slow, slow) = watch::channel(false);
        let task = tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (target, cut, silence, slow) = (target.clone(), cut.clone(), silence.clone(), slow.clone());
                let made_at = *silence.borrow();
                tokio::spawn(async move {
                    if *cut.borrow() {
                        return;
                    }
                    let mut far = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        () = pass_on(&mut near, &mut far, slow) => {}
                        () = until(cut.clone(), |is_cut| *is_cut) => {}
                        // Open at both ends, and nothing goes from one to the other.
                        () = until(silence, |silences| *silences > made_at) => until(cut, |is_cut| *is_cut).await,
                    }
                });
            }
        });
        Self { address, is_cut, silences, is_slow, task }
    }

    /// Passes on to the PostgreSQL server of `db`, and returns the database as it is reached by that way.
    pub async fn to_database(db: &TestDb) -> (Self, TestDb) {
        let url = url::Url::parse(db.url()).unwrap();
        let proxy = Self::to(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432))).await;
        let through = db.through(proxy.address);
        (proxy, through)
    }

    /// Cuts all connections, and those that are made from now on.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Passes nothing on any more over the connections that there are, which stay open; new ones are passed on.
    pub fn silence(&self) {
        self.silences.send_modify(|silences| *silences += 1);
    }

    /// Holds back what the server answers, or passes it on again.
    pub fn hold_answers(&self, is_slow: bool) {
        self.is_slow.send_replace(is_slow);
    }

    /// Passes new connections on again.
    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes on what comes from both sides, until both have ended; what comes from afar only while nothing is slow.
async fn pass_on(near: &mut TcpStream, far: &mut TcpStream, slow: watch::Receiver<bool>) {
    let ((from_near, to_near), (from_far, to_far)) = (near.split(), far.split());
    tokio::join!(copy(from_near, to_far, None), copy(from_far, to_near, Some(slow)));
}

async fn copy(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, slow: Option<watch::Receiver<bool>>) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if let Some(slow) = &slow {
            until(slow.clone(), |is_slow| !*is_slow).await;
        }
        if to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

/// Waits until what is watched is so, or nobody can change it any more.
async fn until<T>(mut watched: watch::Receiver<T>, is_so: impl Fn(&T) -> bool) {
    let _ = watched.wait_for(|value| is_so(value)).await.map(drop);
}
