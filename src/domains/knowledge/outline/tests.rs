use super::*;

/// Returns each section as its heading and its lines; `¶` marks the start of a paragraph.
fn read(format: Format, content: &str) -> Vec<(String, Vec<String>)> {
    let line = |line: Line| format!("{}{}", if line.begins_paragraph { "¶" } else { "" }, line.text);
    sections(format, content)
        .into_iter()
        .map(|section| (section.heading(), section.lines.into_iter().map(line).collect()))
        .collect()
}

fn expected(sections: &[(&str, &[&str])]) -> Vec<(String, Vec<String>)> {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    sections.iter().map(|(heading, lines)| ((*heading).to_owned(), owned(lines))).collect()
}

#[test]
fn markdown_is_read_by_its_headings_and_wrapped_lines_are_one() {
    let content = "Before\nall.\n\n# Fees\n\n## Two and *twenty* ##\nA fee\non assets.\n\nAnother.\n# Risk\nIt is.";
    let sections: &[(&str, &[&str])] = &[
        ("", &["¶Before all."]),
        ("Fees › Two and twenty", &["¶A fee on assets.", "¶Another."]),
        ("Risk", &["¶It is."]),
    ];
    assert_eq!(read(Format::Markdown, content), expected(sections));
}

#[test]
fn underlined_headings_lists_and_code_are_known() {
    let content =
        "Fees\n====\nThere are:\n- one\n  of assets\n- two\n\n```sh\n# no heading\nrun\n```\nPart\n---\n***\n1. x";
    let sections: &[(&str, &[&str])] =
        &[("Fees", &["¶There are:", "- one of assets", "- two", "¶# no heading", "run"]), ("Fees › Part", &["¶1. x"])];
    assert_eq!(read(Format::Markdown, content), expected(sections));
}

#[test]
fn rows_of_tables_know_their_header() {
    let content = "# Fees\n| Plan | Price |\n|---|--:|\n| Basic | $9 |\nPlus | $19\n\nAfter | all.";
    let lines: Vec<_> = sections(Format::Markdown, content)
        .remove(0)
        .lines
        .into_iter()
        .map(|line| (line.text, line.header.map(|header| header.to_string())))
        .collect();
    let header = || Some("| Plan | Price |".to_owned());
    let expected =
        [("| Plan | Price |", None), ("| Basic | $9 |", header()), ("Plus | $19", header()), ("After | all.", None)];
    assert_eq!(lines, expected.map(|(text, header)| (text.to_owned(), header)));
    let html = "<table><tr><th>Plan<th>Price<tr><td>Basic<td>$9</table><p>After";
    let headers: Vec<_> =
        sections(Format::Html, html).remove(0).lines.into_iter().map(|line| line.header.is_some()).collect();
    assert_eq!(headers, [false, true, false]);
}

#[test]
fn a_heading_without_anything_below_it_is_a_text() {
    let sections: &[(&str, &[&str])] = &[("A", &["¶A"]), ("B › C", &["¶C"]), ("D", &["¶x"])];
    assert_eq!(read(Format::Markdown, "# A\n# B\n## C\n# D\nx"), expected(sections));
}

#[test]
fn what_only_looks_like_a_heading_is_none() {
    let sections: &[(&str, &[&str])] = &[("", &["¶#hashtag ####### seven", "¶#"])];
    assert_eq!(read(Format::Text, "#hashtag\n####### seven\n\n#"), expected(sections));
    let sections: &[(&str, &[&str])] = &[("", &["¶#hashtag ####### seven", "- a"])];
    assert_eq!(read(Format::Markdown, "#hashtag\n####### seven\n- a\n---\n"), expected(sections));
}

#[test]
fn a_heading_that_is_too_long_is_cut_and_kept_as_a_text() {
    let long = "x".repeat(300);
    let [(heading, lines)] = &read(Format::Markdown, &format!("# {long}\nand more"))[..] else { panic!() };
    assert_eq!((heading.len(), lines), (200, &vec![format!("¶{long}"), "¶and more".to_owned()]));
}

#[test]
fn html_is_read_by_its_headings() {
    let html = "<nav>Menu</nav><h1>Fees</h1><p>Two.</p><h2>More</h2><ul><li>a<li>b</ul><script>no()</script>";
    let sections: &[(&str, &[&str])] = &[("Fees", &["¶Two."]), ("Fees › More", &["¶a", "¶b"])];
    assert_eq!(read(Format::Html, html), expected(sections));
}

#[test]
fn characters_that_are_not_seen_are_taken_out() {
    assert_eq!(cleaned("a\u{0}b\u{7}\u{200b}c\u{202e}\td\ne\u{301}"), "abc\td\n\u{e9}");
    assert_eq!(read(Format::Text, " \u{1}\n\u{feff} "), []);
}
