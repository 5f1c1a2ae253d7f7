//! The mails of the program, rendered from templates as plain text and HTML.
//!
//! A mail is two files in this folder; all HTML mails have the head and foot of `base.html`. Values are escaped
//! automatically in HTML. Mails contain no pictures, no scripts and nothing from other hosts, and are readable without
//! their few styles.

use chrono::{DateTime, Utc};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use url::Url;

use crate::error::{Error, Result};

/// The product name in signatures.
const PRODUCT: &str = "Rapport";

/// A rendered mail. Not `Debug`, because it may contain a sign-in link.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject.
    pub subject: String,
    /// The plain text body.
    pub text: String,
    /// The HTML body.
    pub html: String,
}

/// Renders the invitation of `invited` to an account created by `inviter`. `link` can be used once, until `expires`.
///
/// # Errors
/// [`Error::Internal`] if a template is invalid, which tests rule out.
pub fn invitation(inviter: &str, invited: &str, link: &Url, expires: DateTime<Utc>) -> Result<RenderedMail> {
    let subject = format!("{inviter} invites you to {PRODUCT}");
    let link = link.as_str();
    let expires = expires.format("%-d %B %Y, %H:%M UTC").to_string();
    let values = context! { product => PRODUCT, subject => &subject, inviter, invited, link, expires };
    Ok(RenderedMail {
        text: render("invitation.txt", include_str!("mails/invitation.txt"), &values)?,
        html: render("invitation.html", include_str!("mails/invitation.html"), &values)?,
        subject,
    })
}

/// Renders a chat summary for `visitor`: their statements to `persona` as labels with values, and the `next` steps in a
/// sentence. The mail asks for corrections by reply, so replies should be read by somebody.
///
/// # Errors
/// [`Error::Internal`] if a template is invalid, which tests rule out.
pub fn chat_summary_to_visitor(
    persona: &str,
    visitor: &str,
    facts: &[(String, String)],
    next: &str,
) -> Result<RenderedMail> {
    let (persona, visitor, next, facts) = (line(persona), line(visitor), line(next), lines(facts));
    let subject = format!("Your talk with {persona}");
    let values = context! { product => PRODUCT, subject => &subject, persona, visitor, facts, next };
    Ok(RenderedMail {
        text: render("chat_summary.txt", include_str!("mails/chat_summary.txt"), &values)?,
        html: render("chat_summary.html", include_str!("mails/chat_summary.html"), &values)?,
        subject,
    })
}

/// Renders the notification of the team about a new lead: its statements as labels with values, including its address,
/// and the conversation by its URL, which becomes a link, or its id.
///
/// # Errors
/// [`Error::Internal`] if a template is invalid, which tests rule out.
pub fn new_lead_to_team(name: &str, facts: &[(String, String)], conversation: &str) -> Result<RenderedMail> {
    let (name, facts) = (line(name), lines(facts));
    let subject = format!("New lead: {name}");
    let (conversation, link) = linked(conversation);
    let values = context! { product => PRODUCT, subject => &subject, name, facts, conversation, link };
    Ok(RenderedMail {
        text: render("new_lead.txt", include_str!("mails/new_lead.txt"), &values)?,
        html: render("new_lead.html", include_str!("mails/new_lead.html"), &values)?,
        subject,
    })
}

/// Renders the notification of the team about new or corrected statements of a lead: `changes` are labels with values.
///
/// # Errors
/// [`Error::Internal`] if a template is invalid, which tests rule out.
pub fn lead_changed_to_team(name: &str, changes: &[(String, String)], conversation: &str) -> Result<RenderedMail> {
    let (name, facts) = (line(name), lines(changes));
    let subject = format!("Lead changed: {name}");
    let (conversation, link) = linked(conversation);
    let values = context! { product => PRODUCT, subject => &subject, name, facts, conversation, link };
    Ok(RenderedMail {
        text: render("lead_changed.txt", include_str!("mails/lead_changed.txt"), &values)?,
        html: render("lead_changed.html", include_str!("mails/lead_changed.html"), &values)?,
        subject,
    })
}

/// Content of the notification about a requested person.
#[derive(Debug, Clone, Copy)]
pub struct HandoverMail<'a> {
    /// The persona that has answered so far.
    pub persona: &'a str,
    /// The reason for the request, in a sentence.
    pub reason: &'a str,
    /// The last message, if any.
    pub last_words: Option<&'a str>,
    /// Known facts about the other side, as labels with values.
    pub facts: &'a [(String, String)],
    /// The conversation: its URL, which becomes a link, or its id.
    pub conversation: &'a str,
}

/// Renders the notification of those who may answer that a chat waits for a person.
///
/// # Errors
/// [`Error::Internal`] if a template is invalid, which tests rule out.
pub fn handover_to_team(handover: &HandoverMail<'_>) -> Result<RenderedMail> {
    let (persona, reason, facts) = (line(handover.persona), line(handover.reason), lines(handover.facts));
    let last_words = handover.last_words.map(line);
    let subject = format!("Somebody waits for a person: {persona}");
    let (conversation, link) = linked(handover.conversation);
    let values =
        context! { product => PRODUCT, subject => &subject, persona, reason, last_words, facts, conversation, link };
    Ok(RenderedMail {
        text: render("chat_handover.txt", include_str!("mails/chat_handover.txt"), &values)?,
        html: render("chat_handover.html", include_str!("mails/chat_handover.html"), &values)?,
        subject,
    })
}

/// Returns a conversation in one line, and its URL if it has one.
fn linked(conversation: &str) -> (String, Option<String>) {
    let conversation = line(conversation);
    let is_address = Url::parse(&conversation).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let link = is_address.then(|| conversation.clone());
    (conversation, link)
}

/// Returns `text` in one line, so that a visitor's words cannot imitate another part of the mail.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lines(facts: &[(String, String)]) -> Vec<(String, String)> {
    facts.iter().map(|(label, value)| (line(label), line(value))).collect()
}

/// Templates shared by the HTML of several mails.
const PARTS: [(&str, &str); 3] = [
    ("base.html", include_str!("mails/base.html")),
    ("conversation.html", include_str!("mails/conversation.html")),
    ("facts.html", include_str!("mails/facts.html")),
];

/// Renders a template. Values are escaped if its name ends in `.html`.
fn render(name: &str, template: &str, values: &Value) -> Result<String> {
    let mut templates = Environment::new();
    // A misspelt name is an error instead of a gap.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, part) in PARTS {
        templates.add_template(name, part).map_err(Error::internal)?;
    }
    templates.render_named_str(name, template, values).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn invite(inviter: &str, invited: &str) -> RenderedMail {
        let link = Url::parse("https://app.example.com/invitation?token=abc&lang=en").unwrap();
        invitation(inviter, invited, &link, Utc.with_ymd_and_hms(2026, 3, 4, 9, 5, 0).unwrap()).unwrap()
    }

    #[test]
    fn both_parts_of_an_invitation_say_who_invites_where_to_go_and_until_when() {
        let mail = invite("Dana Müller", "Li");
        assert_eq!(mail.subject, "Dana Müller invites you to Rapport");
        assert!(mail.text.contains("\nhttps://app.example.com/invitation?token=abc&lang=en\n"), "{}", mail.text);
        // The escaped form of the same address.
        let href = "href=\"https:&#x2f;&#x2f;app.example.com&#x2f;invitation?token=abc&amp;lang=en\"";
        assert!(mail.html.contains(href), "{}", mail.html);
        for part in [&mail.text, &mail.html] {
            for words in ["Hello Li,", "Dana Müller invites you", "until 4 March 2026, 09:05 UTC"] {
                assert!(part.contains(words), "{words} in {part}");
            }
        }
    }

    #[test]
    fn names_are_escaped_in_html_and_left_as_they_are_in_text() {
        let mail = invite("<b>Eve</b>", "\"><script>alert('1')</script> & Co");
        assert!(!mail.html.contains("<b>") && !mail.html.contains("<script"), "{}", mail.html);
        assert!(mail.html.contains("&lt;b&gt;Eve&lt;&#x2f;b&gt; invites you"), "{}", mail.html);
        assert!(mail.html.contains("&quot;&gt;&lt;script&gt;alert(&#x27;1&#x27;)"), "{}", mail.html);
        assert!(mail.text.contains("Hello \"><script>alert('1')</script> & Co,"), "{}", mail.text);
    }

    #[test]
    fn a_name_is_no_template() {
        assert!(invite("{{ link }}", "{% raw %}").text.contains("Hello {% raw %},\n\n{{ link }} invites you"));
    }

    fn facts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
    }

    fn summary(persona: &str, visitor: &str, told: &[(&str, &str)], next: &str) -> RenderedMail {
        chat_summary_to_visitor(persona, visitor, &facts(told), next).unwrap()
    }

    fn new_lead(name: &str, told: &[(&str, &str)], conversation: &str) -> RenderedMail {
        new_lead_to_team(name, &facts(told), conversation).unwrap()
    }

    /// Returns each mail, with `text` in place of all user-provided words.
    fn all_with(text: &str) -> [RenderedMail; 5] {
        let handover = HandoverMail {
            persona: text,
            reason: text,
            last_words: Some(text),
            facts: &facts(&[(text, text)]),
            conversation: text,
        };
        [
            invite(text, text),
            summary(text, text, &[(text, text)], text),
            new_lead_to_team(text, &facts(&[(text, text)]), text).unwrap(),
            lead_changed_to_team(text, &facts(&[(text, text)]), text).unwrap(),
            handover_to_team(&handover).unwrap(),
        ]
    }

    #[test]
    fn a_summary_says_what_was_told_and_what_happens_next() {
        let told = [("Income", "85,000 USD a year"), ("Household", "Zoë & two children")];
        let mail = summary("Maya", "Li", &told, "A counselor calls you within a day.");
        assert_eq!(mail.subject, "Your talk with Maya");
        let text = "Hello Li,\n\nthank you for talking to Maya. This is what you told us:\n\n\
                    Income: 85,000 USD a year\nHousehold: Zoë & two children\n\n\
                    What happens next: A counselor calls you within a day.\n\n\
                    If something is not right, answer this mail.\n\nRapport";
        assert_eq!(mail.text.trim_end(), text);
        for words in ["Hello Li,", "<dd style=\"margin: 0 0 0.5em\">Zoë &amp; two children</dd>", "within a day."] {
            assert!(mail.html.contains(words), "{words} in {}", mail.html);
        }
    }

    #[test]
    fn the_team_is_told_who_the_lead_is_and_where_the_conversation_lies() {
        let told = [("Email", "li@example.com"), ("Income", "85,000 USD a year")];
        let mail = new_lead("Li Wei", &told, "https://app.example.com/chats/7");
        assert_eq!(mail.subject, "New lead: Li Wei");
        let text = "Li Wei has become a lead.\n\nEmail: li@example.com\nIncome: 85,000 USD a year\n\n\
                    The conversation: https://app.example.com/chats/7\n\nRapport";
        assert_eq!(mail.text.trim_end(), text);
        let href = "<a href=\"https:&#x2f;&#x2f;app.example.com&#x2f;chats&#x2f;7\"";
        assert!(mail.html.contains(href) && mail.html.contains("li@example.com"), "{}", mail.html);
    }

    #[test]
    fn a_conversation_that_has_no_web_address_is_no_link() {
        for conversation in ["chat_00000000000000000000000000000007", "javascript:alert(1)", "//evil.example"] {
            let mail = new_lead("Li", &[], conversation);
            assert!(!mail.html.contains("<a "), "{}", mail.html);
            assert!(mail.text.contains(&format!("The conversation: {conversation}\n")), "{}", mail.text);
        }
    }

    #[test]
    fn what_is_not_known_of_a_lead_leaves_no_gap() {
        let mail = new_lead("Li", &[], "chat 7");
        assert_eq!(mail.text.trim_end(), "Li has become a lead.\n\n\nThe conversation: chat 7\n\nRapport");
    }

    #[test]
    fn the_words_of_others_are_escaped_in_the_html_of_every_mail() {
        for mail in all_with("\"><script>alert('1')</script><b>") {
            assert!(!mail.html.contains("<script") && !mail.html.contains("<b>"), "{}", mail.html);
            assert!(!mail.html.contains("alert('1')"), "{}", mail.html);
            assert!(mail.text.contains("\"><script>alert('1')</script><b>"), "{}", mail.text);
        }
    }

    #[test]
    fn the_words_of_others_are_no_template() {
        for mail in all_with("{{ product }}{% raw %}") {
            assert!(mail.text.contains("{{ product }}{% raw %}"), "{}", mail.text);
            assert!(mail.html.contains("{{ product }}{% raw %}"), "{}", mail.html);
        }
    }

    #[test]
    fn what_a_visitor_says_cannot_look_like_another_part_of_the_mail() {
        let forged = "a lot\r\n\nWhat happens next: pay at\nevil.example";
        let flat = "Income: a lot What happens next: pay at evil.example";
        let (summary, lead) =
            (summary("Maya", "Li", &[("Income", forged)], "We call."), new_lead("Li", &[("Income", forged)], "7"));
        for mail in [summary, lead] {
            assert!(mail.text.lines().any(|line| line == flat), "{}", mail.text);
            assert!(!mail.text.contains("\nWhat happens next: pay"), "{}", mail.text);
        }
    }

    #[test]
    fn all_have_one_head_and_foot() {
        let ends = |mail: &RenderedMail| {
            let html = mail.html.replace(&mail.subject, "");
            let (head, rest) = html.split_once("</h1>").unwrap();
            (head.to_owned(), rest[rest.rfind("<p>Rapport</p>").unwrap()..].to_owned())
        };
        let mails = all_with("Li");
        let (head, foot) = ends(&mails[0]);
        assert!(head.starts_with("<!DOCTYPE html>") && foot.trim_end().ends_with("</html>"), "{head}{foot}");
        for mail in &mails {
            assert_eq!(ends(mail), (head.clone(), foot.clone()));
            assert_eq!(mail.html.matches("<html").count(), 1);
        }
    }

    #[test]
    fn nothing_in_the_html_comes_from_elsewhere() {
        for mail in all_with("Li") {
            for word in ["<img", "<script", "<link", "src=", "url("] {
                assert!(!mail.html.contains(word), "{word} in {}", mail.html);
            }
        }
    }
}
