//! Cleans the text of a model while it is written: marks that cite no passage, control characters and blanks around it go.

/// The longest mark, in characters: `[12, 13, 14]`.
const LONGEST_MARK: usize = 16;

/// Takes pieces of text and hands out what may be shown.
#[derive(Debug)]
pub(super) struct Cleaner {
    /// How many passages there are to cite.
    passages: usize,
    /// Blanks, and behind them the begin of what may become a mark.
    held: String,
    has_begun: bool,
    cited: Vec<usize>,
}

impl Cleaner {
    /// For a text that may cite so many passages.
    pub(super) fn new(passages: usize) -> Self {
        Self { passages, held: String::new(), has_begun: false, cited: Vec::new() }
    }

    /// What may be shown of the text so far and was not handed out before.
    pub(super) fn push(&mut self, text: &str) -> String {
        let mut shown = String::new();
        for char in text.chars() {
            match char {
                '\r' => {}
                _ if char.is_control() && char != '\n' && char != '\t' => {}
                _ => self.take(char, &mut shown),
            }
        }
        shown
    }

    /// What is left at the end, and the numbers of the passages that are cited, each once, in order.
    pub(super) fn finish(mut self) -> (String, Vec<usize>) {
        let is_half_a_mark = self.held.contains(|char: char| char.is_ascii_digit());
        let rest = if is_half_a_mark { "" } else { self.held.trim_end() };
        self.cited.sort_unstable();
        self.cited.dedup();
        (rest.to_owned(), self.cited)
    }

    fn take(&mut self, char: char, shown: &mut String) {
        if let Some(begin) = self.held.find('[') {
            if char == ']' {
                return self.close(begin, shown);
            }
            let may_go_on = char.is_ascii_digit() || matches!(char, ',' | ' ');
            if may_go_on && self.held[begin..].chars().count() < LONGEST_MARK {
                return self.held.push(char);
            }
            self.show_held(shown);
        }
        if char == '[' || (char.is_whitespace() && self.has_begun) {
            self.held.push(char);
        } else if !char.is_whitespace() {
            self.show_held(shown);
            self.has_begun = true;
            shown.push(char);
        }
    }

    /// Ends what began at `begin`: a mark keeps the numbers that cite a passage, and goes with the blanks before it when
    /// none does. Anything else is text.
    fn close(&mut self, begin: usize, shown: &mut String) {
        let numbers: Vec<&str> =
            self.held[begin + 1..].split(',').map(str::trim).filter(|number| !number.is_empty()).collect();
        if numbers.is_empty() {
            self.held.push(']');
            return self.show_held(shown);
        }
        let cited: Vec<usize> = numbers
            .iter()
            .filter_map(|number| number.parse().ok())
            .filter(|number| (1..=self.passages).contains(number))
            .collect();
        if !cited.is_empty() {
            shown.push_str(&self.held[..begin]);
            cited.iter().for_each(|number| shown.push_str(&format!("[{number}]")));
            self.has_begun = true;
            self.cited.extend(cited);
        }
        self.held.clear();
    }

    fn show_held(&mut self, shown: &mut String) {
        self.has_begun |= !self.held.is_empty();
        shown.push_str(&self.held);
        self.held.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text as it is shown and the passages it cites, however the pieces are cut.
    fn cleaned(text: &str, passages: usize) -> (String, Vec<usize>) {
        let chars: Vec<char> = text.chars().collect();
        let results: Vec<_> = (1..=chars.len().max(1))
            .map(|size| {
                let mut cleaner = Cleaner::new(passages);
                let pieces = chars.chunks(size).map(|piece| piece.iter().collect::<String>());
                let mut shown: String = pieces.map(|piece| cleaner.push(&piece)).collect();
                let (rest, cited) = cleaner.finish();
                shown.push_str(&rest);
                (shown, cited)
            })
            .collect();
        assert!(results.iter().all(|result| result == &results[0]), "{results:?}");
        results[0].clone()
    }

    #[test]
    fn marks_that_cite_a_passage_stay_and_others_go() {
        assert_eq!(cleaned("Sleep [1] is for the weak [3].", 2), ("Sleep [1] is for the weak.".to_owned(), vec![1]));
        assert_eq!(cleaned("Momentum works [2][1][0].", 2), ("Momentum works [2][1].".to_owned(), vec![1, 2]));
        assert_eq!(cleaned("So [1, 9,2].", 2), ("So [1][2].".to_owned(), vec![1, 2]));
        assert_eq!(cleaned("[7] So.", 2), ("So.".to_owned(), vec![]));
        assert_eq!(cleaned("No passages [1].", 0), ("No passages.".to_owned(), vec![]));
    }

    #[test]
    fn brackets_that_are_no_marks_are_text() {
        for text in ["an array[i]", "[a] and [ ] and []", "[[1", "a [link](x)", "[1a]", "[12345678901234567890]"] {
            let (shown, _) = cleaned(text, 9);
            let expected = if text == "[[1" { "[" } else { text };
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn blanks_around_the_text_and_control_characters_go() {
        assert_eq!(cleaned(" \n A\u{0}\u{7}\r\n\tB \n ", 0).0, "A\n\tB");
        assert_eq!(cleaned("", 0), (String::new(), vec![]));
    }
}
