//! How soon a program is ready, what it takes while idle, and how large it is.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use tokio::time::sleep;

use crate::{
    processes,
    report::{self, Latencies},
};

/// Which program.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The address that answers 200 when the program is ready.
    #[arg(long)]
    ready: String,
    /// How often it is started.
    #[arg(long, default_value_t = 10)]
    repeat: u32,
    /// Seconds after it is ready until its memory is read.
    #[arg(long, default_value_t = 3)]
    idle: u64,
    /// The program and its arguments; settings come from the environment.
    #[arg(required = true, trailing_var_arg = true)]
    program: Vec<String>,
}

/// A program that is killed when it is dropped.
#[derive(Debug)]
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures and prints a table.
///
/// # Errors
/// When the program does not start.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let (path, rest) = arguments.program.split_first().context("there is no program")?;
    let size = std::fs::metadata(path).with_context(|| format!("reading {path}"))?.len();
    let mut ready = Latencies::new()?;
    let mut resident = Vec::new();
    for _ in 0..arguments.repeat {
        let began = Instant::now();
        let child = Command::new(PathBuf::from(path)).args(rest).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut running = Running(child);
        await_ready(&arguments.ready, &mut running).await?;
        ready.record(began.elapsed());
        sleep(Duration::from_secs(arguments.idle)).await;
        resident.push(processes::resident_bytes(running.0.id())?);
    }
    resident.sort_unstable();
    let median = resident.get(resident.len() / 2).copied().unwrap_or_default();
    let figures = [
        ("starts", arguments.repeat.to_string()),
        ("ms until it is ready, p50 / p99 / max", ready.summary()),
        ("KiB resident while idle, median", report::in_kib(median)),
        ("KiB of the program's file", report::in_kib(size)),
    ];
    println!("{}", report::figures(&figures));
    Ok(())
}

async fn await_ready(url: &str, running: &mut Running) -> Result<()> {
    let http = reqwest::Client::new();
    let until = Instant::now() + Duration::from_secs(60);
    while Instant::now() < until {
        if http.get(url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            return Ok(());
        }
        if let Some(status) = running.0.try_wait()? {
            bail!("the program ended with {status} before it was ready");
        }
        sleep(Duration::from_millis(1)).await;
    }
    bail!("{url} was not ready within a minute")
}
