//! Origin of a request: its id, client address and web page.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header, request::Parts};

use super::{
    config::{AllowedOrigins, TransportConfig},
    gateway::{Gateway, RequestOrigin},
};

pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MAX_REQUEST_ID_LENGTH: usize = 64;
const MAX_USER_AGENT_CHARS: usize = 256;

/// Headers that a web page cannot send across sites without a preflight. The names are those already used by GraphQL
/// clients.
const PREFLIGHT_HEADERS: [HeaderName; 4] = [
    HeaderName::from_static("x-requested-with"),
    HeaderName::from_static("apollo-require-preflight"),
    HeaderName::from_static("x-apollo-operation-name"),
    HeaderName::from_static("graphql-require-preflight"),
];

/// Returns the origin of a request. A well-formed `x-request-id` is kept, so that an id from a proxy or client appears
/// in all logs.
pub(crate) fn identify<G: Gateway>(gateway: &G, config: &TransportConfig, parts: &Parts) -> RequestOrigin {
    let request_id = parts
        .headers
        .get(X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_request_id(id))
        .map_or_else(|| gateway.new_request_id().into(), Arc::from);
    let user_agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .map(|agent| agent.chars().take(MAX_USER_AGENT_CHARS).collect::<String>());
    RequestOrigin {
        request_id,
        peer: client_address(&parts.headers, peer_address(parts), config.forwarded_hops),
        user_agent: user_agent.map(Arc::from),
    }
}

fn is_request_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_REQUEST_ID_LENGTH).contains(&id.len()) && id.bytes().all(allowed)
}

fn peer_address(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip())
}

/// Returns the client's address: the peer's, or behind `hops` proxies the entry of the outermost proxy. Entries further
/// left are claims of the client.
pub(crate) fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, hops: usize) -> Option<IpAddr> {
    let Some(skipped) = hops.checked_sub(1) else {
        return peer;
    };
    let forwarded: Vec<&str> = headers
        .get_all(X_FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let entry = forwarded.iter().rev().nth(skipped);
    entry.and_then(|entry| entry.trim().parse().ok()).or(peer)
}

/// Returns true if the web page that made the request, if any, is the server's own or on the allow-list. A request
/// without an `Origin` comes from no other page.
pub(super) fn is_origin_allowed(parts: &Parts, allowed: &AllowedOrigins) -> bool {
    let Some(origin) = parts.headers.get(header::ORIGIN) else {
        return true;
    };
    // The browser's own word holds even where a proxy changed the Host header.
    let same_origin = parts.headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
    same_origin || allowed.contains(origin) || is_own_host(origin, parts)
}

/// Returns true if a request that browsers send without a preflight (a plain GET) came from a foreign page that is not
/// allowed.
pub(super) fn is_cross_site(parts: &Parts, allowed: &AllowedOrigins) -> bool {
    let headers = &parts.headers;
    if was_preflighted(headers) {
        return false;
    }
    if headers.contains_key(header::ORIGIN) {
        return !is_origin_allowed(parts, allowed);
    }
    // Links, images and forms carry no Origin; "none" is the user's own doing.
    headers.get(SEC_FETCH_SITE).is_some_and(|site| site != "same-origin" && site != "none")
}

fn was_preflighted(headers: &HeaderMap) -> bool {
    let has_own_header = PREFLIGHT_HEADERS.iter().any(|name| headers.get(name).is_some_and(|value| !value.is_empty()));
    has_own_header || super::negotiate::has_json_body(headers)
}

/// Returns true if `origin` names the host of the request. The scheme is ignored, since a server behind a TLS proxy
/// does not know its own.
fn is_own_host(origin: &HeaderValue, parts: &Parts) -> bool {
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
    let origin = origin.to_str().ok().and_then(|origin| origin.parse().ok());
    let (Some(host), Some(origin)) = (host, origin) else {
        return false;
    };
    let origin: Uri = origin;
    let default_port = match origin.scheme_str() {
        Some("https") => ":443",
        Some("http") => ":80",
        _ => return false,
    };
    let bare = |authority: &str| {
        let lowercase = authority.to_ascii_lowercase();
        lowercase.strip_suffix(default_port).map_or(lowercase.clone(), str::to_owned)
    };
    origin.authority().is_some_and(|authority| bare(authority.as_str()) == bare(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = http::Request::builder().uri("/graphql");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn allowed(list: &str) -> AllowedOrigins {
        list.parse().unwrap()
    }

    #[test]
    fn the_own_host_is_the_same_origin_whatever_the_default_port() {
        let none = allowed("");
        for (origin, host) in [
            ("https://api.example.com", "api.example.com"),
            ("https://API.example.com", "api.example.com:443"),
            ("http://localhost:4000", "localhost:4000"),
            ("http://[::1]:4000", "[::1]:4000"),
        ] {
            let parts = parts(&[("origin", origin), ("host", host)]);
            assert!(is_origin_allowed(&parts, &none), "{origin} at {host}");
        }
    }

    #[test]
    fn another_host_or_port_is_a_foreign_origin() {
        let none = allowed("");
        for (origin, host) in [
            ("https://evil.example", "api.example.com"),
            ("http://localhost:3000", "localhost:4000"),
            ("http://localhost:443", "localhost"),
            ("null", "api.example.com"),
        ] {
            let parts = parts(&[("origin", origin), ("host", host)]);
            assert!(!is_origin_allowed(&parts, &none), "{origin} at {host}");
        }
    }

    #[test]
    fn a_listed_origin_is_allowed() {
        let parts = parts(&[("origin", "https://app.example.com"), ("host", "api")]);
        assert!(is_origin_allowed(&parts, &allowed("https://app.example.com")));
    }

    #[test]
    fn fetch_metadata_tells_a_cross_site_request_without_an_origin() {
        let none = allowed("");
        let cross = |site| is_cross_site(&parts(&[("sec-fetch-site", site)]), &none);
        assert!(cross("cross-site"));
        assert!(cross("same-site"));
        assert!(!cross("same-origin"));
        assert!(!cross("none"));
    }

    #[test]
    fn a_request_of_no_browser_is_not_cross_site() {
        assert!(!is_cross_site(&parts(&[]), &allowed("")));
    }

    #[test]
    fn a_header_that_needs_a_preflight_lets_a_cross_site_request_through() {
        let none = allowed("");
        for (name, value, passes) in [
            ("x-requested-with", "XMLHttpRequest", true),
            ("apollo-require-preflight", "true", true),
            ("x-apollo-operation-name", "Me", true),
            ("graphql-require-preflight", "1", true),
            ("content-type", "application/json", true),
            ("content-type", "text/plain", false),
            ("x-requested-with", "", false),
        ] {
            let parts = parts(&[("sec-fetch-site", "cross-site"), (name, value)]);
            assert_eq!(is_cross_site(&parts, &none), !passes, "{name}: {value}");
        }
    }

    #[test]
    fn only_the_entries_of_trusted_proxies_name_the_client() {
        let mut parts = parts(&[("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.0.0.2")]);
        let peer: SocketAddr = "10.0.0.1:80".parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        let address = |hops| client_address(&parts.headers, peer_address(&parts), hops).map(|ip| ip.to_string());
        assert_eq!(address(0).as_deref(), Some("10.0.0.1"));
        assert_eq!(address(1).as_deref(), Some("10.0.0.2"));
        assert_eq!(address(2).as_deref(), Some("203.0.113.9"));
        assert_eq!(address(4).as_deref(), Some("10.0.0.1"));
    }

    #[test]
    fn a_request_id_is_short_and_plain() {
        assert!(is_request_id("0190-af_1.b"));
        assert!(!is_request_id(""));
        assert!(!is_request_id("a b"));
        assert!(!is_request_id(&"x".repeat(65)));
    }
}
