//! Declarations and their combined effect on an element.

use std::collections::HashMap;

use csscolorparser::Color;

use super::{Look, TextLook};

/// Maximum length of an examined value, in bytes.
const MAX_VALUE: usize = 100;
/// Offset from which content outside of the page counts as hidden, in its own units.
const OUTSIDE: f64 = -900.0;

/// The properties that can hide something, or show what others hide.
const PROPERTIES: [&str; 29] = [
    "-webkit-background-clip",
    "-webkit-text-fill-color",
    "background",
    "background-clip",
    "background-color",
    "background-image",
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

/// Keywords that stand for the surrounding element's value, for text properties.
const OF_AROUND: [&str; 4] = ["inherit", "unset", "revert", "revert-layer"];

/// A declaration of a property that affects visibility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) property: &'static str,
    /// The value with single spaces.
    pub(super) value: String,
    pub(super) is_important: bool,
}

/// Returns the declarations in [readable] style, in order, without those that browsers ignore.
///
/// [readable]: super::sheet::readable
pub(super) fn declarations(style: &str) -> impl Iterator<Item = Declaration> {
    split(style).filter_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let property = PROPERTIES.into_iter().find(|property| *property == name.trim())?;
        let (value, is_important) = match value.rsplit_once('!') {
            Some((value, word)) if word.trim() == "important" => (value, true),
            _ => (value, false),
        };
        let mut value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_without_meaning(property, &value) {
            return None;
        }
        value.truncate(value.floor_char_boundary(MAX_VALUE));
        Some(Declaration { property, value, is_important })
    })
}

/// Splits at semicolons outside of brackets and quotation marks.
fn split(style: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quoted) = (0_usize, None);
    style.split(move |c: char| {
        match (quoted, c) {
            (Some(mark), _) if mark == c => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        c == ';' && depth == 0 && quoted.is_none()
    })
}

/// Returns true if browsers ignore the value, so that an earlier one stays in effect.
fn is_without_meaning(property: &str, value: &str) -> bool {
    const DISPLAYS: [&str; 14] = [
        "block",
        "inline",
        "none",
        "contents",
        "flex",
        "grid",
        "flow",
        "flow-root",
        "table",
        "list-item",
        "run-in",
        "ruby",
        "math",
        "initial",
    ];
    let is_function = value.contains('(');
    match property {
        "display" => value.split(' ').any(|word| {
            let is_known = DISPLAYS.contains(&word) || OF_AROUND.contains(&word);
            let is_one_of = ["inline-", "table-", "ruby-", "-webkit-", "-moz-", "-ms-"];
            !(is_known || is_function || is_one_of.iter().any(|start| word.starts_with(start)))
        }),
        "visibility" => {
            let is_known = matches!(value, "visible" | "hidden" | "collapse" | "initial");
            !(is_known || is_function || OF_AROUND.contains(&value))
        }
        "opacity" | "font-size" => value.is_empty() || (property == "opacity" && !has_number(value) && !is_word(value)),
        _ => value.is_empty(),
    }
}

fn has_number(value: &str) -> bool {
    number(value).is_some() || value.contains('(')
}

fn is_word(value: &str) -> bool {
    value == "initial" || OF_AROUND.contains(&value)
}

/// The declarations that determine the visibility of an element.
#[derive(Debug, Default)]
pub(super) struct Declared(HashMap<&'static str, (String, bool)>);

impl Declared {
    /// Adds a later declaration, which wins unless an important one contradicts it.
    pub(super) fn add(&mut self, declaration: Declaration) {
        let known = self.0.get(declaration.property);
        if declaration.is_important || known.is_none_or(|(_, is_important)| !is_important) {
            self.0.insert(declaration.property, (declaration.value, declaration.is_important));
        }
    }

    fn get(&self, name: &str) -> &str {
        self.0.get(name).map(|(value, _)| value.as_str()).unwrap_or_default()
    }

    /// Returns true if `display` is declared.
    pub(super) fn says_display(&self) -> bool {
        !self.get("display").is_empty()
    }

    pub(super) fn look(&self) -> Look {
        let text = TextLook {
            is_sizeless: self.is_sizeless(),
            is_invisible: self.is_invisible(),
            is_colorless: self.is_colorless(),
        };
        Look { is_hidden: self.is_hidden(), text }
    }

    fn is_sizeless(&self) -> Option<bool> {
        let size = self.get("font-size");
        let is_of_around = OF_AROUND.contains(&size) || matches!(size, "larger" | "smaller");
        if size.is_empty() || is_of_around {
            return None;
        }
        let is_zero = number(size) == Some(0.0);
        // A part of nothing is nothing.
        let is_part = size.ends_with('%') || (size.ends_with("em") && !size.ends_with("rem"));
        if is_part && !is_zero { None } else { Some(is_zero) }
    }

    fn is_invisible(&self) -> Option<bool> {
        match self.get("visibility") {
            "hidden" | "collapse" => Some(true),
            "visible" | "initial" => Some(false),
            _ => None,
        }
    }

    fn is_colorless(&self) -> Option<bool> {
        let is_clip = |name: &str| self.get(name).split([' ', ',']).any(|word| word == "text");
        let background = [self.get("background-color"), self.get("background"), self.get("background-image")];
        let is_said = |value: &&str| !matches!(*value, "" | "none" | "transparent" | "initial") && !is_word(value);
        let has_background = background.iter().any(is_said);
        if has_background && ["background-clip", "-webkit-background-clip", "background"].into_iter().any(is_clip) {
            return Some(false);
        }
        let fill = self.get("-webkit-text-fill-color");
        let color = if fill.is_empty() || fill == "currentcolor" { self.get("color") } else { fill };
        if color.is_empty() || color == "currentcolor" || OF_AROUND.contains(&color) {
            return has_background.then_some(false);
        }
        let color = Paint::of(color);
        // Of a color in one with a picture or a place it is not said which of both is seen.
        let is_same = background[..2].iter().filter(|value| is_said(value)).any(|value| Paint::of(value) == color);
        Some(color == Paint::None || (is_same && !is_said(&background[2])))
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
        self.get("display") == "none"
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
    }
}

/// The paint of a color value.
#[derive(Debug, PartialEq, Eq)]
enum Paint {
    /// Nothing.
    None,
    Color([u8; 4]),
    /// An unknown color, different from all others.
    Unknown(String),
}

impl Paint {
    fn of(value: &str) -> Self {
        let value = match value {
            "white" => "#fff",
            "black" => "#000",
            other => other,
        };
        match value.parse::<Color>().map(|color| color.to_rgba8()) {
            _ if value == "transparent" => Self::None,
            Ok([.., 0]) => Self::None,
            Ok(color) => Self::Color(color),
            Err(_) => Self::Unknown(value.to_owned()),
        }
    }
}

/// Returns the number at the start of a value such as `-9999px`.
fn number(value: &str) -> Option<f64> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))).unwrap_or(value.len());
    value[..end].parse().ok()
}
