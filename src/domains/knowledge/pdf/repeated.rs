//! Detection of text repeated on most pages, such as headers, footers and page numbers, which would interrupt
//! sentences.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Minimum number of pages with the line.
const LEAST: usize = 3;
/// Number of lines from the top and bottom of a page that may be repeated.
const EDGE: usize = 3;
/// The height of a position, in points: lines at adjacent positions count as equal.
const PLACE: f64 = 3.0;

/// A line with its position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    /// The page, from 1.
    pub(super) page: usize,
    /// The height above the bottom, in points.
    pub(super) up: f64,
    pub(super) text: &'a str,
}

/// Returns true for each line that occurs, apart from page numbers, at the same position near the edge of at least
/// about half of the pages: left and right pages may have different headers. Returns false for all lines if it would be
/// true for all.
pub(super) fn repeated(lines: &[Placed<'_>]) -> Vec<bool> {
    let mut of_page: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, line) in lines.iter().enumerate() {
        of_page.entry(line.page).or_default().push(number);
    }
    let mut at_edge: BTreeSet<usize> = BTreeSet::new();
    for of_page in of_page.values_mut() {
        of_page.sort_by(|a, b| lines[*a].up.total_cmp(&lines[*b].up));
        at_edge.extend(of_page.iter().take(EDGE).chain(of_page.iter().rev().take(EDGE)));
    }
    let mut pages: HashMap<(String, i64), HashSet<usize>> = HashMap::new();
    for line in at_edge.iter().map(|number| &lines[*number]) {
        for pattern in patterns(line) {
            for near in -1..=1 {
                pages.entry((pattern.clone(), place(line.up) + near)).or_default().insert(line.page);
            }
        }
    }
    let is_on_most = |line: &Placed<'_>| {
        let on = |pattern| pages.get(&(pattern, place(line.up))).map_or(0, HashSet::len);
        let most = patterns(line).into_iter().map(on).max().unwrap_or(0);
        most >= LEAST && most * 2 + 1 >= of_page.len()
    };
    let is_repeated = |(number, line)| at_edge.contains(&number) && is_on_most(line);
    let repeated: Vec<_> = lines.iter().enumerate().map(is_repeated).collect();
    if repeated.iter().all(|is_repeated| *is_repeated) { vec![false; lines.len()] } else { repeated }
}

/// Returns the features that a line shares with the same line on other pages: its text, or its text with the first or
/// last number relative to the page number. Other numbers, such as sums, distinguish lines.
fn patterns(line: &Placed<'_>) -> Vec<String> {
    let text = line.text.to_lowercase();
    let digits = |c: char| c.is_ascii_digit();
    let first = text.find(digits).map(|start| start..text.len() - text[start..].trim_start_matches(digits).len());
    let last = text.rfind(digits).map(|place| text[..=place].trim_end_matches(digits).len()..place + 1);
    let counted = |range: std::ops::Range<usize>| {
        let number: i64 = text[range.clone()].parse().ok()?;
        let offset = number.checked_sub(i64::try_from(line.page).ok()?)?;
        Some(format!("{}\0{offset}\0{}", &text[..range.start], &text[range.end..]))
    };
    let counted: Vec<_> = [first, last].into_iter().flatten().filter_map(counted).collect();
    [text.clone()].into_iter().chain(counted).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "no page is that high; what is not a number is at 0")]
fn place(up: f64) -> i64 {
    (up / PLACE).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept<'a>(lines: &[Placed<'a>]) -> Vec<&'a str> {
        lines.iter().zip(repeated(lines)).filter(|(_, repeated)| !repeated).map(|(line, _)| line.text).collect()
    }

    fn page<'a>(page: usize, texts: &[(f64, &'a str)]) -> Vec<Placed<'a>> {
        texts.iter().map(|(up, text)| Placed { page, up: *up, text }).collect()
    }

    #[test]
    fn headers_and_footers_of_most_pages_are_left_out_with_the_numbers_of_pages() {
        let pages = [
            page(1, &[(500.0, "Handbook"), (400.0, "Wine is kept"), (20.0, "1")]),
            page(2, &[(800.0, "Acme Handbook"), (400.0, "in the cellar"), (20.4, "2")]),
            page(3, &[(801.0, "ACME Handbook"), (700.0, "below the house."), (19.0, "3")]),
            page(4, &[(800.0, "Acme Handbook"), (400.0, "Barolo too."), (20.0, "4")]),
        ]
        .concat();
        assert_eq!(kept(&pages), ["Handbook", "Wine is kept", "in the cellar", "below the house.", "Barolo too."]);
    }

    #[test]
    fn left_and_right_pages_may_have_headers_of_their_own() {
        let header = |number| if number % 2 == 0 { "Left" } else { "Right" };
        let texts = ["one", "two", "three", "four", "five", "six", "seven"];
        let pages: Vec<_> = texts
            .iter()
            .zip(1..)
            .flat_map(|(text, number)| page(number, &[(800.0, header(number)), (400.0, *text)]))
            .collect();
        assert_eq!(kept(&pages), texts);
    }

    #[test]
    fn what_is_repeated_elsewhere_or_on_few_pages_stays() {
        let body = |number| {
            page(
                number,
                &[
                    (800.0, "a"),
                    (700.0, "b"),
                    (600.0, "c"),
                    (500.0, "Total: 5"),
                    (300.0, "d"),
                    (200.0, "e"),
                    (100.0, "f"),
                ],
            )
        };
        let lines: Vec<_> = (1..=3).flat_map(body).collect();
        assert_eq!(kept(&lines), ["Total: 5"; 3]);
        let few: Vec<_> = (1..=2).flat_map(|number| page(number, &[(800.0, "Acme"), (400.0, "text")])).collect();
        assert_eq!(kept(&few).len(), 4);
        let moving: Vec<_> =
            (1..=4_u8).flat_map(|number| page(number.into(), &[(f64::from(number) * 50.0, "Acme")])).collect();
        assert_eq!(kept(&moving).len(), 4);
    }

    #[test]
    fn numbers_of_pages_are_counted_from_anywhere_and_sums_stay() {
        let sums = ["Sum 120", "Sum 45", "Sum 77"];
        let numbers = ["3 of 12, 2024", "4 of 12, 2024", "5 of 12, 2024"];
        let years = ["12 rooms - 1", "12 rooms - 2", "12 rooms - 3"];
        let lines: Vec<_> = (1..=3)
            .flat_map(|number| {
                page(number, &[(60.0, sums[number - 1]), (40.0, numbers[number - 1]), (20.0, years[number - 1])])
            })
            .collect();
        assert_eq!(kept(&lines), sums);
    }

    #[test]
    fn a_file_of_repeated_lines_alone_is_kept() {
        let lines: Vec<_> = (1..=4).flat_map(|number| page(number, &[(400.0, "Do not copy")])).collect();
        assert_eq!(kept(&lines).len(), 4);
        assert!(repeated(&[]).is_empty());
    }
}
