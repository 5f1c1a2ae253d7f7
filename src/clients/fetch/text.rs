//! The readable text of an HTML page.
//!
//! Works on tokens, without a tree: the time is linear in the page's size whatever a page does to make it not so. What is
//! repeated on every page of a site, or not shown, is left out: navigation, scripts, forms' controls, cookie banners,
//! the page's footer. A table or list is a line each row or entry.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token};

use super::shape::{self, Role};
use crate::html::each_token;

/// Open elements that are remembered. Real pages nest some dozens; past this, what an element says about its content is
/// not heeded.
const DEPTH: usize = 256;

/// What a page says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Readable {
    pub(super) title: Option<String>,
    pub(super) text: String,
    /// Where in the text a line is a heading, and of which level, 1 to 6.
    pub(super) headings: Vec<(usize, u8)>,
}

/// A line of a page's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlLine {
    /// The level of the heading that it is, 1 to 6; `None` for other text.
    pub heading: Option<u8>,
    /// What it says, with single spaces.
    pub text: String,
}

/// The readable lines of an HTML page, with its headings told apart.
pub fn html_lines(html: &str) -> Vec<HtmlLine> {
    let page = of_html(html, false);
    let mut headings = page.headings.iter().peekable();
    let mut start = 0;
    let mut lines = Vec::new();
    for text in page.text.lines() {
        let heading = headings.next_if(|(place, _)| *place == start).map(|(_, level)| *level);
        lines.push(HtmlLine { heading, text: text.to_owned() });
        start += text.len() + 1;
    }
    lines
}

/// Reads a page. `xml` tells that it is XHTML, where `<script/>` is closed.
pub(super) fn of_html(html: &str, xml: bool) -> Readable {
    let strict = Reader::read(html, xml, true);
    if !strict.text.is_empty() {
        return strict;
    }
    // A page that says all within what looks like a banner is better read than lost.
    Reader::read(html, xml, false)
}

/// The text of a fragment on one line, without markup.
pub(in crate::clients) fn of_fragment(html: &str) -> String {
    Reader::read(html, false, false).text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of a plain page: lines without needless space.
pub(super) fn of_plain(text: &str) -> String {
    let mut lines = Lines::default();
    for line in text.lines() {
        lines.add(line);
        lines.end();
    }
    lines.finish()
}

/// Collects text while the elements around it open and close.
struct Reader {
    /// Whether attributes can make an element boilerplate.
    strict: bool,
    xml: bool,
    /// The open elements that matter: those with a structure, and those that are left out.
    open: Vec<Open>,
    /// How many of them are left out.
    silent: usize,
    in_title: bool,
    title: Option<String>,
    lines: Lines,
    headings: Vec<(usize, u8)>,
}

struct Open {
    name: Vec<u8>,
    silent: bool,
}

impl Reader {
    fn read(html: &str, xml: bool, strict: bool) -> Readable {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(!xml);
        let mut reader = Self {
            strict,
            xml,
            open: Vec::new(),
            silent: 0,
            in_title: false,
            title: None,
            lines: Lines::default(),
            headings: Vec::new(),
        };
        each_token(html, emitter, |token| match token {
            Token::StartTag(tag) => reader.start(&tag),
            Token::EndTag(tag) => reader.end(&tag.name),
            Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        });
        let title = reader.title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
        let title = title.filter(|title| !title.is_empty());
        Readable { title, text: reader.lines.finish(), headings: reader.headings }
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        let role = shape::role(name);
        if name == b"title" && self.silent == 0 && self.title.is_none() {
            self.in_title = true;
            self.title = Some(String::new());
            return;
        }
        let closed = tag.self_closing && (self.xml || matches!(name, b"svg" | b"math"));
        if role != Role::Void && !closed && self.open.len() < DEPTH {
            let silent = role == Role::Silent
                || (name == b"footer" && !self.within_a_part())
                || (self.strict && shape::is_boilerplate(tag));
            if silent || role == Role::Structure {
                self.open.push(Open { name: name.to_vec(), silent });
                self.silent += usize::from(silent);
            }
        }
        if self.silent == 0 && name == b"img" {
            // The only words on a wall of customers' logos.
            let alt = tag.attributes.get(&b"alt"[..]).map(|alt| String::from_utf8_lossy(alt).into_owned());
            self.lines.space();
            self.lines.add(&alt.unwrap_or_default());
            self.lines.space();
        }
        self.break_at(role);
        if let Some(level) = shape::heading_level(name).filter(|_| self.silent == 0) {
            self.drop_empty_heading();
            self.headings.push((self.lines.done.len(), level));
        }
    }

    fn end(&mut self, name: &[u8]) {
        if self.in_title {
            self.in_title = name != b"title";
            return;
        }
        if let Some(depth) = self.open.iter().rposition(|open| open.name == name) {
            for closed in self.open.drain(depth..) {
                self.silent -= usize::from(closed.silent);
            }
        }
        self.break_at(shape::role(name));
        if shape::heading_level(name).is_some() {
            self.drop_empty_heading();
        }
    }

    /// A heading without words would make a heading of the line after it.
    fn drop_empty_heading(&mut self) {
        if self.headings.last().is_some_and(|(place, _)| *place == self.lines.done.len()) {
            self.headings.pop();
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_title {
            self.title.get_or_insert_default().push_str(text);
        } else if self.silent == 0 {
            self.lines.add(text);
        }
    }

    fn break_at(&mut self, role: Role) {
        match role {
            Role::Structure | Role::Block | Role::Silent => self.lines.end(),
            Role::Cell => self.lines.space(),
            Role::Inline | Role::Void => {}
        }
    }

    /// Whether an element here belongs to a part of the page, as the footer of a quotation names who said it.
    fn within_a_part(&self) -> bool {
        let parts: [&[u8]; 5] = [b"article", b"blockquote", b"figure", b"main", b"section"];
        self.open.iter().any(|open| parts.contains(&&*open.name))
    }
}

/// Text in lines, with single spaces and without empty lines.
#[derive(Default)]
struct Lines {
    done: String,
    line: String,
    /// Whether a space is due before the next word.
    space: bool,
}

impl Lines {
    fn add(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.space = true;
            } else if !is_invisible(c) {
                if self.space && !self.line.is_empty() {
                    self.line.push(' ');
                }
                self.space = false;
                self.line.push(c);
            }
        }
    }

    fn space(&mut self) {
        self.space = true;
    }

    fn end(&mut self) {
        if !self.line.is_empty() {
            self.done.push_str(&self.line);
            self.done.push('\n');
            self.line.clear();
        }
        self.space = false;
    }

    fn finish(mut self) -> String {
        self.end();
        self.done.truncate(self.done.trim_end().len());
        self.done
    }
}

/// Characters that are not seen and would keep a quotation from being found: soft hyphens, zero-width spaces and marks
/// of direction.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        of_html(html, false).text
    }

    #[test]
    fn blocks_become_lines_and_inline_elements_do_not_break_words() {
        let html = "<h1>Our <em>cus</em>tomers</h1><p>Acme\n  &amp;&nbsp;Co</p>We<br>ship<ul><li>one<li>two</ul>";
        assert_eq!(text(html), "Our customers\nAcme & Co\nWe\nship\none\ntwo");
    }

    #[test]
    fn headings_are_told_from_other_lines() {
        let html = "<nav><h2>Menu</h2></nav><h1>Fees</h1><h2></h2><p>Two and twenty.</p><h3><div>The <b>20</b></div></h3>of gains";
        let lines: Vec<_> = html_lines(html).into_iter().map(|line| (line.heading, line.text)).collect();
        let expected = [(Some(1), "Fees"), (None, "Two and twenty."), (Some(3), "The 20"), (None, "of gains")];
        assert_eq!(lines, expected.map(|(level, text)| (level, text.to_owned())));
    }

    #[test]
    fn a_row_of_a_table_is_a_line() {
        assert_eq!(text("<table><tr><th>Plan<th>Price<tr><td>Basic</td><td>$9</td></table>"), "Plan Price\nBasic $9");
    }

    #[test]
    fn scripts_styles_navigation_and_controls_are_left_out() {
        let html = "<style>p{}</style><script>if (a < b) '<p>no</p>'</script><noscript>no</noscript><nav><a>Home</a></nav>\
            <p>yes</p><svg><title>icon</title></svg><template><p>no</p></template><button>OK</button>\
            <select><option>no</select><textarea>no</textarea>";
        assert_eq!(text(html), "yes");
    }

    #[test]
    fn cookie_banners_and_hidden_parts_are_left_out() {
        let html = "<div id=onetrust-banner-sdk><div><p>We value your privacy</p></div></div>\
            <div class='box js-cookie-consent'>Accept</div><div hidden>no</div><p aria-hidden=true>no</p>\
            <div role=navigation>Menu</div><p>yes</p>";
        assert_eq!(text(html), "yes");
    }

    #[test]
    fn a_page_that_is_marked_as_a_banner_as_a_whole_is_read_all_the_same() {
        assert_eq!(text("<body class=cookie-free><div class=consent-page><p>All we say</p></div>"), "All we say");
    }

    #[test]
    fn the_footer_of_the_page_is_left_out_and_that_of_a_quotation_is_kept() {
        let html = "<blockquote>It works.<footer>Jo, Acme</footer></blockquote><footer>Imprint</footer>";
        assert_eq!(text(html), "It works.\nJo, Acme");
    }

    #[test]
    fn an_element_that_is_never_closed_ends_with_the_one_around_it() {
        assert_eq!(text("<div><nav><a>Home</div><p>yes"), "yes");
        assert_eq!(text("<div><p hidden>no</div><p>yes"), "yes");
    }

    #[test]
    fn an_end_without_a_beginning_closes_nothing() {
        assert_eq!(text("<nav>no</section></p></footer>no</nav>yes"), "yes");
    }

    #[test]
    fn the_names_on_a_wall_of_logos_are_read() {
        assert_eq!(
            text("<p>Trusted by</p><img alt='Acme'><img alt='Globex &amp; Co'><img>"),
            "Trusted by\nAcme Globex & Co"
        );
    }

    #[test]
    fn the_first_title_is_the_pages() {
        let page =
            of_html("<svg><title>icon</title></svg><title>\n Acme &ndash; CRM </title><title>two</title>x", false);
        assert_eq!(page.title.as_deref(), Some("Acme – CRM"));
        assert_eq!(of_html("<title> </title>x", false).title, None);
    }

    #[test]
    fn invisible_characters_are_taken_out_of_words() {
        assert_eq!(text("<p>Donau&shy;dampf\u{200b}schiff</p>"), "Donaudampfschiff");
    }

    #[test]
    fn an_empty_script_of_xhtml_swallows_nothing() {
        assert_eq!(of_html("<html><script src='x'/><p>yes</p></html>", true).text, "yes");
    }

    #[test]
    fn a_page_made_to_be_slow_is_read_to_its_end() {
        let attributes: String = (0..50_000).map(|n| format!("a{n} ")).collect();
        let deep = format!("{}{}", "<div>".repeat(50_000), "</nav>".repeat(50_000));
        for slow in [deep, "<b><p>".repeat(50_000), "&lt".repeat(50_000), format!("<p {attributes}>")] {
            assert!(text(&format!("{slow}<p>yes")).ends_with("yes"), "{}", &slow[..20]);
        }
    }

    #[test]
    fn a_plain_page_keeps_its_lines() {
        assert_eq!(of_plain("  a \t b\r\n\r\n\r\nc <p>\u{c}"), "a b\nc <p>");
    }

    #[test]
    fn a_fragment_is_one_line_without_markup() {
        assert_eq!(of_fragment("<strong>Acme</strong>&#x27;s<br> CRM"), "Acme's CRM");
    }
}
