//! Kills processes that react to events and end waits, and measures how soon they react.
//!
//! The processes are this program again: it links the toolkit and registers an owner of waits, a job and a consumer of its
//! own, with the queue, the log and the waits of the product. `benches/run kills reactions` runs both parts on both databases;
//! `docs/performance.md` says what came of it.

#![expect(clippy::print_stdout, reason = "the figures are told to whoever runs it")]

mod database;
mod kills;
mod owner;
mod process;
mod reactions;
mod verdict;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Kills processes that react to events and end waits, and measures how soon they react.
#[derive(Debug, Parser)]
struct Cli {
    /// The address of the database, in which tables are made.
    #[arg(long)]
    database: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Kills two processes at random points, and holds that each reaction came once.
    Run(kills::Arguments),
    /// Reacts to events and ends waits, until it is killed.
    Work,
    /// Measures the time from the commit of an event to that of the reaction.
    Reactions(reactions::Arguments),
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Command::Run(arguments) => kills::run(&cli.database, &arguments).await,
        Command::Work => process::work(&cli.database).await,
        Command::Reactions(arguments) => reactions::run(&cli.database, &arguments).await,
    }
}
