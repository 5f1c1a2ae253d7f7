//! Tokenizer for HTML of untrusted pages and filings.
//!
//! html5gum (0.6 to 0.9) recurses for each quoted attribute of a tag, with several kilobytes of stack per call; some
//! hundred attributes would overflow the stack of a thread, and end the process. It therefore runs on a separate stack
//! here, and reading stops at a tag that would fill even that.

pub mod style;

use std::convert::Infallible;

use html5gum::{Readable, Reader, StringReader, Tokenizer, emitters::Emitter};

/// Stack size of the tokenizer, in bytes. Untouched memory costs nothing.
const STACK: usize = 8 << 20;

/// Minimum remaining stack for reading to continue, in bytes.
const RESERVE: usize = 512 << 10;

/// Calls `each` with each token of a document, in order, up to the end or to the first tag with an excessive number of
/// attributes: about eight hundred in a debug build.
pub fn each_token<E: Emitter>(html: &str, emitter: E, mut each: impl FnMut(E::Token)) {
    stacker::grow(STACK, || {
        for Ok(token) in Tokenizer::new_with_emitter(Bounded(html.to_reader()), emitter) {
            each(token);
        }
    });
}

/// A string that ends when the stack is exhausted.
struct Bounded<'a>(StringReader<'a>);

impl Reader for Bounded<'_> {
    type Error = Infallible;

    fn read_byte(&mut self) -> Result<Option<u8>, Self::Error> {
        if stacker::remaining_stack().is_some_and(|left| left < RESERVE) {
            tracing::debug!("a tag has too many attributes; the rest of the document is not read");
            self.0 = "".to_reader();
        }
        self.0.read_byte()
    }

    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Self::Error> {
        self.0.try_read_string(text, case_sensitive)
    }

    fn read_until<'b>(&'b mut self, needle: &[u8], buffer: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Self::Error> {
        self.0.read_until(needle, buffer)
    }
}

#[cfg(test)]
mod tests {
    use html5gum::{Token, emitters::default::DefaultEmitter};

    use super::*;

    /// Returns the number of attributes and the text read from a tag with this number of attributes and the text after
    /// it.
    fn read(attributes: usize) -> (usize, String) {
        let attributes: String = (0..attributes).map(|number| format!(" a{number}=\"b\"")).collect();
        let (mut found, mut text) = (0, String::new());
        each_token(&format!("before<p{attributes}>after"), DefaultEmitter::<()>::default(), |token| match token {
            Token::StartTag(tag) => found = tag.attributes.len(),
            Token::String(more) => text.push_str(&String::from_utf8_lossy(&more)),
            _ => {}
        });
        (found, text)
    }

    #[test]
    fn a_tag_with_hundreds_of_attributes_is_read() {
        assert_eq!(read(500), (500, "beforeafter".to_owned()));
    }

    #[test]
    fn a_tag_with_more_attributes_than_the_stack_holds_ends_the_reading_and_not_the_process() {
        let (found, text) = read(200_000);
        // Where the compiler makes loops of the calls, all is read.
        assert!(
            (found, text.as_str()) == (0, "before") || (found, text.as_str()) == (200_000, "beforeafter"),
            "{text}"
        );
    }
}
