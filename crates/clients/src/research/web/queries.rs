//! Queries for the search engine.

use url::Url;

use super::super::{CompanyRef, DiscoveryQuery, Topic, clean};

/// Returns the host of the company's website, without `www.`.
pub(super) fn site(company: &CompanyRef) -> Option<String> {
    let website = company.website.as_deref()?.trim();
    let address = if website.contains("://") { website.to_owned() } else { format!("https://{website}") };
    let host = Url::parse(&address).ok()?.host_str()?.to_lowercase();
    Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
}

/// Returns true if a page belongs to the site, or to a subdomain such as `docs.`.
pub(super) fn is_of_site(url: &Url, site: &str) -> bool {
    let Some(host) = url.host_str() else { return false };
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Returns the queries for a topic.
pub(super) fn topic(company: &CompanyRef, topic: Topic) -> Vec<String> {
    let (own, others) = match topic {
        Topic::Products => (Some("products"), "software products"),
        Topic::Pricing => (Some("pricing plans"), "pricing"),
        Topic::IdealCustomers => (Some("industries solutions for"), "who uses it company size industry"),
        Topic::Personas => (Some("solutions for teams roles"), "who uses it job titles"),
        Topic::Competitors => (Some("compare alternative"), "competitors alternatives"),
        Topic::Integrations => (Some("integrations"), "integrations connects with"),
        Topic::Positioning => (Some("why about us"), "overview review"),
        Topic::CaseStudies => (Some("case study customer story"), "case study"),
        Topic::News => (Some("press release news"), "news announcement"),
        Topic::Leadership => (Some("leadership team about"), "CEO founder leadership team"),
    };
    queries(company, own, others)
}

/// Returns the queries for customers.
pub(super) fn discovery(company: &CompanyRef, query: DiscoveryQuery) -> Vec<String> {
    let (own, others) = match query {
        DiscoveryQuery::CustomerPages => (Some("customers trusted by"), "customers list"),
        DiscoveryQuery::CaseStudies => (Some("customer success story case study"), "customer case study"),
        DiscoveryQuery::ThirdParty => (None, "customer review uses implementation partner"),
    };
    queries(company, own, others)
}

/// Returns a query on the company's own site, if known, and one on all sites.
fn queries(company: &CompanyRef, own: Option<&str>, others: &str) -> Vec<String> {
    // A name is words to look for, not operators of the search engine.
    let name = clean::line(&company.name, clean::NAME).replace('"', " ");
    let own = site(company).zip(own).map(|(site, words)| format!("site:{site} {words}"));
    let others = format!("\"{}\" {others}", name.trim());
    own.into_iter().chain([others]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company(name: &str, website: Option<&str>) -> CompanyRef {
        CompanyRef { name: name.to_owned(), website: website.map(str::to_owned) }
    }

    #[test]
    fn the_own_site_is_searched_where_it_is_known() {
        let acme = company("Acme \"site:evil.example\"", Some("https://www.Acme.example/about"));
        let expected = ["site:acme.example pricing plans", "\"Acme  site:evil.example\" pricing"];
        assert_eq!(topic(&acme, Topic::Pricing), expected);
        assert_eq!(topic(&company("Acme", None), Topic::Pricing), ["\"Acme\" pricing"]);
        assert_eq!(discovery(&acme, DiscoveryQuery::ThirdParty).len(), 1);
    }

    #[test]
    fn a_page_is_of_a_site_or_of_a_part_of_it() {
        let is_own = |url: &str| is_of_site(&Url::parse(url).unwrap(), "acme.example");
        assert!(is_own("https://acme.example/a") && is_own("https://docs.acme.example/"));
        assert!(!is_own("https://notacme.example/") && !is_own("https://acme.example.evil.test/"));
    }
}
