//! The program itself, as a process.

use std::{
    collections::BTreeMap, ffi::OsString, net::SocketAddr, os::unix::ffi::OsStringExt, path::PathBuf, process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
};

use super::{TestDb, patience};

/// How the program is started: with these settings and no others, in a folder of its own.
#[derive(Clone)]
pub struct Program {
    settings: BTreeMap<&'static str, OsString>,
    folder: PathBuf,
    /// The soft limit of open files that it begins with.
    open_files: Option<u32>,
}

/// What a command said.
#[derive(Debug)]
pub struct Said {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote for people and programs.
    pub stdout: String,
    /// What it complained of, and its log.
    pub stderr: String,
}

impl Program {
    /// The program on this database, in its folder.
    pub fn on(db: &TestDb) -> Self {
        let program = Self { settings: BTreeMap::new(), folder: db.folder().to_owned(), open_files: None };
        let program =
            program.set("DATABASE_URL", db.url()).set("API_JWT_SECRET", "a secret for tests of 32 characters");
        program.set("API_PORT", 0).set("SHUTDOWN_SECONDS", 5)
    }

    /// Changes a setting; an empty value counts as not set.
    pub fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.settings.insert(name, value.to_string().into());
        self
    }

    /// Changes a setting to what need not be text.
    pub fn set_bytes(mut self, name: &'static str, value: &[u8]) -> Self {
        self.settings.insert(name, OsString::from_vec(value.to_vec()));
        self
    }

    /// Begins with this soft limit of open files.
    pub fn with_open_files(self, limit: u32) -> Self {
        Self { open_files: Some(limit), ..self }
    }

    /// Runs a command to its end.
    pub async fn run(&self, arguments: &[&str]) -> Said {
        let output = patience(self.command(arguments).output()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Starts a server and waits until it says where it is.
    pub async fn serve(&self) -> Serving {
        self.start(&[]).await
    }

    /// Starts what goes on until it is stopped, and waits until it says where something is served.
    pub async fn start(&self, arguments: &[&str]) -> Serving {
        let mut process = self.command(arguments).stdin(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // Read all the time: a program whose log nobody takes comes to a stand when the pipe is full.
        let mut log = process.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = Vec::new();
            log.read_to_end(&mut text).await.unwrap();
            String::from_utf8(text).unwrap()
        });
        let (mut stdout, mut address) = (String::new(), None);
        while address.is_none() {
            let line = patience(lines.next_line()).await.unwrap().expect("the server should start");
            address = line.split_once("http://").and_then(|(_, rest)| rest.split('/').next()?.parse().ok());
            stdout += &format!("{line}\n");
        }
        Serving { address: address.unwrap(), process, stdout, lines, log }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_rapport");
        let mut command = match self.open_files {
            None => Command::new(program),
            Some(limit) => {
                let mut shell = Command::new("/bin/sh");
                shell.args(["-c", &format!("ulimit -Sn {limit} && exec \"$0\" \"$@\""), program]);
                shell
            }
        };
        command.args(arguments).env_clear().envs(&self.settings).current_dir(&self.folder);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}

/// A running server; it is killed when this is dropped.
pub struct Serving {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
    stdout: String,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it complains of, and its log.
    log: JoinHandle<String>,
}

impl Serving {
    /// The id of its process.
    pub fn process_id(&self) -> u32 {
        self.process.id().unwrap()
    }

    /// Stops the server as an operator would, and returns all it said.
    pub async fn stop(mut self) -> Said {
        let id = self.process.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let stderr = patience(self.log).await.unwrap();
        while let Some(line) = patience(self.lines.next_line()).await.unwrap() {
            self.stdout += &format!("{line}\n");
        }
        let status = patience(self.process.wait()).await.unwrap();
        Said { code: status.code(), stdout: self.stdout, stderr }
    }
}
