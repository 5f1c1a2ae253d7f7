//! Measures a Rapport server from outside, by its API alone and by what the system tells of its processes. `benches/run`
//! puts the parts together; `docs/performance.md` says how their figures are to be read.

#![expect(clippy::disallowed_methods, reason = "a program of its own, which is none of the server")]
#![expect(clippy::print_stdout, reason = "the figures are told to whoever runs it")]

mod api;
mod commits;
mod database;
mod fanout;
mod floor;
mod growth;
mod jobs;
mod processes;
mod report;
mod seed;
mod socket;
mod startup;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Measures a Rapport server from outside.
///
/// What speaks to the API finds it by `RAPPORT_URL`, and signs in by `RAPPORT_EMAIL` and `RAPPORT_PASSWORD`.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fills a migrated database with companies and customers, the same ones each time.
    Seed(seed::Arguments),
    /// Measures how events reach many WebSockets.
    Fanout(fanout::Arguments),
    /// Measures how soon background jobs begin and how many a second end.
    Jobs(jobs::Arguments),
    /// Measures lists as their tables grow.
    Growth(growth::Arguments),
    /// Serves the queries of the comparison by hand-written SQL: what any server pays at least.
    Floor(floor::Arguments),
    /// Prints the CPU seconds that a process and those below it have used since they began.
    Cpu(processes::Arguments),
    /// Measures how soon a program is ready, and what it takes while idle.
    Startup(startup::Arguments),
    /// Signs in and prints the access token.
    Token,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Seed(arguments) => seed::run(&arguments).await,
        Command::Fanout(arguments) => fanout::run(arguments).await,
        Command::Jobs(arguments) => jobs::run(&arguments).await,
        Command::Growth(arguments) => growth::run(&arguments).await,
        Command::Floor(arguments) => floor::run(&arguments).await,
        Command::Cpu(arguments) => processes::run(&arguments),
        Command::Startup(arguments) => startup::run(&arguments).await,
        Command::Token => {
            println!("{}", api::Api::sign_in().await?.token().unwrap_or_default());
            Ok(())
        }
    }
}
