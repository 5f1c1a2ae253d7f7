//! `AUTH_ISSUERS`: trusted external token issuers, their keys, and the meaning of their claims.

use std::{collections::BTreeMap, net::IpAddr};

use secrecy::SecretString;
use serde_json::{Map, Value};
use url::{Host, Url};

/// The `iss` of the tokens that this server signs itself.
pub const OWN_ISSUER: &str = "rapport";

/// Minimum length of a shared secret, in bytes: a key for HS256 has at least the size of its hash (RFC 7518, section
/// 3.2).
const MIN_SECRET_BYTES: usize = 32;
/// Maximum length of an issuer's name, in bytes.
const MAX_ISSUER_BYTES: usize = 255;

/// A trusted external issuer.
#[derive(Debug, Clone)]
pub struct IssuerConfig {
    /// Its name, exactly as in `iss`.
    pub issuer: String,
    /// The accepted audiences, one of which `aud` must contain.
    pub audience: Vec<String>,
    /// The keys for verifying its tokens.
    pub keys: IssuerKeys,
    /// True if an unknown subject creates a user.
    pub create_users: bool,
    /// The role of users without a mapped claim.
    pub default_role: String,
    /// Role names by the value of the claim.
    pub roles: BTreeMap<String, String>,
    /// The claim of the role: its name, or the path to it with dots.
    pub role_claim: String,
    /// True if the `email` claim counts as verified even without `email_verified`.
    pub trust_email: bool,
}

/// The keys for verifying an issuer's tokens.
#[derive(Debug, Clone)]
pub enum IssuerKeys {
    /// A shared secret; HS256.
    Secret(SecretString),
    /// The URL of the issuer's public keys, a JWK set (RFC 7517); RS256, ES256 and EdDSA.
    Published(Url),
}

/// Parses the list.
///
/// # Errors
/// The problems, one sentence each, to follow the name of the setting. None quotes a value, which may be a secret.
pub(super) fn read(json: &str) -> Result<Vec<IssuerConfig>, Vec<String>> {
    const SHAPE: &str = r#"must be a JSON list such as [{"issuer": "…", "audience": "…", "jwksUrl": "https://…"}]"#;
    let list: Value = serde_json::from_str(json)
        .map_err(|error| vec![format!("is not valid JSON from line {}, column {}", error.line(), error.column())])?;
    let Value::Array(list) = list else { return Err(vec![SHAPE.to_owned()]) };
    let (mut issuers, mut problems) = (Vec::<IssuerConfig>::new(), Vec::new());
    for (index, entry) in list.into_iter().enumerate() {
        let Value::Object(fields) = entry else { return Err(vec![SHAPE.to_owned()]) };
        let mut entry = Entry { number: index + 1, fields, problems: Vec::new() };
        let issuer = entry.read();
        problems.append(&mut entry.problems);
        let Some(issuer) = issuer else { continue };
        if issuers.iter().any(|other| other.issuer == issuer.issuer) {
            problems.push(format!("entry {} has the `issuer` of an earlier entry", entry.number));
        }
        issuers.push(issuer);
    }
    if problems.is_empty() { Ok(issuers) } else { Err(problems) }
}

/// An object in the list, whose fields are removed as they are read.
struct Entry {
    number: usize,
    fields: Map<String, Value>,
    problems: Vec<String>,
}

impl Entry {
    /// Reads the issuer; `None` if a required field is missing or invalid, which is recorded.
    fn read(&mut self) -> Option<IssuerConfig> {
        let (issuer, audience, keys) = (self.issuer(), self.audience(), self.keys());
        let create_users = self.take("createUsers", "not true or false", |value| value.as_bool());
        let default_role = self.take("defaultRole", "not the name of a role", text);
        let roles = self.take("roles", "not an object of texts", |value| match value {
            Value::Object(roles) => roles.into_iter().map(|(claim, role)| Some((claim, text(role)?))).collect(),
            _ => None,
        });
        let role_claim = self.role_claim();
        let trust_email = self.take("trustEmail", "not true or false", |value| value.as_bool());
        for name in std::mem::take(&mut self.fields).keys() {
            self.problem(&format!("has the unknown field `{name}`"));
        }
        Some(IssuerConfig {
            issuer: issuer?,
            audience: audience?,
            keys: keys?,
            create_users: create_users.unwrap_or(true),
            default_role: default_role.unwrap_or_else(|| "viewer".to_owned()),
            roles: roles.unwrap_or_default(),
            role_claim: role_claim.unwrap_or_else(|| "role".to_owned()),
            trust_email: trust_email.unwrap_or(false),
        })
    }

    fn issuer(&mut self) -> Option<String> {
        if !self.fields.contains_key("issuer") {
            self.problem("needs an `issuer`, exactly as the claim `iss` of its tokens");
        }
        let issuer = self.take("issuer", "not a text of up to 255 bytes", |value| {
            text(value).filter(|issuer| issuer.len() <= MAX_ISSUER_BYTES)
        })?;
        if issuer == OWN_ISSUER {
            self.problem("has the `issuer` of this server's own tokens");
        }
        Some(issuer)
    }

    fn audience(&mut self) -> Option<Vec<String>> {
        if !self.fields.contains_key("audience") {
            self.problem("needs an `audience`, as the claim `aud` of its tokens");
        }
        self.take("audience", "neither a text nor a list of texts", |value| match value {
            Value::Array(list) if !list.is_empty() => list.into_iter().map(text).collect(),
            one => text(one).map(|audience| vec![audience]),
        })
    }

    fn keys(&mut self) -> Option<IssuerKeys> {
        match (self.fields.contains_key("secret"), self.fields.contains_key("jwksUrl")) {
            (true, true) => self.problem("has both a `secret` and a `jwksUrl`; keep one"),
            (false, false) => self.problem("needs a `secret` or a `jwksUrl`"),
            _ => {}
        }
        let secret = self.take("secret", "not a text of at least 32 bytes", |value| {
            text(value).filter(|secret| secret.len() >= MIN_SECRET_BYTES).map(SecretString::from)
        });
        let url = self.take("jwksUrl", "not an https address (http only on this machine)", |value| {
            text(value).and_then(|url| Url::parse(&url).ok()).filter(is_private)
        });
        secret.map(IssuerKeys::Secret).or(url.map(IssuerKeys::Published))
    }

    fn role_claim(&mut self) -> Option<String> {
        let claim = self.take("roleClaim", "not the name of a claim or a path such as app_metadata.role", text)?;
        // A user who can write the claim could choose their role.
        if claim.split('.').next() == Some("user_metadata") {
            self.problem("has a `roleClaim` in `user_metadata`, which users write themselves");
        }
        Some(claim)
    }

    /// Removes a field; records a problem if it is present but `read` rejects it.
    fn take<T>(&mut self, name: &str, is_wrong: &str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let value = read(self.fields.remove(name)?);
        if value.is_none() {
            self.problem(&format!("has a field `{name}` that is {is_wrong}"));
        }
        value
    }

    fn problem(&mut self, what: &str) {
        self.problems.push(format!("entry {} {what}", self.number));
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

/// Returns true if the keys cannot be replaced in transit, and the URL contains no password that would be printed.
fn is_private(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    };
    let has_login = !url.username().is_empty() || url.password().is_some();
    !has_login && (url.scheme() == "https" || (url.scheme() == "http" && is_loopback))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const SECRET: &str = "very-secret-very-secret-very-secret";

    /// Returns the problems of a list of one entry with these fields.
    fn problems(fields: &str) -> Vec<String> {
        read(&format!("[{{{fields}}}]")).unwrap_err()
    }

    /// Returns the problems of an entry with all required fields and this one.
    fn problems_beside(field: &str) -> Vec<String> {
        problems(&format!(r#""issuer": "a", "audience": "b", "secret": "{SECRET}", {field}"#))
    }

    fn with_url(url: &str) -> Result<Vec<IssuerConfig>, Vec<String>> {
        read(&format!(r#"[{{"issuer": "a", "audience": "b", "jwksUrl": "{url}"}}]"#))
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let issuers = read(&format!(r#"[{{"issuer": "a", "audience": "b", "secret": "{SECRET}"}}]"#)).unwrap();
        let [issuer] = issuers.as_slice() else { panic!("{issuers:?}") };
        assert_eq!((issuer.issuer.as_str(), issuer.audience.as_slice()), ("a", ["b".to_owned()].as_slice()));
        assert!(matches!(&issuer.keys, IssuerKeys::Secret(secret) if secret.expose_secret() == SECRET));
        assert!(issuer.create_users && !issuer.trust_email && issuer.roles.is_empty());
        assert_eq!((issuer.default_role.as_str(), issuer.role_claim.as_str()), ("viewer", "role"));
    }

    #[test]
    fn everything_can_be_set() {
        let json = r#"[{"issuer": "https://id.example/", "audience": ["a", "b"], "jwksUrl": "https://id.example/keys",
            "createUsers": false, "defaultRole": "counselor", "roles": {"boss": "admin"},
            "roleClaim": "app_metadata.role", "trustEmail": true}]"#;
        let issuer = read(json).unwrap().remove(0);
        assert_eq!((issuer.audience.len(), issuer.roles["boss"].as_str()), (2, "admin"));
        assert!(matches!(&issuer.keys, IssuerKeys::Published(url) if url.as_str() == "https://id.example/keys"));
        assert!(!issuer.create_users && issuer.trust_email);
        assert_eq!((issuer.default_role.as_str(), issuer.role_claim.as_str()), ("counselor", "app_metadata.role"));
    }

    #[test]
    fn an_empty_list_is_no_issuer() {
        assert!(read("[]").unwrap().is_empty());
    }

    #[test]
    fn bad_json_is_told_by_its_place() {
        assert_eq!(read("[{").unwrap_err(), ["is not valid JSON from line 1, column 2"]);
        for json in ["{}", "7", r#"["a"]"#] {
            assert!(read(json).unwrap_err()[0].starts_with("must be a JSON list"), "{json}");
        }
    }

    #[test]
    fn all_that_is_missing_is_told_at_once() {
        let told = problems(r#""roles": {}"#);
        assert_eq!(
            told,
            [
                "entry 1 needs an `issuer`, exactly as the claim `iss` of its tokens",
                "entry 1 needs an `audience`, as the claim `aud` of its tokens",
                "entry 1 needs a `secret` or a `jwksUrl`",
            ]
        );
    }

    #[test]
    fn a_secret_and_an_address_of_keys_exclude_each_other() {
        let told = problems_beside(r#""jwksUrl": "https://id.example/keys""#);
        assert_eq!(told, ["entry 1 has both a `secret` and a `jwksUrl`; keep one"]);
    }

    #[test]
    fn a_secret_has_the_size_of_the_hash_and_is_never_quoted() {
        for secret in [r#""very-secret-31-bytes-very-secre""#, r#"["very-secret"]"#, "null"] {
            let told = problems(&format!(r#""issuer": "a", "audience": "b", "secret": {secret}"#));
            assert_eq!(told, ["entry 1 has a field `secret` that is not a text of at least 32 bytes"]);
        }
    }

    #[test]
    fn keys_come_over_https_or_from_this_machine() {
        for url in ["https://id.example/keys", "http://localhost:8080/k", "http://127.0.0.1/k", "http://[::1]/k"] {
            assert!(with_url(url).is_ok(), "{url}");
        }
        let wrong =
            ["http://id.example/keys", "http://127.0.0.1.id.example/", "ftp://localhost/", "https://a:b@c/", "x"];
        for url in wrong {
            let told = with_url(url).unwrap_err();
            assert_eq!(
                told,
                ["entry 1 has a field `jwksUrl` that is not an https address (http only on this machine)"]
            );
        }
    }

    #[test]
    fn two_entries_cannot_have_one_issuer() {
        let entry = format!(r#"{{"issuer": "a", "audience": "b", "secret": "{SECRET}"}}"#);
        let told = read(&format!("[{entry}, {entry}]")).unwrap_err();
        assert_eq!(told, ["entry 2 has the `issuer` of an earlier entry"]);
    }

    #[test]
    fn nobody_else_can_be_this_server() {
        let told = problems(&format!(r#""issuer": "rapport", "audience": "b", "secret": "{SECRET}""#));
        assert_eq!(told, ["entry 1 has the `issuer` of this server's own tokens"]);
    }

    #[test]
    fn users_cannot_be_let_choose_their_role() {
        let told = problems_beside(r#""roleClaim": "user_metadata.role""#);
        assert_eq!(told, ["entry 1 has a `roleClaim` in `user_metadata`, which users write themselves"]);
    }

    #[test]
    fn unknown_fields_and_wrong_types_are_told() {
        for (field, told) in [
            (r#""createUser": true"#, "entry 1 has the unknown field `createUser`"),
            (r#""createUsers": "yes""#, "entry 1 has a field `createUsers` that is not true or false"),
            (r#""defaultRole": """#, "entry 1 has a field `defaultRole` that is not the name of a role"),
            (r#""roles": {"boss": 1}"#, "entry 1 has a field `roles` that is not an object of texts"),
            (r#""trustEmail": 1"#, "entry 1 has a field `trustEmail` that is not true or false"),
        ] {
            assert_eq!(problems_beside(field), [told]);
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let issuers = read(&format!(r#"[{{"issuer": "a", "audience": "b", "secret": "{SECRET}"}}]"#)).unwrap();
        assert!(!format!("{issuers:?}").contains("very-secret"));
    }
}
