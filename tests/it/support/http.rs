//! A GraphQL client over HTTP.

use std::net::{IpAddr, SocketAddr};

use serde_json::{Value, json};

/// Somebody who sends operations by HTTP.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
    forwarded_for: Option<IpAddr>,
}

impl Client {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        Self { http: reqwest::Client::new(), url: format!("http://{address}/graphql"), token, forwarded_for: None }
    }

    /// The same client as a proxy would pass it on.
    pub fn behind_proxy(&self, address: impl Into<IpAddr>) -> Self {
        Self { forwarded_for: Some(address.into()), ..self.clone() }
    }

    /// The access token.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The id of the user who is signed in.
    pub async fn id(&self) -> String {
        let data = self.ok("{ viewer { user { id } } }", json!({})).await;
        data["viewer"]["user"]["id"].as_str().expect("nobody is signed in").to_owned()
    }

    /// The same client with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same person at another server.
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { url: format!("http://{address}/graphql"), ..self.clone() }
    }

    /// The same person at another path of a server.
    pub fn at_path(&self, address: SocketAddr, path: &str) -> Self {
        Self { url: format!("http://{address}/{path}"), ..self.clone() }
    }

    /// The client, signed in.
    pub async fn sign_in(&self, email: &str, password: &str) -> Self {
        let query = "mutation($input: LoginInput!) { login(input: $input) { accessToken } }";
        let data = self.ok(query, json!({"input": {"email": email, "password": password}})).await;
        self.with_token(data["login"]["accessToken"].as_str().unwrap())
    }

    /// A request with an operation, for tests that change it or look at the HTTP response.
    pub fn request(&self, query: &str, variables: Value) -> reqwest::RequestBuilder {
        let mut request = self.http.post(&self.url).json(&json!({"query": query, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(address) = self.forwarded_for {
            request = request.header("x-forwarded-for", address.to_string());
        }
        request
    }

    /// Sends an operation and returns the whole response.
    pub async fn send(&self, query: &str, variables: Value) -> Value {
        self.request(query, variables).send().await.unwrap().json().await.unwrap()
    }

    /// Sends an operation that must succeed and returns its data.
    pub async fn ok(&self, query: &str, variables: Value) -> Value {
        let mut response = self.send(query, variables).await;
        assert!(response.get("errors").is_none(), "{query}\n{response:#}");
        response["data"].take()
    }

    /// Sends an operation that must fail and returns its first error.
    pub async fn fail(&self, query: &str, variables: Value) -> Value {
        let mut response = self.send(query, variables).await;
        assert!(response["errors"].is_array(), "{query}\n{response:#}");
        response["errors"][0].take()
    }

    /// Sends an operation that must fail and returns the code of its first error.
    pub async fn code(&self, query: &str, variables: Value) -> String {
        self.fail(query, variables).await["extensions"]["code"].as_str().unwrap().to_owned()
    }

    /// Onboards a company and returns the job: `id`, `status`, `cursor`.
    pub async fn onboard(&self, company: &str) -> Value {
        let query = "mutation($input: OnboardCompanyInput!) { onboardCompany(input: $input) { id status cursor } }";
        self.ok(query, json!({"input": {"companyName": company}})).await["onboardCompany"].take()
    }

    /// Waits until a job has ended and returns it: `status`, `progress`, `attempt`, `error`, `stages`, `result`.
    pub async fn finished(&self, job: &str) -> Value {
        let query = "query($id: ID!) { job(id: $id) { status progress attempt error { code message }
            stages { name completed failed total }
            result { ... on OnboardingResult { companyName customersDiscovered failedTasks company { id } } } } }";
        super::patience(async {
            loop {
                let mut data = self.ok(query, json!({"id": job})).await;
                let status = data["job"]["status"].as_str().unwrap();
                if ["COMPLETED", "FAILED", "CANCELLED"].contains(&status) {
                    return data["job"].take();
                }
                tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            }
        })
        .await
    }
}
