//! Detection of content hidden by styles, of elements and style sheets.
//!
//! A page may show some words to people and others only to machines. Simple style rules are applied, by the name of an
//! element, a class or an id; rules that depend on position, state or media are ignored.

mod declarations;
mod sheet;
#[cfg(test)]
mod tests;

pub use sheet::Sheet;

/// The effect of styles on an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// True if the element and its contents are hidden.
    pub is_hidden: bool,
    /// The effect on its text, which inner elements may override.
    pub text: TextLook,
}

/// Properties that hide text: `Some(false)` if declared visible, `None` if not declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextLook {
    /// The text has no size.
    is_sizeless: Option<bool>,
    /// The text and the rest of the element are invisible.
    is_invisible: Option<bool>,
    /// The text has the color of the background, or none.
    is_colorless: Option<bool>,
}

impl TextLook {
    /// Returns these properties, with those of the surrounding text where not declared.
    pub fn within(self, around: Self) -> Self {
        Self {
            is_sizeless: self.is_sizeless.or(around.is_sizeless),
            is_invisible: self.is_invisible.or(around.is_invisible),
            is_colorless: self.is_colorless.or(around.is_colorless),
        }
    }

    /// Returns true if nothing is declared.
    pub fn is_silent(self) -> bool {
        self == Self::default()
    }

    /// Returns true if the text is hidden.
    pub fn is_hidden(self) -> bool {
        [self.is_sizeless, self.is_invisible, self.is_colorless].contains(&Some(true))
    }

    /// Returns true if pictures are hidden too.
    pub fn hides_pictures(self) -> bool {
        self.is_invisible == Some(true)
    }
}

/// The name and attributes that determine the visibility of an element.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// The name in lower case.
    pub name: String,
    /// The id.
    pub id: String,
    /// The classes, separated by spaces.
    pub class: String,
    /// The declarations in the attribute `style`.
    pub style: String,
    /// The attribute `hidden`, if present.
    pub hidden: Option<String>,
    /// The attribute `aria-hidden`, if present.
    pub aria_hidden: Option<String>,
}

impl Element {
    /// Records an attribute if it affects visibility.
    pub fn note(&mut self, attribute: &[u8], value: &[u8]) {
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
