//! Conversion of a document's text to paragraphs of lines.

/// Maximum number of paragraphs read; a report has some hundred.
const MOST_PARAGRAPHS: usize = 20_000;

/// A paragraph: non-empty lines with single spaces.
pub(super) type Paragraph = Vec<String>;

/// Returns the paragraphs of a text, separated by empty lines. Page numbers are removed, and a heading's lone `Item` is
/// joined with its number.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut open: Paragraph = Vec::new();
    for line in text.lines().map(normal).chain([String::new()]) {
        if !line.is_empty() {
            open.push(line);
            continue;
        }
        if open.is_empty() || matches!(open.as_slice(), [line] if is_page_mark(line)) {
            open.clear();
            continue;
        }
        if paragraphs.len() == MOST_PARAGRAPHS {
            break;
        }
        let lines = std::mem::take(&mut open);
        match paragraphs.last_mut() {
            Some(last) if matches!(last.as_slice(), [word] if is_item(word)) => *last = vec![joined(last, &lines)],
            _ => paragraphs.push(lines),
        }
    }
    paragraphs
}

/// Returns the paragraphs of a plain text, without tags for pages and tables.
pub(super) fn plain_paragraphs(text: &str) -> Vec<Paragraph> {
    const TAGS: [&str; 7] = ["<page>", "<table>", "</table>", "<caption>", "<s>", "<c>", "<fn>"];
    let is_tag = |line: &str| {
        let line = line.trim();
        line.starts_with('<')
            && TAGS.iter().any(|tag| line.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
    };
    let lines: Vec<&str> = text.lines().map(|line| if is_tag(line) { "" } else { line }).collect();
    // Even plain filings are written with the entities of SGML.
    let text = lines.join("\n").replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    paragraphs(&text)
}

/// Returns a line with single spaces and without invisible characters.
fn normal(line: &str) -> String {
    let is_unseen =
        |char: char| char.is_control() || matches!(char, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
    let seen = line.chars().filter(|char| char.is_whitespace() || !is_unseen(*char)).collect::<String>();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn joined(first: &[String], second: &[String]) -> String {
    format!("{} {}", first.join(" "), second.join(" "))
}

fn is_item(word: &str) -> bool {
    word.eq_ignore_ascii_case("item") || word.eq_ignore_ascii_case("items")
}

/// Returns true for `3`, `- 3 -`, `Page 3 of 4`, `Table of Contents`.
fn is_page_mark(line: &str) -> bool {
    let bare = line.trim_matches(|char: char| matches!(char, '-' | '–' | '—' | ' '));
    let is_number = !bare.is_empty() && bare.len() <= 3 && bare.bytes().all(|byte| byte.is_ascii_digit());
    let lower = line.to_lowercase();
    is_number || lower == "table of contents" || (lower.starts_with("page ") && lower.len() <= 16)
}
