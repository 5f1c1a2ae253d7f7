//! Settings of OpenAI, used for research and as a language model.

use std::time::Duration;

use secrecy::SecretString;

use super::reader::Reader;

/// The setting of the OpenAI key; named in errors too.
pub const OPENAI_API_KEY: &str = "OPENAI_API_KEY";

/// Settings of OpenAI, or a server with its Responses API. The key is hidden in debug output.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// The key.
    pub api_key: SecretString,
    /// The base URL of the API, including the version.
    pub base_url: String,
    /// The model, which must support web search and structured output.
    pub model: String,
    /// Time limit of one attempt. A search takes a model tens of seconds, sometimes minutes.
    pub timeout: Duration,
    /// Maximum number of attempts per question, including the first.
    pub max_attempts: u32,
}

impl OpenAiConfig {
    /// The base URL of OpenAI itself.
    pub const DEFAULT_BASE_URL: &'static str = "https://api.openai.com/v1";
    /// OpenAI's cheaper current model with web search and structured output.
    pub const DEFAULT_MODEL: &'static str = "gpt-6.1-terra";

    /// Returns the defaults with this key: three attempts of at most three minutes.
    pub fn new(api_key: SecretString) -> Self {
        Self {
            api_key,
            base_url: Self::DEFAULT_BASE_URL.to_owned(),
            model: Self::DEFAULT_MODEL.to_owned(),
            timeout: Duration::from_secs(180),
            max_attempts: 3,
        }
    }
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> Option<OpenAiConfig> {
    r.section("Research with OpenAI (without a key: with a web search and another language model if both are set, otherwise only the bundled sample companies)");
    let api_key = r.secret(OPENAI_API_KEY, "Key of the OpenAI API, also used for language models.");
    let base_url = r.url("OPENAI_BASE_URL", OpenAiConfig::DEFAULT_BASE_URL, "Base URL of the API.");
    let model = r.text(
        "OPENAI_MODEL",
        OpenAiConfig::DEFAULT_MODEL,
        "Model for research, which must support the web search tool and structured output.",
    );
    let timeout = r.seconds("OPENAI_TIMEOUT_SECONDS", 180, 1, "Time limit of one call; a web search is slow.");
    let max_attempts = r.number("OPENAI_MAX_ATTEMPTS", 3, 1..=10, "Maximum number of attempts per call.");
    let base_url = base_url.to_string();
    api_key.map(|api_key| OpenAiConfig { api_key, base_url, model, timeout, max_attempts })
}
