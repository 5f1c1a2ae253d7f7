//! Validation and normalization of names, mail addresses and telephone numbers. Each check returns the stored form and
//! records problems.

use async_graphql::MaybeUndefined;

use crate::{error::Problems, mail_address, text};

/// Validates a name of up to `longest` characters.
pub(crate) fn name(problems: &mut Problems, path: &str, text: &str, longest: usize) -> String {
    let text = text::clean(text);
    if text.is_empty() || text.chars().count() > longest || text.contains(char::is_control) {
        problems.add(path, format!("Give a name of up to {longest} characters."));
    }
    text
}

/// Validates a mail address.
pub(crate) fn email(problems: &mut Problems, path: &str, text: &str) -> String {
    mail_address::parse(text).unwrap_or_else(|| {
        problems.add(path, "Give a mail address such as dana@example.com.");
        text.trim().to_owned()
    })
}

/// Validates a telephone number; an empty one counts as none.
pub(crate) fn phone(problems: &mut Problems, path: &str, text: Option<String>) -> Option<String> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?;
    let is_phone = |c: char| c.is_ascii_digit() || " +-()./x".contains(c);
    if text.len() > 40 || !text.chars().all(is_phone) || !text.contains(|c: char| c.is_ascii_digit()) {
        problems.add(path, "Give a telephone number such as +49 30 123456, up to 40 characters.");
    }
    Some(text)
}

/// Validates a change of a telephone number; an empty one clears it.
pub(crate) fn phone_change(
    problems: &mut Problems,
    path: &str,
    given: MaybeUndefined<String>,
) -> MaybeUndefined<String> {
    match given {
        MaybeUndefined::Value(text) => {
            phone(problems, path, Some(text)).map_or(MaybeUndefined::Null, MaybeUndefined::Value)
        }
        other => other,
    }
}

/// Validates a text of up to `longest` characters.
pub(crate) fn text(problems: &mut Problems, path: &str, text: &str, longest: usize) -> String {
    let text = text.trim();
    if text.chars().count() > longest {
        problems.add(path, format!("Give at most {longest} characters."));
    }
    text.to_owned()
}

/// Validates a text of up to `longest` characters, with line breaks; an empty one counts as none.
pub(crate) fn long_text(problems: &mut Problems, path: &str, given: Option<String>, longest: usize) -> Option<String> {
    let given = given.map(|given| text(problems, path, &given, longest))?;
    if given.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        problems.add(path, "Leave out control characters.");
    }
    Some(given).filter(|given| !given.is_empty())
}

/// Validates a text of one line of up to `longest` characters; an empty one counts as none.
pub(crate) fn line(problems: &mut Problems, path: &str, given: Option<String>, longest: usize) -> Option<String> {
    let given = given.map(|given| text::clean(&given)).filter(|given| !given.is_empty())?;
    if given.chars().count() > longest || given.contains(char::is_control) {
        problems.add(path, format!("Give one line of up to {longest} characters."));
    }
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_hold_digits_and_what_people_write_between_them() {
        let problem = |text: &str| {
            let mut problems = Problems::default();
            phone(&mut problems, "phone", Some(text.to_owned()));
            problems.into_result().is_err()
        };
        assert!(!problem("+49 (30) 123-456") && !problem("  "));
        assert!(problem("call me") && problem("+-()") && problem(&"1".repeat(41)));
    }
}
