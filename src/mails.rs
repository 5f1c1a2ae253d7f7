//! The mails that the program writes: what each says, from templates, as plain text and as HTML.
//!
//! A mail is two files in this folder. In the HTML every value is escaped by itself. It has no pictures, no scripts and
//! nothing from other hosts, and reads well without its few styles.

use chrono::{DateTime, Utc};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use url::Url;

use crate::error::{Error, Result};

/// The name under which the product signs.
const PRODUCT: &str = "Rapport";

/// What a mail says.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// The subject.
    pub subject: String,
    /// The mail as plain text.
    pub text: String,
    /// The mail as HTML.
    pub html: String,
}

/// Invites `invited` to take up an account that `inviter` made. `link` can be used once, until `expires`.
///
/// # Errors
/// [`Error::Internal`] when a template is wrong, which a test rules out.
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

/// Fills in a template. Values are escaped when its name ends in `.html`.
fn render(name: &str, template: &str, values: &Value) -> Result<String> {
    let mut templates = Environment::new();
    // A misspelt name is an error instead of a gap.
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
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

    #[test]
    fn nothing_in_the_html_comes_from_elsewhere() {
        let html = invite("Dana", "Li").html;
        for word in ["<img", "<script", "<link", "src=", "url("] {
            assert!(!html.contains(word), "{word} in {html}");
        }
    }
}
