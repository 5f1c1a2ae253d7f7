//! Setting of the language model that reads reports for signals.

use super::{
    llm_provider::{LlmProvider, ProviderConfig},
    reader::Reader,
};

/// The name of the setting.
const EXTRACTION_MODEL: &str = "EXTRACTION_MODEL";

/// Reads the model, with one of the configured providers.
pub(super) fn gather(r: &mut Reader<'_>, providers: &[ProviderConfig]) -> Option<ProviderConfig> {
    let asked = r.optional(
        EXTRACTION_MODEL,
        "Model that reads filings for signals beside the rules, as provider/model, such as openai/gpt-5; if unset, only the rules do.",
    )?;
    let named =
        asked.split_once('/').and_then(|(provider, model)| Some((provider.parse::<LlmProvider>().ok()?, model)));
    let Some((provider, model)) = named.filter(|(_, model)| !model.trim().is_empty()) else {
        r.problem(
            EXTRACTION_MODEL,
            "must be provider/model with one of openai, ollama and huggingface, such as openai/gpt-5",
        );
        return None;
    };
    let Some(config) = providers.iter().find(|config| config.provider() == provider) else {
        let access = provider.access();
        r.problem_with(
            EXTRACTION_MODEL,
            access,
            format!("names {provider}, which needs {access}, and a place in LLM_PROVIDERS if that is set"),
        );
        return None;
    };
    Some(config.with_model(model.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{HUGGINGFACE_API_KEY, OLLAMA_HOST, OPENAI_API_KEY, tests::read};

    const ALL: [(&str, &str); 3] = [
        (OPENAI_API_KEY, "sk-key-of-a-test"),
        (OLLAMA_HOST, "http://localhost:11434"),
        (HUGGINGFACE_API_KEY, "hf_key"),
    ];

    #[test]
    fn the_model_that_reads_reports_is_of_a_provider_that_is_asked() {
        let extraction = |more: &[(&'static str, &'static str)]| {
            let config = read(&[&ALL[..], more].concat());
            config.map(|config| config.llm.extraction.map(|config| (config.provider(), config.models().0.to_owned())))
        };
        assert_eq!(extraction(&[]).unwrap(), None);
        let found = extraction(&[("EXTRACTION_MODEL", "huggingface/openai/gpt-oss-120b")]).unwrap();
        assert_eq!(found, Some((LlmProvider::HuggingFace, "openai/gpt-oss-120b".to_owned())));
        for wrong in [
            &[("EXTRACTION_MODEL", "gpt-5")][..],
            &[("EXTRACTION_MODEL", "claude/opus")],
            &[("EXTRACTION_MODEL", "openai/")],
            &[("EXTRACTION_MODEL", "openai/gpt-5"), ("LLM_PROVIDERS", "ollama")],
        ] {
            let problems = extraction(wrong).unwrap_err();
            assert_eq!(problems[0].setting, "EXTRACTION_MODEL", "{wrong:?}");
        }
    }
}
