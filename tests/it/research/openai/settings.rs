//! The key and the other settings.

use rapport::clients::research::ResearchError;
use rapport::clients::research::openai::{OpenAiConfig, OpenAiResearch};
use serde_json::json;

use super::{KEY, products};
use crate::support::ambient;
use crate::support::openai::Behaviour;

#[tokio::test]
async fn the_key_shows_in_no_error_and_no_debug_output() {
    let echo = |status| Behaviour::Status {
        status,
        retry_after: None,
        body: json!({ "error": { "code": "x", "message": format!("Incorrect API key: {KEY}") } }),
    };
    for status in [400, 401, 403, 404, 500] {
        let (_, answer) = products(echo(status)).await;
        let error = answer.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0123456789"), "{status}: {error:?}");
    }
    let config = OpenAiConfig::new(KEY.into());
    assert!(!format!("{config:?}").contains("0123456789"));
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_a_matter_of_settings() {
    let (server, answer) = products(Behaviour::status(401)).await;
    assert_eq!(answer, Err(ResearchError::NotConfigured { setting: "OPENAI_API_KEY" }));
    assert_eq!(server.count("products"), 1);
}

#[tokio::test]
async fn an_unknown_model_is_a_matter_of_settings() {
    let body = json!({ "error": { "code": "model_not_found", "message": "No such model." } });
    let (_, answer) = products(Behaviour::Status { status: 404, retry_after: None, body }).await;
    assert_eq!(answer, Err(ResearchError::NotConfigured { setting: "OPENAI_MODEL" }));
}

#[tokio::test]
async fn a_missing_setting_is_named() {
    let good = OpenAiConfig::new(KEY.into());
    let cases = [
        (OpenAiConfig { api_key: " ".into(), ..good.clone() }, "OPENAI_API_KEY"),
        (OpenAiConfig { api_key: "two\nlines".into(), ..good.clone() }, "OPENAI_API_KEY"),
        (OpenAiConfig { model: String::new(), ..good.clone() }, "OPENAI_MODEL"),
        (OpenAiConfig { base_url: "api.openai.com".into(), ..good }, "OPENAI_BASE_URL"),
    ];
    for (config, setting) in cases {
        let error = OpenAiResearch::new(config, ambient()).err();
        assert_eq!(error, Some(ResearchError::NotConfigured { setting }));
    }
}
