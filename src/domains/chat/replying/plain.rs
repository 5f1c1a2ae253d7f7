//! Conversion of Markdown to plain text in one line, for quotes of passages.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Returns the text of a passage without Markdown and HTML, with list items after `•`.
pub(super) fn text(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::Start(Tag::Item) => text.push_str(" • "),
            Event::End(TagEnd::TableCell) => text.push_str("; "),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, expected) in [
            ("We pay **within five days** of `approval`.", "We pay within five days of approval."),
            ("See [the form](https://example.com/form).\n\nIt is _short_.", "See the form. It is short."),
            ("You need:\n\n- a name\n- an *address*", "You need: • a name • an address"),
            ("## Fees\n\n1. None", "Fees • None"),
            ("5 * 3 * 2 is 30, and a_b_c is a name", "5 * 3 * 2 is 30, and a_b_c is a name"),
            ("<b>Loud</b> &amp; clear", "Loud & clear"),
            ("| Plan | Price |\n|---|---|\n| Small | $5 |", "Plan; Price; Small; $5;"),
            ("plain", "plain"),
        ] {
            assert_eq!(text(markdown), expected);
        }
    }
}
