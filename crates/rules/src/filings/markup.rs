//! Text of an HTML document, read from its tokens.
//!
//! No tree is built: text and line ends do not need one, and tokens take time proportional to the input, regardless of
//! nesting.

use std::convert::Infallible;

use html5gum::{
    Span,
    emitters::callback::{CallbackEmitter, CallbackEvent},
};

use rapport_toolkit::html::{
    each_token,
    style::{Element, Sheet, TextLook},
};

/// The document's facts in inline XBRL.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Facts {
    /// `dei:EntityRegistrantName`.
    pub(super) company: Option<String>,
    /// `dei:DocumentPeriodEndDate`: in form 8-K the date of the report.
    pub(super) report_date: Option<String>,
    /// `dei:AmendmentFlag`.
    pub(super) amendment: Option<String>,
    /// `dei:DocumentType`.
    pub(super) form: Option<String>,
}

/// The text and facts of a document.
#[derive(Debug, Default)]
pub(super) struct Marked {
    /// The lines; an empty line ends a paragraph.
    pub(super) text: String,
    pub(super) facts: Facts,
}

/// Maximum length of a fact, in bytes.
const LONGEST_FACT: usize = 300;

/// Block elements.
const BLOCKS: &[&[u8]] = &[
    b"p",
    b"div",
    b"table",
    b"tr",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"ul",
    b"ol",
    b"li",
    b"dl",
    b"dt",
    b"dd",
    b"blockquote",
    b"center",
    b"hr",
    b"pre",
    b"body",
    b"html",
    b"section",
    b"article",
    b"caption",
    b"address",
    b"page",
];

/// Elements with invisible content.
const UNSEEN: &[&[u8]] = &[b"ix:header", b"head", b"title", b"script", b"style"];

/// Elements without an end tag.
const VOID: &[&[u8]] = &[b"br", b"hr", b"img", b"input", b"meta", b"link", b"wbr", b"col", b"area", b"base"];

/// Returns true if a text is HTML. Plain filings contain `<PAGE>`, `<TABLE>` and the like, but none of the tags tested
/// here.
pub(super) fn is_html(text: &str) -> bool {
    const SIGNS: [&str; 12] =
        ["<html", "<body", "<p>", "<p ", "</p>", "<div", "<br", "</td", "<span", "<font", "<h1", "<h3"];
    let bytes = text.as_bytes();
    (0..bytes.len()).filter(|at| bytes[*at] == b'<').any(|at| {
        SIGNS
            .iter()
            .any(|sign| bytes.get(at..at + sign.len()).is_some_and(|here| here.eq_ignore_ascii_case(sign.as_bytes())))
    })
}

/// Reads an HTML document.
pub(super) fn read(html: &str) -> Marked {
    let mut reader = Reader::default();
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| -> Option<Infallible> {
        reader.event(&event);
        None
    });
    each_token(html, emitter, |never| match never {});
    Marked { text: reader.text, facts: reader.facts }
}

/// Processes the tokens.
#[derive(Default)]
struct Reader {
    text: String,
    facts: Facts,
    tag: Vec<u8>,
    attribute: Vec<u8>,
    element: Element,
    sheet: Sheet,
    /// The style sheet being read.
    css: Option<String>,
    fact: Option<String>,
    /// The hidden element, and the nesting depth of elements of its name.
    hidden: Option<(Vec<u8>, usize)>,
    looks: Looks,
    /// The nesting depth of preformatted text.
    typed: usize,
    /// The fact being read, with its text so far.
    reading: Option<(String, String)>,
}

impl Reader {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = name.to_vec();
                self.element = Element { name: String::from_utf8_lossy(name).into_owned(), ..Element::default() };
                self.fact = None;
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute = name.to_vec();
                // One without a value is there all the same.
                self.element.note(name, b"");
            }
            CallbackEvent::AttributeValue { value } => self.attribute_value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start_tag(*self_closing),
            CallbackEvent::EndTag { name } => self.end_tag(name),
            CallbackEvent::String { value } => self.string(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn attribute_value(&mut self, value: &[u8]) {
        if self.attribute == b"name" && self.tag.starts_with(b"ix:") {
            self.fact = Some(String::from_utf8_lossy(value).into_owned());
        }
        self.element.note(&self.attribute, value);
    }

    fn start_tag(&mut self, self_closing: bool) {
        let tag = std::mem::take(&mut self.tag);
        let is_void = self_closing || VOID.contains(&tag.as_slice());
        match &mut self.hidden {
            // A body ends whatever a broken head left open; a paragraph cannot hold another.
            Some((name, _)) if tag == b"body" || (name.as_slice() == b"p" && tag == b"p") => self.hidden = None,
            Some((name, depth)) if *name == tag && !is_void => *depth += 1,
            _ => {}
        }
        let look = self.sheet.look_of(&self.element);
        if self.hidden.is_none() && (look.is_hidden || UNSEEN.contains(&tag.as_slice())) && !is_void {
            self.hidden = Some((tag.clone(), 1));
        }
        if !is_void {
            self.looks.start(&tag, look.text);
        }
        if tag == b"style" && !is_void {
            self.css = Some(String::new());
        }
        if let Some(fact) = self.fact.take()
            && !is_void
            && self.facts.place(&fact).is_some_and(|place| place.is_none())
        {
            self.reading = Some((fact, String::new()));
        }
        if tag == b"pre" && !is_void {
            self.typed += 1;
        }
        if self.hidden.is_none() {
            self.break_line(&tag);
        }
    }

    fn end_tag(&mut self, name: &[u8]) {
        if name.starts_with(b"ix:")
            && let Some((fact, text)) = self.reading.take()
            && let Some(place) = self.facts.place(&fact)
        {
            *place = Some(text).filter(|text| !text.trim().is_empty());
        }
        if name == b"style"
            && let Some(css) = self.css.take()
        {
            self.sheet.read(&css);
        }
        self.looks.end(name);
        if name == b"pre" {
            self.typed = self.typed.saturating_sub(1);
        }
        match &mut self.hidden {
            Some((hiding, depth)) if hiding.as_slice() == name => {
                *depth -= 1;
                if *depth == 0 {
                    self.hidden = None;
                }
            }
            Some(_) => {}
            None => self.break_line(name),
        }
    }

    fn string(&mut self, value: &str) {
        if let Some((_, text)) = &mut self.reading
            && text.len() + value.len() <= LONGEST_FACT
        {
            text.push_str(value);
        }
        if let Some(css) = &mut self.css {
            css.push_str(value);
        }
        if self.hidden.is_none() && !self.looks.innermost().is_hidden() {
            // In HTML a newline is a space, but for text that is set as it was typed; lines end where elements do.
            let is_space = |char: char| char == '\r' || (char == '\n' && self.typed == 0);
            self.text.extend(value.chars().map(|char| if is_space(char) { ' ' } else { char }));
        }
    }

    fn break_line(&mut self, tag: &[u8]) {
        if tag == b"br" {
            self.text.push('\n');
        } else if matches!(tag, b"td" | b"th") {
            self.text.push('\t');
        } else if BLOCKS.contains(&tag) && !self.text.ends_with("\n\n") {
            self.text.push_str("\n\n");
        }
    }
}

/// The open elements with text styles.
#[derive(Default)]
struct Looks(Vec<OpenLook>);

struct OpenLook {
    name: Vec<u8>,
    /// Number of open elements of its name, including itself.
    depth: usize,
    text: TextLook,
}

/// Maximum number of tracked elements with text styles; only generated documents have more.
const MAX_LOOKS: usize = 64;

impl Looks {
    fn start(&mut self, tag: &[u8], text: TextLook) {
        if tag == b"p" {
            self.end(tag);
        }
        if !text.is_silent() && self.0.len() < MAX_LOOKS {
            let text = text.within(self.innermost());
            self.0.push(OpenLook { name: tag.to_vec(), depth: 1, text });
        } else if let Some(open) = self.0.iter_mut().rfind(|open| open.name == tag) {
            open.depth += 1;
        }
    }

    /// Ends the innermost element of this name, and unclosed ones inside it.
    fn end(&mut self, name: &[u8]) {
        let Some(place) = self.0.iter().rposition(|open| open.name == name) else { return };
        self.0[place].depth -= 1;
        if self.0[place].depth == 0 {
            self.0.truncate(place);
        }
    }

    fn innermost(&self) -> TextLook {
        self.0.last().map(|open| open.text).unwrap_or_default()
    }
}

impl Facts {
    fn place(&mut self, name: &str) -> Option<&mut Option<String>> {
        match name {
            "dei:EntityRegistrantName" => Some(&mut self.company),
            "dei:DocumentPeriodEndDate" => Some(&mut self.report_date),
            "dei:AmendmentFlag" => Some(&mut self.amendment),
            "dei:DocumentType" => Some(&mut self.form),
            _ => None,
        }
    }
}
