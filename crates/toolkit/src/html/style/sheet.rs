//! Style sheets of a document.

use std::collections::{HashMap, VecDeque};

use super::{
    Element, Look,
    declarations::{Declaration, Declared, declarations},
};

/// Maximum number of rules kept per name, the last ones; hand-written pages have fewer.
const RULES_OF_A_NAME: usize = 256;
/// Maximum number of examined classes of an element.
const CLASSES: usize = 32;
/// Maximum number of names in a selector.
const PARTS_OF_A_RULE: usize = 8;
/// Maximum total size of style sheets read, in bytes.
const MAX_SHEET: usize = 1 << 20;

/// The rules of a page's style sheets that may hide something, by name: `p`, `.note` or `#note`.
#[derive(Debug, Default)]
pub struct Sheet {
    rules: HashMap<String, VecDeque<Rule>>,
    /// Number of bytes read.
    read: usize,
    /// Number of declarations added.
    added: usize,
}

/// The declarations of a selector.
#[derive(Debug)]
struct Rule {
    /// The conditions on an element, in order: its name, classes, id.
    parts: Vec<String>,
    /// Specificity: the number of ids, classes and names.
    rank: (usize, usize, usize),
    /// The winning value per property, with the number of its declaration.
    declared: HashMap<(&'static str, bool), (usize, String)>,
}

impl Sheet {
    /// Returns the visibility of an element by its attributes and the style sheets. Styles on the whole page are
    /// ignored, since they only hide it until it is loaded.
    pub fn look_of(&self, element: &Element) -> Look {
        if matches!(element.name.as_str(), "html" | "body") {
            return Look::default();
        }
        let declared = self.declared(element);
        let look = declared.look();
        // A page may display what the attribute would hide.
        let is_hidden = element.hidden.as_ref().is_some_and(|value| value != "until-found") && !declared.says_display();
        let is_aside = element.aria_hidden.as_ref().is_some_and(|value| value == "true");
        Look { is_hidden: look.is_hidden || is_hidden || is_aside, ..look }
    }

    /// Reads a further style sheet.
    pub fn read(&mut self, css: &str) {
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
            let (style, next) = after.split_once('}').unwrap_or((after, ""));
            let declarations: Vec<_> = declarations(style).collect();
            if !declarations.is_empty() {
                for selector in selectors.split(',') {
                    self.add(selector.trim(), &declarations);
                }
            }
            rest = next;
        }
        self.read += css.len();
    }

    fn add(&mut self, selector: &str, declarations: &[Declaration]) {
        let is_sign = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
        if selector.is_empty() || !selector.chars().all(is_sign) {
            return;
        }
        let starts = selector.char_indices().filter(|(place, c)| *place == 0 || matches!(c, '.' | '#'));
        let starts: Vec<_> = starts.map(|(place, _)| place).chain([selector.len()]).collect();
        let mut parts: Vec<_> = starts.windows(2).map(|ends| selector[ends[0]..ends[1]].to_owned()).collect();
        let count = |sign: char| parts.iter().filter(|part| part.starts_with(sign)).count();
        let (ids, classes) = (count('#'), count('.'));
        let rank = (ids, classes, parts.len() - ids - classes);
        let Some(key) = parts.last().filter(|_| parts.len() <= PARTS_OF_A_RULE).cloned() else { return };
        parts.sort();
        let rules = self.rules.entry(key).or_default();
        let known = rules.iter().position(|rule| rule.parts == parts);
        let rule = known.and_then(|place| rules.remove(place));
        let mut rule = rule.unwrap_or_else(|| Rule { parts, rank, declared: HashMap::new() });
        for declaration in declarations {
            self.added += 1;
            let Declaration { property, value, is_important } = declaration;
            rule.declared.insert((property, *is_important), (self.added, value.clone()));
        }
        rules.push_back(rule);
        if rules.len() > RULES_OF_A_NAME {
            rules.pop_front();
        }
    }

    /// Returns the declarations of the style sheets and the element's own style.
    fn declared(&self, element: &Element) -> Declared {
        let mut found = Vec::new();
        if !self.rules.is_empty() {
            let classes = element.class.split_whitespace().take(CLASSES);
            let mut names: Vec<String> = classes.map(|class| format!(".{class}")).collect();
            names.extend([element.name.clone(), format!("#{}", element.id)]);
            names.sort_unstable();
            names.dedup();
            let rules = names.iter().filter_map(|name| self.rules.get(name)).flatten();
            for rule in rules.filter(|rule| rule.parts.iter().all(|part| names.binary_search(part).is_ok())) {
                found.extend(rule.declared.iter().map(|declared| (rule.rank, declared)));
            }
            found.sort_unstable_by_key(|(rank, (_, (number, _)))| (*rank, *number));
        }
        let of_sheets = found.into_iter().map(|(_, ((property, is_important), (_, value)))| Declaration {
            property,
            value: value.clone(),
            is_important: *is_important,
        });
        let mut declared = Declared::default();
        of_sheets.for_each(|declaration| declared.add(declaration));
        if !element.style.is_empty() {
            declarations(&readable(&element.style)).for_each(|declaration| declared.add(declaration));
        }
        declared
    }
}

/// Returns the text after the end of the present block.
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

/// Returns style in lower case, without comments and with its escapes resolved.
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
