//! A way to a server that can be cut and mended.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
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
    task: JoinHandle<()>,
}

impl Proxy {
    /// Passes on to `target`, a host with a port.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (is_cut, cut) = watch::channel(false);
        let (silences, silence) = watch::channel(0);
        let task = tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let (target, cut, silence) = (target.clone(), cut.clone(), silence.clone());
                let made_at = *silence.borrow();
                tokio::spawn(async move {
                    if *cut.borrow() {
                        return;
                    }
                    let mut far = TcpStream::connect(target).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = until(cut.clone(), |is_cut| *is_cut) => {}
                        // Open at both ends, and nothing goes from one to the other.
                        () = until(silence, |silences| *silences > made_at) => until(cut, |is_cut| *is_cut).await,
                    }
                });
            }
        });
        Self { address, is_cut, silences, task }
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

/// Waits until what is watched is so, or nobody can change it any more.
async fn until<T>(mut watched: watch::Receiver<T>, is_so: impl Fn(&T) -> bool) {
    let _ = watched.wait_for(|value| is_so(value)).await.map(drop);
}
