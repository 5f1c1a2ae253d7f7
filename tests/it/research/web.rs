//! Research by a search engine, our own reading of pages, and a language model.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use rapport::{
    clients::{
        Clients,
        fetch::HttpFetcher,
        llm::{LlmChain, LlmConfig, ProviderConfig},
        research::{CompanyRef, Details, DiscoveryQuery, ResearchError, ResearchSource, Topic, web::WebResearch},
        search::searxng::SearxngSearch,
    },
    config::{Config, FetchConfig, LlmLimits, OllamaConfig, SearchConfig},
    web_address::AddressPolicy,
};
use serde_json::{Value, json};

use crate::support::{
    TestDb, ambient,
    llm::{Behaviour, Dialect, StandIn},
    web::{Names, Reply, Site},
};

const MINUTE: Duration = Duration::from_secs(60);

/// A search engine with pages beside it, a model, and the source that asks them.
struct World {
    site: Site,
    model: StandIn,
    source: WebResearch,
}

impl World {
    async fn start() -> Self {
        let (site, model) = (Site::start().await, StandIn::start(Dialect::Ollama).await);
        let search = SearchConfig { max_attempts: 1, timeout: MINUTE, ..SearchConfig::default() };
        let search = SearxngSearch::new(&site.url("/"), &search, ambient()).unwrap();
        let fetch = FetchConfig {
            ports: vec![site.port()],
            host_pause: Duration::ZERO,
            timeout: MINUTE,
            ..FetchConfig::default()
        };
        let policy = AddressPolicy::with_exceptions([Ipv4Addr::LOCALHOST.into()]);
        let names = Arc::new(Names::default().with("acme.example", &[&["127.0.0.1"]]));
        let fetcher = HttpFetcher::reaching(&fetch, ambient(), policy, names).unwrap();
        let chain = LlmChain::new(&models(&model), ambient()).unwrap();
        let source = WebResearch::new(Arc::new(search), Arc::new(fetcher), Arc::new(chain), ambient());
        Self { site, model, source }
    }

    /// The address of a page.
    fn page(&self, path: &str) -> String {
        self.site.url_as("acme.example", path).to_string()
    }

    /// Has every search find these pages.
    fn finds(&self, paths: &[&str]) {
        let results: Vec<_> = paths.iter().map(|path| json!({"url": self.page(path), "title": "A page"})).collect();
        let answer = json!({"query": "q", "results": results, "unresponsive_engines": []});
        self.site.on("/search", Reply::of_type("application/json", &answer.to_string()));
    }

    /// Has the model answer with this.
    fn says(&self, answer: &Value) {
        self.model.always(Behaviour::say(&answer.to_string()));
    }

    async fn products(&self) -> Result<Vec<String>, ResearchError> {
        let found = self.source.research(&acme(), Topic::Products).await?;
        Ok(found.into_iter().map(|finding| finding.name).collect())
    }
}

fn models(server: &StandIn) -> LlmConfig {
    LlmConfig {
        providers: vec![ProviderConfig::Ollama(OllamaConfig {
            host: server.url().parse().unwrap(),
            model: "test-model".to_owned(),
            embedding_model: None,
            temperature: 0.0,
            keep_alive: "5m".to_owned(),
        })],
        extraction: None,
        limits: LlmLimits { timeout: MINUTE, first_token: MINUTE, idle: MINUTE, max_attempts: 1 },
        breaker_failures: 100,
        breaker_pause: MINUTE,
    }
}

fn acme() -> CompanyRef {
    CompanyRef { name: "Acme".to_owned(), website: Some("acme.example".to_owned()) }
}

fn product(name: &str, url: &str, quote: &str) -> Value {
    json!({"name": name, "summary": "It plans.", "category": "Planning",
           "source": {"url": url, "title": "Products", "quote": quote}})
}

const PAGE: &str = "<title>Products</title><h1>What we sell</h1><p>Acme&rsquo;s Planner plans the work of whole teams.";

#[tokio::test]
async fn a_fact_comes_with_the_page_and_the_words_that_prove_it() {
    let world = World::start().await;
    world.finds(&["/products"]);
    world.site.on("/products", Reply::page(PAGE));
    let (url, quote) = (world.page("/products"), "Acme's Planner plans the work of whole teams.");
    world.says(&json!({"findings": [product("Planner", &url, quote)]}));
    let found = world.source.research(&acme(), Topic::Products).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].source.url.as_str()), ("Planner", url.as_str()));
    assert_eq!(found[0].source.quote, quote);
    assert_eq!(found[0].details, Details::Product { category: Some("Planning".to_owned()) });
}

#[tokio::test]
async fn what_the_model_makes_up_is_dropped() {
    let world = World::start().await;
    world.finds(&["/products"]);
    world.site.on("/products", Reply::page(PAGE));
    let (url, quote) = (world.page("/products"), "Acme's Planner plans the work of whole teams.");
    world.says(&json!({"findings": [
        product("Rocket", &url, "Acme's Rocket flies to the moon and back."),
        product("Elsewhere", "https://elsewhere.example/", quote),
        product("Nothing", &url, ""),
        product("Planner", &url, quote),
    ]}));
    assert_eq!(world.products().await.unwrap(), ["Planner"]);
}

#[tokio::test]
async fn the_model_is_given_the_texts_of_the_pages_as_data() {
    let world = World::start().await;
    world.finds(&["/products", "/gone"]);
    world.site.on("/products", Reply::page(PAGE));
    world.site.on("/gone", Reply::status(404));
    world.says(&json!({"findings": []}));
    assert!(world.products().await.unwrap().is_empty());
    let asked = world.model.requests();
    let messages = asked[0].body["messages"].as_array().unwrap();
    let input: Value = serde_json::from_str(messages[1]["content"].as_str().unwrap()).unwrap();
    assert_eq!((&input["company"], &input["website"]), (&json!("Acme"), &json!("acme.example")));
    let pages = input["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 1);
    assert!(pages[0]["text"].as_str().unwrap().contains("Planner plans the work of whole teams"), "{input:#}");
}

#[tokio::test]
async fn a_page_is_read_once_for_all_questions() {
    let world = World::start().await;
    world.finds(&["/products"]);
    world.site.on("/products", Reply::page(PAGE));
    world.says(&json!({"findings": []}));
    for topic in [Topic::Products, Topic::Positioning, Topic::News] {
        assert!(world.source.research(&acme(), topic).await.unwrap().is_empty());
    }
    assert_eq!(world.site.count("/products"), 1);
}

#[tokio::test]
async fn where_nothing_is_found_the_model_is_not_asked() {
    let world = World::start().await;
    world.finds(&[]);
    assert!(world.products().await.unwrap().is_empty());
    assert_eq!(world.model.count(), 0);
}

#[tokio::test]
async fn pages_that_cannot_be_read_are_no_empty_answer() {
    let world = World::start().await;
    world.finds(&["/gone"]);
    world.site.on("/gone", Reply::status(500));
    assert!(matches!(world.products().await, Err(ResearchError::Unavailable { .. })));
}

#[tokio::test]
async fn a_search_or_a_model_that_fails_is_told_by_kind() {
    let world = World::start().await;
    world.site.on("/search", Reply::busy(429, "7"));
    let retry_after = Some(Duration::from_secs(7));
    assert_eq!(world.products().await, Err(ResearchError::RateLimited { retry_after }));
    world.finds(&["/products"]);
    world.site.on("/products", Reply::page(PAGE));
    world.model.always(Behaviour::status(500));
    assert!(world.products().await.unwrap_err().is_retryable());
    world.model.always(Behaviour::say("no JSON at all"));
    assert!(matches!(world.products().await, Err(ResearchError::Garbage { .. })));
}

#[tokio::test]
async fn customers_are_found_without_the_vendor_itself() {
    let world = World::start().await;
    world.finds(&["/customers"]);
    world.site.on("/customers", Reply::page("<title>Customers</title><p>Globex and Acme Inc. rely on Acme every day."));
    let customer = |name: &str| {
        json!({"name": name, "segment": "UNKNOWN", "industry": null, "source": {
            "url": world.page("/customers"), "title": "Customers", "quote": "Globex and Acme Inc. rely on Acme every day."}})
    };
    world.says(&json!({"customers": [customer("Globex"), customer("Acme Inc.")]}));
    let found = world.source.discover(&acme(), DiscoveryQuery::CustomerPages).await.unwrap();
    assert_eq!(found.iter().map(|customer| customer.name.as_str()).collect::<Vec<_>>(), ["Globex"]);
}

/// Who researches companies under these settings.
async fn researcher(settings: &[(&str, &str)]) -> Option<&'static str> {
    let value = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    let db = TestDb::empty().await;
    let clients = Clients::new(&Config::read(value).unwrap(), &db.connect().await, &ambient()).unwrap();
    clients.research_for(&acme()).map(|source| source.name())
}

#[tokio::test]
async fn a_search_and_a_model_research_where_there_is_no_openai() {
    let (search, model) = (("SEARXNG_URL", "http://localhost:8888"), ("OLLAMA_HOST", "http://localhost:11434"));
    assert_eq!(researcher(&[search, model]).await, Some("web"));
    assert_eq!(researcher(&[("BRAVE_SEARCH_API_KEY", "a-brave-key"), model]).await, Some("web"));
    assert_eq!((researcher(&[search]).await, researcher(&[model]).await), (None, None));
    assert_eq!(researcher(&[search, model, ("OPENAI_API_KEY", "sk-a-test-key-of-openai")]).await, Some("openai"));
}
