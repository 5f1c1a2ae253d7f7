//! Robots exclusion: `robots.txt` by RFC 9309, and the widespread `Crawl-delay`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use robotxt::{AccessResult, BYTE_LIMIT, Robots};
use url::{Position, Url};

use super::wire::{self, Wire};
use super::{FetchError, wire::MAX_REDIRECTS};
use rapport_toolkit::ambient::Ambient;

/// Lifetime of rules; RFC 9309, 2.4, allows a day.
const FRESH: TimeDelta = TimeDelta::hours(24);

/// Pause for a site whose rules were unavailable.
const LEFT_ALONE: TimeDelta = TimeDelta::minutes(10);

/// Maximum `Crawl-delay` that is respected; a longer one is shortened to this.
const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// Maximum memory of all rules, in bytes, approximately.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// A cache of rules by site.
pub(super) struct RobotsCache {
    /// Our name in `robots.txt`.
    agent: String,
    timeout: Duration,
    ambient: Ambient,
    sites: Cache<String, Arc<Rules>>,
}

/// The rules of one site.
pub(super) struct Rules {
    /// The rules, or the reason why they were unavailable.
    said: Result<Robots, String>,
    good_until: DateTime<Utc>,
}

impl Rules {
    /// Returns an error unless the site allows this page.
    ///
    /// # Errors
    /// [`FetchError::Robots`] if it does not, [`FetchError::RobotsUnreachable`] if the rules were unavailable.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        match &self.said {
            Ok(robots) if robots.is_url_allowed(url) => Ok(()),
            Ok(_) => Err(FetchError::Robots),
            Err(reason) => Err(FetchError::RobotsUnreachable { reason: reason.clone() }),
        }
    }

    /// Returns the pause between two requests demanded by the site.
    pub(super) fn crawl_delay(&self) -> Duration {
        let delay = self.said.as_ref().ok().and_then(Robots::crawl_delay);
        delay.unwrap_or_default().min(LONGEST_DELAY)
    }

    fn weight(&self) -> u32 {
        let rules = self.said.as_ref().map(Robots::rules).unwrap_or_default();
        let bytes: usize = rules.iter().map(|rule| size_of_val(rule) + rule.pattern().len()).sum();
        u32::try_from(size_of::<Self>() + bytes).unwrap_or(u32::MAX)
    }
}

impl RobotsCache {
    /// Creates a cache for the rules of `user_agent`; fetching those of one site may take up to `timeout`.
    pub(super) fn new(user_agent: &str, timeout: Duration, ambient: Ambient) -> Self {
        let sites = Cache::builder().max_capacity(CACHE_BYTES).weigher(|_, rules: &Arc<Rules>| rules.weight()).build();
        Self { agent: product(user_agent).to_owned(), timeout, ambient, sites }
    }

    /// Returns the rules for this URL, fetched unless cached. The caller holds the turn of its host.
    ///
    /// # Errors
    /// If the site may not be requested.
    pub(super) async fn rules(&self, url: &Url, wire: &Wire) -> Result<Arc<Rules>, FetchError> {
        let site = url[..Position::BeforePath].to_owned();
        if let Some(known) = self.sites.get(&site).await
            && self.ambient.now() < known.good_until
        {
            return Ok(known);
        }
        let mut left = self.timeout;
        let said = match wire::within(&mut left, self.ask(url, wire)).await {
            Ok(robots) => Ok(robots),
            Err(FetchError::Network { reason }) => Err(reason),
            Err(FetchError::Timeout) => Err("it did not come in time".to_owned()),
            Err(error) if error.is_retryable() => Err(error.to_string()),
            Err(error) => return Err(error),
        };
        let good_until = self.ambient.now() + if said.is_ok() { FRESH } else { LEFT_ALONE };
        let rules = Arc::new(Rules { said, good_until });
        self.sites.insert(site, rules.clone()).await;
        Ok(rules)
    }

    /// Fetches the rules. Redirects are followed to any host; too many mean no rules (RFC 9309, 2.3.1.2), as do all
    /// refusals except those caused by load (2.3.1.3 and 2.3.1.4).
    async fn ask(&self, url: &Url, wire: &Wire) -> Result<Robots, FetchError> {
        let mut url = url.join("/robots.txt").map_err(|_| FetchError::Unsuitable { reason: "it names no host" })?;
        for _ in 0..=MAX_REDIRECTS {
            let mut response = wire.get(&url, "text/plain, */*;q=0.5").await?;
            let status = response.status();
            if let Some(next) = wire::redirect(&url, status, response.headers()) {
                url = next?;
            } else if status.is_success() {
                // One byte more tells the parser that the last line is cut.
                let (text, _) = wire::read(&mut response, BYTE_LIMIT + 1).await?;
                return Ok(Robots::parse(&text, &self.agent));
            } else if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
                return Err(FetchError::Status { status: status.as_u16(), retry_after: None });
            } else {
                return Ok(Robots::from_access(AccessResult::Unavailable, &self.agent));
            }
        }
        Ok(Robots::from_access(AccessResult::TooManyRedirects, &self.agent))
    }
}

/// Returns the product token (RFC 9309, 2.2.1) at the start of a `User-Agent`.
fn product(user_agent: &str) -> &str {
    let end = user_agent.find(|c: char| !(c.is_ascii_alphabetic() || matches!(c, '-' | '_')));
    &user_agent[..end.unwrap_or(user_agent.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        Rules { said: Ok(Robots::parse(text.as_bytes(), "rapport")), good_until: DateTime::<Utc>::MIN_UTC }
    }

    #[test]
    fn the_product_is_what_the_user_agent_begins_with() {
        assert_eq!(product("rapport/0.1 (+https://example.com)"), "rapport");
        assert_eq!(product("Acme-Research_Bot 2"), "Acme-Research_Bot");
        assert_eq!(product("rapport"), "rapport");
    }

    #[test]
    fn a_crawl_delay_is_honoured_up_to_ten_seconds() {
        let delay = |text| rules(text).crawl_delay();
        assert_eq!(delay("User-agent: *\nCrawl-delay: 2.5"), Duration::from_millis(2_500));
        assert_eq!(delay("User-agent: *\nCrawl-delay: 86400"), LONGEST_DELAY);
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1"), Duration::ZERO);
        assert_eq!(delay("User-agent: *\nDisallow: /x"), Duration::ZERO);
    }

    #[test]
    fn rules_for_our_own_name_come_before_those_for_all() {
        let rules = rules("User-agent: *\nDisallow: /\n\nUser-agent: Rapport\nDisallow: /private\n");
        let check = |path: &str| rules.check(&Url::parse("http://a.example").unwrap().join(path).unwrap());
        assert_eq!(check("/customers"), Ok(()));
        assert_eq!(check("/private/x"), Err(FetchError::Robots));
    }

    #[test]
    fn many_rules_weigh_more_than_few() {
        assert!(rules(&format!("User-agent: *\n{}", "Disallow: /abc\n".repeat(1_000))).weight() > 10_000);
    }
}
