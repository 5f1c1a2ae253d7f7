//! The file `.env`: settings for the environment, in which `$` stands for itself.

use std::{env, fmt::Write as _, io, path::PathBuf};

/// Stands for a `$` while the file is parsed.
const DOLLAR: char = '\u{F8FF}';
/// Stands for the `$` of `\$`, behind a backslash, while the file is parsed.
const ESCAPED_DOLLAR: char = '\u{F8FE}';

/// Why `.env` cannot be used. The message holds no value of the file.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    /// It cannot be read.
    #[error("The file {0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// A line has no meaning.
    #[error("{0} in .env cannot be read: write NAME=value, a value with spaces in quotes.")]
    Malformed(String),
}

/// Reads `.env` in the current directory or the nearest one above it that has one, and adds what is not set already to the
/// environment.
///
/// The parser would put the values of variables in place of `$name`, and nothing for those that are not set: passwords lost
/// their end that way.
///
/// # Errors
/// With a sentence for the person who starts the program.
pub fn load() -> Result<(), DotenvError> {
    let Some(path) = find() else { return Ok(()) };
    let text = std::fs::read_to_string(&path).map_err(|error| DotenvError::Unreadable(path.clone(), error))?;
    let settings = parse(&text)?;
    let quoted = quoted(&settings);
    dotenvy::from_read(quoted.as_bytes()).map_err(|error| malformed(&quoted, &error))
}

fn find() -> Option<PathBuf> {
    let directory = env::current_dir().ok()?;
    directory.ancestors().map(|directory| directory.join(".env")).find(|path| path.is_file())
}

fn parse(text: &str) -> Result<Vec<(String, String)>, DotenvError> {
    let text = without_dollars(text.trim_start_matches('\u{FEFF}'));
    dotenvy::from_read_iter(text.as_bytes())
        .map(|setting| match setting {
            Ok((name, value)) => Ok((name, with_dollars(&value))),
            Err(error) => Err(malformed(&text, &error)),
        })
        .collect()
}

fn malformed(text: &str, error: &dotenvy::Error) -> DotenvError {
    // The library would print the line, and with it a secret. What it has of the line may be the value alone.
    let name = match error {
        dotenvy::Error::LineParse(part, _) => text.find(part.as_str()).and_then(|at| name_of_line(text, at)),
        _ => None,
    };
    DotenvError::Malformed(name.unwrap_or("A line").to_owned())
}

/// The name of the setting on the line that a place lies in.
fn name_of_line(text: &str, at: usize) -> Option<&str> {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let (name, _) = text[begin..].split_once('=')?;
    let name = name.trim().trim_start_matches("export ");
    let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_name.then_some(name)
}

/// Replaces each `$`. Of `\$`, which the parser takes outside of single quotes only, the backslash is doubled, so that it
/// stays one; between single quotes the two stay two, and [`with_dollars`] can tell.
fn without_dollars(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '$' => replaced.push(DOLLAR),
            '\\' if characters.next_if_eq(&'$').is_some() => replaced.extend(['\\', '\\', ESCAPED_DOLLAR]),
            '\\' => {
                replaced.push('\\');
                replaced.extend(characters.next());
            }
            other => replaced.push(other),
        }
    }
    replaced
}

fn with_dollars(value: &str) -> String {
    value
        .replace(&format!("\\\\{ESCAPED_DOLLAR}"), "\\$")
        .replace(&format!("\\{ESCAPED_DOLLAR}"), "$")
        .replace(DOLLAR, "$")
}

/// Writes settings so that the parser reads exactly these.
fn quoted(settings: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, value) in settings {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$").replace('\n', "\\n");
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}=\"{value}\"");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value that the environment would get for what stands behind the equals sign.
    fn value(written: &str) -> String {
        let settings = parse(&format!("# it's a comment with $ and \"\nSECRET={written}\n")).unwrap();
        let again: Vec<_> = dotenvy::from_read_iter(quoted(&settings).as_bytes()).map(Result::unwrap).collect();
        assert_eq!(again, settings);
        settings[0].1.clone()
    }

    #[test]
    fn a_dollar_stands_for_itself_however_the_value_is_quoted() {
        for quote in ["", "\"", "'"] {
            for secret in ["correct$horse", "$HOME", "${HOME}", "$", "a$$b", "end$"] {
                assert_eq!(value(&format!("{quote}{secret}{quote}")), secret);
            }
        }
    }

    #[test]
    fn a_dollar_that_was_escaped_before_is_still_one() {
        assert_eq!(value(r"correct\$horse"), "correct$horse");
        assert_eq!(value(r#""correct\$horse""#), "correct$horse");
        assert_eq!(value(r"'correct\$horse'"), r"correct\$horse");
        assert_eq!(value(r#""a\\$b""#), r"a\$b");
    }

    #[test]
    fn other_values_stay_as_they_are() {
        assert_eq!(value(r#"'[{"issuer": "https://a.example"}]'"#), r#"[{"issuer": "https://a.example"}]"#);
        assert_eq!(value(r#""two\nlines and a \"quote\"""#), "two\nlines and a \"quote\"");
        assert_eq!(value("plain # a comment"), "plain");
        assert_eq!(value("'it is \\ here'"), "it is \\ here");
        assert_eq!(value(""), "");
    }

    #[test]
    fn a_line_without_meaning_is_named_without_its_value() {
        for line in ["ADMIN_PASSWORD='hunter2", "ADMIN_PASSWORD=hunter2=abc def", r"export ADMIN_PASSWORD=hunter2\d"] {
            let error = parse(&format!("MAX_DEPTH=12\n{line}\nMAX_TOKENS=9")).unwrap_err().to_string();
            assert!(error.starts_with("ADMIN_PASSWORD in .env"), "{error}");
        }
        let error = parse("hunter2 hunter2").unwrap_err().to_string();
        assert!(error.starts_with("A line in .env"), "{error}");
    }
}
