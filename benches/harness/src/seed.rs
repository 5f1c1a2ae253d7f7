//! Companies and customers by number: the same number is the same row in every database, so that servers that share
//! nothing answer alike, and a database can be filled further.

use anyhow::{Result, ensure};
use clap::Args;
use uuid::{Builder, Uuid};

use crate::database::Database;

/// Rows in one statement.
const BATCH: u64 = 500;
/// The first millisecond of 2026, when the first row was made; each later one is a millisecond younger.
const EPOCH_MS: u64 = 1_767_225_600_000;
const TIME: &str = "'2026-01-01T00:00:00+00:00'";
const INDUSTRIES: [&str; 5] = ["Retail", "Software", "Banking", "Logistics", "Energy"];
const SEGMENTS: [&str; 4] = ["ENTERPRISE", "MID_MARKET", "SMALL", "UNKNOWN"];

/// How much there is to be.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database, as in `DATABASE_URL`; its tables must be there.
    #[arg(long)]
    database: String,
    /// Companies there are to be in all.
    #[arg(long, default_value_t = 1_000)]
    companies: u64,
    /// Customers there are to be in all, spread evenly over the companies.
    #[arg(long, default_value_t = 20_000)]
    customers: u64,
}

/// Fills the database.
///
/// # Errors
/// When it cannot be written.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let database = Database::open(&arguments.database, 1).await?;
    fill(&database, arguments.companies, arguments.customers).await
}

/// Adds what is missing to so many companies and customers. What is there must come from here, with as many companies.
///
/// # Errors
/// When the database cannot be written.
pub(crate) async fn fill(database: &Database, companies: u64, customers: u64) -> Result<()> {
    ensure!(companies > 0, "customers need a company");
    let columns = "companies (id, name, name_key, name_folded, is_sample, researched_at, created_at, updated_at)";
    insert(database, "companies", columns, companies, |number| company_row(database, number)).await?;
    let columns = "customers (id, company_id, name, name_key, name_folded, industry, segment, listing, ticker, cik, exchange, \
                   match_method, match_confidence, is_sample, first_seen_at, last_seen_at, created_at, updated_at)";
    insert(database, "customers", columns, customers, |number| customer_row(database, number, companies)).await?;
    // What the planner goes by would else be as old as the last automatic look.
    database.run("ANALYZE".to_owned()).await
}

async fn insert(
    database: &Database,
    table: &'static str,
    columns: &str,
    wanted: u64,
    row: impl Fn(u64) -> String,
) -> Result<()> {
    let mut next = database.count(table).await?;
    while next < wanted {
        let end = wanted.min(next + BATCH);
        let rows: Vec<_> = (next..end).map(&row).collect();
        database.run(format!("INSERT INTO {columns} VALUES {}", rows.join(","))).await?;
        next = end;
    }
    Ok(())
}

fn company_row(database: &Database, number: u64) -> String {
    let id = database.literal(company_id(number));
    format!(
        "({id}, 'Company {number:06}', 'company {number:06}', 'company {number:06}', false, {TIME}, {TIME}, {TIME})"
    )
}

fn customer_row(database: &Database, number: u64, companies: u64) -> String {
    let id = database.literal(id(number, "customer"));
    let company = database.literal(company_id(number % companies));
    let name = customer_name(number);
    let key = name.to_lowercase();
    let industry = of(&INDUSTRIES, number);
    let segment = of(&SEGMENTS, number);
    let cik = 1_000_000 + number;
    let ticker = ticker(number);
    format!(
        "({id}, {company}, '{name}', '{key}', '{key}', '{industry}', '{segment}', 'LISTED', '{ticker}', {cik}, 'NYSE', 'EXACT_NAME', 1, \
         false, {TIME}, {TIME}, {TIME}, {TIME})"
    )
}

/// The name of a customer; names are in the order of their numbers.
pub(crate) fn customer_name(number: u64) -> String {
    format!("Customer {number:08}")
}

/// The id of a company.
pub(crate) fn company_id(number: u64) -> Uuid {
    id(number, "company")
}

fn id(number: u64, table: &str) -> Uuid {
    let mixed = mix(number ^ mix(table.len() as u64)).to_be_bytes();
    let [a, b, c, d, e, f, g, h] = mixed;
    Builder::from_unix_timestamp_millis(EPOCH_MS + number, &[a, b, c, d, e, f, g, h, a, b]).into_uuid()
}

/// SplitMix64, which makes neighbours look unlike.
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn of<'a>(choices: &[&'a str], number: u64) -> &'a str {
    let index = usize::try_from(mix(number)).unwrap_or(0) % choices.len();
    choices.get(index).copied().unwrap_or_default()
}

/// Four letters; several customers may share them, as the customers of several companies do.
fn ticker(number: u64) -> String {
    let mut rest = mix(number);
    std::iter::repeat_with(|| {
        let letter = char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
        letter
    })
    .take(4)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_for_one_company_asks_for_the_first() {
        let wanted = format!("com_{}", company_id(0).simple());
        assert!(include_str!("../../queries/single.json").contains(&wanted), "single.json should ask for {wanted}");
        let wanted = company_id(0).to_string();
        let postgraphile = include_str!("../../peers/postgraphile/queries/single.json");
        assert!(postgraphile.contains(&wanted), "PostGraphile's single.json should ask for {wanted}");
    }

    #[test]
    fn companies_and_customers_of_one_number_have_ids_of_their_own() {
        assert_ne!(company_id(7), id(7, "customer"));
    }
}
