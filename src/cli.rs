//! The command line.

mod migrate;
mod reset_password;
mod seed;
mod serve;

use std::io::{IsTerminal, Write};

use clap::{Parser, Subcommand};

pub use migrate::migrate_up;

use crate::{
    config::{Config, LogConfig},
    schema,
};

/// The backend of a customer-facing business behind one GraphQL schema with subscriptions.
#[derive(Debug, Parser)]
#[command(
    name = "rapport",
    version,
    about,
    after_help = "Settings come from the environment and .env; see .env.example."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve GraphQL (the default): make and migrate the database, run background jobs in the same process
    Serve {
        /// Leave background jobs to `rapport worker` processes
        #[arg(long)]
        no_worker: bool,
    },
    /// Run background jobs only; any number of workers may run beside each other
    Worker,
    /// Change the tables of the database
    Migrate {
        #[command(subcommand)]
        action: migrate::Action,
    },
    /// Give a user a new password, which is printed once, and let them sign in again
    ResetPassword {
        /// The user's mail address
        email: String,
    },
    /// Fill the database with the bundled sample companies
    Seed,
    /// Print the GraphQL schema
    Schema,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// With a sentence for the person at the terminal.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command.unwrap_or(Command::Serve { no_worker: false }) {
            Command::Serve { no_worker } => serve::serve(configure()?, no_worker).await,
            Command::Worker => serve::work(configure()?).await,
            Command::Migrate { action } => migrate::run(configure()?, action).await,
            Command::ResetPassword { email } => reset_password::run(configure()?, &email).await,
            Command::Seed => seed::seed(configure()?).await,
            Command::Schema => {
                print(&schema::sdl());
                Ok(())
            }
        }
    }
}

/// Reads the settings and starts the log; tells every wrong setting in a sentence of its own.
fn configure() -> anyhow::Result<Config> {
    match dotenvy::dotenv() {
        Ok(_) => {}
        Err(error) if error.not_found() => {}
        // The library would print the line, and with it a secret.
        Err(dotenvy::Error::LineParse(line, _)) => {
            let what = line.split_once('=').map_or("A line", |(name, _)| name.trim());
            anyhow::bail!("{what} in .env cannot be read: write NAME=value, a value with spaces in quotes.")
        }
        Err(error) => anyhow::bail!("The file .env cannot be read: {error}"),
    }
    let config = Config::from_env().map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(|problem| format!("  {problem}")).collect();
        anyhow::anyhow!("The settings are not right:\n{}", lines.join("\n"))
    })?;
    start_log(&config.log)?;
    Ok(config)
}

fn start_log(config: &LogConfig) -> anyhow::Result<()> {
    use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};
    let filter: Targets = config.filter.parse()?;
    let registry = tracing_subscriber::registry().with(filter);
    // The log goes to stderr: stdout is for what a person or a program asked for.
    let layer =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    if config.json {
        registry.with(layer.json()).try_init()?
    } else {
        registry.with(layer).try_init()?
    }
    Ok(())
}

/// Writes to the terminal. Whoever reads may stop reading, as `head` does.
fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
