//! Headings as filers write them, and text that only looks like one.

use crate::filings::{Item, parse_filing};

/// What it shows, the document, and the items that it has.
const HEADINGS: &[(&str, &str, &str)] = &[
    ("plain", "<p>Item 8.01 Other Events.</p><p>The plant burned.</p>", "8.01"),
    ("capitals and full stop", "<p>ITEM 5.02. DEPARTURE OF DIRECTORS OR CERTAIN OFFICERS</p><p>He left.</p>", "5.02"),
    (
        "no-break space",
        "<p>Item&#160;1.01&nbsp;&#160;Entry into a Material Definitive Agreement.</p><p>Signed.</p>",
        "1.01",
    ),
    ("thin space", "<p>Item&#8201;2.02 Results of Operations and Financial Condition</p><p>Good.</p>", "2.02"),
    ("split by tags", "<p><b>It</b><b>em 5</b><i>.0</i>2 Departure of Directors</p><p>She left.</p>", "5.02"),
    (
        "newline inside",
        "<p><span>Item\n\n</span>\n<span> 7.01</span>Regulation\nFD Disclosure.</p><p>Shown.</p>",
        "7.01",
    ),
    (
        "cells of a table",
        "<table><tr><td>Item 2.06</td><td>Material Impairments.</td></tr></table><p>Gone.</p>",
        "2.06",
    ),
    (
        "cells with paragraphs",
        "<table><tr><td><p>Item 4.01</p></td><td><p>Changes in Registrant’s Certifying Accountant</p></td></tr></table><p>New.</p>",
        "4.01",
    ),
    (
        "item and number in cells of their own",
        "<table><tr><td><p>Item</p></td><td><p>1.05</p></td><td><p>Material Cybersecurity Incidents</p></td></tr></table><p>X.</p>",
        "1.05",
    ),
    ("with its sub-paragraph", "<p>Item 5.02(b) Departure of Directors or Certain Officers</p><p>He left.</p>", "5.02"),
    ("dash", "<p>Item 3.01 – Notice of Delisting</p><p>Below a dollar.</p>", "3.01"),
    ("colon and own title", "<p>Item 8.01: Redemption of Notes</p><p>Redeemed.</p>", "8.01"),
    ("no title at all", "<p>Item 8.01.</p><p>On May 1, 2023 the Company closed its plant.</p>", "8.01"),
    ("body in the same paragraph", "<p><u>Item 8.01 Other Events</u>. On May 1, 2023 the plant closed.</p>", "8.01"),
    (
        "a joint heading",
        "<p>Item 2.02 and Item 7.01. Results of Operations and Financial Condition; Regulation FD Disclosure.</p><p>X.</p>",
        "2.02 7.01",
    ),
    ("a joint heading with items", "<p>Items 1.01 and 2.03</p><p>The Company borrowed.</p>", "1.01 2.03"),
    (
        "the section above",
        "<p>Section 5 – Corporate Governance and Management</p><p>Item 5.03 Amendments to Articles</p><p>New bylaws.</p>",
        "5.03",
    ),
    (
        "several, in their order",
        "<p>Item 5.02 Departure of Directors</p><p>A</p><p>Item 7.01 Regulation FD Disclosure</p><p>B</p><p>Item 9.01 Financial Statements and Exhibits</p><p>C</p>",
        "5.02 7.01 9.01",
    ),
    (
        "a table of contents",
        "<p>TABLE OF CONTENTS</p><p>Item 1.01 Entry into a Material Definitive Agreement 3</p><p>Item 9.01 Financial Statements and Exhibits 4</p><p>Item 1.01 Entry into a Material Definitive Agreement</p><p>Signed.</p><p>Item 9.01 Financial Statements and Exhibits</p><p>99.1</p>",
        "1.01 9.01",
    ),
    (
        "continued on the next page",
        "<p>Item 8.01 Other Events</p><p>First.</p><p>3</p><p>Item 8.01 Other Events (continued)</p><p>Second.</p>",
        "8.01",
    ),
    ("a heading element", "<h3>ITEM 1.03 BANKRUPTCY OR RECEIVERSHIP</h3><div>Chapter 11.</div>", "1.03"),
    (
        "line breaks",
        "<div>Item 2.05<br/>Costs Associated with Exit or Disposal Activities<br/><br/>Plan.</div>",
        "2.05",
    ),
    (
        "inline XBRL",
        "<div style=\"display:none\"><ix:header><ix:hidden>Item 1.03 Bankruptcy</ix:hidden></ix:header></div><p><ix:nonNumeric name=\"x\">Item 8.01 Other Events</ix:nonNumeric></p><p>News.</p>",
        "8.01",
    ),
    ("a space in the number", "<p>Item 5. 02 Departure of Directors or Certain Officers</p><p>Left.</p>", "5.02"),
    ("No. before the number", "<p>Item No. 8.01 Other Events</p><p>News.</p>", "8.01"),
    (
        "plain text",
        "<PAGE>\n\nITEM 5.02.  DEPARTURE OF DIRECTORS OR PRINCIPAL OFFICERS;\n            ELECTION OF DIRECTORS\n\n     On May 1, he left.\n",
        "5.02",
    ),
    (
        "the old numbers",
        "ITEM 5.  OTHER EVENTS\n\n     News.\n\nITEM 7.  FINANCIAL STATEMENTS AND EXHIBITS\n\n     (c) Exhibits.\n",
        "5 7",
    ),
    ("the old numbers in HTML", "<P><B>Item 12. Results of Operations and Financial Condition</B></P><P>Up.</P>", "12"),
    ("the old title with regulation FD", "Item 9. Regulation FD Disclosure.\n\nShown.\n", "9"),
    // What is no heading.
    ("a cross-reference", "<p>Item 8.01 Other Events</p><p>As described in Item 1.01 above, it signed.</p>", "8.01"),
    (
        "a cross-reference that begins its paragraph",
        "<p>Item 8.01 Other Events</p><p>Item 1.01 of this Current Report is incorporated by reference.</p>",
        "8.01",
    ),
    (
        "a cross-reference at the start of a line",
        "ITEM 2.03 CREATION OF A DIRECT FINANCIAL OBLIGATION\n\nThe information set forth in\nItem 1.01 above is incorporated by reference into this\nItem 2.03.\n",
        "2.03",
    ),
    (
        "a cross-reference with its title",
        "ITEM 8.01 OTHER EVENTS\n\nThe disclosure under the caption\n“Item 1.01 Entry into a Material Definitive Agreement” is repeated here.\n",
        "8.01",
    ),
    (
        "a reference split over paragraphs",
        "<p>Item 8.01 Other Events</p><p>It is set forth under</p><p>Item 1.01 Entry into a Material Definitive Agreement</p><p>of this report.</p>",
        "8.01",
    ),
    (
        "an item of another form",
        "<p>Item 8.01 Other Events</p><p>Item 404(a) of Regulation S-K asks.</p><p>Item 1A. Risk Factors is changed.</p>",
        "8.01",
    ),
    (
        "a number that no form has",
        "<p>Item 8.01 Other Events</p><p>Item 5.99 Nothing</p><p>Item 10.02 None</p>",
        "8.01",
    ),
    (
        "not deemed filed",
        "<p>Item 7.01 Regulation FD Disclosure</p><p>Item 7.01 and Item 9.01 of this report shall not be deemed filed.</p>",
        "7.01",
    ),
    ("a list of merchandise", "<p>Item 8.01 Other Events</p><p>Item 5 on the agenda was adjourned.</p>", "8.01"),
    (
        "after the signature",
        "<p>Item 8.01 Other Events</p><p>News.</p><p>SIGNATURES</p><p>Item 1.01 Entry into a Material Definitive Agreement</p>",
        "8.01",
    ),
    ("nothing", "", ""),
    ("no items", "<p>FORM 8-K</p><p>Nothing to report.</p>", ""),
];

#[test]
fn headings_in_the_wild_are_told_from_text_that_looks_like_one() {
    let mut wrong = Vec::new();
    for (what, document, expected) in HEADINGS {
        let found: Vec<_> = parse_filing(document).items.iter().map(|section| section.item.to_string()).collect();
        if found.join(" ") != *expected {
            wrong.push(format!("{what}: {found:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_joint_heading_gives_each_item_the_text() {
    let filing =
        parse_filing("<p>Item 2.02 and Item 7.01. Results of Operations; Regulation FD Disclosure.</p><p>Up.</p>");
    let texts: Vec<_> = filing.items.iter().map(|section| section.text.as_str()).collect();
    assert_eq!(texts, ["Up.", "Up."]);
}

#[test]
fn the_text_behind_a_heading_in_the_same_paragraph_belongs_to_the_item() {
    let filing = parse_filing("<p><b>Item 8.01 Other Events.</b> The plant closed.</p><p>For good.</p>");
    assert_eq!(filing.items[0].title, "Other Events");
    assert_eq!(filing.items[0].text, "The plant closed.\nFor good.");
}

#[test]
fn sub_paragraphs_keep_their_letters_and_their_text() {
    let filing = parse_filing(
        "<p>Item 5.02 Departure of Directors or Certain Officers</p><p>Intro.</p>\
         <p>(b) He left.</p><p>For good.</p><p>(c), (d) She came.</p><p>e) Pay.</p>",
    );
    let parts: Vec<_> =
        filing.items[0].sub_paragraphs.iter().map(|sub| (sub.letters.as_str(), sub.text.as_str())).collect();
    assert_eq!(parts, [("b", "He left.\nFor good."), ("cd", "She came."), ("e", "Pay.")]);
    assert_eq!(filing.items[0].text, "Intro.\n(b) He left.\nFor good.\n(c), (d) She came.\ne) Pay.");
}

#[test]
fn a_letter_in_the_heading_is_the_first_sub_paragraph() {
    let filing = parse_filing(
        "<p>Item 5.02(b) Departure of Directors or Certain Officers</p><p>He left.</p>\
         <p>Item 5.02(e) Compensatory Arrangements of Certain Officers</p><p>Pay.</p>",
    );
    let parts: Vec<_> =
        filing.items[0].sub_paragraphs.iter().map(|sub| (sub.letters.as_str(), sub.text.as_str())).collect();
    assert_eq!(parts, [("b", "He left."), ("e", "Pay.")]);
    assert_eq!(filing.items.len(), 1);
}

#[test]
fn item_numbers_are_read_in_every_spelling() {
    for (text, item) in [
        ("5.02", Some(Item::Current(5, 2))),
        (" Item 5.02 ", Some(Item::Current(5, 2))),
        ("ITEM 9.01.", Some(Item::Current(9, 1))),
        ("5.2", None),
        ("5", Some(Item::Legacy(5))),
        ("12", Some(Item::Legacy(12))),
        ("13", None),
        ("5.09", None),
        ("", None),
        ("Item", None),
        ("5.02x", None),
    ] {
        assert_eq!(Item::parse(text), item, "{text}");
    }
}
