//! The items of form 8-K: those in force since 23 August 2004 (SEC release 33-8400, with later additions), and the
//! earlier ones.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An item of form 8-K.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Item {
    /// Section and number, as in 5.02.
    Current(u8, u8),
    /// A number of the form before August 2004, 1 to 12.
    Legacy(u8),
}

/// All items with their titles. Older titles of an item follow the present one.
const TITLES: &[(Item, &str)] = &[
    (Item::Current(1, 1), "Entry into a Material Definitive Agreement"),
    (Item::Current(1, 2), "Termination of a Material Definitive Agreement"),
    (Item::Current(1, 3), "Bankruptcy or Receivership"),
    (Item::Current(1, 4), "Mine Safety - Reporting of Shutdowns and Patterns of Violations"),
    (Item::Current(1, 5), "Material Cybersecurity Incidents"),
    (Item::Current(2, 1), "Completion of Acquisition or Disposition of Assets"),
    (Item::Current(2, 2), "Results of Operations and Financial Condition"),
    (
        Item::Current(2, 3),
        "Creation of a Direct Financial Obligation or an Obligation under an Off-Balance Sheet Arrangement of a Registrant",
    ),
    (
        Item::Current(2, 4),
        concat!(
            "Triggering Events That Accelerate or Increase a Direct Financial Obligation or an Obligation under an ",
            "Off-Balance Sheet Arrangement"
        ),
    ),
    (Item::Current(2, 5), "Costs Associated with Exit or Disposal Activities"),
    (Item::Current(2, 6), "Material Impairments"),
    (
        Item::Current(3, 1),
        "Notice of Delisting or Failure to Satisfy a Continued Listing Rule or Standard; Transfer of Listing",
    ),
    (Item::Current(3, 2), "Unregistered Sales of Equity Securities"),
    (Item::Current(3, 3), "Material Modification to Rights of Security Holders"),
    (Item::Current(4, 1), "Changes in Registrant's Certifying Accountant"),
    (
        Item::Current(4, 2),
        "Non-Reliance on Previously Issued Financial Statements or a Related Audit Report or Completed Interim Review",
    ),
    (Item::Current(5, 1), "Changes in Control of Registrant"),
    (
        Item::Current(5, 2),
        concat!(
            "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; ",
            "Compensatory Arrangements of Certain Officers"
        ),
    ),
    (
        Item::Current(5, 2),
        "Departure of Directors or Principal Officers; Election of Directors; Appointment of Principal Officers",
    ),
    (Item::Current(5, 3), "Amendments to Articles of Incorporation or Bylaws; Change in Fiscal Year"),
    (Item::Current(5, 4), "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans"),
    (
        Item::Current(5, 5),
        "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics",
    ),
    (Item::Current(5, 6), "Change in Shell Company Status"),
    (Item::Current(5, 7), "Submission of Matters to a Vote of Security Holders"),
    (Item::Current(5, 8), "Shareholder Director Nominations"),
    (Item::Current(6, 1), "ABS Informational and Computational Material"),
    (Item::Current(6, 2), "Change of Servicer or Trustee"),
    (Item::Current(6, 3), "Change in Credit Enhancement or Other External Support"),
    (Item::Current(6, 4), "Failure to Make a Required Distribution"),
    (Item::Current(6, 5), "Securities Act Updating Disclosure"),
    (Item::Current(6, 6), "Static Pool"),
    (Item::Current(7, 1), "Regulation FD Disclosure"),
    (Item::Current(8, 1), "Other Events"),
    (Item::Current(9, 1), "Financial Statements and Exhibits"),
    (Item::Legacy(1), "Changes in Control of Registrant"),
    (Item::Legacy(2), "Acquisition or Disposition of Assets"),
    (Item::Legacy(3), "Bankruptcy or Receivership"),
    (Item::Legacy(4), "Changes in Registrant's Certifying Accountant"),
    (Item::Legacy(5), "Other Events and Regulation FD Disclosure"),
    (Item::Legacy(6), "Resignations of Registrant's Directors"),
    (Item::Legacy(7), "Financial Statements, Pro Forma Financial Information and Exhibits"),
    (Item::Legacy(8), "Change in Fiscal Year"),
    (Item::Legacy(9), "Regulation FD Disclosure"),
    (Item::Legacy(10), "Amendments to the Registrant's Code of Ethics, or Waiver of a Provision of the Code of Ethics"),
    (Item::Legacy(11), "Temporary Suspension of Trading Under Registrant's Employee Benefit Plans"),
    (Item::Legacy(12), "Results of Operations and Financial Condition"),
];

impl Item {
    /// Parses `5.02`, `Item 5.02.` or, for the years before August 2004, `5`. `None` if the form has no such item.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = match text.get(..4) {
            Some(word) if word.eq_ignore_ascii_case("item") => text[4..].trim_start(),
            _ => text,
        };
        let text = text.strip_suffix('.').unwrap_or(text);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        let item = match text.split_once('.') {
            Some((section, number)) if section.len() == 1 && number.len() == 2 => {
                Self::Current(digits(section)?, digits(number)?)
            }
            Some(_) => return None,
            None => Self::Legacy(digits(text)?),
        };
        item.is_known().then_some(item)
    }

    /// Returns the present title.
    pub fn title(self) -> &'static str {
        self.titles().next().unwrap_or_default()
    }

    /// Returns the present title and former ones.
    pub(super) fn titles(self) -> impl Iterator<Item = &'static str> {
        TITLES.iter().filter(move |(item, _)| *item == self).map(|(_, title)| *title)
    }

    fn is_known(self) -> bool {
        TITLES.iter().any(|(item, _)| *item == self)
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current(section, number) => write!(f, "{section}.{number:02}"),
            Self::Legacy(number) => write!(f, "{number}"),
        }
    }
}

impl From<Item> for String {
    fn from(item: Item) -> Self {
        item.to_string()
    }
}

/// The error for a text that is no item of form 8-K.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("form 8-K has no item `{0}`")]
pub struct UnknownItem(String);

impl TryFrom<String> for Item {
    type Error = UnknownItem;

    fn try_from(text: String) -> Result<Self, UnknownItem> {
        Self::parse(&text).ok_or(UnknownItem(text))
    }
}
