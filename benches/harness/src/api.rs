//! A client of the GraphQL API over HTTP.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// A server, and the token of who asks it.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Api {
    /// A server that asks for no token, given by the address of its endpoint.
    pub(crate) fn open(url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), token: None }
    }

    /// Signs in at the Rapport of the environment.
    ///
    /// # Errors
    /// When a variable is missing or the sign-in fails.
    pub(crate) async fn sign_in() -> Result<Self> {
        let mut api = Self::open(&format!("{}/graphql", setting("RAPPORT_URL")?));
        let input = json!({"email": setting("RAPPORT_EMAIL")?, "password": setting("RAPPORT_PASSWORD")?});
        let login = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";
        let data = api.ask(login, json!({"input": input})).await.context("signing in")?;
        api.token = data["login"]["accessToken"].as_str().map(str::to_owned);
        Ok(api)
    }

    /// The access token.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Runs an operation and returns its `data`.
    ///
    /// # Errors
    /// When there is no answer, or one with errors.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Result<Value> {
        let mut request = self.http.post(&self.url).json(&json!({"query": query, "variables": variables}));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let mut answer: Value = request.send().await?.json().await?;
        ensure!(answer["errors"].is_null(), "the answer has errors: {}", answer["errors"]);
        Ok(answer["data"].take())
    }

    /// Makes a chat session and returns its id.
    ///
    /// # Errors
    /// See [`Self::ask`].
    pub(crate) async fn chat_session(&self) -> Result<String> {
        let data = self.ask("mutation { createChatSession(input: {}) { session { id } } }", Value::Null).await?;
        text(&data["createChatSession"]["session"]["id"])
    }

    /// Says something in a chat session and returns the ids of the message and of the reply to come.
    ///
    /// # Errors
    /// See [`Self::ask`].
    pub(crate) async fn say(&self, session: &str, words: &str) -> Result<(String, String)> {
        let query = "mutation ($input: SendChatMessageInput!) { sendChatMessage(input: $input) { reply { id } message { id } } }";
        let data = self.ask(query, json!({"input": {"sessionId": session, "text": words}})).await?;
        let sent = &data["sendChatMessage"];
        Ok((text(&sent["message"]["id"])?, text(&sent["reply"]["id"])?))
    }
}

/// The text that a field of an answer holds.
///
/// # Errors
/// When it holds none.
pub(crate) fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).context("a field of the answer is no text")
}

/// The address of a server's WebSocket endpoint in the environment, beside [`Api::sign_in`].
///
/// # Errors
/// When the variable is missing.
pub(crate) fn socket_url() -> Result<String> {
    Ok(format!("{}/graphql/ws", setting("RAPPORT_URL")?.replacen("http", "ws", 1)))
}

fn setting(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("set {name}"))
}
