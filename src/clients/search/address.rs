//! The addresses of searches.

use url::Url;

use super::error::SearchError;

/// The address of an API below the one in the settings.
pub(super) fn endpoint(base: &Url, path: &str, setting: &'static str) -> Result<Url, SearchError> {
    let mut url = base.clone();
    if !matches!(base.scheme(), "http" | "https") {
        return Err(SearchError::NotConfigured { setting, reason: "it must be a web address".to_owned() });
    }
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    Ok(url)
}

/// The address of one call. What the settings have in the query stays there.
pub(super) fn with_query(endpoint: &Url, parameters: &[(&str, &str)]) -> Url {
    let mut url = endpoint.clone();
    url.query_pairs_mut().extend_pairs(parameters);
    url
}
