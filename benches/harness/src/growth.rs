//! Lists as their tables grow: a first page, a page from the middle, and the count of all rows.

use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    api::{Api, text},
    database::Database,
    report::{self, Latencies},
    seed,
};

const PAGE: &str = "query ($after: String) { customers(first: 50, after: $after) { nodes { id name ticker } } }";
const TOTAL: &str = "{ customers(first: 1) { totalCount } }";
const PLACE: &str = "query ($name: String!) { customers(first: 1, search: $name) { pageInfo { endCursor } } }";

/// Which sizes, how often.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The server's database, as in `DATABASE_URL`; what it has of customers must come from `seed`.
    #[arg(long)]
    database: String,
    /// Companies there are to be in all.
    #[arg(long, default_value_t = 1_000)]
    companies: u64,
    /// Sizes of the table of customers, rising, by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000])]
    sizes: Vec<u64>,
    /// How often each query is asked, one after the other.
    #[arg(long, default_value_t = 200)]
    repeat: usize,
}

/// Fills the table to each size, measures and prints a table.
///
/// # Errors
/// When the database cannot be filled or a query fails.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let database = Database::open(&arguments.database, 1).await?;
    let api = Api::sign_in().await?;
    let mut rows = Vec::new();
    for size in &arguments.sizes {
        seed::fill(&database, arguments.companies, *size).await?;
        let middle = cursor_of(&api, size / 2).await?;
        for (name, query, variables) in [
            ("first page", PAGE, Value::Null),
            ("page from the middle", PAGE, json!({"after": middle})),
            ("`totalCount`", TOTAL, Value::Null),
        ] {
            let latencies = time(&api, query, &variables, arguments.repeat).await?;
            rows.push(vec![size.to_string(), name.to_owned(), latencies.at(0.5), latencies.at(0.99)]);
        }
    }
    println!("{}", report::table(&["customers", "query", "p50 ms", "p99 ms"], &rows));
    Ok(())
}

/// The cursor behind a customer in the list by name. A cursor names its place in the order alone, so that of a search fits.
async fn cursor_of(api: &Api, number: u64) -> Result<String> {
    let data = api.ask(PLACE, json!({"name": seed::customer_name(number)})).await?;
    text(&data["customers"]["pageInfo"]["endCursor"]).with_context(|| format!("customer {number} is not there"))
}

async fn time(api: &Api, query: &str, variables: &Value, repeat: usize) -> Result<Latencies> {
    let mut latencies = Latencies::new()?;
    // The first fills caches and is not counted.
    api.ask(query, variables.clone()).await?;
    for _ in 0..repeat {
        let began = Instant::now();
        api.ask(query, variables.clone()).await?;
        latencies.record(began.elapsed());
    }
    Ok(latencies)
}
