//! Syntax that the compiler's parser does not support: descriptions before an operation, a fragment or a variable
//! (<https://spec.graphql.org/September2025/#sec-Descriptions>), and commas in any place, such as between an alias and
//! its colon.

use std::borrow::Cow;

use apollo_parser::{Lexer, Token, TokenKind};

/// Replaces descriptions and commas by blanks, so that all other positions stay the same.
pub(super) fn blanked(text: &str) -> Cow<'_, str> {
    if !text.contains(['"', ',']) {
        return Cow::Borrowed(text);
    }
    let tokens = Lexer::new(text).flatten();
    let mut tokens: Vec<_> =
        tokens.filter(|token| !matches!(token.kind(), TokenKind::Whitespace | TokenKind::Comment)).collect();
    let commas = tokens.iter().filter(|token| token.kind() == TokenKind::Comma);
    let mut blanks: Vec<_> = commas.map(|comma| comma.index()..comma.index() + 1).collect();
    tokens.retain(|token| token.kind() != TokenKind::Comma);
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind() {
            TokenKind::LCurly | TokenKind::LParen | TokenKind::LBracket => open.push(token.kind()),
            TokenKind::RCurly | TokenKind::RParen | TokenKind::RBracket => {
                open.pop();
            }
            TokenKind::StringValue
                if is_description(&open, at.checked_sub(1).map(|at| &tokens[at]), tokens.get(at + 1)) =>
            {
                blanks.push(token.index()..token.index() + token.data().len());
            }
            _ => {}
        }
    }
    if blanks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for byte in blanks.into_iter().flatten() {
        if let Some(byte) = bytes.get_mut(byte).filter(|byte| !matches!(**byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Returns true if a string is a description; `open` are the brackets around it.
fn is_description(open: &[TokenKind], before: Option<&Token<'_>>, after: Option<&Token<'_>>) -> bool {
    let Some(after) = after else { return false };
    match open {
        [] => matches!(after.data(), "query" | "mutation" | "subscription" | "fragment"),
        // The variables of an operation: no other parentheses stand outside of all braces, but those of its directives.
        [TokenKind::LParen] => {
            after.kind() == TokenKind::Dollar
                && before.is_some_and(|before| !matches!(before.kind(), TokenKind::Eq | TokenKind::Colon))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_blanked_and_nothing_else_moves() {
        let text = "\"an é\" query Q(\"\"\"a\nb\"\"\" $a: String = \"x\" $b: [String] = [\"y\"]) { a(b: \"z\") }\n\"F\" fragment F on Q { c }";
        let blanked = blanked(text);
        assert_eq!(blanked.len(), text.len());
        let expected = "        query Q(    \n     $a: String = \"x\" $b: [String] = [\"y\"]) { a(b: \"z\") }\n    fragment F on Q { c }";
        assert_eq!(blanked, expected);
    }

    #[test]
    fn commas_are_blanked_but_not_in_texts() {
        assert_eq!(blanked("{ a,: b(c: \",\", d: 1) # ,\n}"), "{ a : b(c: \",\"  d: 1) # ,\n}");
    }

    #[test]
    fn texts_that_are_values_stay() {
        for text in [
            "{ a }",
            "\"x\" { a }",
            "query($a: String = \"x\" $b: Int) { a }",
            "query @d(a: \"x\" b: $c) { a }",
            "{ a(b: \"query\") } \"x\"",
        ] {
            assert_eq!(blanked(text), text);
        }
    }
}
