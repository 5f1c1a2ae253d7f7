//! Numbers in digits and words, exact as integer thousandths.

/// Returns the multiplier of a unit: `k`, `million`.
pub(super) fn multiplier(word: &str) -> Option<i128> {
    match word.to_lowercase().as_str() {
        "k" | "thousand" | "grand" => Some(1_000),
        "lakh" | "lakhs" | "lac" | "lacs" | "lpa" => Some(100_000),
        "crore" | "crores" | "cr" => Some(10_000_000),
        "hundred" => Some(100),
        "tausend" | "tsd" => Some(1_000),
        "m" | "mil" | "mill" | "mio" | "mm" | "million" => Some(1_000_000),
        _ => None,
    }
}

/// Returns true for Indian units, which imply rupees.
pub(super) fn is_indian(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "lakh" | "lakhs" | "lac" | "lacs" | "lpa" | "crore" | "crores" | "cr")
}

/// Returns true if digits are grouped as in India: `12,50,000`.
pub(super) fn is_grouped_in_lakhs(digits: &str) -> bool {
    digits.split(',').skip(1).any(|group| group.len() == 2) && digits.matches(',').count() > 1
}

/// Maximum number, in thousandths; larger ones are no personal amounts.
const LARGEST: i128 = 1_000_000_000_000_000;

/// Parses a number in digits to thousandths. `1,200.50` and `1.200,50` are distinguished by their last mark; a single
/// mark before three digits separates thousands, unless a unit follows (`1.125 million`); spaces and apostrophes always
/// do.
pub(super) fn of_digits(written: &str, has_unit: bool) -> Option<i128> {
    let compact: String = written.chars().filter(|char| !char.is_whitespace() && *char != '\'').collect();
    let marks: Vec<(usize, char)> = compact.char_indices().filter(|(_, char)| matches!(char, '.' | ',')).collect();
    let decimal = match marks.as_slice() {
        [] => None,
        [(at, mark)] => {
            let behind = compact.len() - at - 1;
            let is_thousands = behind == 3 && !has_unit && !compact.starts_with('0');
            // An English comma before three digits parts thousands even before a unit: nobody says 1,125k otherwise.
            let is_thousands = is_thousands || (behind == 3 && *mark == ',');
            (!is_thousands).then_some(*at)
        }
        [.., (_, before), (at, last)] => (before != last).then_some(*at),
    };
    let (whole, part) = decimal.map_or((compact.as_str(), ""), |at| (&compact[..at], &compact[at + 1..]));
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    if digits.len() > 13 || !part.chars().all(|char| char.is_ascii_digit()) {
        return None;
    }
    let part: String = part.chars().chain("000".chars()).take(3).collect();
    let value = digits.parse::<i128>().ok()? * 1_000 + part.parse::<i128>().ok()?;
    (value <= LARGEST).then_some(value)
}

/// Parses a number in words to thousandths: `a hundred and twenty thousand`, `half a million`, `eighty-five grand`.
pub(super) fn of_words(written: &str) -> Option<i128> {
    let (mut total, mut group, mut seen) = (0_i128, 0_i128, false);
    let mut is_half = false;
    for word in written.to_lowercase().split([' ', '-']).filter(|word| !word.is_empty()) {
        match word {
            "a" | "an" | "and" => {}
            "half" => is_half = true,
            "quarter" => return None,
            "hundred" => {
                group = group.max(1).saturating_mul(100);
                seen = true;
            }
            _ => match (small(word), multiplier(word)) {
                (Some(number), _) => {
                    group = group.saturating_add(number);
                    seen = true;
                }
                (None, Some(unit)) => {
                    let thousandths = if is_half && group == 0 { 500 } else { group.max(1).saturating_mul(1_000) };
                    total = total.saturating_add(thousandths.saturating_mul(unit));
                    (group, is_half, seen) = (0, false, true);
                }
                (None, None) => return None,
            },
        }
    }
    let value = total.saturating_add(group.saturating_mul(1_000));
    (seen && value <= LARGEST).then_some(value)
}

/// Numbers of one word.
const SMALL: [(&str, i128); 27] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

fn small(word: &str) -> Option<i128> {
    SMALL.iter().find(|(name, _)| *name == word).map(|(_, number)| *number)
}

/// Returns a pattern for a number in words that contains a unit, or begins with a small number.
pub(super) fn words_pattern() -> String {
    let small = SMALL.iter().map(|(name, _)| *name).rev().collect::<Vec<_>>().join("|");
    let word = format!("(?:{small}|hundred|thousand|grand|million|mil|half|k|lakhs?|crores?)");
    format!(r"(?:an?\s+)?\b{word}\b(?:(?:[\s-]+|\s+and\s+|\s+an?\s+){word}\b)*")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_read_both_ways() {
        for (written, expected) in [
            ("1,200.50", 1_200_500),
            ("1.200,50", 1_200_500),
            ("1 200", 1_200_000),
            ("140'000", 140_000_000),
            ("85,000", 85_000_000),
            ("85.000", 85_000_000),
            ("9.5", 9_500),
            ("9,5", 9_500),
            ("1.200.000", 1_200_000_000),
            ("0.125", 125),
        ] {
            assert_eq!(of_digits(written, false), Some(expected), "{written}");
        }
        assert_eq!(of_digits("1.125", true), Some(1_125));
        assert_eq!(of_digits(&"9".repeat(30), false), None);
    }

    #[test]
    fn words_are_numbers() {
        for (written, expected) in [
            ("a hundred and twenty thousand", 120_000),
            ("eighty-five grand", 85_000),
            ("half a million", 500_000),
            ("one million two hundred thousand", 1_200_000),
            ("ninety", 90),
        ] {
            assert_eq!(of_words(written), Some(expected * 1_000), "{written}");
        }
        assert_eq!(of_words("a"), None);
        assert_eq!(of_words(&"hundred ".repeat(1000)), None);
    }
}
