//! The made-up companies of the stand-in tell of what their templates say.

use chrono::{TimeZone, Utc};
use rapport::domains::intelligence::filings::{Filed, parse_filing, signals_of};

use crate::support::edgar::{TEMPLATES, made_up};

#[test]
fn each_template_gives_its_signal() {
    let filed_at = Utc.with_ymd_and_hms(2024, 5, 2, 20, 15, 1).unwrap();
    for (company, template) in made_up(TEMPLATES.len()).iter().zip(TEMPLATES) {
        let filing = &company.filings[0];
        let filed = Filed { company: None, accession: &filing.accession, url: "https://www.sec.gov/x.htm", filed_at };
        let signals = signals_of(&parse_filing(&filing.body), &filed, filed_at);
        let kinds: Vec<_> = signals.iter().map(|signal| signal.kind.name()).collect();
        assert_eq!(kinds, Vec::from_iter(template.signal), "{}", filing.body);
    }
}
