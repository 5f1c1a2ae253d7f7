//! The outside world: each service behind a trait, with a real client whose address comes from the settings.

pub mod edgar;
pub mod fetch;
pub mod http;
pub mod jwks;
pub mod llm;
pub mod mail;
pub mod pace;
pub mod research;
pub mod search;

use std::sync::Arc;

use crate::{ambient::Ambient, config::Config, db::Db};
use edgar::{Edgar, HttpEdgar, sample::SampleEdgar};
use fetch::{HttpFetcher, PageFetcher};
use jwks::JwksClient;
use llm::LlmChain;
use mail::{Mailer, SmtpMailer};
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
    /// Where research comes from, the first that covers a company first.
    pub research: Vec<Arc<dyn ResearchSource>>,
    /// The language models, one after the other; may be empty.
    pub llm: LlmChain,
    /// The strong model that reads reports for signals; may be none.
    pub extraction: LlmChain,
    /// Who searches the web; may be nobody.
    pub search: SearchChain,
    /// Reads pages of the web.
    pub pages: Arc<dyn PageFetcher>,
    /// The SEC.
    pub edgar: Arc<dyn Edgar>,
    /// The made-up SEC of the made-up companies.
    pub sample_edgar: Arc<dyn Edgar>,
    /// The mail server; `None` without `SMTP_HOST`.
    pub mail: Option<Arc<dyn Mailer>>,
    /// The keys of other issuers of tokens.
    pub jwks: JwksClient,
}

impl Clients {
    /// The clients that the settings ask for. What copies of the server must agree on they keep in `db`.
    ///
    /// # Errors
    /// When a client cannot be made, with a sentence for the person who starts the server.
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
        Ok(Self { research, llm, extraction, search, pages, edgar, sample_edgar, mail, jwks })
    }

    /// The source that can research `company`.
    pub fn research_for(&self, company: &CompanyRef) -> Option<Arc<dyn ResearchSource>> {
        self.research.iter().find(|source| source.covers(company)).cloned()
    }
    /// Where the filings of a company are: made-up ones for made-up companies, and the SEC's for all others.
    pub fn edgar_for(&self, is_sample: bool) -> Arc<dyn Edgar> {
        if is_sample { self.sample_edgar.clone() } else { self.edgar.clone() }
    }
}
