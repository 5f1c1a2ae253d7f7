//! Settings of sign-in.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{
    database::DatabaseUrl,
    issuers::{self, IssuerConfig},
    reader::Reader,
};

/// Sign-in.
#[derive(Debug, Clone)]
pub struct AuthConfig {
    /// The key that signs access tokens. `None` on SQLite: one is generated and stored beside the file.
    pub jwt_secret: Option<SecretString>,
    /// Lifetime of an access token.
    pub access_token_ttl: Duration,
    /// Lifetime of a session after its last refresh.
    pub refresh_token_ttl: Duration,
    /// Lifetime of an invitation.
    pub invitation_ttl: Duration,
    /// The mail address of the first administrator.
    pub admin_email: String,
    /// The password of the first administrator; generated and printed once if missing.
    pub admin_password: Option<SecretString>,
    /// Trusted external token issuers.
    pub issuers: Vec<IssuerConfig>,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>, database: &DatabaseUrl) -> AuthConfig {
    r.section("Sign-in");
    let jwt_secret = r.secret(
        "API_JWT_SECRET",
        "Key that signs access tokens, at least 32 characters. Required on PostgreSQL; on SQLite one is generated and stored beside the file.",
    );
    match (&jwt_secret, database) {
        (None, DatabaseUrl::Postgres(_)) => r.problem(
            "API_JWT_SECRET",
            "is needed with PostgreSQL, the same on every copy of the server (make one with: openssl rand -base64 32)",
        ),
        (Some(secret), _) if secret.expose_secret().len() < 32 => {
            r.problem("API_JWT_SECRET", "must have at least 32 characters");
        }
        _ => {}
    }
    let minutes = r.number("ACCESS_TOKEN_MINUTES", 15, 1..=1440, "Lifetime of an access token.");
    let refresh_token_ttl = r.days("REFRESH_TOKEN_DAYS", 30, 3650, "Lifetime of a session after its last refresh.");
    let invitation_ttl = r.days("INVITATION_DAYS", 7, 90, "Lifetime of an invitation.");
    let admin_email = r.text("ADMIN_EMAIL", "admin@example.com", "Mail address of the first administrator.");
    if !admin_email.contains('@') {
        r.problem("ADMIN_EMAIL", "must be a mail address");
    }
    let admin_password = r.secret(
        "ADMIN_PASSWORD",
        "Password of the first administrator, at least 12 characters; generated and printed once if unset.",
    );
    if admin_password.as_ref().is_some_and(|password| password.expose_secret().chars().count() < 12) {
        r.problem("ADMIN_PASSWORD", "must have at least 12 characters");
    }
    AuthConfig {
        jwt_secret,
        access_token_ttl: Duration::from_secs(u64::from(minutes) * 60),
        refresh_token_ttl,
        invitation_ttl,
        admin_email,
        admin_password,
        issuers: gather_issuers(r),
    }
}

fn gather_issuers(r: &mut Reader<'_>) -> Vec<IssuerConfig> {
    const NAME: &str = "AUTH_ISSUERS";
    let json = r.secret(
        NAME,
        "External token issuers to trust, a JSON list: '[{\"issuer\": \"…\", \"audience\": \"…\", \"jwksUrl\": \"https://…\"}]'; see docs/operations.md.",
    );
    let read = json.map_or(Ok(Vec::new()), |json| issuers::read(json.expose_secret()));
    read.unwrap_or_else(|problems| {
        problems.into_iter().for_each(|problem| r.problem(NAME, problem));
        Vec::new()
    })
}
