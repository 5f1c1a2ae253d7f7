//! Clients of external services, each behind a trait, with the real address from the settings.

pub mod edgar;
pub mod fetch;
pub mod files;
pub mod http;
pub mod jwks;
pub mod llm;
pub mod mail;
pub mod pace;
pub mod research;
pub mod search;

use std::sync::Arc;

use edgar::{Edgar, HttpEdgar, sample::SampleEdgar};
use fetch::{HttpFetcher, PageFetcher};
use files::FileStore;
use jwks::JwksClient;
use llm::LlmChain;
use mail::{Mailer, SmtpMailer};
use rapport_toolkit::{ambient::Ambient, config::Config, db::Db};
use research::{
    CompanyRef, ResearchSource,
    openai::OpenAiResearch,
    sample::{SampleConfig, SampleResearch},
    web::WebResearch,
};
use search::SearchChain;

/// All clients of the program.
#[derive(Clone)]
pub struct Clients {
    /// Research sources, in order of preference.
    pub research: Vec<Arc<dyn ResearchSource>>,
    /// The chain of language models; may be empty.
    pub llm: LlmChain,
    /// The language model that reads reports for signals; may be empty.
    pub extraction: LlmChain,
    /// The web search providers; may be empty.
    pub search: SearchChain,
    /// Fetches web pages.
    pub pages: Arc<dyn PageFetcher>,
    /// The SEC's EDGAR.
    pub edgar: Arc<dyn Edgar>,
    /// Sample filings of the sample companies.
    pub sample_edgar: Arc<dyn Edgar>,
    /// The mail server; `None` without `SMTP_HOST`.
    pub mail: Option<Arc<dyn Mailer>>,
    /// The store of files; `None` if there are no files.
    pub files: Option<Arc<dyn FileStore>>,
    /// Keys of external token issuers.
    pub jwks: JwksClient,
}

impl Clients {
    /// Creates the configured clients. State shared by server processes is kept in `db`.
    ///
    /// # Errors
    /// If a client cannot be created, with a message for the person who starts the server.
    pub fn new(config: &Config, db: &Db, ambient: &Ambient) -> anyhow::Result<Self> {
        let sample = SampleConfig { delay: config.sample_delay };
        // The sample first: its companies exist nowhere else.
        let mut research: Vec<Arc<dyn ResearchSource>> =
            vec![Arc::new(SampleResearch::new(sample.clone(), ambient.clone())?)];
        let sample_edgar = Arc::new(SampleEdgar::new(sample, ambient.clone())?);
        let mail: Option<Arc<dyn Mailer>> = match config.mail.clone() {
            Some(mail) => Some(Arc::new(SmtpMailer::new(mail, ambient.clone())?)),
            None => None,
        };
        let edgar = Arc::new(HttpEdgar::new(&config.edgar, db.clone(), ambient.clone())?);
        let llm = LlmChain::new(&config.llm, ambient.clone())?;
        let extraction = llm.for_extraction(&config.llm, ambient)?;
        let search = SearchChain::from_config(&config.search, ambient)?;
        let pages: Arc<dyn PageFetcher> = Arc::new(HttpFetcher::new(&config.fetch, ambient.clone())?);
        if let Some(openai) = config.openai.clone() {
            research.push(Arc::new(OpenAiResearch::new(openai, ambient.clone())?));
        } else if search.is_configured() && llm.is_configured() {
            let (search, model) = (Arc::new(search.clone()), Arc::new(llm.clone()));
            research.push(Arc::new(WebResearch::new(search, pages.clone(), model, ambient.clone())));
        }
        let jwks = JwksClient::new(ambient.clone())?;
        let files = files::open(&config.files, ambient)?;
        Ok(Self { research, llm, extraction, search, pages, edgar, sample_edgar, mail, files, jwks })
    }

    /// Returns the first source that covers `company`.
    pub fn research_for(&self, company: &CompanyRef) -> Option<Arc<dyn ResearchSource>> {
        self.research.iter().find(|source| source.covers(company)).cloned()
    }
    /// Returns the source of filings: sample ones for sample companies, the SEC's for others.
    pub fn edgar_for(&self, is_sample: bool) -> Arc<dyn Edgar> {
        if is_sample { self.sample_edgar.clone() } else { self.edgar.clone() }
    }
}
