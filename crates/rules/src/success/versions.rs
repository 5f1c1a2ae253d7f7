//! Versions of products, compared as numbers.

use std::cmp::Ordering;
use std::collections::BTreeSet;

/// A version of up to six numbers, such as `1.10.2`; a leading `v` is ignored, missing numbers are 0, and a suffix
/// such as `-rc.1` comes before the version itself. `1.10` is newer than `1.9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    numbers: [u64; 6],
    suffix: Option<String>,
}

impl Version {
    /// Parses a version; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        // What follows a plus names the build and orders nothing.
        let text = text.split('+').next().unwrap_or_default();
        let (digits, suffix) = text.split_once('-').map_or((text, None), |(digits, suffix)| (digits, Some(suffix)));
        let mut numbers = [0; 6];
        for (at, part) in digits.split('.').enumerate() {
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *numbers.get_mut(at)? = part.parse().ok()?;
        }
        let suffix = match suffix {
            Some("") => return None,
            Some(suffix) => Some(suffix.to_ascii_lowercase()),
            None => None,
        };
        Some(Self { numbers, suffix })
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (&self.suffix, &other.suffix) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(a), Some(b)) => by_parts(a, b),
        })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares `rc.2` and `rc.10` part by part; numbers by value and before words, as in semver.org §11.
fn by_parts(a: &str, b: &str) -> Ordering {
    let key = |part: &str| part.parse::<u64>().map_or_else(|_| (1, 0, part.to_owned()), |n| (0, n, String::new()));
    a.split('.').map(key).cmp(b.split('.').map(key))
}

/// Returns the number of distinct newer versions in the catalogue. None if the version cannot be read, or nothing of
/// the catalogue can. Entries that cannot be read are ignored.
pub fn versions_behind<'a>(version: &str, catalogue: impl IntoIterator<Item = &'a str>) -> Option<u32> {
    let running = Version::parse(version)?;
    let known: BTreeSet<Version> = catalogue.into_iter().filter_map(Version::parse).collect();
    if known.is_empty() {
        return None;
    }
    u32::try_from(known.iter().filter(|known| **known > running).count()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let newer = |a: &str, b: &str| Version::parse(a).unwrap() > Version::parse(b).unwrap();
        assert!(newer("1.10", "1.9") && newer("v2.0", "1.99.99") && newer("1.0", "1.0-rc.10"));
        assert!(newer("1.0-rc.10", "1.0-rc.2"));
        assert_eq!(Version::parse("1.0"), Version::parse("1.0.0"));
        for text in ["", "latest", "1..2", "1.x", "1.2.3.4.5.6.7", "1-", "99999999999999999999"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn behind_counts_distinct_newer_versions_of_the_catalogue() {
        let catalogue = ["1.8", "1.9", "1.10", "1.10.0", "2.0", "next"];
        assert_eq!(versions_behind("1.9", catalogue), Some(2));
        assert_eq!(versions_behind("2.0", catalogue), Some(0));
        assert_eq!(versions_behind("nightly", catalogue), None);
        assert_eq!(versions_behind("1.9", ["next"]), None);
    }
}
