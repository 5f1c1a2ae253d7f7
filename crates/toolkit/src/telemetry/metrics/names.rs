//! A bounded set of client-chosen label values.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Label value of all other names.
const OTHER: &str = "other";
/// Maximum length of a name.
const LONGEST: usize = 64;

/// A set with a maximum number of names.
#[derive(Debug)]
pub struct Names {
    most: usize,
    known: Mutex<HashSet<String>>,
}

impl Names {
    /// Creates a set of at most `most` names.
    pub fn new(most: usize) -> Self {
        Self { most, known: Mutex::default() }
    }

    /// Returns `name` if it is in the set or can be added within the first `places`; otherwise `other`.
    pub fn fold(&self, name: &str, places: usize) -> String {
        // A set is whole after any panic.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains(name) {
            if name.len() > LONGEST || known.len() >= places.min(self.most) {
                return OTHER.to_owned();
            }
            known.insert(name.to_owned());
        }
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_names_get_a_place_and_keep_it() {
        let names = Names::new(2);
        let folded = ["a", "b", "c", "a"].map(|name| names.fold(name, 2));
        assert_eq!(folded, ["a", "b", "other", "a"]);
    }

    #[test]
    fn some_may_fill_a_part_of_the_places_only() {
        let names = Names::new(3);
        let folded = ["a", "b"].map(|name| names.fold(name, 1));
        assert_eq!(folded, ["a", "other"]);
        assert_eq!(names.fold("b", 3), "b");
    }

    #[test]
    fn a_long_name_gets_no_place() {
        assert_eq!(Names::new(9).fold(&"x".repeat(65), 9), "other");
    }
}
