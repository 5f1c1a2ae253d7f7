//! Parsing and checks of the provider's answer: completeness, searches, text.

use std::collections::BTreeSet;

use reqwest::Url;
use serde::Deserialize;

use super::super::{ResearchError, Source, clean, facts::Grounds};
use super::refusal;

/// A Response object. Items of other kinds (reasoning, …) are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    status: String,
    #[serde(default)]
    error: Option<Failure>,
    #[serde(default)]
    incomplete_details: Option<IncompleteDetails>,
    #[serde(default)]
    output: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Failure {
    code: Option<String>,
    message: Option<String>,
}

#[derive(Debug, Deserialize)]
struct IncompleteDetails {
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Item {
    WebSearchCall {
        status: String,
        #[serde(default)]
        action: Option<Action>,
    },
    Message {
        #[serde(default)]
        status: Option<String>,
        content: Vec<Content>,
    },
    #[serde(other)]
    Other,
}

/// A search, or a visit to one page.
#[derive(Debug, Deserialize)]
struct Action {
    url: Option<String>,
    sources: Option<Vec<Link>>,
}

/// An object with an address: a page visited or cited. Some sources are feeds without one.
#[derive(Debug, Deserialize)]
struct Link {
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content {
    OutputText {
        text: String,
        #[serde(default)]
        annotations: Vec<Link>,
    },
    Refusal {
        refusal: String,
    },
    #[serde(other)]
    Other,
}

impl Answer {
    /// Returns the text of a complete answer based on a search, and the sites visited.
    ///
    /// # Errors
    /// For other answers: failed, incomplete, refused, empty, or without a search.
    pub(super) fn completed(self) -> Result<(String, Visited), ResearchError> {
        match self.status.as_str() {
            "completed" => {}
            "incomplete" => return Err(self.incomplete()),
            "failed" => return Err(self.failed()),
            other => return Err(garbage(&format!("it came with the status {other}"))),
        }
        let mut text = String::new();
        let mut visited = Visited::default();
        let mut searched = false;
        for item in self.output {
            match item {
                Item::WebSearchCall { status, action } => {
                    searched |= status == "completed";
                    visited.add_action(action);
                }
                Item::Message { status, content } => {
                    // Absent on some compatible servers; anything but `completed` is half a text.
                    if status.is_some_and(|status| status != "completed") {
                        return Err(garbage("its message is incomplete"));
                    }
                    text.push_str(&read_message(content, &mut visited)?);
                }
                Item::Other => {}
            }
        }
        if text.trim().is_empty() {
            return Err(garbage("it is empty"));
        }
        if !searched {
            return Err(garbage("it was given without searching the web"));
        }
        Ok((text, visited))
    }

    fn incomplete(&self) -> ResearchError {
        let reason = self.incomplete_details.as_ref().and_then(|details| details.reason.as_deref());
        match reason {
            Some("content_filter") => ResearchError::Refused { reason: "stopped by the content filter".to_owned() },
            Some(reason) => garbage(&format!("it is incomplete: {reason}")),
            None => garbage("it is incomplete"),
        }
    }

    fn failed(&self) -> ResearchError {
        let failure = self.error.as_ref();
        let message = failure.and_then(|failure| failure.message.as_deref()).unwrap_or_default();
        refusal::of_code(failure.and_then(|failure| failure.code.as_deref()), message)
    }
}

fn read_message(content: Vec<Content>, visited: &mut Visited) -> Result<String, ResearchError> {
    let mut message = String::new();
    for part in content {
        match part {
            Content::OutputText { text, annotations } => {
                message.push_str(&text);
                for link in annotations {
                    visited.add(link.url);
                }
            }
            Content::Refusal { refusal } => {
                return Err(ResearchError::Refused { reason: clean::line(&refusal, clean::FIELD) });
            }
            Content::Other => {}
        }
    }
    Ok(message)
}

fn garbage(reason: &str) -> ResearchError {
    ResearchError::Garbage { reason: clean::line(reason, clean::FIELD) }
}

/// The sites that a search has listed, opened or cited.
#[derive(Debug, Default)]
pub(super) struct Visited {
    sites: BTreeSet<String>,
}

impl Visited {
    fn add_action(&mut self, action: Option<Action>) {
        let Some(action) = action else { return };
        self.add(action.url);
        for link in action.sources.into_iter().flatten() {
            self.add(link.url);
        }
    }

    fn add(&mut self, url: Option<String>) {
        let site = url.and_then(|url| clean::web_url(&url)).as_ref().and_then(site);
        self.sites.extend(site);
    }

    /// Returns true if the page's site was visited: the same host or a subdomain either way, since pages redirect
    /// between `www.`, `blog.` and the bare domain. Also true if the provider reported no sites.
    fn covers(&self, page: &Url) -> bool {
        let Some(host) = site(page) else { return false };
        let within = |part: &str, whole: &str| {
            part.strip_suffix(whole).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.sites.is_empty() || self.sites.iter().any(|known| within(known, &host) || within(&host, known))
    }
}

impl Grounds for Visited {
    fn prove(&self, _: &Source, url: &Url) -> bool {
        self.covers(url)
    }
}

fn site(url: &Url) -> Option<String> {
    url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visited(urls: &[&str]) -> Visited {
        let mut visited = Visited::default();
        for url in urls {
            visited.add(Some((*url).to_owned()));
        }
        visited
    }

    fn covers(visited: &Visited, url: &str) -> bool {
        visited.covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_page_of_a_visited_site_is_covered() {
        let visited = visited(&["https://www.acme.example/a", "https://blog.other.example/"]);
        assert!(covers(&visited, "https://acme.example/b"));
        assert!(covers(&visited, "http://docs.acme.example/"));
        assert!(covers(&visited, "https://other.example/"));
    }

    #[test]
    fn a_page_of_another_site_is_not_covered() {
        let visited = visited(&["https://acme.example/"]);
        assert!(!covers(&visited, "https://notacme.example/"));
        assert!(!covers(&visited, "https://acme.example.evil.test/"));
    }
}
