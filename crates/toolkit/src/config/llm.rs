//! Settings of language models.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    extraction,
    llm_provider::{HUGGINGFACE_API_KEY, HostedConfig, LlmProvider, OLLAMA_HOST, OllamaConfig, ProviderConfig},
    openai::{OPENAI_API_KEY, OpenAiConfig},
    reader::Reader,
};

/// The settings, of which one is required for any language model, for errors.
pub const LLM_SETTINGS: &str = "OPENAI_API_KEY, OLLAMA_HOST or HUGGINGFACE_API_KEY";

/// Settings of language models.
#[derive(Debug, Clone)]
pub struct LlmConfig {
    /// The configured providers, in order; may be empty.
    pub providers: Vec<ProviderConfig>,
    /// One of them with the model that reads reports for signals beside the rules; `None` for rules only.
    pub extraction: Option<ProviderConfig>,
    /// Limits of a call to one provider.
    pub limits: LlmLimits,
    /// Number of consecutive failures after which a provider is skipped.
    pub breaker_failures: u32,
    /// Time for which it is skipped.
    pub breaker_pause: Duration,
}

/// Limits of a call to one provider.
#[derive(Debug, Clone)]
pub struct LlmLimits {
    /// Time limit of a whole call, including retries. Streamed answers have the two limits below instead.
    pub timeout: Duration,
    /// Time limit until the first sign of the model, including retries.
    pub first_token: Duration,
    /// Time limit between two signs of the model.
    pub idle: Duration,
    /// Maximum number of attempts, including the first.
    pub max_attempts: u32,
}

/// Reads the settings. OpenAI's key and URL are shared with research.
pub(super) fn gather(r: &mut Reader<'_>, openai: Option<&OpenAiConfig>) -> LlmConfig {
    r.section("Language models (none without OPENAI_API_KEY, OLLAMA_HOST or HUGGINGFACE_API_KEY)");
    let order = r.optional(
        "LLM_PROVIDERS",
        "Providers in the order of fallback, separated by commas; all configured ones if unset: openai, ollama, huggingface.",
    );
    let openai = gather_openai(r, openai);
    let ollama = gather_ollama(r);
    let huggingface = gather_huggingface(r);
    let providers = sort(r, order, [openai, ollama, huggingface].into_iter().flatten().collect());
    let extraction = extraction::gather(r, &providers);
    let limits = LlmLimits {
        timeout: r.seconds("LLM_TIMEOUT_SECONDS", 120, 1, "Time limit of an answer in one piece, per provider."),
        first_token: r.seconds("LLM_FIRST_TOKEN_SECONDS", 60, 1, "Time limit until a streamed answer begins."),
        idle: r.seconds("LLM_IDLE_SECONDS", 30, 1, "Time limit of silence within a streamed answer."),
        max_attempts: r.number(
            "LLM_MAX_ATTEMPTS",
            3,
            1..=10,
            "Maximum number of attempts per provider before the next one is tried.",
        ),
    };
    let breaker_failures = r.number(
        "LLM_BREAKER_FAILURES",
        5,
        1..=1000,
        "Number of consecutive failures after which a provider is skipped for a while.",
    );
    let breaker_pause = r.seconds("LLM_BREAKER_SECONDS", 30, 1, "Time for which it is skipped.");
    LlmConfig { providers, extraction, limits, breaker_failures, breaker_pause }
}

fn gather_openai(r: &mut Reader<'_>, openai: Option<&OpenAiConfig>) -> Option<ProviderConfig> {
    let model = r.text(
        "OPENAI_CHAT_MODEL",
        OpenAiConfig::DEFAULT_MODEL,
        "Chat model at OPENAI_BASE_URL, which must support structured output.",
    );
    let embedding_model =
        Some(r.text("OPENAI_EMBEDDING_MODEL", "text-embedding-3-small", "Embedding model at OPENAI_BASE_URL."));
    let openai = openai?;
    check_key(r, OPENAI_API_KEY, &openai.api_key);
    let base_url = Url::parse(&openai.base_url).ok()?;
    Some(ProviderConfig::OpenAi(HostedConfig { api_key: openai.api_key.clone(), base_url, model, embedding_model }))
}

fn gather_ollama(r: &mut Reader<'_>) -> Option<ProviderConfig> {
    let host = r.optional(OLLAMA_HOST, "URL of Ollama, such as http://localhost:11434; if unset, it is not used.");
    let model = r.text("OLLAMA_MODEL", "llama3.1:8b", "Chat model of Ollama, which must have been pulled.");
    let embedding_model = r.optional("OLLAMA_EMBEDDING_MODEL", "Embedding model of Ollama, such as nomic-embed-text.");
    let temperature = gather_temperature(r);
    let keep_alive = r.text(
        "OLLAMA_KEEP_ALIVE",
        "10m",
        "Time for which Ollama keeps a model in memory after a call, such as 10m or a number of seconds; -1 is forever.",
    );
    if !is_duration(&keep_alive) {
        r.problem("OLLAMA_KEEP_ALIVE", "must be a duration such as 10m or 1h30m, or a number of seconds");
    }
    let host = host.and_then(|host| web_address(r, OLLAMA_HOST, &host, "http://localhost:11434"))?;
    Some(ProviderConfig::Ollama(OllamaConfig { host, model, embedding_model, temperature, keep_alive }))
}

fn gather_temperature(r: &mut Reader<'_>) -> f32 {
    const NAME: &str = "OLLAMA_TEMPERATURE";
    let temperature = r.parse(NAME, "0.7", "Default sampling temperature of Ollama, from 0 to 2.");
    if !(0.0..=2.0).contains(&temperature) {
        r.problem(NAME, "must be from 0 to 2");
    }
    temperature
}

fn gather_huggingface(r: &mut Reader<'_>) -> Option<ProviderConfig> {
    const BASE_URL: (&str, &str) = ("HUGGINGFACE_BASE_URL", "https://router.huggingface.co/v1");
    let api_key = r.secret(HUGGINGFACE_API_KEY, "Key of Hugging Face, with permission to call inference providers.");
    let base_url = r.text(BASE_URL.0, BASE_URL.1, "Base URL of Hugging Face's chat API.");
    let model = r.text(
        "HUGGINGFACE_MODEL",
        "openai/gpt-oss-120b",
        "Chat model of Hugging Face, which must support structured output.",
    );
    let embedding_model = r.optional(
        "HUGGINGFACE_EMBEDDING_MODEL",
        "Embedding model of Hugging Face, such as sentence-transformers/all-MiniLM-L6-v2.",
    );
    let base_url = web_address(r, BASE_URL.0, &base_url, BASE_URL.1);
    let api_key = api_key?;
    check_key(r, HUGGINGFACE_API_KEY, &api_key);
    Some(ProviderConfig::HuggingFace(HostedConfig { api_key, base_url: base_url?, model, embedding_model }))
}

/// Validates a key, which must be a valid header value.
fn check_key(r: &mut Reader<'_>, name: &'static str, key: &SecretString) {
    if !key.expose_secret().bytes().all(|byte| byte.is_ascii_graphic()) {
        r.problem(name, "must be one word of plain letters, digits and signs");
    }
}

/// Validates a URL without a user or password, which would show in debug output.
fn web_address(r: &mut Reader<'_>, name: &'static str, text: &str, example: &str) -> Option<Url> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
    };
    let url = Url::parse(text).ok().filter(is_plain);
    if url.is_none() {
        r.problem(name, format!("must be a web address without user, password and query, such as {example}"));
    }
    url
}

/// Returns true for a duration as in Go's `time.ParseDuration`, or whole seconds.
fn is_duration(text: &str) -> bool {
    if text.parse::<i64>().is_ok() {
        return true;
    }
    let mut rest = text.trim_start_matches('-');
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let Some(after) = ["ms", "h", "m", "s"].iter().find_map(|name| unit.strip_prefix(name)) else { return false };
        if rest[..rest.len() - unit.len()].parse::<f64>().is_err() {
            return false;
        }
        rest = after;
    }
    !text.trim_start_matches('-').is_empty()
}

/// Returns the configured providers in the requested order.
fn sort(r: &mut Reader<'_>, order: Option<String>, mut ready: Vec<ProviderConfig>) -> Vec<ProviderConfig> {
    const NAME: &str = "LLM_PROVIDERS";
    let Some(order) = order else { return ready };
    let mut sorted = Vec::new();
    for name in order.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let Ok(provider) = name.parse::<LlmProvider>() else {
            r.problem(NAME, format!("holds `{name}`, which is none of openai, ollama and huggingface"));
            continue;
        };
        if let Some(place) = ready.iter().position(|config| config.provider() == provider) {
            sorted.push(ready.remove(place));
        } else if sorted.iter().any(|config| config.provider() == provider) {
            r.problem(NAME, format!("holds {provider} twice"));
        } else {
            r.problem_with(NAME, provider.access(), format!("holds {provider}, which needs {}", provider.access()));
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::read;

    const ALL: [(&str, &str); 3] = [
        (OPENAI_API_KEY, "sk-key-of-a-test"),
        (OLLAMA_HOST, "http://localhost:11434"),
        (HUGGINGFACE_API_KEY, "hf_key"),
    ];

    fn providers(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        let llm = read(pairs).unwrap().llm;
        llm.providers.iter().map(|config| config.provider().as_str()).collect()
    }

    #[test]
    fn without_settings_there_is_no_language_model_and_nothing_is_missing() {
        assert!(providers(&[]).is_empty());
    }

    #[test]
    fn all_that_are_set_up_are_asked_in_the_usual_order() {
        assert_eq!(providers(&ALL), ["openai", "ollama", "huggingface"]);
        assert_eq!(providers(&ALL[1..2]), ["ollama"]);
    }

    #[test]
    fn another_order_may_leave_some_out() {
        let order = |order| providers(&[&ALL[..], &[("LLM_PROVIDERS", order)]].concat());
        assert_eq!(order("huggingface, openai"), ["huggingface", "openai"]);
        assert_eq!(order("ollama,"), ["ollama"]);
    }

    #[test]
    fn openai_shares_key_and_address_with_research() {
        let config = read(&[ALL[0], ("OPENAI_BASE_URL", "http://localhost:1234/v1")]).unwrap();
        let [ProviderConfig::OpenAi(openai)] = &config.llm.providers[..] else { panic!("{:?}", config.llm) };
        assert_eq!(openai.base_url.as_str(), "http://localhost:1234/v1");
        assert_eq!(openai.api_key.expose_secret(), ALL[0].1);
    }

    #[test]
    fn values_that_are_none_are_told_in_a_sentence() {
        for (name, wrong) in [
            ("LLM_PROVIDERS", "openai,claude"),
            ("LLM_PROVIDERS", "ollama,ollama"),
            ("OLLAMA_HOST", "localhost:11434"),
            ("OLLAMA_HOST", "http://me:hunter2@localhost"),
            ("OLLAMA_TEMPERATURE", "warm"),
            ("OLLAMA_TEMPERATURE", "2.5"),
            ("OLLAMA_TEMPERATURE", "NaN"),
            ("OLLAMA_KEEP_ALIVE", "ten minutes"),
            ("HUGGINGFACE_BASE_URL", "router"),
            ("HUGGINGFACE_API_KEY", "two words"),
            ("OPENAI_API_KEY", "two words"),
            ("LLM_TIMEOUT_SECONDS", "0"),
            ("LLM_FIRST_TOKEN_SECONDS", "0"),
            ("LLM_IDLE_SECONDS", "soon"),
            ("LLM_MAX_ATTEMPTS", "11"),
            ("LLM_BREAKER_FAILURES", "0"),
            ("LLM_BREAKER_SECONDS", "-1"),
        ] {
            let others = ALL.into_iter().filter(|(other, _)| *other != name);
            let problems = read(&others.chain([(name, wrong)]).collect::<Vec<_>>()).unwrap_err();
            let told: Vec<_> = problems.iter().map(|problem| problem.setting).collect();
            assert_eq!(told, [name], "{name}={wrong}");
            assert!(!problems[0].to_string().contains("hunter2"));
        }
    }

    #[test]
    fn an_order_names_only_what_is_set_up() {
        let problems = read(&[ALL[0], ("LLM_PROVIDERS", "openai,ollama")]).unwrap_err();
        assert_eq!(problems[0].to_string(), "LLM_PROVIDERS holds ollama, which needs OLLAMA_HOST.");
    }

    #[test]
    fn durations_are_read_as_ollama_does() {
        for good in ["10m", "1h30m", "1.5h", "300", "-1", "-1m", "500ms", "0"] {
            assert!(is_duration(good), "{good}");
        }
        for wrong in ["", "-", "m", "10 m", "ten", "10x", "1m5"] {
            assert!(!is_duration(wrong), "{wrong}");
        }
    }

    #[test]
    fn keys_are_not_printed() {
        let shown = format!("{:?}", read(&ALL).unwrap().llm);
        assert!(!shown.contains("sk-key-of-a-test") && !shown.contains("hf_key"), "{shown}");
    }
}
