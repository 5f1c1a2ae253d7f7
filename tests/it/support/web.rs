//! A stand-in for any site of the web, on a real socket: it sends exactly the bytes that a test wants, also those that no
//! decent server would. And a stand-in for the names of such sites.

use std::collections::{HashMap, VecDeque};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};
use rapport::clients::fetch::Resolve;
use reqwest::dns::{Addrs, Name, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use url::Url;

/// What the stand-in does with a request.
#[derive(Debug, Clone)]
pub enum Reply {
    /// Sends these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Sends these bytes, then these again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends these bytes, then a letter now and then, without end.
    Drip(Vec<u8>),
    /// Sends nothing.
    Silence,
    /// Closes the connection at once.
    HangUp,
}

impl Reply {
    /// An HTML page.
    pub fn page(html: &str) -> Self {
        Self::of_type("text/html; charset=utf-8", html)
    }

    /// A body of this type.
    pub fn of_type(content_type: &str, body: &str) -> Self {
        Self::whole("200 OK", &[("content-type", content_type)], body.as_bytes())
    }

    /// An answer without a body of interest.
    pub fn status(status: u16) -> Self {
        Self::whole(&format!("{status} Said"), &[("content-type", "text/plain")], b"no")
    }

    /// A refusal that asks for a pause.
    pub fn busy(status: u16, retry_after: &str) -> Self {
        Self::whole(&format!("{status} Busy"), &[("retry-after", retry_after)], b"")
    }

    /// A redirect.
    pub fn to(location: &str) -> Self {
        Self::whole("302 Found", &[("location", location)], b"")
    }

    /// An HTML page, compressed.
    pub fn compressed(html: &[u8]) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(html).unwrap();
        let headers = [("content-type", "text/html"), ("content-encoding", "gzip")];
        Self::whole("200 OK", &headers, &encoder.finish().unwrap())
    }

    /// A whole answer with its length.
    pub fn whole(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut bytes = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            bytes.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::Bytes([bytes.as_bytes(), b"\r\n", body].concat())
    }

    /// The head of an HTML page whose length is told by the end of the connection.
    pub fn head() -> Vec<u8> {
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/html\r\n\r\n".to_vec()
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub path: String,
    pub head: String,
}

#[derive(Default)]
struct Inner {
    always: HashMap<String, Reply>,
    next: HashMap<String, VecDeque<Reply>>,
    requests: Vec<Recorded>,
    /// Requests that are being answered now, and the most at one time.
    open: usize,
    most_open: usize,
    held: Option<Held>,
}

/// Requests for pages (not for `robots.txt`) that are not answered until they are released.
#[derive(Clone)]
pub struct Held {
    arrived: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl Held {
    /// Waits until another request has come.
    pub async fn has_come(&self) {
        super::patience(self.arrived.acquire()).await.unwrap().forget();
    }

    /// Lets one be answered.
    pub fn release(&self) {
        self.released.add_permits(1);
    }
}

/// The running site; it stops when this is dropped.
pub struct Site {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    server: JoinHandle<()>,
}

impl Site {
    /// Starts on a free port of the usual loopback address.
    pub async fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into(), 0).await
    }

    /// Starts at an address of its own.
    pub async fn start_at(ip: IpAddr, port: u16) -> Self {
        let listener = TcpListener::bind((ip, port)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::<Mutex<Inner>>::default();
        let shared = Arc::clone(&inner);
        let server = tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(socket, Arc::clone(&shared)));
            }
        });
        Self { address, inner, server }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// An address of the site by number.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// An address of the site by a name.
    pub fn url_as(&self, name: &str, path: &str) -> Url {
        Url::parse(&format!("http://{name}:{}{path}", self.address.port())).unwrap()
    }

    /// From now on requests for the path, without its query, are treated so. Other paths are 404.
    pub fn on(&self, path: &str, reply: Reply) {
        lock(&self.inner).always.insert(path.to_owned(), reply);
    }

    /// The path's next request is treated so; several calls queue up.
    pub fn once(&self, path: &str, reply: Reply) {
        lock(&self.inner).next.entry(path.to_owned()).or_default().push_back(reply);
    }

    /// Holds requests for pages back from now on.
    pub fn hold(&self) -> Held {
        let held = Held { arrived: Arc::new(Semaphore::new(0)), released: Arc::new(Semaphore::new(0)) };
        lock(&self.inner).held = Some(held.clone());
        held
    }

    /// The requests in the order in which they came.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.inner).requests.clone()
    }

    /// The paths that were asked for, in order.
    pub fn paths(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.path).collect()
    }

    /// How often the path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.paths().iter().filter(|asked| *asked == path).count()
    }

    /// The most requests that were open at one time.
    pub fn most_at_once(&self) -> usize {
        lock(&self.inner).most_open
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(mut socket: TcpStream, inner: Arc<Mutex<Inner>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = socket.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    let bare = path.split('?').next().unwrap().to_owned();
    let (reply, held) = {
        let mut inner = lock(&inner);
        inner.requests.push(Recorded { path, head });
        inner.open += 1;
        inner.most_open = inner.most_open.max(inner.open);
        let next = inner.next.get_mut(&bare).and_then(VecDeque::pop_front);
        let reply = next.or_else(|| inner.always.get(&bare).cloned()).unwrap_or_else(|| Reply::status(404));
        (reply, inner.held.clone().filter(|_| bare != "/robots.txt"))
    };
    if let Some(held) = held {
        held.arrived.add_permits(1);
        held.released.acquire().await.unwrap().forget();
    }
    // Counted before the answer is sent: from then on the client may come back.
    lock(&inner).open -= 1;
    // A client that has read enough hangs up.
    let _ = answer(&mut socket, reply).await;
}

async fn answer(socket: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
    match reply {
        Reply::Bytes(bytes) => {
            socket.write_all(&bytes).await?;
            socket.shutdown().await
        }
        Reply::Endless(first, again) => {
            socket.write_all(&first).await?;
            loop {
                socket.write_all(&again).await?;
            }
        }
        Reply::Drip(first) => {
            socket.write_all(&first).await?;
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                socket.write_all(b"a").await?;
            }
        }
        Reply::Silence => std::future::pending().await,
        Reply::HangUp => Ok(()),
    }
}

/// Names with the addresses they have, one list a look-up; the last one stays.
#[derive(Default)]
pub struct Names(Mutex<HashMap<String, VecDeque<Vec<IpAddr>>>>);

impl Names {
    /// A name and its addresses at each look-up.
    pub fn with(self, name: &str, lookups: &[&[&str]]) -> Self {
        let lookups = lookups.iter().map(|ips| ips.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        self.0.lock().unwrap().insert(name.to_owned(), lookups);
        self
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let mut names = self.0.lock().unwrap();
        let addresses = names.get_mut(name.as_str()).map(|lookups| match lookups.len() {
            0 | 1 => lookups.front().cloned().unwrap_or_default(),
            _ => lookups.pop_front().unwrap_or_default(),
        });
        Box::pin(async move {
            let addresses = addresses.ok_or("no such name")?;
            Ok(Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs)
        })
    }
}
