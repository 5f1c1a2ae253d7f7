//! Made-up companies whose filings are made from templates.

use chrono::NaiveDate;

use super::{Company, Exhibit, Filing};

/// A kind of report, with what is to be read out of it.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    /// The type of its signal, as in the schema; none for a report that tells of nothing to act on.
    pub signal: Option<&'static str>,
    item: &'static str,
    title: &'static str,
    /// `{company}` and `{person}` stand for names.
    text: &'static str,
    /// The text of a press release that goes with it.
    release: Option<&'static str>,
}

/// One report of each kind.
pub const TEMPLATES: [Template; 6] = [
    Template {
        signal: Some("EXECUTIVE_HIRE"),
        item: "5.02",
        title: "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers",
        text: "On May 1, 2024, the Board of Directors of {company} appointed {person} as Chief Information Officer, \
               effective June 3, 2024.",
        release: Some("{company} today announced that {person} joins as Chief Information Officer."),
    },
    Template {
        signal: Some("ACQUISITION"),
        item: "2.01",
        title: "Completion of Acquisition or Disposition of Assets",
        text: "On May 1, 2024, {company} completed its previously announced acquisition of Oakridge Data, Inc. for \
               $240 million in cash.",
        release: None,
    },
    Template {
        signal: Some("CYBER_INCIDENT"),
        item: "1.05",
        title: "Material Cybersecurity Incidents",
        text: "On April 28, 2024, {company} detected unauthorized access to portions of its information technology \
               systems by a third party.",
        release: None,
    },
    Template {
        signal: Some("RESTRUCTURING"),
        item: "2.05",
        title: "Costs Associated with Exit or Disposal Activities",
        text: "On May 1, 2024, {company} committed to a restructuring plan that will reduce its workforce by \
               approximately 8%.",
        release: None,
    },
    Template {
        signal: Some("RESULTS"),
        item: "2.02",
        title: "Results of Operations and Financial Condition",
        text: "On May 2, 2024, {company} issued a press release announcing its financial results for the first quarter \
               of 2024, which is furnished as Exhibit 99.1.",
        release: Some("{company} today reported revenue of $1.2 billion for the first quarter of 2024."),
    },
    Template {
        signal: None,
        item: "5.07",
        title: "Submission of Matters to a Vote of Security Holders",
        text: "At the annual meeting of {company} on May 1, 2024, the stockholders ratified the appointment of the \
               independent auditors.",
        release: None,
    },
];

const SURNAMES: [&str; 8] = ["Marlow", "Okafor", "Lindqvist", "Tanaka", "Moreau", "Castellano", "Novak", "Whitfield"];

/// So many companies, each with one report of 2 May 2024. The template of company `n` is `TEMPLATES[n % TEMPLATES.len()]`.
pub fn made_up(count: usize) -> Vec<Company> {
    let day = NaiveDate::from_ymd_opt(2024, 5, 2).unwrap();
    let company = |number: usize| {
        let name = format!("Quorvane {number:03} Corp");
        let company = Company::new(9_000_000 + number as u64, &name, &format!("QV{number:03}"));
        let filing = TEMPLATES[number % TEMPLATES.len()].filing(&company, 1, day);
        company.with(filing)
    };
    (0..count).map(company).collect()
}

impl Template {
    /// The `number`th report of `company` by this template, accepted after the close of the exchange.
    pub fn filing(&self, company: &Company, number: u32, day: NaiveDate) -> Filing {
        let person = format!("Robin {}", SURNAMES[(company.cik as usize + number as usize) % SURNAMES.len()]);
        let filled = |text: &str| text.replace("{company}", &company.name).replace("{person}", &person);
        let (name, title, item, text) = (&company.name, self.title, self.item, filled(self.text));
        let body = format!(
            "<html><body>\n<p>FORM 8-K</p>\n<p>CURRENT REPORT</p>\n<p>Date of Report: {day}</p>\n<p>{name}</p>\n\
             <p>(Exact name of registrant as specified in its charter)</p>\n<p>Item {item} {title}.</p>\n<p>{text}</p>\n\
             <p>SIGNATURES</p>\n<p>Pursuant to the requirements of the Securities Exchange Act of 1934, the registrant \
             has duly caused this report to be signed on its behalf.</p>\n</body></html>\n"
        );
        let release = self.release.map(|release| Exhibit {
            kind: "EX-99.1".to_owned(),
            name: format!("ex991-{number}.htm"),
            body: format!("<html><body><p>{}</p></body></html>", filled(release)),
        });
        Filing {
            accession: format!("{:010}-{}-{number:06}", company.cik, day.format("%y")),
            form: "8-K".to_owned(),
            filed_on: day.to_string(),
            report_date: day.to_string(),
            accepted: format!("{day}T20:15:{:02}.000Z", number % 60),
            items: if release.is_some() { format!("{item},9.01") } else { item.to_owned() },
            document: format!("report-{number}.htm"),
            body,
            exhibits: release.into_iter().collect(),
        }
    }
}
