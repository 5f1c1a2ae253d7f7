//! EDGAR over HTTP.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;

use super::{
    CurrentReports, Edgar, EdgarError, ExhibitText, ReportEntry,
    address::{Addresses, DocumentName, Folder},
    archive::Archive,
    exhibits::{exhibits, unescaped},
    submissions::Reading,
    text,
    wire::{Most, Wire},
};
use crate::http::ClientError;
use rapport_toolkit::{ambient::Ambient, config::EdgarConfig, db::Db};

/// Size limit of lists of companies and filings, which have a few megabytes at most.
const LIST: Most = Most::Whole(32 << 20);
/// Size limit of a document.
const DOCUMENT: Most = Most::Beginning(4 << 20);
/// Size limit of a full submission, which contains pictures after the texts.
const SUBMISSION: Most = Most::Beginning(8 << 20);

/// EDGAR over HTTP.
pub struct HttpEdgar {
    wire: Wire,
    addresses: Addresses,
    archive: Archive,
}

impl HttpEdgar {
    /// Creates the configured client; without a contact it rejects every call. Its rate limit is kept in `db`.
    ///
    /// # Errors
    /// If no HTTP client can be created with this contact.
    pub fn new(config: &EdgarConfig, db: Db, ambient: Ambient) -> Result<Self, ClientError> {
        let folder = config.cache_dir.join("edgar").join("archives");
        Ok(Self {
            wire: Wire::new(config, db, ambient.clone())?,
            addresses: Addresses { site: config.base_url.clone(), data: config.data_base_url.clone() },
            archive: Archive::new(folder, config.archive_bytes, ambient),
        })
    }

    async fn list(&self, name: &str) -> Result<Bytes, EdgarError> {
        self.wire.get(&self.addresses.submissions(name), LIST).await
    }

    /// Returns a document from the cache, or from the SEC.
    async fn document(&self, folder: &Folder, name: &DocumentName) -> Result<String, EdgarError> {
        if let Some(bytes) = self.archive.get(folder, name).await {
            return Ok(text::decode(&bytes));
        }
        let most = if *name == folder.full_submission() { SUBMISSION } else { DOCUMENT };
        let bytes = self.wire.get(&self.addresses.document(folder, name), most).await?;
        if bytes.trim_ascii().is_empty() {
            return Err(ClientError::garbage("the document is empty").into());
        }
        self.archive.put(folder, name, &bytes).await;
        Ok(text::decode(&bytes))
    }

    /// Returns the exhibits in the full submission.
    async fn exhibits_within(&self, folder: &Folder) -> Result<Vec<ExhibitText>, EdgarError> {
        let name = folder.full_submission();
        let submission = self.document(folder, &name).await?;
        let url = self.addresses.document(folder, &name).to_string();
        let found = exhibits(&submission, |name| tell_left_out(folder, name));
        let exhibit = |it: super::exhibits::Document<'_>| ExhibitText {
            name: it.kind,
            url: url.clone(),
            text: it.body.to_owned(),
        };
        Ok(found.into_iter().map(exhibit).collect())
    }
}

#[async_trait]
impl Edgar for HttpEdgar {
    async fn company_tickers(&self) -> Result<Bytes, EdgarError> {
        self.wire.get(&self.addresses.file("company_tickers.json"), LIST).await
    }

    async fn company_tickers_exchange(&self) -> Result<Bytes, EdgarError> {
        self.wire.get(&self.addresses.file("company_tickers_exchange.json"), LIST).await
    }

    async fn current_reports(&self, cik: u64, since: NaiveDate) -> Result<CurrentReports, EdgarError> {
        let list = self.list(&format!("CIK{cik:010}.json")).await?;
        let mut reading = Reading::begin(cik, since, &list)?;
        for name in reading.older() {
            reading.add(&self.list(&name).await?)?;
        }
        Ok(reading.finish(&self.addresses))
    }

    async fn report(&self, entry: &ReportEntry) -> Result<String, EdgarError> {
        let (folder, name) = Folder::of(entry)?;
        self.document(&folder, &name).await
    }

    async fn exhibits(&self, entry: &ReportEntry) -> Result<Vec<ExhibitText>, EdgarError> {
        let (folder, main) = Folder::of(entry)?;
        if main == folder.full_submission() {
            return self.exhibits_within(&folder).await;
        }
        let headers = match self.document(&folder, &folder.headers()).await {
            Ok(page) => unescaped(&page),
            // Filings of before 2001 have no such page.
            Err(EdgarError::Missing) => return self.exhibits_within(&folder).await,
            Err(error) => return Err(error),
        };
        let mut texts = Vec::new();
        for exhibit in exhibits(&headers, |name| tell_left_out(&folder, name)) {
            let text = self.document(&folder, &exhibit.name).await?;
            let url = self.addresses.document(&folder, &exhibit.name).to_string();
            texts.push(ExhibitText { name: exhibit.kind, url, text });
        }
        Ok(texts)
    }
}

fn tell_left_out(folder: &Folder, name: &str) {
    tracing::warn!(filing = %folder.accession, name, "an exhibit was left out: its name is none of a file");
}
