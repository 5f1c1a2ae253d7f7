//! The command line of Rapport; see `rapport --help`.

use std::process::ExitCode;

use clap::Parser;
use rapport::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the command line speaks to its user")]
            {
                eprintln!("{error:#}");
            }
            ExitCode::FAILURE
        }
    }
}
