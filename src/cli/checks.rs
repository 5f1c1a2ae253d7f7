//! Checks of files named in settings before start, reported together with invalid settings.

use anyhow::Context;

use super::error_text::told;
use crate::{
    ambient::Ambient,
    clients::mail::SmtpMailer,
    config::{Config, Problem, TRUSTED_DOCUMENTS},
    domains::chat::personas::Personas,
    http,
    limiter::SharedRedis,
};

/// Returns a message for each problem of the files named in settings, except consequences of `problems` with the
/// settings.
pub(super) fn problems_of(config: &Config, problems: &[Problem]) -> Vec<String> {
    let are_right = |start: &str| problems.iter().all(|problem| !problem.setting.starts_with(start));
    let mut wrong = Vec::new();
    if are_right("MAX_")
        && let Err(error) = http::documents(config).context(TRUSTED_DOCUMENTS)
    {
        wrong.push(told(&error));
    }
    if let Err(error) = Personas::load(config.chat.personas_dir.as_deref()) {
        wrong.extend(error.0.iter().map(ToString::to_string));
    }
    if let Some(mail) = config.mail.clone().filter(|_| are_right("SMTP_"))
        && let Err(error) = SmtpMailer::new(mail, Ambient::system())
    {
        wrong.push(told(&error.into()));
    }
    if are_right("REDIS_URL")
        && let Err(error) = SharedRedis::new(config.redis_url.as_ref()).context("REDIS_URL is not usable")
    {
        wrong.push(told(&error));
    }
    wrong
}
