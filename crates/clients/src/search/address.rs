//! URLs of search APIs.

use url::Url;

use super::error::SearchError;

/// Returns the URL of an API below the configured address.
pub(super) fn endpoint(base: &Url, path: &str, setting: &'static str) -> Result<Url, SearchError> {
    let mut url = base.clone();
    if !matches!(base.scheme(), "http" | "https") {
        return Err(SearchError::NotConfigured { setting, reason: "it must be a web address".to_owned() });
    }
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    Ok(url)
}

/// Returns the URL of one call, with the query parameters in the configured address kept.
pub(super) fn with_query(endpoint: &Url, parameters: &[(&str, &str)]) -> Url {
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}
