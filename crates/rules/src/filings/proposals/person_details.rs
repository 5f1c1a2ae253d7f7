//! Merging of the values that rules and model have for a person.

use super::Field;
use crate::filings::people::Person;

/// Fills in missing values of `own`. Returns true if any was filled in, and the fields that differ with both values.
pub(super) fn complete(own: &mut Person, other: &Person) -> (bool, Vec<(Field, String, String)>) {
    let (mut completed, mut differing) = (false, Vec::new());
    match (&own.role, &other.role) {
        (None, Some(role)) => {
            own.role = Some(role.clone());
            completed = true;
        }
        (Some(one), Some(two)) if one.to_lowercase() != two.to_lowercase() => {
            differing.push((Field::Role, one.clone(), two.clone()));
        }
        _ => {}
    }
    match (own.effective, other.effective) {
        (None, Some(day)) => {
            own.effective = Some(day);
            completed = true;
        }
        (Some(one), Some(two)) if one != two => {
            differing.push((Field::EffectiveOn, one.to_string(), two.to_string()));
        }
        _ => {}
    }
    (completed, differing)
}
