//! The part of a file that a request asks for (RFC 9110, section 14).

use std::ops::Range;

use http::{HeaderMap, header};

/// The part of a file that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it; also for several ranges at once, which a server need not serve.
    All,
    /// These bytes.
    Part(Range<u64>),
    /// None that it has.
    Nothing,
}

/// Returns the part of a file of `size` bytes that is asked for.
pub(super) fn wanted(headers: &HeaderMap, etag: &str, size: u64) -> Wanted {
    if headers.get(header::IF_RANGE).is_some_and(|condition| condition != etag) {
        return Wanted::All;
    }
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let Some((first, last)) = range.filter(|range| !range.contains(',')).and_then(|range| range.split_once('-')) else {
        return Wanted::All;
    };
    let range = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..size,
        (Err(_), Ok(length)) if first.trim().is_empty() => size.saturating_sub(length)..size,
        _ => return Wanted::All,
    };
    if range.start < range.end { Wanted::Part(range) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(range: &str, condition: Option<&str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().unwrap());
        if let Some(condition) = condition {
            headers.insert(header::IF_RANGE, condition.parse().unwrap());
        }
        wanted(&headers, "\"x\"", 10)
    }

    #[test]
    fn a_range_is_within_the_file() {
        assert_eq!(wanted(&HeaderMap::new(), "\"x\"", 10), Wanted::All);
        for (range, part) in [("0-0", 0..1), ("2-", 2..10), ("2-99", 2..10), ("-3", 7..10), ("-99", 0..10)] {
            assert_eq!(asked(&format!("bytes={range}"), None), Wanted::Part(part), "{range}");
        }
        for range in ["10-", "10-12", "-0"] {
            assert_eq!(asked(&format!("bytes={range}"), None), Wanted::Nothing, "{range}");
        }
        for range in ["bytes=0-1,4-5", "lines=1-2", "bytes=5-2", "bytes=a-b", "bytes=-"] {
            assert_eq!(asked(range, None), Wanted::All, "{range}");
        }
        assert_eq!(asked("bytes=0-1", Some("\"x\"")), Wanted::Part(0..2));
        assert_eq!(asked("bytes=0-1", Some("\"older\"")), Wanted::All);
    }
}
