//! Companies with their filings, and the files in which the SEC tells of them.

use serde_json::{Value, json};

/// A company.
#[derive(Debug, Clone)]
pub struct Company {
    pub cik: u64,
    pub name: String,
    pub ticker: String,
    /// In the first list, newest first.
    pub filings: Vec<Filing>,
    /// In a list of what was filed longer ago, newest first.
    pub older: Vec<Filing>,
}

/// A filing as a row of the list, with its documents.
#[derive(Debug, Clone)]
pub struct Filing {
    pub accession: String,
    pub form: String,
    /// Days as `2024-05-02`.
    pub filed_on: String,
    pub report_date: String,
    /// As `2024-05-02T20:15:46.000Z`.
    pub accepted: String,
    /// As `2.02,9.01`.
    pub items: String,
    /// The name of the main document; may be empty.
    pub document: String,
    pub body: String,
    pub exhibits: Vec<Exhibit>,
}

/// A document beside the report.
#[derive(Debug, Clone)]
pub struct Exhibit {
    /// As `EX-99.1`.
    pub kind: String,
    pub name: String,
    pub body: String,
}

impl Company {
    /// A company without filings.
    pub fn new(cik: u64, name: &str, ticker: &str) -> Self {
        Self { cik, name: name.to_owned(), ticker: ticker.to_owned(), filings: Vec::new(), older: Vec::new() }
    }

    /// With one more filing in the first list.
    pub fn with(mut self, filing: Filing) -> Self {
        self.filings.push(filing);
        self
    }

    /// With one more filing in the list of what was filed longer ago.
    pub fn with_older(mut self, filing: Filing) -> Self {
        self.older.push(filing);
        self
    }

    /// The path of the first list.
    pub fn list_path(&self) -> String {
        format!("/submissions/CIK{:010}.json", self.cik)
    }

    /// The path of the list of what was filed longer ago.
    pub fn older_path(&self) -> String {
        format!("/submissions/{}", self.older_name())
    }

    fn older_name(&self) -> String {
        format!("CIK{:010}-submissions-001.json", self.cik)
    }

    /// The first list.
    pub fn list(&self) -> Value {
        let files = match (self.older.last(), self.older.first()) {
            (Some(first), Some(last)) => json!([{
                "name": self.older_name(), "filingCount": self.older.len(),
                "filingFrom": first.filed_on, "filingTo": last.filed_on,
            }]),
            _ => json!([]),
        };
        json!({
            "cik": self.cik.to_string(), "name": self.name, "tickers": [self.ticker], "exchanges": ["Nasdaq"],
            "filings": {"recent": columns(&self.filings), "files": files},
        })
    }

    /// The path of a file of one of its filings.
    pub fn path(&self, filing: &Filing, name: &str) -> String {
        format!("/Archives/edgar/data/{}/{}/{name}", self.cik, filing.accession.replace('-', ""))
    }

    /// All its files by their paths.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![(self.list_path(), self.list().to_string())];
        if !self.older.is_empty() {
            files.push((self.older_path(), columns(&self.older).to_string()));
        }
        for filing in self.filings.iter().chain(&self.older) {
            let accession = &filing.accession;
            files.push((self.path(filing, &format!("{accession}.txt")), filing.submission(&self.name)));
            if !filing.document.is_empty() {
                files.push((self.path(filing, &format!("{accession}-index-headers.html")), filing.headers()));
                files.push((self.path(filing, &filing.document), filing.body.clone()));
                let exhibits = filing.exhibits.iter();
                files.extend(exhibits.map(|exhibit| (self.path(filing, &exhibit.name), exhibit.body.clone())));
            }
        }
        files
    }
}

impl Filing {
    /// The documents: type, name and text, the report first.
    fn documents(&self) -> Vec<(&str, String, &str)> {
        let name = if self.document.is_empty() { "report.txt" } else { &self.document };
        let report = (self.form.as_str(), name.to_owned(), self.body.as_str());
        let exhibits = self.exhibits.iter().map(|it| (it.kind.as_str(), it.name.clone(), it.body.as_str()));
        std::iter::once(report).chain(exhibits).collect()
    }

    /// The full submission file.
    fn submission(&self, company: &str) -> String {
        let (accession, period) = (&self.accession, self.report_date.replace('-', ""));
        let mut text = format!(
            "<SEC-DOCUMENT>{accession}.txt\n<SEC-HEADER>\nACCESSION NUMBER:\t\t{accession}\n\
             CONFORMED PERIOD OF REPORT:\t{period}\n\tCOMPANY CONFORMED NAME:\t{company}\n</SEC-HEADER>\n"
        );
        for (number, (kind, name, body)) in self.documents().into_iter().enumerate() {
            text.push_str(&format!(
                "<DOCUMENT>\n<TYPE>{kind}\n<SEQUENCE>{}\n<FILENAME>{name}\n<TEXT>\n{body}\n</TEXT>\n</DOCUMENT>\n",
                number + 1
            ));
        }
        text.push_str("</SEC-DOCUMENT>\n");
        text
    }

    /// The page that lists the documents.
    fn headers(&self) -> String {
        let mut text = String::from("<html><body><pre>\n&lt;SEC-HEADER&gt;\n&lt;/SEC-HEADER&gt;\n");
        for (number, (kind, name, _)) in self.documents().into_iter().enumerate() {
            text.push_str(&format!(
                "&lt;DOCUMENT&gt;\n&lt;TYPE&gt;{kind}\n&lt;SEQUENCE&gt;{}\n&lt;FILENAME&gt;{name}\n&lt;TEXT&gt;\n\
                 &lt;/TEXT&gt;\n&lt;/DOCUMENT&gt;\n",
                number + 1
            ));
        }
        text.push_str("</pre></body></html>\n");
        text
    }
}

/// A list of filings as the SEC writes it: arrays of equal length.
fn columns(filings: &[Filing]) -> Value {
    let column = |of: fn(&Filing) -> &str| filings.iter().map(of).collect::<Vec<_>>();
    json!({
        "accessionNumber": column(|it| &it.accession),
        "filingDate": column(|it| &it.filed_on),
        "reportDate": column(|it| &it.report_date),
        "acceptanceDateTime": column(|it| &it.accepted),
        "form": column(|it| &it.form),
        "items": column(|it| &it.items),
        "size": filings.iter().map(|it| it.body.len()).collect::<Vec<_>>(),
        "primaryDocument": column(|it| &it.document),
    })
}

/// `company_tickers.json`.
pub fn tickers(companies: &[Company]) -> Value {
    let rows = companies.iter().enumerate().map(|(number, company)| {
        (number.to_string(), json!({"cik_str": company.cik, "ticker": company.ticker, "title": company.name}))
    });
    Value::Object(rows.collect())
}

/// `company_tickers_exchange.json`.
pub fn exchanges(companies: &[Company]) -> Value {
    let rows: Vec<_> =
        companies.iter().map(|company| json!([company.cik, company.name, company.ticker, "Nasdaq"])).collect();
    json!({"fields": ["cik", "name", "ticker", "exchange"], "data": rows})
}
