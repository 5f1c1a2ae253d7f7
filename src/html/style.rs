//! Content that a document's styles keep from being seen: of its elements and of its own style sheets.
//!
//! A page shows some words to people and may hold others for machines alone. Of style sheets the plain rules are heeded, by a
//! name of an element, a class or an id; what depends on places, states or media is left to browsers.

use std::collections::HashMap;

/// Rules of a page that are kept for one name; more mean no page that somebody wrote.
const RULES_OF_A_NAME: usize = 16;
/// Rules that are heeded for one element, and classes of it that are looked at.
const RULES_OF_AN_ELEMENT: usize = 32;
/// Names in a selector, and declarations of a rule that are kept.
const PARTS_OF_A_RULE: usize = 8;
/// Bytes of a declaration that is kept.
const MAX_DECLARATION: usize = 100;
/// Bytes of style sheets that are read.
const MAX_SHEET: usize = 1 << 20;
/// From how far outside of the page content counts as hidden, in its own units.
const OUTSIDE: f64 = -900.0;

/// The properties that can hide something.
const PROPERTIES: [&str; 25] = [
    "background",
    "background-color",
    "bottom",
    "clip",
    "clip-path",
    "color",
    "content-visibility",
    "display",
    "font-size",
    "height",
    "left",
    "margin-left",
    "margin-top",
    "max-height",
    "max-width",
    "mso-hide",
    "opacity",
    "overflow",
    "position",
    "right",
    "text-indent",
    "top",
    "transform",
    "visibility",
    "width",
];

/// What styles do to an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Nobody sees it or what is in it.
    pub(crate) is_hidden: bool,
    /// Whether its text has no size, which elements in it may change; `None` when nothing is said of it.
    pub(crate) is_sizeless: Option<bool>,
}

/// What declarations such as `display: none; color: red` do to what they apply to.
fn look(declarations: &str) -> Look {
    Seen::default().with(declarations).look()
}

/// What decides whether an element is seen: its name and attributes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// In small letters.
    pub(crate) name: String,
    pub(crate) id: String,
    /// The classes, between spaces.
    pub(crate) class: String,
    pub(crate) style: String,
    /// The attribute `hidden`, where it has that.
    pub(crate) hidden: Option<String>,
    /// The attribute `aria-hidden`, where it has that.
    pub(crate) aria_hidden: Option<String>,
}

impl Element {
    /// Takes note of an attribute, if it is one of those that decide.
    pub(crate) fn note(&mut self, attribute: &[u8], value: &[u8]) {
        let value = || String::from_utf8_lossy(value).to_ascii_lowercase();
        match attribute {
            b"id" => self.id = value(),
            b"class" => self.class = value(),
            b"style" => self.style = value(),
            b"hidden" => self.hidden = Some(value()),
            b"aria-hidden" => self.aria_hidden = Some(value()),
            _ => {}
        }
    }
}

/// The properties that decide whether something is seen, as far as they were given.
#[derive(Debug, Clone, Default)]
struct Seen(HashMap<String, String>);

impl Seen {
    /// With further declarations, of which later ones win.
    fn with(mut self, declarations: &str) -> Self {
        if declarations.is_empty() {
            return self;
        }
        for declaration in readable(declarations).split(';') {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            let value = value.replace("!important", "");
            self.0.insert(name.trim().to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        self
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn look(&self) -> Look {
        let size = self.0.get("font-size").map(|size| number(size) == Some(0.0));
        Look { is_hidden: self.is_hidden(), is_sizeless: size }
    }

    fn is_hidden(&self) -> bool {
        let zero = |name: &str| number(self.get(name)) == Some(0.0);
        let far = |name: &str| number(self.get(name)).is_some_and(|place| place <= OUTSIDE);
        let clips = self.get("overflow").starts_with("hidden") || self.get("overflow").starts_with("clip");
        let is_placed = matches!(self.get("position"), "absolute" | "fixed");
        let is_cut = |clip: &str| {
            let inner: String = clip.chars().filter(|c| !c.is_whitespace()).collect();
            [
                "rect(0,0,0,0)",
                "rect(0000)",
                "rect(0px,0px,0px,0px)",
                "rect(1px,1px,1px,1px)",
                "inset(50%)",
                "inset(100%)",
            ]
            .contains(&inner.as_str())
                || inner == "circle(0)"
        };
        let background = [self.get("background-color"), self.get("background")];
        let color = self.get("color");
        self.get("display") == "none"
            || matches!(self.get("visibility"), "hidden" | "collapse")
            || self.get("content-visibility") == "hidden"
            || self.get("mso-hide") == "all"
            || zero("opacity")
            || (clips && ["width", "height", "max-width", "max-height"].iter().any(|name| zero(name)))
            || far("text-indent")
            || (is_placed && ["left", "right", "top", "bottom"].iter().any(|name| far(name)))
            || ["margin-left", "margin-top"].iter().any(|name| far(name))
            || is_cut(self.get("clip"))
            || is_cut(self.get("clip-path"))
            || matches!(self.get("transform"), "scale(0)" | "scale(0,0)" | "scale(0, 0)")
            || (!color.is_empty() && (color == "transparent" || background.contains(&color)))
    }
}

/// The number at the beginning of a value such as `-9999px`.
fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))).unwrap_or(value.len());
    value[..end].parse().ok()
}

/// Style in small letters, without comments and with its escapes resolved.
fn readable(style: &str) -> String {
    let mut plain = String::with_capacity(style.len());
    let mut rest = style;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    if !plain.contains('\\') {
        return plain.to_ascii_lowercase();
    }
    let mut resolved = String::with_capacity(plain.len());
    let mut chars = plain.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            resolved.push(c);
            continue;
        }
        let mut code = String::new();
        while let Some(digit) = chars.next_if(|c| c.is_ascii_hexdigit() && code.len() < 6) {
            code.push(digit);
        }
        if code.is_empty() {
            resolved.extend(chars.next());
        } else {
            chars.next_if(|c| c.is_whitespace());
            resolved.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
        }
    }
    resolved.to_ascii_lowercase()
}

/// The rules of a page's style sheets that may hide something, by the name they are for: `p`, `.note` or `#note`.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    rules: HashMap<String, Vec<Rule>>,
    /// Bytes that were read.
    read: usize,
    /// Rules that were added.
    added: usize,
}

#[derive(Debug)]
struct Rule {
    /// All that must hold of an element: its name, classes, id.
    parts: Vec<String>,
    /// Ids, then classes, then names; the later of equals wins.
    rank: (usize, usize, usize, usize),
    declarations: String,
}

impl Sheet {
    /// What an element's attributes and the style sheets say of its being seen. The whole page is only hidden until it is
    /// loaded.
    pub(crate) fn look_of(&self, element: &Element) -> Look {
        if matches!(element.name.as_str(), "html" | "body") {
            return Look::default();
        }
        let by_style = if self.rules.is_empty() {
            look(&element.style)
        } else {
            self.look(&element.name, &element.id, &element.class, &element.style)
        };
        let is_hidden = by_style.is_hidden
            || element.hidden.as_ref().is_some_and(|value| value != "until-found")
            || element.aria_hidden.as_ref().is_some_and(|value| value == "true");
        Look { is_hidden, ..by_style }
    }

    /// Reads a style sheet after those before.
    pub(crate) fn read(&mut self, css: &str) {
        let css = readable(css);
        let mut rest = css.as_str();
        while let Some((selectors, after)) = rest.split_once('{') {
            if self.read + css.len() - rest.len() > MAX_SHEET {
                break;
            }
            let selectors = selectors.rsplit([';', '}']).next().unwrap_or_default().trim();
            if selectors.starts_with('@') {
                let media = selectors.strip_prefix("@media").map(str::trim);
                // What holds on every screen is read as if it stood outside; the rest is passed over.
                rest = if matches!(media, Some("all" | "screen")) { after } else { after_block(after) };
                continue;
            }
            let (declarations, next) = after.split_once('}').unwrap_or((after, ""));
            let declarations = telling(declarations);
            if !declarations.is_empty() {
                for selector in selectors.split(',') {
                    self.add(selector.trim(), &declarations);
                }
            }
            rest = next;
        }
        self.read += css.len();
    }

    fn add(&mut self, selector: &str, declarations: &str) {
        let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
        if selector.is_empty() || !selector.chars().all(is_sign) {
            return;
        }
        let starts = selector.char_indices().filter(|(place, c)| *place == 0 || matches!(c, '.' | '#'));
        let starts: Vec<_> = starts.map(|(place, _)| place).chain([selector.len()]).collect();
        let parts: Vec<_> = starts.windows(2).map(|ends| selector[ends[0]..ends[1]].to_owned()).collect();
        let count = |sign: char| parts.iter().filter(|part| part.starts_with(sign)).count();
        let (ids, classes) = (count('#'), count('.'));
        let Some(key) = parts.last().filter(|_| parts.len() <= PARTS_OF_A_RULE).cloned() else { return };
        self.added += 1;
        let rank = (ids, classes, parts.len() - ids - classes, self.added);
        let rules = self.rules.entry(key).or_default();
        if rules.len() < RULES_OF_A_NAME {
            rules.push(Rule { parts, rank, declarations: declarations.to_owned() });
        }
    }

    /// What the style sheets and its own style do to an element.
    fn look(&self, name: &str, id: &str, classes: &str, style: &str) -> Look {
        let classes = classes.split_whitespace().take(RULES_OF_AN_ELEMENT);
        let mut names: Vec<String> = classes.map(|class| format!(".{class}")).collect();
        names.extend([name.to_owned(), format!("#{id}")]);
        let mut rules: Vec<&Rule> = names.iter().filter_map(|name| self.rules.get(name)).flatten().collect();
        rules.retain(|rule| rule.parts.iter().all(|part| names.contains(part)));
        rules.sort_by_key(|rule| rule.rank);
        let strongest = rules.split_off(rules.len().saturating_sub(RULES_OF_AN_ELEMENT));
        let seen = strongest.into_iter().fold(Seen::default(), |seen, rule| seen.with(&rule.declarations));
        seen.with(style).look()
    }
}

/// Those of the declarations that can hide something, or show what others hide.
fn telling(declarations: &str) -> String {
    let is_telling = |declaration: &&str| {
        let name = declaration.split(':').next().unwrap_or_default().trim();
        declaration.len() <= MAX_DECLARATION && PROPERTIES.contains(&name)
    };
    declarations.split(';').filter(is_telling).take(PARTS_OF_A_RULE).collect::<Vec<_>>().join(";")
}

/// What stands after the end of a block whose beginning was read.
fn after_block(text: &str) -> &str {
    let mut depth = 1_usize;
    for (place, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[place + 1..];
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_that_hide_are_known_however_they_are_written() {
        for hidden in [
            "display:none",
            " DISPLAY : None !important ; color: red",
            "disp/* x */lay:none",
            "d\\69splay:none",
            "visibility: hidden",
            "opacity:0.0",
            "height:0;overflow:hidden",
            "position:absolute;left:-9999px",
            "text-indent:-999em",
            "clip: rect(0, 0, 0, 0)",
            "clip-path: inset(50%)",
            "color:#fff;background-color:#FFF",
            "color: transparent",
            "transform:scale(0)",
            "mso-hide: all",
        ] {
            assert!(look(hidden).is_hidden, "{hidden}");
        }
        assert_eq!(look("font-size: 0px").is_sizeless, Some(true));
        assert_eq!(look("font-size: 10px").is_sizeless, Some(false));
        for seen in [
            "",
            "display:none;display:block",
            "opacity:0.5",
            "font-size:10px",
            "height:0",
            "left:-9999px",
            "text-indent:-1em",
            "color:#fff;background:#000",
            "margin:0",
            "no style at all",
        ] {
            assert!(!look(seen).is_hidden, "{seen}");
        }
    }

    #[test]
    fn rules_of_a_sheet_are_heeded_by_their_rank() {
        let mut sheet = Sheet::default();
        sheet.read("/* a */ .off, #gone { display:none } p.off { display:block } .menu .item { display:none }");
        sheet.read("@media print { div { display:none } } @media screen { .far { position:fixed; left:-5000px } } b:hover{opacity:0}");
        assert!(sheet.look("div", "", "x off", "").is_hidden);
        assert!(!sheet.look("p", "", "off", "").is_hidden);
        assert!(!sheet.look("div", "", "off", "display:inline").is_hidden);
        assert!(sheet.look("i", "gone", "", "").is_hidden);
        assert!(sheet.look("div", "", "far", "").is_hidden);
        assert!(!sheet.look("div", "", "item", "").is_hidden);
        assert!(!sheet.look("b", "", "", "").is_hidden);
    }
}
