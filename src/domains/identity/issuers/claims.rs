//! Claims of an external token with verified signature, issuer and audience.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::{auth::TokenError, config::IssuerConfig};

/// Tolerated difference of the issuer's clock.
const LEEWAY: TimeDelta = TimeDelta::seconds(30);
/// Maximum length of a subject, in characters (OpenID Connect Core 1.0, section 2).
const MAX_SUBJECT: usize = 255;
/// Maximum length of a mail address, in characters.
const MAX_EMAIL: usize = 320;
/// Maximum length of a name, in characters.
const MAX_NAME: usize = 200;
/// Maximum length of a role, in characters.
const MAX_ROLE: usize = 255;

/// The claims of a verified external token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalClaims {
    /// The issuer: `iss`.
    pub issuer: String,
    /// The subject, at most 255 characters: `sub`. Unique per issuer.
    pub subject: String,
    /// The mail address, at most 320 characters.
    pub email: Option<String>,
    /// True if the address is verified: by the token, or because the issuer is trusted in this.
    pub email_is_verified: bool,
    /// The name, at most 200 characters.
    pub name: Option<String>,
    /// The value of the role claim, at most 255 characters; `None` if it is missing or not a text.
    pub role: Option<String>,
    /// The scopes; `None` if there are none, which is unrestricted.
    pub scopes: Option<Vec<String>>,
    /// The issue time.
    pub issued_at: Option<DateTime<Utc>>,
    /// The time from which it is rejected: its expiry plus the clock leeway.
    pub expires_at: DateTime<Utc>,
}

/// Reads the claims of a token of `config`'s issuer with verified signature, issuer and audience.
///
/// # Errors
/// [`TokenError::Expired`] after its expiry; [`TokenError::Invalid`] before its validity, or if a claim is invalid.
pub(super) fn read(
    config: &IssuerConfig,
    claims: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<ExternalClaims, TokenError> {
    let expires_at = time(claims, "exp")?.ok_or(TokenError::Invalid)?;
    let expires_at = expires_at.checked_add_signed(LEEWAY).ok_or(TokenError::Invalid)?;
    if expires_at <= now {
        return Err(TokenError::Expired);
    }
    if time(claims, "nbf")?.is_some_and(|not_before| not_before > now + LEEWAY) {
        return Err(TokenError::Invalid);
    }
    let email = text(claims.get("email"), MAX_EMAIL).map(str::trim).filter(|email| is_email(email)).map(str::to_owned);
    let is_stated = claims.get("email_verified") == Some(&Value::Bool(true));
    Ok(ExternalClaims {
        issuer: config.issuer.clone(),
        subject: text(claims.get("sub"), MAX_SUBJECT).ok_or(TokenError::Invalid)?.to_owned(),
        email_is_verified: email.is_some() && (is_stated || config.trust_email),
        email,
        name: name(claims).map(|name| name.trim().to_owned()),
        role: text(find(claims, &config.role_claim), MAX_ROLE).map(str::to_owned),
        scopes: scopes(claims)?,
        issued_at: time(claims, "iat")?,
        expires_at,
    })
}

/// Reads a time in seconds since 1970, possibly with a fraction (RFC 7519, section 2).
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<DateTime<Utc>>, TokenError> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    // A float beyond the range becomes the largest number, which is no time either.
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds.floor() as i64));
    let time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map(Some).ok_or(TokenError::Invalid)
}

/// Returns a text that can be stored and shown: not blank, not too long, without control characters.
fn text(value: Option<&Value>, max: usize) -> Option<&str> {
    let text = value?.as_str()?;
    let is_good = !text.trim().is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control);
    is_good.then_some(text)
}

/// Returns true if `text` may be a mail address, which the issuer has verified more strictly.
fn is_email(text: &str) -> bool {
    let has_both_sides = text.rsplit_once('@').is_some_and(|(local, host)| !local.is_empty() && !host.is_empty());
    has_both_sides && !text.contains(char::is_whitespace)
}

/// Returns the name, from the claim of OpenID Connect or of Supabase.
fn name(claims: &Map<String, Value>) -> Option<&str> {
    let places = ["name", "user_metadata.full_name", "user_metadata.name"];
    places.into_iter().find_map(|place| text(find(claims, place), MAX_NAME))
}

/// Returns the claim with this name, or at this path: names may contain dots, such as `https://example.com/role`.
fn find<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let follow = || {
        let (first, rest) = path.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
    };
    claims.get(path).or_else(follow)
}

/// Returns the scopes: `scope`, a text with blanks (RFC 8693, section 4.2) or a list, otherwise `scp`.
///
/// # Errors
/// If the claim is neither: an unreadable restriction must not be ignored.
fn scopes(claims: &Map<String, Value>) -> Result<Option<Vec<String>>, TokenError> {
    let claim = ["scope", "scp"].into_iter().find_map(|name| claims.get(name).filter(|value| !value.is_null()));
    let scopes = match claim {
        None => return Ok(None),
        Some(Value::String(scopes)) => Some(scopes.split_whitespace().map(str::to_owned).collect()),
        Some(Value::Array(scopes)) => scopes.iter().map(|scope| scope.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    };
    scopes.map(Some).ok_or(TokenError::Invalid)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::IssuerKeys;

    const NOW: i64 = 1_800_000_000;

    fn config() -> IssuerConfig {
        IssuerConfig {
            issuer: "https://id.example".to_owned(),
            audience: vec!["rapport".to_owned()],
            keys: IssuerKeys::Secret("0123456789-0123456789-0123456789".into()),
            create_users: true,
            default_role: "viewer".to_owned(),
            roles: Default::default(),
            role_claim: "role".to_owned(),
            trust_email: false,
        }
    }

    /// Reads a token with these claims and the required ones, at the time [`NOW`].
    fn read_with(config: &IssuerConfig, more: Value) -> Result<ExternalClaims, TokenError> {
        let mut claims = json!({"sub": "a subject", "exp": NOW + 60});
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        read(config, claims.as_object().unwrap(), DateTime::from_timestamp(NOW, 0).unwrap())
    }

    fn good(more: Value) -> ExternalClaims {
        read_with(&config(), more).unwrap()
    }

    fn is_invalid(more: Value) -> bool {
        matches!(read_with(&config(), more), Err(TokenError::Invalid))
    }

    fn role(claim: &str, more: Value) -> Option<String> {
        read_with(&IssuerConfig { role_claim: claim.to_owned(), ..config() }, more).unwrap().role
    }

    #[test]
    fn a_token_is_good_until_half_a_minute_after_its_expiry() {
        let expiring = |ago: i64| read_with(&config(), json!({"exp": NOW - ago}));
        assert_eq!(expiring(29).unwrap().expires_at.timestamp(), NOW + 1);
        assert!(matches!(expiring(30), Err(TokenError::Expired)));
    }

    #[test]
    fn a_token_is_good_from_half_a_minute_before_its_time() {
        assert!(read_with(&config(), json!({"nbf": NOW + 30})).is_ok());
        assert!(is_invalid(json!({"nbf": NOW + 31})));
    }

    #[test]
    fn times_may_have_fractions() {
        let claims = good(json!({"exp": NOW as f64 + 60.9, "iat": NOW as f64 - 0.5}));
        assert_eq!(claims.expires_at.timestamp(), NOW + 90);
        assert_eq!(claims.issued_at.unwrap().timestamp(), NOW - 1);
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        for name in ["exp", "nbf", "iat"] {
            for wrong in [json!("1800000060"), json!(null), json!(1e300), json!(u64::MAX), json!([NOW])] {
                assert!(is_invalid(json!({name: wrong})), "{name}: {wrong}");
            }
        }
    }

    #[test]
    fn a_subject_that_cannot_be_kept_is_refused() {
        assert_eq!(good(json!({"sub": "ä".repeat(255)})).subject.chars().count(), 255);
        for wrong in [json!("x".repeat(256)), json!(""), json!(" "), json!("a\u{0}b"), json!(7)] {
            assert!(is_invalid(json!({"sub": wrong})), "{wrong}");
        }
    }

    #[test]
    fn a_mail_address_is_proved_when_the_token_says_so() {
        let verified = |more| good(more).email_is_verified;
        assert!(verified(json!({"email": "a@b.example", "email_verified": true})));
        assert!(!verified(json!({"email": "a@b.example"})));
        assert!(!verified(json!({"email": "a@b.example", "email_verified": "true"})));
        // Users write these themselves.
        assert!(!verified(json!({"email": "a@b.example", "user_metadata": {"email_verified": true}})));
    }

    #[test]
    fn a_trusted_issuer_need_not_prove_mail_addresses() {
        let trusting = IssuerConfig { trust_email: true, ..config() };
        assert!(read_with(&trusting, json!({"email": "a@b.example"})).unwrap().email_is_verified);
        assert!(!read_with(&trusting, json!({})).unwrap().email_is_verified);
    }

    #[test]
    fn what_is_no_mail_address_is_left_out() {
        assert_eq!(good(json!({"email": " a@b.example "})).email.as_deref(), Some("a@b.example"));
        let long = format!("{}@b.example", "x".repeat(320));
        for wrong in ["", "a", "@", "a @b", "a@b\u{7}", &long] {
            let claims = good(json!({"email": wrong, "email_verified": true}));
            assert_eq!((claims.email, claims.email_is_verified), (None, false), "{wrong}");
        }
    }

    #[test]
    fn the_name_stands_at_the_top_or_where_supabase_puts_it() {
        assert_eq!(good(json!({"name": "Ada", "user_metadata": {"name": "B"}})).name.as_deref(), Some("Ada"));
        assert_eq!(good(json!({"user_metadata": {"full_name": "Ada"}})).name.as_deref(), Some("Ada"));
        assert_eq!(good(json!({"user_metadata": {"name": "Ada"}})).name.as_deref(), Some("Ada"));
        assert_eq!(good(json!({"name": "x".repeat(201)})).name, None);
    }

    #[test]
    fn the_role_is_found_by_name_or_path() {
        assert_eq!(role("role", json!({"role": "boss"})).as_deref(), Some("boss"));
        assert_eq!(role("app_metadata.role", json!({"app_metadata": {"role": "boss"}})).as_deref(), Some("boss"));
        let claim = "https://app.example/role";
        assert_eq!(role(claim, json!({claim: "boss"})).as_deref(), Some("boss"));
    }

    #[test]
    fn a_role_that_is_no_text_is_none() {
        for more in [json!({}), json!({"role": ["boss"]}), json!({"role": null}), json!({"role": "x".repeat(256)})] {
            assert_eq!(role("role", more.clone()), None, "{more}");
        }
        assert_eq!(role("a.b.c", json!({"a": {"b": "boss"}})), None);
    }

    #[test]
    fn scopes_are_a_text_or_a_list() {
        let both = Some(vec!["a:read".to_owned(), "b".to_owned()]);
        assert_eq!(good(json!({"scope": "a:read  b"})).scopes, both);
        assert_eq!(good(json!({"scope": ["a:read", "b"]})).scopes, both);
        assert_eq!(good(json!({"scp": "a:read b"})).scopes, both);
        assert_eq!(good(json!({"scp": ["a:read", "b"]})).scopes, both);
    }

    #[test]
    fn no_scope_is_no_limit_and_an_empty_one_leaves_nothing() {
        assert_eq!(good(json!({})).scopes, None);
        assert_eq!(good(json!({"scope": null})).scopes, None);
        assert_eq!(good(json!({"scope": ""})).scopes, Some(Vec::new()));
        assert_eq!(good(json!({"scope": []})).scopes, Some(Vec::new()));
    }

    #[test]
    fn a_scope_that_cannot_be_read_is_refused() {
        for wrong in [json!(7), json!({"a": "b"}), json!(["a", 7])] {
            assert!(is_invalid(json!({"scope": wrong})), "{wrong}");
        }
    }
}
