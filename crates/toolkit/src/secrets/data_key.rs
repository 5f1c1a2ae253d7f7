//! Keys of single people or things, which stand sealed beside what they seal: who deletes such a key has erased all that it
//! sealed, wherever it stands.

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{error::SealError, place::SealedColumn, ring::KeyRing};
use crate::{ambient::Ambient, config::SealingKey};

/// A key of one person or thing.
#[derive(Debug)]
pub struct DataKey(KeyRing);

impl DataKey {
    /// Returns a new key as text, to be stored sealed.
    pub fn generate(ambient: &Ambient) -> SecretString {
        format!("data:{}", BASE64_STANDARD.encode(ambient.bytes::<{ SealingKey::LENGTH }>())).into()
    }

    /// Reads a key.
    ///
    /// # Errors
    /// If the text is no key.
    pub fn parse(text: &SecretString) -> Result<Self, SealError> {
        let keys = SealingKey::parse_list(text.expose_secret()).map_err(|_| SealError::Malformed)?;
        KeyRing::new(&keys).map(Self)
    }

    /// Seals `clear` for `column` of `row`; what is returned opens nowhere else.
    ///
    /// # Errors
    /// If the text is too long for the cipher.
    pub fn seal(
        &self,
        ambient: &Ambient,
        column: &SealedColumn,
        row: Uuid,
        clear: &SecretString,
    ) -> Result<String, SealError> {
        self.0.seal(column.place(&row), clear, ambient.bytes())
    }

    /// Opens the text that stands in `column` of `row`.
    ///
    /// # Errors
    /// If it is no sealed text, was changed, or was sealed by another key or for another place.
    pub fn unseal(&self, column: &SealedColumn, row: Uuid, sealed: &str) -> Result<SecretString, SealError> {
        self.0.unseal(column.place(&row), sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMN: SealedColumn = SealedColumn { table: "t", id: "id", column: "c" };

    #[test]
    fn what_a_key_sealed_opens_by_it_alone_and_in_its_place() {
        let ambient = Ambient::system();
        let [one, other] = [(); 2].map(|()| DataKey::parse(&DataKey::generate(&ambient)).unwrap());
        let row = Uuid::from_u128(1);
        let sealed = one.seal(&ambient, &COLUMN, row, &"Dana".into()).unwrap();
        assert_eq!(one.unseal(&COLUMN, row, &sealed).unwrap().expose_secret(), "Dana");
        assert_eq!(other.unseal(&COLUMN, row, &sealed).unwrap_err(), SealError::DoesNotOpen);
        assert_eq!(one.unseal(&COLUMN, Uuid::nil(), &sealed).unwrap_err(), SealError::DoesNotOpen);
        assert_eq!(DataKey::parse(&"Dana".into()).unwrap_err(), SealError::Malformed);
    }
}
