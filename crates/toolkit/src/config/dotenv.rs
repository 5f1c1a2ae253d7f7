//! The file `.env`: settings for the environment, without expansion of `$`.

use std::{env, fmt::Write as _, path::PathBuf};

use anyhow::Context;

/// Placeholder for `$` while the file is parsed.
const DOLLAR: char = '\u{F8FF}';
/// Placeholder for the `$` of `\$`, after a backslash, while the file is parsed.
const ESCAPED_DOLLAR: char = '\u{F8FE}';

/// Problems of `.env`. No message contains a value of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A sentence for each invalid line.
    pub sentences: Vec<String>,
    /// The settings that are unreadable because of them.
    pub settings: Vec<String>,
}

/// The content of `.env`.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Names of all settings that could be read.
    pub names: Vec<String>,
    /// Problems of the file.
    pub faults: Faults,
}

/// Reads `.env` in the current directory or the nearest parent that has one, and adds settings not yet in the
/// environment. Invalid lines are reported and skipped.
///
/// The parser would replace `$name` by the values of variables, or by nothing if unset, and so truncate passwords.
///
/// # Errors
/// With a message for the person who starts the program, if the file is unreadable.
pub fn load() -> anyhow::Result<Loaded> {
    let Some(path) = find() else { return Ok(Loaded::default()) };
    let bytes =
        std::fs::read(&path).map_err(|error| anyhow::anyhow!("The file {} cannot be read: {error}", path.display()))?;
    let (text, no_text) = only_text(&bytes);
    let (settings, mut faults) = parse(&text);
    faults.sentences.splice(0..0, no_text.sentences);
    faults.settings.extend(no_text.settings);
    dotenvy::from_read(quoted(&settings).as_bytes()).context("The file .env cannot be used")?;
    faults.settings.retain(|name| env::var_os(name).is_none());
    Ok(Loaded { names: settings.into_iter().map(|(name, _)| name).collect(), faults })
}

/// Returns the file with lines that are not UTF-8 replaced by empty ones, and the problems of those lines.
fn only_text(bytes: &[u8]) -> (String, Faults) {
    let mut faults = Faults::default();
    let lines = bytes.split(|byte| *byte == b'\n').enumerate().map(|(index, line)| match std::str::from_utf8(line) {
        Ok(line) => line,
        Err(_) => {
            let lossy = String::from_utf8_lossy(line);
            let subject = match name_of_line(&lossy, 0) {
                Some(name) => {
                    faults.settings.push(name.to_owned());
                    format!("{name} in .env")
                }
                None => format!("Line {} of .env", index + 1),
            };
            faults.sentences.push(format!("{subject} must be text in UTF-8."));
            ""
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    (text, faults)
}

fn find() -> Option<PathBuf> {
    let directory = env::current_dir().ok()?;
    directory.ancestors().map(|directory| directory.join(".env")).find(|path| path.is_file())
}

/// Returns the settings of a file, and its problems.
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
    /// Records an error of the parser after `read` bytes, and returns the position to continue at. The library's
    /// message is not used: it contains the line or a part of it, such as a secret.
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

/// Returns the name of the setting on the line that contains a position.
fn name_of_line(text: &str, at: usize) -> Option<&str> {
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let (name, _) = text[begin..].split_once('=')?;
    let name = name.trim().trim_start_matches("export ");
    let is_name = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    is_name.then_some(name)
}

/// Replaces each `$`. In `\$`, which the parser unescapes outside of single quotes only, the backslash is doubled to
/// preserve it; between single quotes both characters remain, and [`with_dollars`] distinguishes the cases.
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

    /// Returns the value that the environment would get for the text after the equals sign.
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
    fn a_line_that_is_no_text_is_named_and_the_others_are_read() {
        let (text, faults) = only_text(b"A=1\nADMIN_PASSWORD=\xff\xfe\n\xff\nB=2");
        assert_eq!(text, "A=1\n\n\nB=2");
        let told = ["ADMIN_PASSWORD in .env must be text in UTF-8.", "Line 3 of .env must be text in UTF-8."];
        assert_eq!(
            (faults.sentences, faults.settings),
            (told.map(str::to_owned).into(), vec!["ADMIN_PASSWORD".to_owned()])
        );
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
