//! The command line.

mod checks;
mod error_text;
mod migrate;
mod print;
mod reset_password;
mod secrets;
mod seed;
mod serve;

use std::env;

use clap::{Parser, Subcommand};

pub use error_text::told;
pub use migrate::migrate_up;
use print::print;

use crate::{
    clients::http::{self, HttpConfig},
    config::{
        Config,
        dotenv::{self, Loaded},
        unknown_settings,
    },
    domains::knowledge::read_one_pdf,
    schema,
    telemetry::{Telemetry, collector::Collector},
    text::printable,
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
    /// Look after the keys that seal secrets in the database
    Secrets {
        #[command(subcommand)]
        action: secrets::Action,
    },
    /// Fill the database with the bundled sample companies
    Seed,
    /// Print the GraphQL schema
    Schema,
    /// Read a PDF file from the standard input for a server that runs this program
    #[command(hide = true)]
    ReadPdf,
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// With a message for the terminal.
    pub async fn run(self) -> anyhow::Result<()> {
        let command = self.command.unwrap_or(Command::Serve { no_worker: false });
        if matches!(command, Command::Schema) {
            print(&schema::sdl());
            return Ok(());
        }
        if matches!(command, Command::ReadPdf) {
            return read_one_pdf();
        }
        let (config, telemetry) = configure(&command)?;
        let result = command.run(config).await;
        telemetry.end().await;
        result
    }
}

impl Command {
    /// Returns true if the command assembles the whole program.
    fn opens_server(&self) -> bool {
        matches!(self, Self::Serve { .. } | Self::Worker | Self::ResetPassword { .. } | Self::Seed)
    }

    async fn run(self, config: Config) -> anyhow::Result<()> {
        match self {
            Self::Serve { no_worker } => serve::serve(config, no_worker).await,
            Self::Worker => serve::work(config).await,
            Self::Migrate { action } => migrate::run(config, action).await,
            Self::ResetPassword { email } => reset_password::run(config, &email).await,
            Self::Secrets { action } => secrets::run(config, action).await,
            Self::Seed => seed::seed(config).await,
            Self::Schema | Self::ReadPdf => Ok(()),
        }
    }
}

/// Reads the settings and starts log and traces; reports all problems at once.
fn configure(command: &Command) -> anyhow::Result<(Config, Telemetry)> {
    let environment: Vec<_> = env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    let Loaded { names, faults } = dotenv::load()?;
    let (config, problems) = Config::from_env(&faults.settings);
    let wrong_files = if command.opens_server() { checks::problems_of(&config, &problems) } else { Vec::new() };
    // A value that is repeated begins no line; what is wrong with a file may take several.
    let lines = faults.sentences.into_iter().chain(problems.iter().map(ToString::to_string));
    let lines = lines.map(|line| printable(&line).into_owned());
    let lines: Vec<_> = lines.chain(wrong_files).collect();
    if !lines.is_empty() {
        anyhow::bail!("The settings are not right:\n  {}", lines.join("\n  "));
    }
    let collector = match &config.traces {
        Some(traces) => Some((traces, Collector::new(http::client(&HttpConfig::default())?))),
        None => None,
    };
    let telemetry = Telemetry::start(&config.log, collector)?;
    for unknown in unknown_settings(&environment, &names) {
        tracing::warn!("{unknown}");
    }
    Ok((config, telemetry))
}
