//! Excerpt of a refusal for people: one short line without the credentials that were sent.

use reqwest::Request;

/// Maximum length of an excerpt, in characters, sufficient for the error object of common JSON APIs.
const EXCERPT_CHARS: usize = 600;

/// Minimum length of a credential; removing shorter values would garble the text.
const SHORTEST_SECRET: usize = 6;

/// Replacement of a credential.
const REDACTED: &str = "[redacted]";

/// Removes the credentials that were sent, since services may repeat a wrong key in their refusal.
pub(crate) struct Redactor {
    secrets: Vec<String>,
}

impl Redactor {
    /// Collects the secrets of a request: headers marked sensitive (as `bearer_auth` and `basic_auth` do), query
    /// values, the password in the URL.
    pub(super) fn of(request: &Request) -> Self {
        let mut secrets: Vec<String> = Vec::new();
        for value in request.headers().values().filter(|value| value.is_sensitive()) {
            if let Ok(value) = value.to_str() {
                secrets.push(value.to_owned());
                // The scheme ("Bearer") is public, the word after it is the credential.
                secrets.extend(value.split_whitespace().skip(1).map(str::to_owned));
            }
        }
        let url = request.url();
        secrets.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
        secrets.extend(url.query().into_iter().flat_map(|query| query.split(['&', '='])).map(str::to_owned));
        secrets.extend(url.password().map(str::to_owned));
        Self::new(secrets)
    }

    /// Creates a redactor for these secrets, except those too short to be distinguished from words.
    pub(crate) fn new(mut secrets: Vec<String>) -> Self {
        secrets.retain(|secret| secret.len() >= SHORTEST_SECRET);
        // The longest first, so that a part of a credential is not cut out before the whole.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets }
    }

    /// Returns the beginning of an answer. Credentials are removed before it is shortened, so that no part of one is
    /// left.
    pub(crate) fn excerpt(&self, body: &[u8]) -> String {
        let mut text = String::from_utf8_lossy(body).into_owned();
        for secret in &self.secrets {
            text = text.replace(secret.as_str(), REDACTED);
        }
        one_line(&text, EXCERPT_CHARS)
    }
}

/// Joins the text to one line of at most `limit` characters, without control characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str) -> Request {
        crate::http::client(&crate::http::HttpConfig::default())
            .unwrap()
            .get(url)
            .bearer_auth("key-123456")
            .build()
            .unwrap()
    }

    #[test]
    fn a_bearer_token_is_cut_out() {
        let redactor = Redactor::of(&request("https://api.example/"));
        assert_eq!(redactor.excerpt(b"wrong key: key-123456!"), "wrong key: [redacted]!");
    }

    #[test]
    fn values_of_the_query_are_cut_out_as_sent_and_as_meant() {
        let redactor = Redactor::of(&request("https://api.example/?token=top%20secret&page=2"));
        assert_eq!(redactor.excerpt(b"no top secret, no top%20secret, page 2"), "no [redacted], no [redacted], page 2");
    }

    #[test]
    fn a_credential_at_the_end_of_the_excerpt_leaves_no_half_behind() {
        let redactor = Redactor::of(&request("https://api.example/"));
        let body = format!("{}key-123456", "x".repeat(EXCERPT_CHARS - 4));
        assert!(!redactor.excerpt(body.as_bytes()).contains("key"));
    }

    #[test]
    fn lines_and_control_characters_become_single_spaces() {
        assert_eq!(one_line("  a\r\n\tb\u{7}\u{1b}c ", 10), "a b c");
    }
}
