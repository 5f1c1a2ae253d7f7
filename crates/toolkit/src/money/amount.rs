//! An amount in a currency.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};

use super::Currency;

/// An amount of money, exact to the minor unit of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// The amount in minor units: cents, or whole yen.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// The error for an amount that cannot be read, or computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is no plain decimal number.
    #[error("Give an amount as digits, such as 49 or 49.00.")]
    NotAnAmount,
    /// The amount has more digits behind the point than its currency.
    #[error("{}", too_fine(*.0))]
    TooFine(Currency),
    /// The amount is beyond all that can be kept.
    #[error("The amount is too large.")]
    TooLarge,
    /// The amounts are of different currencies.
    #[error("Amounts in {0} and {1} cannot be combined; give all in one currency.")]
    OtherCurrency(Currency, Currency),
}

fn too_fine(currency: Currency) -> String {
    match currency.digits() {
        0 => format!("Give a whole number: {currency} has no smaller unit."),
        digits => format!("Give at most {digits} decimals: {currency} has no smaller unit."),
    }
}

impl Money {
    /// Returns so many minor units of `currency`.
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Returns no money in `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads a decimal number such as `85000`, `-0.50` or `900.125`. Digits beyond those of the currency are an error, also
    /// where they are 0: nothing is rounded.
    ///
    /// # Errors
    /// [`MoneyError::NotAnAmount`], [`MoneyError::TooFine`] or [`MoneyError::TooLarge`].
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (sign, number) = amount.strip_prefix('-').map_or(("", amount), |number| ("-", number));
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(MoneyError::NotAnAmount),
            None => (number, ""),
        };
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
            return Err(MoneyError::NotAnAmount);
        }
        let digits = currency.digits() as usize;
        if fraction.len() > digits {
            return Err(MoneyError::TooFine(currency));
        }
        let minor = format!("{sign}{whole}{fraction:0<digits$}").parse().map_err(|_| MoneyError::TooLarge)?;
        Ok(Self::new(minor, currency))
    }

    /// Returns the amount as a decimal number with all digits of the currency, such as `85000.50`.
    pub fn amount(self) -> String {
        let digits = self.currency.digits() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let number = format!("{:0>width$}", self.minor.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = number.split_at(number.len() - digits);
        if digits == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// Returns the sum of both.
    ///
    /// # Errors
    /// [`MoneyError::OtherCurrency`] or [`MoneyError::TooLarge`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_add)
    }

    /// Returns what is left of it without `other`.
    ///
    /// # Errors
    /// [`MoneyError::OtherCurrency`] or [`MoneyError::TooLarge`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.with(other, i64::checked_sub)
    }

    /// Returns it so many times.
    ///
    /// # Errors
    /// [`MoneyError::TooLarge`].
    pub fn times(self, factor: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(factor).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(minor, self.currency))
    }

    /// Returns the sum of `amounts`, which are all in `currency`; zero when there are none.
    ///
    /// # Errors
    /// [`MoneyError::OtherCurrency`] or [`MoneyError::TooLarge`].
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    fn with(self, other: Self, compute: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::OtherCurrency(self.currency, other.currency));
        }
        let minor = compute(self.minor, other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self::new(minor, self.currency))
    }
}

/// Amounts of different currencies are neither more nor less than each other.
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }
}

/// Writes the amount with its currency, such as `49.00 USD`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    fn parse(amount: &str, code: &str) -> Result<Money, MoneyError> {
        Money::parse(amount, currency(code))
    }

    #[test]
    fn amounts_keep_every_digit_in_the_minor_unit_of_their_currency() {
        for (amount, code, minor, shown) in [
            ("85000", "USD", 8_500_000, "85000.00"),
            ("85000.5", "EUR", 8_500_050, "85000.50"),
            ("0.05", "EUR", 5, "0.05"),
            ("-1.05", "EUR", -105, "-1.05"),
            ("-0", "EUR", 0, "0.00"),
            ("007", "EUR", 700, "7.00"),
            ("4200000", "JPY", 4_200_000, "4200000"),
            ("-7", "JPY", -7, "-7"),
            ("900.125", "KWD", 900_125, "900.125"),
            ("0.0001", "CLF", 1, "0.0001"),
            ("92233720368547758.07", "USD", i64::MAX, "92233720368547758.07"),
            ("-92233720368547758.08", "USD", i64::MIN, "-92233720368547758.08"),
        ] {
            let money = parse(amount, code).unwrap();
            assert_eq!((money.minor, money.amount()), (minor, shown.to_owned()), "{amount} {code}");
        }
        assert_eq!(parse("49", "USD").unwrap().to_string(), "49.00 USD");
    }

    #[test]
    fn what_is_no_plain_number_is_no_amount() {
        for amount in ["", "-", ".5", "5.", "-.5", "1e3", "+1", "--1", "1.2.3", "85,000", " 1", "$4", "٣", "NaN"] {
            assert_eq!(parse(amount, "USD"), Err(MoneyError::NotAnAmount), "{amount}");
        }
    }

    #[test]
    fn an_amount_that_is_finer_than_its_currency_or_beyond_all_numbers_is_refused() {
        for (amount, code) in [("1.234", "USD"), ("1.000", "USD"), ("1.5", "JPY"), ("1.0", "JPY"), ("0.0001", "KWD")] {
            assert_eq!(parse(amount, code), Err(MoneyError::TooFine(currency(code))), "{amount} {code}");
        }
        for amount in ["92233720368547758.08", "-92233720368547758.09", "99999999999999999999"] {
            assert_eq!(parse(amount, "USD"), Err(MoneyError::TooLarge), "{amount}");
        }
        let words = |code| parse("1.2345", code).unwrap_err().to_string();
        assert_eq!(words("USD"), "Give at most 2 decimals: USD has no smaller unit.");
        assert_eq!(words("JPY"), "Give a whole number: JPY has no smaller unit.");
    }

    #[test]
    fn amounts_of_one_currency_are_computed_with_and_compared() {
        let usd = |minor| Money::new(minor, currency("USD"));
        let largest = usd(i64::MAX);
        assert_eq!(usd(250).plus(usd(-100)), Ok(usd(150)));
        assert_eq!(usd(250).minus(usd(300)), Ok(usd(-50)));
        assert_eq!(usd(250).times(-3), Ok(usd(-750)));
        assert_eq!(Money::sum(currency("USD"), [usd(1), usd(2), usd(3)]), Ok(usd(6)));
        assert_eq!(Money::sum(currency("USD"), []), Ok(usd(0)));
        assert!(usd(1) < usd(2) && usd(2) >= usd(2));
        for wrong in [largest.plus(usd(1)), usd(i64::MIN).minus(usd(1)), largest.times(2), usd(i64::MIN).times(-1)] {
            assert_eq!(wrong, Err(MoneyError::TooLarge));
        }
    }

    #[test]
    fn amounts_of_different_currencies_are_not() {
        let (dollar, euro) = (parse("1", "USD").unwrap(), parse("1", "EUR").unwrap());
        let other = MoneyError::OtherCurrency(dollar.currency, euro.currency);
        assert_eq!((dollar.plus(euro), dollar.minus(euro)), (Err(other), Err(other)));
        assert_eq!(Money::sum(dollar.currency, [dollar, euro]), Err(other));
        assert_eq!(dollar.partial_cmp(&euro), None);
        assert_ne!(dollar, euro);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(minor: i64, code in prop::sample::select(vec!["JPY", "USD", "KWD", "CLF"])) {
            let money = Money::new(minor, currency(code));
            prop_assert_eq!(Money::parse(&money.amount(), money.currency), Ok(money));
        }
    }
}
