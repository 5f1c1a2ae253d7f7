//! Content that a document's styles keep from being seen: of its elements and of its own style sheets.
//!
//! A page shows some words to people and may hold others for machines alone. Of style sheets the plain rules are heeded, by a
//! name of an element, a class or an id; what depends on places, states or media is left to browsers.

mod declarations;
mod sheet;
#[cfg(test)]
mod tests;

pub(crate) use sheet::Sheet;

/// What styles do to an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Nobody sees it or what is in it.
    pub(crate) is_hidden: bool,
    /// What it says of its text, which elements in it may change.
    pub(crate) text: TextLook,
}

/// What keeps text from being seen, each `Some(false)` where something is said against it and `None` where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TextLook {
    /// It has no size.
    is_sizeless: Option<bool>,
    /// It and all else of the element is invisible.
    is_invisible: Option<bool>,
    /// It has the color of what lies below, or none.
    is_colorless: Option<bool>,
}

impl TextLook {
    /// This where it says something, else what is said of the text around.
    pub(crate) fn within(self, around: Self) -> Self {
        Self {
            is_sizeless: self.is_sizeless.or(around.is_sizeless),
            is_invisible: self.is_invisible.or(around.is_invisible),
            is_colorless: self.is_colorless.or(around.is_colorless),
        }
    }

    /// Whether nothing is said.
    pub(crate) fn is_silent(self) -> bool {
        self == Self::default()
    }

    /// Whether nobody sees such text.
    pub(crate) fn is_hidden(self) -> bool {
        [self.is_sizeless, self.is_invisible, self.is_colorless].contains(&Some(true))
    }

    /// Whether nobody sees pictures there either.
    pub(crate) fn hides_pictures(self) -> bool {
        self.is_invisible == Some(true)
    }
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
