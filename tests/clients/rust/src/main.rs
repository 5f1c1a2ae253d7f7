//! What a Rust program sees of the API: types made from `schema.graphql` by `graphql_client`, and a walk from the sign-in to
//! the result of a job against the server at `RAPPORT_URL`.

#![expect(clippy::disallowed_methods, reason = "a program of its own, which is none of the server")]
#![expect(clippy::print_stdout, reason = "the checks are told to whoever runs them")]

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use graphql_client::{GraphQLQuery, Response};
use serde::{Serialize, de::DeserializeOwned};

type DateTime = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../../schema.graphql",
    query_path = "src/walk.graphql",
    response_derives = "Debug, PartialEq"
)]
struct Login;

#[derive(GraphQLQuery)]
#[graphql(schema_path = "../../../schema.graphql", query_path = "src/walk.graphql", response_derives = "Debug")]
struct Onboard;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../../../schema.graphql",
    query_path = "src/walk.graphql",
    response_derives = "Debug, PartialEq"
)]
struct JobResult;

/// A server and the token of who asks it.
struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    async fn send<V: Serialize, D: DeserializeOwned>(&self, query: graphql_client::QueryBody<V>) -> Result<D> {
        let mut request = self.http.post(format!("{}/graphql", self.url)).json(&query);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let answer: Response<D> = request.send().await?.json().await?;
        let errors = answer.errors.unwrap_or_default();
        ensure!(errors.is_empty(), "{errors:?}");
        answer.data.context("the answer has no data")
    }
}

fn setting(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("set {name}"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let (email, password) = (setting("RAPPORT_EMAIL")?, setting("RAPPORT_PASSWORD")?);
    let url = setting("RAPPORT_URL")?;
    let mut client = Client { http: reqwest::Client::new(), url, token: None };

    let input = login::LoginInput { email: email.clone(), password };
    let signed_in: login::ResponseData = client.send(Login::build_query(login::Variables { input })).await?;
    ensure!(signed_in.login.viewer.user.email == email);
    println!("ok     rust: signs in");
    client.token = Some(signed_in.login.access_token);

    let input = onboard::OnboardCompanyInput {
        company_name: "Copperline Security".to_owned(),
        website: None,
        deep_research: false,
        idempotency_key: None,
    };
    let started: onboard::ResponseData = client.send(Onboard::build_query(onboard::Variables { input })).await?;
    let job = finished(&client, &started.onboard_company.id).await?;
    println!("ok     rust: starts a job and sees it end");

    let Some(job_result::JobResultJobResult::OnboardingResult(result)) = job.result else {
        anyhow::bail!("this is no onboarding: {job:?}");
    };
    let company = result.company.context("the company is missing")?;
    let customers = company.customers.context("the right to see customers is missing")?;
    ensure!(customers.nodes.len() == 3 && customers.total_count <= result.customers_discovered);
    ensure!(customers.nodes.iter().all(|customer| customer.ticker.is_some()), "{customers:?}");
    println!("ok     rust: reads a union, a filtered list and nullable fields");
    println!("3 passed, 0 failed");
    Ok(())
}

/// The job when it is completed.
async fn finished(client: &Client, id: &str) -> Result<job_result::JobResultJob> {
    let look = async {
        loop {
            let query = JobResult::build_query(job_result::Variables { id: id.to_owned() });
            let data: job_result::ResponseData = client.send(query).await?;
            let job = data.job.context("there is no such job")?;
            match &job.status {
                job_result::JobStatus::COMPLETED => return Ok(job),
                job_result::JobStatus::FAILED | job_result::JobStatus::CANCELLED => anyhow::bail!("{job:?}"),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), look).await.context("the job takes too long")?
}
