//! Password rules after NIST SP 800-63B, section 5.1.1.2: length, and not a common one. No composition rules, which
//! make passwords weaker.

use zxcvbn::zxcvbn;

use super::password::normalized;
use crate::error::Problems;

const MIN: usize = 12;
const MAX: usize = 1024;
/// Number of characters examined by the estimate, whose time is quadratic.
const LOOKED_AT: usize = 100;
/// Power of ten of guesses below which a password counts as common. A list of a hundred million leaked ones is 8.
const MIN_GUESSES: f64 = 8.0;

/// Adds the problems of `password` for a user described by `words` (mail address, name).
pub(super) fn check(problems: &mut Problems, path: &str, password: &str, words: &[&str]) {
    let password = normalized(password);
    let length = password.chars().count();
    if length < MIN {
        problems.add(
            path,
            format!("Give at least {MIN} characters; several words separated by spaces make a good password."),
        );
    } else if length > MAX {
        problems.add(path, format!("Give at most {MAX} characters."));
    } else {
        let start: String = password.chars().take(LOOKED_AT).collect();
        let parts = words.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
        let known: Vec<_> = words.iter().copied().chain(parts).filter(|part| !part.is_empty()).collect();
        if zxcvbn(&start, &known).guesses_log10() < MIN_GUESSES {
            problems.add(path, "This password is easy to guess; choose another one.");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(password: &str) -> bool {
        let mut problems = Problems::default();
        check(&mut problems, "password", password, &["dana.scully@example.com", "Dana Scully"]);
        problems.into_result().is_ok()
    }

    #[test]
    fn long_passwords_of_any_composition_are_good() {
        for good in ["correct horse battery staple", "ich mag grüne äpfel sehr", "7f3k9q2m5x8z1"] {
            assert!(is_good(good), "{good}");
        }
    }

    #[test]
    fn short_common_repeated_and_personal_ones_are_not() {
        for bad in ["short", "password1234", "aaaaaaaaaaaaaaaa", "qwertyuiop123", "dana.scully@example.com"] {
            assert!(!is_good(bad), "{bad}");
        }
        assert!(!is_good(&"long ".repeat(300)));
    }
}
