//! Currencies of ISO 4217.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency of ISO 4217 in which amounts are given. Gold, the code for tests and the like have no minor unit and are not
/// among them; currencies that were replaced are, for old amounts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    iso: iso_currency::Currency,
    digits: u8,
}

/// The error for a code that no currency has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is not a currency of ISO 4217; give its code in capital letters, such as USD.")]
pub struct UnknownCurrency;

impl Currency {
    /// Returns the currency with this code of three capital letters.
    ///
    /// # Errors
    /// [`UnknownCurrency`] when there is none.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        let iso = iso_currency::Currency::from_code(code).ok_or(UnknownCurrency)?;
        let digits = iso.exponent().and_then(|digits| u8::try_from(digits).ok()).ok_or(UnknownCurrency)?;
        Ok(Self { iso, digits })
    }

    /// Returns the code, such as `USD`.
    pub fn code(self) -> &'static str {
        self.iso.code()
    }

    /// Returns how many digits of an amount stand behind the point: 2 for dollars, 0 for yen.
    pub fn digits(self) -> u32 {
        self.digits.into()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::parse(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_behind_the_point_are_those_of_iso_4217() {
        for (digits, codes) in [
            (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
            (2, "AED BRL CHF EUR GBP HUF IDR INR MGA MRU MXN TRY TWD USD VES ZMW"),
            (3, "BHD IQD JOD KWD LYD OMR TND"),
            (4, "CLF UYW"),
        ] {
            for code in codes.split(' ') {
                assert_eq!(Currency::parse(code).unwrap().digits(), digits, "{code}");
            }
        }
    }

    #[test]
    fn what_is_no_currency_with_a_minor_unit_is_refused() {
        for code in ["", "usd", "Usd", " USD", "US", "USDT", "BTC", "ABC", "XAU", "XTS", "XXX", "€", "$$$"] {
            assert_eq!(Currency::parse(code), Err(UnknownCurrency), "{code}");
        }
    }

    #[test]
    fn a_currency_is_kept_by_its_code() {
        let currency = Currency::parse("EUR").unwrap();
        assert_eq!(serde_json::to_string(&currency).unwrap(), r#""EUR""#);
        assert_eq!(serde_json::from_str::<Currency>(r#""EUR""#).unwrap(), currency);
        assert!(serde_json::from_str::<Currency>(r#""euro""#).is_err());
    }
}
