//! Content negotiation: media types that clients send and accept.

use http::{HeaderMap, header};

/// The media types of a GraphQL response over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/json`, the legacy type, with which a well-formed request always gets status 200.
    Json,
    /// `application/graphql-response+json`, with which the status distinguishes request errors.
    GraphQlResponse,
}

impl MediaType {
    /// Returns the value of the `Content-Type` header.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphQlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// Returns the media type of the response, or `None` if the client accepts none of the available ones (406).
///
/// Selected by quality values (RFC 9110, 12.5.1). In a tie `application/graphql-response+json` wins if named; a
/// wildcard or no header at all means `application/json`, as old clients expect.
///
/// <https://graphql.github.io/graphql-over-http/draft/#sec-Accept>
pub(super) fn response_media_type(headers: &HeaderMap) -> Option<MediaType> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(MediaType::Json);
    }
    let graphql = acceptance(headers, "application", "graphql-response+json");
    let json = acceptance(headers, "application", "json");
    let prefers_graphql = graphql.quality > json.quality || (graphql.quality == json.quality && graphql.named());
    match (graphql.quality, json.quality) {
        (0, 0) => None,
        _ if prefers_graphql => Some(MediaType::GraphQlResponse),
        _ => Some(MediaType::Json),
    }
}

/// Returns true if the client accepts `text/event-stream`; without an `Accept` header it accepts everything.
pub(super) fn accepts_event_stream(headers: &HeaderMap) -> bool {
    !headers.contains_key(header::ACCEPT) || acceptance(headers, "text", "event-stream").quality > 0
}

/// Returns true if the body is declared as UTF-8 JSON, the only accepted type: browsers send other types across sites
/// without a preflight.
pub(super) fn has_json_body(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(Range::parse)
        .is_some_and(|range| range.is("application", "json") && range.is_utf8)
}

/// A client's acceptance of a media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Acceptance {
    /// 0 `*/*`, 1 `type/*`, 2 `type/subtype`.
    specificity: u8,
    /// In thousandths; 0 is "not at all".
    quality: u16,
}

impl Acceptance {
    fn named(self) -> bool {
        self.specificity == 2
    }
}

/// Returns the acceptance by the most specific matching range, regardless of its quality.
fn acceptance(headers: &HeaderMap, kind: &str, subtype: &str) -> Acceptance {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::parse)
        .filter(|range| range.is_utf8)
        .filter_map(|range| range.acceptance_of(kind, subtype))
        .max()
        .unwrap_or(Acceptance { specificity: 0, quality: 0 })
}

/// A media range of an `Accept` header, or the media type of a `Content-Type` header.
struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    is_utf8: bool,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let mut range = Self { kind, subtype, is_utf8: true, quality: 1000 };
        for parameter in parts {
            let (name, value) = parameter.trim().split_once('=').unwrap_or_default();
            let value = value.trim().trim_matches('"');
            if name.eq_ignore_ascii_case("charset") {
                range.is_utf8 = value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8");
            } else if name.eq_ignore_ascii_case("q") {
                range.quality = parse_quality(value)?;
            }
        }
        Some(range)
    }

    fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }

    fn acceptance_of(&self, kind: &str, subtype: &str) -> Option<Acceptance> {
        let specificity = if self.is(kind, subtype) {
            2
        } else if self.is(kind, "*") {
            1
        } else if self.is("*", "*") {
            0
        } else {
            return None;
        };
        Some(Acceptance { specificity, quality: self.quality })
    }
}

/// Parses a quality value such as `0.8` to thousandths; `None` if invalid.
fn parse_quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, thousandths) {
        ("0", _) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn accept(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(value))])
    }

    fn chosen(value: &'static str) -> Option<MediaType> {
        response_media_type(&accept(value))
    }

    #[test]
    fn no_accept_header_means_json() {
        assert_eq!(response_media_type(&HeaderMap::new()), Some(MediaType::Json));
    }

    #[test]
    fn a_wildcard_means_json() {
        assert_eq!(chosen("*/*"), Some(MediaType::Json));
        assert_eq!(chosen("application/*"), Some(MediaType::Json));
    }

    #[test]
    fn the_higher_quality_wins() {
        assert_eq!(
            chosen("application/json;q=0.9, application/graphql-response+json"),
            Some(MediaType::GraphQlResponse)
        );
        assert_eq!(chosen("application/graphql-response+json;q=0.5, application/json;q=0.501"), Some(MediaType::Json));
    }

    #[test]
    fn at_a_tie_the_graphql_type_wins_if_it_is_named() {
        assert_eq!(chosen("application/json, application/graphql-response+json"), Some(MediaType::GraphQlResponse));
        assert_eq!(chosen("application/json, */*"), Some(MediaType::Json));
    }

    #[test]
    fn a_named_type_beats_the_wildcard_that_covers_it() {
        assert_eq!(chosen("application/json;q=0, */*"), Some(MediaType::GraphQlResponse));
    }

    #[test]
    fn nothing_acceptable_is_none() {
        assert_eq!(chosen("text/html"), None);
        assert_eq!(chosen("application/json;q=0"), None);
        assert_eq!(chosen("application/json;charset=iso-8859-1"), None);
    }

    #[test]
    fn a_malformed_range_is_skipped() {
        assert_eq!(
            chosen("application/graphql-response+json;q=high, nonsense, application/json"),
            Some(MediaType::Json)
        );
    }

    #[test]
    fn several_accept_headers_count_as_one_list() {
        let mut headers = accept("text/html");
        headers.append(header::ACCEPT, HeaderValue::from_static("application/graphql-response+json"));
        assert_eq!(response_media_type(&headers), Some(MediaType::GraphQlResponse));
    }

    #[test]
    fn an_event_stream_is_accepted_by_name_by_wildcard_and_by_silence() {
        assert!(accepts_event_stream(&accept("text/event-stream")));
        assert!(accepts_event_stream(&accept("*/*")));
        assert!(accepts_event_stream(&HeaderMap::new()));
        assert!(!accepts_event_stream(&accept("application/json")));
    }

    #[test]
    fn only_json_in_utf8_is_a_json_body() {
        let is_json = |value| {
            let value = HeaderValue::from_static(value);
            has_json_body(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]))
        };
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=\"UTF-8\""));
        assert!(!is_json("application/json; charset=latin1"));
        assert!(!is_json("text/plain"));
        assert!(!has_json_body(&HeaderMap::new()));
    }
}
