//! The file `.env`: settings for the environment, in which `$` stands for itself.

use std::{env, fmt::Write as _, path::PathBuf};

use anyhow::Context;

/// Stands for a `$` while the file is parsed.
const DOLLAR: char = '\u{F8FF}';
/// Stands for the `$` of `\$`, behind a backslash, while the file is parsed.
const ESCAPED_DOLLAR: char = '\u{F8FE}';

/// What is wrong with `.env`. No message holds a value of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A sentence for each line without a meaning.
    pub sentences: Vec<String>,
    /// The settings that cannot be read because of them.
    pub settings: Vec<String>,
}

/// Reads `.env` in the current directory or the nearest one above it that has one, and adds what is not set already to the
/// environment. Lines without a meaning are told and passed over.
///
/// The parser would put the values of variables in place of `$name`, and nothing for those that are not set: passwords lost
/// their end that way.
///
/// # Errors
/// With a sentence for the person who starts the program, where the file cannot be read at all.
pub fn load() -> anyhow::Result<Faults> {
    let Some(path) = find() else { return Ok(Faults::default()) };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| anyhow::anyhow!("The file {} cannot be read: {error}", path.display()))?;
    let (settings, mut faults) = parse(&text);
    dotenvy::from_read(quoted(&settings).as_bytes()).context("The file .env cannot be used")?;
    faults.settings.retain(|name| env::var_os(name).is_none());
    Ok(faults)
}

fn find() -> Option<PathBuf> {
    let directory = env::current_dir().ok()?;
    directory.ancestors().map(|directory| directory.join(".env")).find(|path| path.is_file())
}

/// The settings of a file, and what is wrong with it.
fn parse(text: &str) -> (Vec<(String, String)>, Faults) {
    let text = without_dollars(text.trim_start_matches('\u{FEFF}'));
    let (mut settings, mut faults, mut read) = (Vec::new(), Faults::default(), 0);
    for setting in dotenvy::from_read_iter(text.as_bytes()) {
        match setting {
            Ok((name, value)) => settings.push((name, with_dollars(&value))),
            Err(error) => read = faults.add(&text, read, &error),
        }
    }
    (settings, faults)
}

impl Faults {
    /// Notes an error of the parser in what stands after `read` bytes, and returns where it goes on. The library would print the
    /// line, and with it a secret; what it has of the line may be the value alone.
    fn add(&mut self, text: &str, read: usize, error: &dotenvy::Error) -> usize {
        let part = match error {
            dotenvy::Error::LineParse(part, _) => part.trim_end_matches(['\r', '\n']),
            _ => "",
        };
        let place = text[read..].find(part).map(|at| read + at).filter(|_| !part.is_empty());
        let subject = match place {
            Some(at) => name_of_line(text, at).map_or_else(
                || format!("Line {} of .env", 1 + text[..at].matches('\n').count()),
                |name| format!("{name} in .env"),
            ),
            None => "A line of .env".to_owned(),
        };
        self.sentences.push(format!("{subject} cannot be read: write NAME=value, a value with spaces in quotes."));
        let Some(at) = place else { return read };
        let end = at + part.len();
        // A quotation mark that is never closed takes in the lines after it.
        let lines = text[at..end].match_indices('\n').map(|(line, _)| at + line + 1).filter(|line| *line < end);
        self.settings
            .extend([at].into_iter().chain(lines).filter_map(|line| name_of_line(text, line)).map(str::to_owned));
        end
    }
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
        let (settings, faults) = parse(&format!("# it's a comment with $ and \"\nSECRET={written}\n"));
        assert_eq!(faults, Faults::default());
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
            let (_, faults) = parse(&format!("MAX_DEPTH=12\n{line}\nMAX_TOKENS=9"));
            assert_eq!(faults.sentences.len(), 1, "{faults:?}");
            assert!(faults.sentences[0].starts_with("ADMIN_PASSWORD in .env"), "{faults:?}");
            assert_eq!(faults.settings[0], "ADMIN_PASSWORD");
        }
        let (_, faults) = parse("\nhunter2 hunter2");
        assert!(faults.sentences[0].starts_with("Line 2 of .env"), "{faults:?}");
    }

    #[test]
    fn every_line_without_meaning_is_told_and_the_others_are_read() {
        let (settings, faults) = parse("A=1\nB=x y\nC=2\nB=x y\nwhat is this\nD=3\nE='x\nF=4\n");
        let names: Vec<_> = settings.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["A", "C", "D"]);
        let told: Vec<_> = faults.sentences.iter().filter_map(|told| told.split(" cannot").next()).collect();
        assert_eq!(told, ["B in .env", "B in .env", "Line 5 of .env", "E in .env"]);
        assert_eq!(faults.settings, ["B", "B", "E", "F"]);
    }
}
