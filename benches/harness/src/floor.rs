//! The queries of the comparison without GraphQL: routes chosen by the operation's name, one statement each, written by
//! hand. What any server pays at least for parsing HTTP, asking the database and writing JSON.

use anyhow::Result;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::{database::Database, seed::company_id};

const NESTED: &str = "
    SELECT company.id, company.name, customer.id, customer.name, customer.ticker
    FROM (SELECT id, name, name_key FROM companies ORDER BY name_key, id LIMIT 50) company
    LEFT JOIN LATERAL (
        SELECT id, name, ticker, name_key FROM customers
        WHERE company_id = company.id ORDER BY name_key, id LIMIT 10
    ) customer ON true
    ORDER BY company.name_key, company.id, customer.name_key, customer.id";

/// SQLite knows no lateral join.
const NESTED_SQLITE: &str = "
    SELECT company.id, company.name, customer.id, customer.name, customer.ticker
    FROM (SELECT id, name, name_key FROM companies ORDER BY name_key, id LIMIT 50) company
    LEFT JOIN customers customer ON customer.id IN (
        SELECT id FROM customers WHERE company_id = company.id ORDER BY name_key, id LIMIT 10
    )
    ORDER BY company.name_key, company.id, customer.name_key, customer.id";

const SINGLE: &str = "SELECT id, name FROM companies WHERE id = $1";

/// Where.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The database, as in `DATABASE_URL`.
    #[arg(long)]
    database: String,
    /// The port to listen on.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// Connections to the database.
    #[arg(long, default_value_t = 10)]
    connections: u32,
}

/// Serves until it is stopped.
///
/// # Errors
/// When the database or the port cannot be opened.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let database = Database::open(&arguments.database, arguments.connections).await?;
    let routes = Router::new()
        .route("/graphql", post(answer))
        .route("/health/ready", get(|| async { StatusCode::OK }))
        .with_state(database);
    Ok(axum::serve(TcpListener::bind(("127.0.0.1", arguments.port)).await?, routes).await?)
}

/// The part of a request that chooses.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(rename = "operationName")]
    operation: String,
}

#[derive(Debug, Serialize)]
struct Answer<T> {
    data: T,
}

#[derive(Debug, Serialize)]
struct Companies {
    companies: Nodes<Company>,
}

#[derive(Debug, Serialize)]
struct Nodes<T> {
    nodes: Vec<T>,
}

#[derive(Debug, Serialize)]
struct Company {
    id: String,
    name: String,
    customers: Nodes<Customer>,
}

#[derive(Debug, Serialize)]
struct Customer {
    id: String,
    name: String,
    ticker: Option<String>,
}

/// A company beside one of its customers.
type Pair = (Uuid, String, Option<Uuid>, Option<String>, Option<String>);

async fn answer(State(database): State<Database>, Json(request): Json<Request>) -> Response {
    let answer = match request.operation.as_str() {
        "Nested" => nested(&database).await.map(|data| Json(Answer { data }).into_response()),
        "Single" => single(&database).await,
        "Trivial" => Ok(Json(json!({"data": {"__typename": "Query"}})).into_response()),
        _ => Ok(StatusCode::NOT_FOUND.into_response()),
    };
    answer.unwrap_or_else(|error: sqlx::Error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response())
}

async fn nested(database: &Database) -> sqlx::Result<Companies> {
    let pairs: Vec<Pair> = match database {
        Database::Postgres(pool) => sqlx::query_as(NESTED).fetch_all(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(NESTED_SQLITE).fetch_all(pool).await?,
    };
    let mut nodes: Vec<Company> = Vec::new();
    let mut last = None;
    for (company, name, id, customer, ticker) in pairs {
        if last.replace(company) != Some(company) {
            let id = format!("com_{}", company.simple());
            nodes.push(Company { id, name, customers: Nodes { nodes: Vec::new() } });
        }
        if let (Some(company), Some(id), Some(name)) = (nodes.last_mut(), id, customer) {
            company.customers.nodes.push(Customer { id: format!("cus_{}", id.simple()), name, ticker });
        }
    }
    Ok(Companies { companies: Nodes { nodes } })
}

async fn single(database: &Database) -> sqlx::Result<Response> {
    let id = company_id(0);
    let (id, name): (Uuid, String) = match database {
        Database::Postgres(pool) => sqlx::query_as(SINGLE).bind(id).fetch_one(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(SINGLE).bind(id).fetch_one(pool).await?,
    };
    let company = json!({"id": format!("com_{}", id.simple()), "name": name});
    Ok(Json(json!({"data": {"company": company}})).into_response())
}
