//! Effect of HTML elements on their text.

use html5gum::StartTag;

use rapport_toolkit::html::style::{Element, Look, Sheet};

/// The effect of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Contains parts of the page; always has an end tag.
    Structure,
    /// Begins and ends a line.
    Block,
    /// Separated from its neighbors on the line.
    Cell,
    /// Has no content.
    Void,
    /// Has content that is not part of the text.
    Silent,
    /// Part of a line.
    Inline,
}

/// Returns the role of an element by its name, in lower case.
pub(super) fn role(name: &[u8]) -> Role {
    match name {
        b"article" | b"aside" | b"blockquote" | b"center" | b"details" | b"div" | b"dl" | b"fieldset" | b"figure"
        | b"footer" | b"form" | b"header" | b"main" | b"ol" | b"section" | b"table" | b"ul" => Role::Structure,
        b"address" | b"body" | b"br" | b"caption" | b"dd" | b"dt" | b"figcaption" | b"h1" | b"h2" | b"h3" | b"h4"
        | b"h5" | b"h6" | b"head" | b"hgroup" | b"hr" | b"html" | b"legend" | b"li" | b"p" | b"pre" | b"summary"
        | b"tr" => Role::Block,
        b"td" | b"th" => Role::Cell,
        b"area" | b"base" | b"col" | b"embed" | b"img" | b"input" | b"link" | b"meta" | b"param" | b"source"
        | b"track" | b"wbr" => Role::Void,
        b"audio" | b"button" | b"canvas" | b"dialog" | b"iframe" | b"math" | b"menu" | b"nav" | b"noembed"
        | b"noframes" | b"noscript" | b"object" | b"script" | b"search" | b"select" | b"style" | b"svg"
        | b"template" | b"textarea" | b"video" => Role::Silent,
        _ => Role::Inline,
    }
}

/// Returns the level of a heading, 1 to 6.
pub(super) fn heading_level(name: &[u8]) -> Option<u8> {
    match name {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// Returns true if the start of an element closes an open one whose end tag is optional (HTML Standard, 13.1.2.4).
pub(super) fn ends(opened: &[u8], open: &[u8]) -> bool {
    match open {
        b"p" => {
            matches!(role(opened), Role::Structure)
                || matches!(
                    opened,
                    b"p" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"hr" | b"pre" | b"address" | b"hgroup"
                )
        }
        b"li" => opened == b"li",
        b"dt" | b"dd" => matches!(opened, b"dt" | b"dd"),
        b"td" | b"th" => matches!(opened, b"td" | b"th" | b"tr" | b"tbody" | b"tfoot"),
        b"tr" => matches!(opened, b"tr" | b"tbody" | b"tfoot"),
        _ => false,
    }
}

/// Prefixes of the names of cookie banners: plain words, and products.
const BANNERS: [&str; 10] =
    ["cookie", "consent", "gdpr", "ccpa", "onetrust", "cybotcookiebot", "didomi", "usercentrics", "cmplz", "truste"];

/// WAI-ARIA roles of content repeated on every page.
const REPEATED: [&str; 7] = ["navigation", "search", "dialog", "alertdialog", "menu", "menubar", "contentinfo"];

/// Returns the value of an attribute in lower case.
fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
}

/// Returns the visibility of an element by its attributes and the page's styles.
pub(super) fn look_of(tag: &StartTag<()>, sheet: &Sheet) -> Look {
    let mut element = Element { name: String::from_utf8_lossy(&tag.name).into_owned(), ..Element::default() };
    for (name, value) in &tag.attributes {
        element.note(name, value);
    }
    sheet.look_of(&element)
}

/// Returns true if an element's attributes show that its content is repeated on every page.
pub(super) fn is_boilerplate(tag: &StartTag<()>) -> bool {
    // They hold the page; what is written on them is about all of it.
    if matches!(tag.name.as_slice(), b"html" | b"body" | b"main" | b"article") {
        return false;
    }
    let is_banner = |names: String| names.split_whitespace().any(names_a_banner);
    attribute(tag, "role").is_some_and(|role| REPEATED.contains(&role.trim()))
        || attribute(tag, "id").is_some_and(is_banner)
        || attribute(tag, "class").is_some_and(is_banner)
}

fn names_a_banner(name: &str) -> bool {
    let name = name.trim_start_matches("js-");
    BANNERS.iter().any(|banner| name.starts_with(banner))
}
