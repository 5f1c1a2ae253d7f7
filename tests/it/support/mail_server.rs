//! A real mail server (the crate `mailin`) on a real socket, with STARTTLS and a login, and before it a wire that a test can
//! cut.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use mail_parser::MessageParser;
use mailin_embedded::{AuthMechanism, Handler, Response, Server, SslConfig, response};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use super::patience;

/// The user of the server, and the password.
pub const LOGIN: (&str, &str) = ("rapport", "a password of the mail server");

/// What befalls a mail: before its text is heard, or when all of it has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It is taken, and the wire is cut before the client hears of it.
    TakenUnheard,
    /// It is not taken, and the wire is cut.
    Cut,
    /// Its recipient is put off (451).
    PutOff,
    /// Its recipient is refused (550).
    Refused,
}

/// The running server with its wire.
pub struct MailServer {
    address: SocketAddr,
    folder: PathBuf,
    shared: Arc<Shared>,
    wire: JoinHandle<()>,
}

struct Shared {
    taken: watch::Sender<Vec<Vec<u8>>>,
    troubles: Mutex<VecDeque<Trouble>>,
    /// Passwords that were heard, right or wrong.
    passwords: Mutex<Vec<String>>,
    /// How often the wire was cut. Connections that were open then are lost, with all that the server says on them.
    cuts: AtomicUsize,
    /// Nobody is let through.
    gone: AtomicBool,
}

impl Shared {
    fn troubles(&self) -> MutexGuard<'_, VecDeque<Trouble>> {
        self.troubles.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MailServer {
    /// Starts on a free port, with a certificate for the address; its files lie in `folder`.
    pub async fn start(folder: &Path) -> Self {
        Self::with_certificate_for("127.0.0.1", folder).await
    }

    /// Starts with a certificate for `name`.
    pub async fn with_certificate_for(name: &str, folder: &Path) -> Self {
        let shared = Arc::new(Shared {
            taken: watch::Sender::new(Vec::new()),
            troubles: Mutex::default(),
            passwords: Mutex::default(),
            cuts: AtomicUsize::new(0),
            gone: AtomicBool::new(false),
        });
        write_certificates(name, folder);
        let behind = serve(folder, shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    if !shared.gone.load(Ordering::SeqCst) {
                        tokio::spawn(connect(client, behind, shared.clone()));
                    }
                }
            }
        });
        Self { address, folder: folder.to_owned(), shared, wire }
    }

    /// The settings with which mail comes here.
    pub fn settings(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("SMTP_HOST", self.address.ip().to_string()),
            ("SMTP_PORT", self.address.port().to_string()),
            ("SMTP_FROM", "Rapport <no-reply@rapport.example>".to_owned()),
            ("SMTP_TLS", "starttls".to_owned()),
            ("SMTP_USER", LOGIN.0.to_owned()),
            ("SMTP_PASSWORD", LOGIN.1.to_owned()),
            ("SMTP_CA_FILE", self.folder.join("ca.pem").display().to_string()),
        ])
    }

    /// What befalls the next mails, one after the other.
    pub fn troubles(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.shared.troubles().extend(troubles);
    }

    /// Whether all troubles have happened.
    pub fn is_through(&self) -> bool {
        self.shared.troubles().is_empty()
    }

    /// Goes away, or comes back.
    pub fn is_gone(&self, gone: bool) {
        self.shared.gone.store(gone, Ordering::SeqCst);
    }

    /// The mails that were taken, as they came.
    pub fn taken(&self) -> Vec<Vec<u8>> {
        self.shared.taken.borrow().clone()
    }

    /// The `Message-ID`s of the mails that were taken.
    pub fn message_ids(&self) -> Vec<String> {
        let id = |raw: &Vec<u8>| MessageParser::default().parse(raw).unwrap().message_id().unwrap().to_owned();
        self.taken().iter().map(id).collect()
    }

    /// Waits until so many mails were taken.
    pub async fn has_taken(&self, count: usize) {
        let mut taken = self.shared.taken.subscribe();
        patience(taken.wait_for(|mails| mails.len() >= count)).await.unwrap();
    }

    /// The passwords that were heard.
    pub fn passwords(&self) -> Vec<String> {
        self.shared.passwords.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.wire.abort();
    }
}

/// Writes the certificate of an authority of our own, and one for `name` with its key.
fn write_certificates(name: &str, folder: &Path) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    for (file, pem) in [("ca.pem", authority.pem()), ("mail.pem", certificate.pem()), ("mail.key", key.serialize_pem())]
    {
        std::fs::write(folder.join(file), pem).unwrap();
    }
}

/// Runs the server, which knows no end: its thread ends with the process of the tests.
fn serve(folder: &Path, shared: Arc<Shared>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let path = |file: &str| folder.join(file).display().to_string();
    let mut server = Server::new(Inbox { shared, mail: Vec::new() });
    let tls = SslConfig::SelfSigned { cert_path: path("mail.pem"), key_path: path("mail.key") };
    server.with_name("mail.example").with_ssl(tls).unwrap();
    server.with_auth(AuthMechanism::Plain).with_auth(AuthMechanism::Login).with_tcp_listener(listener);
    std::thread::spawn(move || drop(server.serve()));
    address
}

/// Passes on what is said, until one side has enough or the wire is cut.
async fn connect(client: TcpStream, server: SocketAddr, shared: Arc<Shared>) -> io::Result<()> {
    let cuts = shared.cuts.load(Ordering::SeqCst);
    let server = TcpStream::connect(server).await?;
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let there = async move { tokio::io::copy(&mut from_client, &mut to_server).await.map(drop) };
    let back = async move {
        let mut bytes = [0; 8192];
        loop {
            let count = from_server.read(&mut bytes).await?;
            if count == 0 || shared.cuts.load(Ordering::SeqCst) != cuts {
                return Ok(());
            }
            to_client.write_all(&bytes[..count]).await?;
        }
    };
    tokio::select! {
        ended = there => ended,
        ended = back => ended,
    }
}

/// What the server does with what it hears.
#[derive(Clone)]
struct Inbox {
    shared: Arc<Shared>,
    mail: Vec<u8>,
}

impl Inbox {
    fn log_in(&self, user: &str, password: &str) -> Response {
        self.shared.passwords.lock().unwrap_or_else(PoisonError::into_inner).push(password.to_owned());
        if (user, password) == LOGIN { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }

    fn take(&mut self) {
        let mail = std::mem::take(&mut self.mail);
        self.shared.taken.send_modify(|mails| mails.push(mail));
    }
}

impl Handler for Inbox {
    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        self.log_in(user, password)
    }

    fn mail(&mut self, _: IpAddr, _: &str, _: &str) -> Response {
        self.mail.clear();
        response::OK
    }

    // The server takes what follows a refusal of the text for more text, so refusals come before it.
    fn rcpt(&mut self, _: &str) -> Response {
        let answer = |trouble: &mut Trouble| match trouble {
            Trouble::PutOff => Some(response::INTERNAL_ERROR),
            Trouble::Refused => Some(response::NO_MAILBOX),
            Trouble::TakenUnheard | Trouble::Cut => None,
        };
        let mut troubles = self.shared.troubles();
        let Some(refusal) = troubles.front_mut().and_then(answer) else { return response::OK };
        troubles.pop_front();
        refusal
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.mail.extend(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let is_of_the_end = |trouble: &mut Trouble| matches!(trouble, Trouble::TakenUnheard | Trouble::Cut);
        let trouble = self.shared.troubles().pop_front_if(is_of_the_end);
        if trouble.is_some() {
            self.shared.cuts.fetch_add(1, Ordering::SeqCst);
        }
        if trouble != Some(Trouble::Cut) {
            self.take();
        }
        response::OK
    }
}
