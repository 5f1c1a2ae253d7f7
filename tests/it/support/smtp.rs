//! A stand-in for a mail server, on a real socket (RFC 5321). It takes mail and keeps it, and answers a stage of the
//! conversation as a test wants.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use mail_parser::{Message, MessageParser};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use super::patience;

/// A stage of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The connection was made.
    Greeting,
    /// EHLO.
    Hello,
    /// AUTH, and what follows it.
    Login,
    /// MAIL.
    Sender,
    /// RCPT.
    Recipient,
    /// DATA.
    Data,
    /// The mail was sent, with the dot that ends it.
    End,
    /// QUIT.
    Goodbye,
}

impl Stage {
    /// All of which a client takes notice before it knows that its mail was taken, when it must log in.
    pub const BEFORE_THE_END: [Self; 7] =
        [Self::Greeting, Self::Hello, Self::Login, Self::Sender, Self::Recipient, Self::Data, Self::End];
}

/// What is done in place of the proper answer.
#[derive(Debug, Clone, Copy)]
pub enum Instead {
    /// This line is said.
    Say(&'static str),
    /// These bytes are sent as they are.
    Send(&'static [u8]),
    /// Nothing is said, and nothing read any more.
    Silence,
    /// The connection is closed.
    Close,
}

/// A mail as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The sender on the envelope.
    pub from: String,
    /// The recipients on the envelope.
    pub to: Vec<String>,
    /// Headers and body, the dots at the beginning of lines taken away.
    pub raw: Vec<u8>,
}

impl Received {
    /// Its parts, decoded.
    pub fn parsed(&self) -> Message<'_> {
        MessageParser::default().parse(&self.raw).unwrap()
    }

    /// The lines of the header as they came.
    pub fn header_lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.raw.clone()).unwrap();
        text.split("\r\n").take_while(|line| !line.is_empty()).map(str::to_owned).collect()
    }
}

/// The running server; it stops when this is dropped.
pub struct Smtp {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    script: Mutex<Script>,
    received: watch::Sender<Vec<Received>>,
}

#[derive(Default)]
struct Script {
    instead: BTreeMap<Stage, Instead>,
    login: Option<Login>,
    heard: Vec<String>,
}

#[derive(Clone, Copy)]
struct Login {
    mechanisms: &'static str,
    user: &'static str,
    password: &'static str,
}

impl Smtp {
    /// Starts on a free port. It asks for no login and offers no encryption.
    pub async fn start() -> Self {
        let shared =
            Arc::new(Shared { script: Mutex::new(Script::default()), received: watch::Sender::new(Vec::new()) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn({
            let shared = shared.clone();
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::spawn(Conversation::new(socket, shared.clone()).hold());
                }
            }
        });
        Self { address, shared, server }
    }

    /// The settings with which mail comes here.
    pub fn settings(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("SMTP_HOST", self.address.ip().to_string()),
            ("SMTP_PORT", self.address.port().to_string()),
            ("SMTP_FROM", "Rapport <no-reply@rapport.example>".to_owned()),
            ("SMTP_TLS", "none".to_owned()),
        ])
    }

    /// From now on a login is needed, by one of these mechanisms: `PLAIN`, `LOGIN` or both with a blank between.
    pub fn asks_for_login(&self, mechanisms: &'static str, user: &'static str, password: &'static str) {
        self.shared.script().login = Some(Login { mechanisms, user, password });
    }

    /// From now on this is done at `stage`.
    pub fn at(&self, stage: Stage, instead: Instead) {
        self.shared.script().instead.insert(stage, instead);
    }

    /// From now on all answers are the proper ones.
    pub fn recovers(&self) {
        self.shared.script().instead.clear();
    }

    /// The commands that were heard, of all conversations.
    pub fn heard(&self) -> Vec<String> {
        self.shared.script().heard.clone()
    }

    /// The mails that were taken, as soon as there are `count`.
    pub async fn received(&self, count: usize) -> Vec<Received> {
        let mut received = self.shared.received.subscribe();
        patience(received.wait_for(|mails| mails.len() >= count)).await.unwrap().clone()
    }

    /// How many mails were taken.
    pub fn count(&self) -> usize {
        self.shared.received.borrow().len()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Conversation {
    socket: BufReader<TcpStream>,
    shared: Arc<Shared>,
    logged_in: bool,
    from: String,
    to: Vec<String>,
}

impl Conversation {
    fn new(socket: TcpStream, shared: Arc<Shared>) -> Self {
        Self { socket: BufReader::new(socket), shared, logged_in: false, from: String::new(), to: Vec::new() }
    }

    /// Talks until one side has enough; `None` is the end of the conversation.
    async fn hold(mut self) -> Option<()> {
        self.answer(Stage::Greeting, "220 stand-in.example ready").await?;
        loop {
            let line = self.line().await?;
            self.shared.script().heard.push(line.clone());
            let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
            match verb.as_str() {
                "EHLO" => self.hello().await?,
                "AUTH" => self.login(&line).await?,
                "MAIL" if !self.may_send() => self.say("530 5.7.0 Authentication required").await?,
                "MAIL" => {
                    (self.from, self.to) = (address(&line), Vec::new());
                    self.answer(Stage::Sender, "250 2.1.0 OK").await?;
                }
                "RCPT" => {
                    self.to.push(address(&line));
                    self.answer(Stage::Recipient, "250 2.1.5 OK").await?;
                }
                "DATA" => self.data().await?,
                "RSET" | "NOOP" => self.say("250 2.0.0 OK").await?,
                "QUIT" => {
                    self.answer(Stage::Goodbye, "221 2.0.0 Bye").await?;
                    return None;
                }
                _ => self.say("502 5.5.1 Unknown command").await?,
            }
        }
    }

    fn may_send(&self) -> bool {
        self.logged_in || self.shared.script().login.is_none()
    }

    async fn hello(&mut self) -> Option<()> {
        let login = self.shared.script().login;
        let auth = login.map(|login| format!("250-AUTH {}\r\n", login.mechanisms)).unwrap_or_default();
        self.answer(Stage::Hello, &format!("250-stand-in.example\r\n{auth}250 8BITMIME")).await
    }

    async fn login(&mut self, line: &str) -> Option<()> {
        let Some(login) = self.shared.script().login else { return self.say("502 5.5.1 No login here").await };
        let (user, password) = match line.strip_prefix("AUTH PLAIN ") {
            Some(word) => {
                let said = decoded(word);
                let mut words = said.split('\0').skip(1).map(str::to_owned);
                (words.next()?, words.next()?)
            }
            None => (self.asks("Username:").await?, self.asks("Password:").await?),
        };
        self.logged_in = (user.as_str(), password.as_str()) == (login.user, login.password);
        let answer = if self.logged_in { "235 2.7.0 Welcome" } else { "535 5.7.8 Bad credentials" };
        self.answer(Stage::Login, answer).await
    }

    async fn asks(&mut self, what: &str) -> Option<String> {
        self.say(&format!("334 {}", STANDARD.encode(what))).await?;
        Some(decoded(&self.line().await?))
    }

    async fn data(&mut self) -> Option<()> {
        self.answer(Stage::Data, "354 Go on").await?;
        if self.shared.script().instead.contains_key(&Stage::Data) {
            return Some(());
        }
        let mut raw = String::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                break;
            }
            raw.push_str(line.strip_prefix('.').unwrap_or(&line));
            raw.push_str("\r\n");
        }
        if !self.shared.script().instead.contains_key(&Stage::End) {
            let mail = Received { from: self.from.clone(), to: self.to.clone(), raw: raw.into_bytes() };
            self.shared.received.send_modify(|mails| mails.push(mail));
        }
        self.answer(Stage::End, "250 2.0.0 Taken").await
    }

    /// Says what the test wants at this stage, or else `proper`.
    async fn answer(&mut self, stage: Stage, proper: &str) -> Option<()> {
        let instead = self.shared.script().instead.get(&stage).copied();
        match instead {
            None => self.say(proper).await,
            Some(Instead::Say(line)) => self.say(line).await,
            Some(Instead::Send(bytes)) => self.socket.write_all(bytes).await.ok(),
            Some(Instead::Silence) => std::future::pending().await,
            Some(Instead::Close) => None,
        }
    }

    async fn say(&mut self, line: &str) -> Option<()> {
        self.socket.write_all(format!("{line}\r\n").as_bytes()).await.ok()
    }

    /// The next line without its end, which must be a proper one.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.socket.read_line(&mut line).await.ok()?;
        let line = line.strip_suffix("\r\n")?;
        assert!(!line.contains('\r'), "a line feed or carriage return alone in {line:?}");
        Some(line.to_owned())
    }
}

fn address(line: &str) -> String {
    line.split_once('<').and_then(|(_, rest)| rest.rsplit_once('>')).unwrap_or_default().0.to_owned()
}

fn decoded(word: &str) -> String {
    String::from_utf8(STANDARD.decode(word).unwrap()).unwrap()
}
