//! The command line of Rapport; see `rapport --help`.

use std::process::ExitCode;

use clap::Parser;
use rapport::cli::Cli;

/// The allocator: an answer consists of thousands of small allocations, made by one thread and freed by another; the
/// system's allocator took a quarter of the time (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "the command line speaks to its user")]
            {
                for line in rapport::cli::told(&error).lines() {
                    eprintln!("{}", rapport::text::printable(line));
                }
            }
            ExitCode::FAILURE
        }
    }
}
