//! Reads settings one by one, and records problems and descriptions.

use std::{fmt, ops::RangeInclusive, str::FromStr, time::Duration};

use secrecy::SecretString;
use url::Url;

/// A problem of a setting, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting.
    pub setting: &'static str,
    /// The problem and its solution.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}.", self.setting, self.message)
    }
}

/// A setting that was read, from which `.env.example` is generated.
#[derive(Debug, Clone)]
pub struct Setting {
    section: &'static str,
    name: &'static str,
    default: Option<String>,
    what: &'static str,
}

/// Looks up settings, collecting problems instead of stopping at the first.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    /// Settings whose values are unreadable, which was reported.
    unreadable: &'a [String],
    section: &'static str,
    settings: Vec<Setting>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>, unreadable: &'a [String]) -> Self {
        Self { lookup, unreadable, section: "", settings: Vec::new(), problems: Vec::new() }
    }

    /// Begins a group of settings in `.env.example`.
    pub(super) fn section(&mut self, title: &'static str) {
        self.section = title;
    }

    pub(super) fn problem(&mut self, setting: &'static str, message: impl Into<String>) {
        if !self.is_unreadable(setting) {
            self.problems.push(Problem { setting, message: message.into() });
        }
    }

    /// Records a problem of a setting in relation to another one, unless that is invalid itself, which may be the
    /// cause.
    pub(super) fn problem_with(&mut self, setting: &'static str, other: &str, message: impl Into<String>) {
        if !self.is_unreadable(other) && self.problems.iter().all(|problem| problem.setting != other) {
            self.problem(setting, message);
        }
    }

    fn is_unreadable(&self, setting: &str) -> bool {
        self.unreadable.iter().any(|name| name == setting)
    }

    /// Returns the names of all settings that were read.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.settings.iter().map(|setting| setting.name).collect()
    }

    /// Returns the problems.
    pub(super) fn finish(self) -> Vec<Problem> {
        self.problems
    }

    /// Reads a setting without a default.
    pub(super) fn optional(&mut self, name: &'static str, what: &'static str) -> Option<String> {
        self.note(name, None, what);
        self.value(name)
    }

    pub(super) fn secret(&mut self, name: &'static str, what: &'static str) -> Option<SecretString> {
        self.optional(name, what).map(SecretString::from)
    }

    pub(super) fn text(&mut self, name: &'static str, default: &str, what: &'static str) -> String {
        self.note(name, Some(default.to_owned()), what);
        self.value(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn list(&mut self, name: &'static str, default: &str, what: &'static str) -> Vec<String> {
        let text = self.text(name, default, what);
        text.split(',')
            .map(|item| item.trim().trim_end_matches('/').to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    }

    /// Reads a value of any type that can be parsed. `default` must be valid.
    #[expect(clippy::expect_used, reason = "a wrong default is our mistake, and a test reads them all")]
    pub(super) fn parse<T: FromStr>(&mut self, name: &'static str, default: &str, what: &'static str) -> T {
        let text = self.text(name, default, what);
        let fallback = || default.parse().ok().expect("the default of a setting is valid");
        text.parse().unwrap_or_else(|_| {
            let kind = std::any::type_name::<T>().rsplit("::").next().unwrap_or_default();
            let kind = match kind {
                "bool" => "true or false",
                "f32" | "f64" => "a number",
                "IpAddr" => "an IP address",
                "Synchronous" => "full or normal",
                "MailTls" => "starttls, implicit or none",
                _ => "a whole number in its range",
            };
            self.problem(name, format!("must be {kind}, such as {default}"));
            fallback()
        })
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
        what: &'static str,
    ) -> u32 {
        let number = self.parse(name, &default.to_string(), what);
        if range.contains(&number) {
            return number;
        }
        self.problem(name, format!("must be from {} to {}", range.start(), range.end()));
        default
    }

    pub(super) fn size(&mut self, name: &'static str, default: u32, least: u32, what: &'static str) -> usize {
        self.number(name, default, least..=u32::MAX, what) as usize
    }

    pub(super) fn seconds(&mut self, name: &'static str, default: u32, least: u32, what: &'static str) -> Duration {
        Duration::from_secs(self.number(name, default, least..=86_400, what).into())
    }

    pub(super) fn days(&mut self, name: &'static str, default: u32, most: u32, what: &'static str) -> Duration {
        Duration::from_secs(u64::from(self.number(name, default, 1..=most, what)) * 86_400)
    }

    pub(super) fn millis(&mut self, name: &'static str, default: u32, least: u32, what: &'static str) -> Duration {
        Duration::from_millis(self.number(name, default, least..=3_600_000, what).into())
    }

    #[expect(clippy::expect_used, reason = "a wrong default is our mistake, and a test reads them all")]
    pub(super) fn url(&mut self, name: &'static str, default: &str, what: &'static str) -> Url {
        let text = self.text(name, default, what);
        match Url::parse(&text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                self.problem(name, format!("must be a web address, such as {default}"));
                Url::parse(default).expect("the default of a setting is valid")
            }
        }
    }

    /// Returns `.env.example`: a comment and a line for each setting; those without a default are commented out.
    pub(super) fn example(&self) -> String {
        let mut text = String::from(
            "# Every setting with its default. Copy this file to .env, or set the same names in the environment.\n\
             # Nothing needs to be set: `cargo run` serves on an embedded SQLite file.\n",
        );
        let mut section = "";
        for setting in &self.settings {
            if setting.section != section {
                section = setting.section;
                text.push_str(&format!("\n## {section}\n"));
            }
            match &setting.default {
                Some(default) => text.push_str(&format!("# {}\n{}={default}\n", setting.what, setting.name)),
                None => text.push_str(&format!("# {}\n# {}=\n", setting.what, setting.name)),
            }
        }
        text
    }

    fn note(&mut self, name: &'static str, default: Option<String>, what: &'static str) {
        self.settings.push(Setting { section: self.section, name, default, what });
    }

    fn value(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}
