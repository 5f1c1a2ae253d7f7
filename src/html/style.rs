//! Detection of content hidden by styles, of elements and style sheets.
//!
//! A page may show some words to people and others only to machines. Simple style rules are applied, by the name of an
//! element, a class or an id; rules that depend on position, state or media are ignored.

mod declarations;
mod sheet;
#[cfg(test)]
mod tests;

pub(crate) use sheet::Sheet;

/// The effect of styles on an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// True if the element and its contents are hidden.
    pub(crate) is_hidden: bool,
    /// The effect on its text, which inner elements may override.
    pub(crate) text: TextLook,
}

/// Properties that hide text: `Some(false)` if declared visible, `None` if not declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TextLook {
    /// The text has no size.
    is_sizeless: Option<bool>,
    /// The text and the rest of the element are invisible.
    is_invisible: Option<bool>,
    /// The text has the color of the background, or none.
    is_colorless: Option<bool>,
}

impl TextLook {
    /// Returns these properties, with those of the surrounding text where not declared.
    pub(crate) fn within(self, around: Self) -> Self {
        Self {
            is_sizeless: self.is_sizeless.or(around.is_sizeless),
            is_invisible: self.is_invisible.or(around.is_invisible),
            is_colorless: self.is_colorless.or(around.is_colorless),
        }
    }

    /// Returns true if nothing is declared.
    pub(crate) fn is_silent(self) -> bool {
        self == Self::default()
    }

    /// Returns true if the text is hidden.
    pub(crate) fn is_hidden(self) -> bool {
        [self.is_sizeless, self.is_invisible, self.is_colorless].contains(&Some(true))
    }

    /// Returns true if pictures are hidden too.
    pub(crate) fn hides_pictures(self) -> bool {
        self.is_invisible == Some(true)
    }
}

/// The name and attributes that determine the visibility of an element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// The name in lower case.
    pub(crate) name: String,
    pub(crate) id: String,
    /// The classes, separated by spaces.
    pub(crate) class: String,
    pub(crate) style: String,
    /// The attribute `hidden`, if present.
    pub(crate) hidden: Option<String>,
    /// The attribute `aria-hidden`, if present.
    pub(crate) aria_hidden: Option<String>,
}

impl Element {
    /// Records an attribute if it affects visibility.
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
