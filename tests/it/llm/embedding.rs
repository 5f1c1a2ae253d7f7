//! Vectors of texts.

use rapport::clients::llm::Usage;
use serde_json::json;

use super::*;
use crate::support::llm::{Behaviour, COST};

fn texts(count: usize) -> Vec<String> {
    (1..=count).map(|number| "a".repeat(number)).collect()
}

#[tokio::test]
async fn each_text_has_a_vector_in_the_order_of_the_texts() {
    for dialect in Dialect::ALL {
        let (_server, chain) = alone(dialect).await;
        let embeddings = chain.embed(&["due".to_owned(), "x".to_owned()]).await.unwrap();
        assert_eq!(embeddings.vectors, [[3.0, 2.0, 1.0], [1.0, 0.0, 1.0]], "{dialect:?}");
        assert_eq!(embeddings.model.name, "test/embedder");
        let told = (dialect != Dialect::HuggingFace).then_some(Usage { prompt_tokens: COST.0, completion_tokens: 0 });
        assert_eq!(embeddings.usage, told, "{dialect:?}");
    }
}

#[tokio::test]
async fn many_texts_are_asked_for_in_several_requests() {
    for dialect in Dialect::ALL {
        let (server, chain) = alone(dialect).await;
        let embeddings = chain.embed(&texts(70)).await.unwrap();
        let lengths: Vec<_> = embeddings.vectors.iter().map(|vector| vector[0]).collect();
        assert_eq!(lengths, (1..=70_u8).map(f32::from).collect::<Vec<_>>(), "{dialect:?}");
        assert_eq!(server.count(), 3, "{dialect:?}");
    }
}

#[tokio::test]
async fn ollama_may_not_cut_a_text() {
    let (server, chain) = alone(Dialect::Ollama).await;
    chain.embed(&texts(1)).await.unwrap();
    assert_eq!(server.requests()[0].body["truncate"], json!(false));
}

#[tokio::test]
async fn vectors_that_are_not_what_was_asked_for_are_garbage() {
    let openai = |vectors: &[&[f32]]| {
        let data = vectors.iter().enumerate().map(|(index, vector)| json!({ "index": index, "embedding": vector }));
        json!({ "data": data.collect::<Vec<_>>() })
    };
    for (dialect, body) in [
        (Dialect::OpenAi, openai(&[&[1.0]])),
        (Dialect::OpenAi, openai(&[&[1.0], &[1.0, 2.0]])),
        (Dialect::OpenAi, openai(&[&[], &[]])),
        (Dialect::Ollama, json!({ "embeddings": [] })),
        (Dialect::Ollama, json!({ "model": "x" })),
        (Dialect::HuggingFace, json!([[1.0], [1.0], [1.0]])),
        // A vector for each token.
        (Dialect::HuggingFace, json!([[[1.0], [2.0]], [[1.0]]])),
    ] {
        let (server, chain) = alone(dialect).await;
        server.always(Behaviour::Body("application/json", body.to_string()));
        let error = chain.embed(&texts(2)).await.unwrap_err();
        assert_eq!(error.kind(), FailureKind::Garbage, "{dialect:?}: {body}");
    }
}

#[tokio::test]
async fn without_an_embedding_model_it_is_not_supported() {
    let server = StandIn::start(Dialect::Ollama).await;
    let chain = chain_with(&[&server], without_embeddings);
    let error = chain.embed(&texts(1)).await.unwrap_err();
    assert_eq!(error.kind(), FailureKind::Unsupported);
    assert_eq!((server.count(), chain.snapshot().models.len()), (0, 0));
}

#[tokio::test]
async fn a_provider_without_an_embedding_model_is_passed_over() {
    let (first, second) = (StandIn::start(Dialect::Ollama).await, StandIn::start(Dialect::HuggingFace).await);
    let chain = chain_with(&[&first, &second], without_embeddings);
    let embeddings = chain.embed(&texts(1)).await.unwrap();
    assert_eq!(embeddings.model.provider, LlmProvider::HuggingFace);
    assert_eq!(first.count(), 0);
}

#[tokio::test]
async fn vectors_can_be_asked_of_one_provider_alone() {
    let (first, second) = (StandIn::start(Dialect::OpenAi).await, StandIn::start(Dialect::Ollama).await);
    let chain = chain(&[&first, &second]);
    first.always(Behaviour::status(500));
    let error = chain.only(LlmProvider::OpenAi).embed(&texts(1)).await.unwrap_err();
    assert_eq!((error.kind(), second.count()), (FailureKind::Unavailable, 0));
    assert_eq!(counts(&chain, LlmProvider::OpenAi, Operation::Embed).calls, 1, "it counts together with the whole");
}

#[tokio::test]
async fn an_empty_text_is_refused_before_anyone_is_asked() {
    let (server, chain) = alone(Dialect::OpenAi).await;
    for texts in [&[][..], &["a".to_owned(), " ".to_owned()]] {
        assert_eq!(chain.embed(texts).await.unwrap_err().kind(), FailureKind::InvalidRequest);
    }
    assert_eq!(server.count(), 0);
}

fn without_embeddings(config: &mut LlmConfig) {
    if let ProviderConfig::Ollama(ollama) = &mut config.providers[0] {
        ollama.embedding_model = None;
    }
}
