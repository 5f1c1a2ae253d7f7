//! The program itself as a child process, for what only a process can show: a second copy, a kill, a signal.

use std::{collections::BTreeMap, net::SocketAddr, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

use super::{TestDb, app, patience};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rapport");

/// A running `rapport serve`. Dropping it kills it.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
    /// Kept open: the program must not fail because nobody reads what it prints.
    _stdout: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the program on `db` with the settings of [`super::TestApp`], changed by `settings`, and waits until it
    /// listens.
    pub async fn start(db: &TestDb, settings: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(PROGRAM), db, settings).await
    }

    /// The same of a copy of the program.
    pub async fn start_copy(copy: &std::path::Path, db: &TestDb, settings: &[(&str, &str)]) -> Self {
        std::fs::copy(PROGRAM, copy).unwrap();
        Self::start_by(Command::new(copy), db, settings).await
    }

    /// Starts it so that it ignores a signal.
    pub async fn start_ignoring(db: &TestDb, settings: &[(&str, &str)], signal: &str) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &format!(r#"trap "" {signal}; exec "$0" "$@""#), PROGRAM]);
        Self::start_by(shell, db, settings).await
    }

    async fn start_by(mut program: Command, db: &TestDb, settings: &[(&str, &str)]) -> Self {
        let mut all: BTreeMap<&str, String> = app::default_settings().collect();
        all.extend([("API_PORT", "0".to_owned()), ("LOG", "error".to_owned())]);
        all.extend([
            ("DATABASE_URL", db.url().to_owned()),
            ("CACHE_DIR", db.folder().join("cache").display().to_string()),
            ("FILES_DIR", db.folder().join("files").display().to_string()),
        ]);
        all.extend(settings.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let mut child = program
            .arg("serve")
            .env_clear()
            .envs(all)
            // Away from the project's own `.env`.
            .current_dir(db.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = patience(read_address(&mut stdout)).await;
        Self { address, child, _stdout: stdout }
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the process should be running")
    }

    /// Sends a signal by its name, such as `STOP` and `CONT`.
    pub async fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().await.unwrap();
        assert!(status.success(), "the signal {name} was not delivered");
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub async fn kill9(mut self) {
        self.child.start_kill().unwrap();
        patience(self.child.wait()).await.unwrap();
    }

    /// Asks it to stop, and waits until it has ended by itself without an error.
    pub async fn terminate(mut self) {
        self.signal("TERM").await;
        let status = patience(self.child.wait()).await.unwrap();
        assert!(status.success(), "the program ended with {status}");
    }
}

/// The address that the program prints when it listens.
async fn read_address(stdout: &mut BufReader<ChildStdout>) -> SocketAddr {
    let mut line = String::new();
    while stdout.read_line(&mut line).await.unwrap() > 0 {
        if let Some(url) = line.trim().strip_prefix("GraphQL ") {
            let host = url.trim().strip_prefix("http://").and_then(|url| url.strip_suffix("/graphql"));
            return host.unwrap().parse().unwrap();
        }
        line.clear();
    }
    panic!("the program ended before it listened");
}
