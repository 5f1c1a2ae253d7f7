//! Texts that strangers choose, as values of labels: a bounded number of them.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// What counts for every name that has no place of its own.
const OTHER: &str = "other";
/// The longest name that gets a place.
const LONGEST: usize = 64;

/// A set of names that takes so many and no more.
#[derive(Debug)]
pub struct Names {
    most: usize,
    known: Mutex<HashSet<String>>,
}

impl Names {
    /// A set with places for `most` names.
    pub fn new(most: usize) -> Self {
        Self { most, known: Mutex::default() }
    }

    /// `name` when it has a place, or gets one of the first `places`; else `other`.
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
