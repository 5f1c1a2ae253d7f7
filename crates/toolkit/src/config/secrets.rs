//! Settings of sealed secrets.

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretSlice};

use super::reader::Reader;

/// The name of the setting with the keys.
pub const SECRETS_KEYS: &str = "SECRETS_KEYS";

/// Maximum length of the id of a key, in bytes.
const LONGEST_ID: usize = 32;
const MAKE_ONE: &str = "(make one with: openssl rand -base64 32)";

/// A key that seals secrets in the database.
#[derive(Debug, Clone)]
pub struct SealingKey {
    id: String,
    bytes: SecretSlice<u8>,
}

impl SealingKey {
    /// The length of a key, in bytes.
    pub const LENGTH: usize = 32;

    /// Returns the id, which stands in all that the key sealed.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the key, of [`SealingKey::LENGTH`] bytes.
    pub fn bytes(&self) -> &SecretSlice<u8> {
        &self.bytes
    }

    /// Returns true if a key may have the id `text`.
    pub fn is_id(text: &str) -> bool {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(is_valid)
    }

    /// Reads keys of the form `id:base64,id:base64`.
    ///
    /// # Errors
    /// Each problem, as a sentence without its subject and full stop. No key is repeated in it.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, Vec<String>> {
        let (mut keys, mut problems) = (Vec::new(), Vec::new());
        for (n, entry) in text.split(',').enumerate() {
            match Self::parse(entry.trim(), n + 1, &keys) {
                Ok(key) => keys.push(key),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(keys) } else { Err(problems) }
    }

    fn parse(entry: &str, number: usize, before: &[Self]) -> Result<Self, String> {
        let Some((id, key)) = entry.split_once(':').filter(|(id, _)| Self::is_id(id)) else {
            return Err(format!(
                "must be a list such as k2:KEY,k1:KEY: entry {number} does not begin with an id of up to {LONGEST_ID} \
                 letters, digits, - or _, and a colon"
            ));
        };
        if before.iter().any(|other| other.id == id) {
            return Err(format!("has two keys with the id {id}"));
        }
        let bytes =
            BASE64_STANDARD.decode(key).map_err(|_| format!("has a key {id} that is not valid base64 {MAKE_ONE}"))?;
        let bytes = SecretSlice::from(bytes);
        match bytes.expose_secret().len() {
            Self::LENGTH => {}
            length => return Err(format!("has a key {id} of {length} bytes instead of {} {MAKE_ONE}", Self::LENGTH)),
        }
        match before.iter().find(|other| other.bytes.expose_secret() == bytes.expose_secret()) {
            Some(other) => Err(format!("has the same key under the ids {} and {id} {MAKE_ONE}", other.id)),
            None => Ok(Self { id: id.to_owned(), bytes }),
        }
    }
}

/// Reads the setting.
pub(super) fn gather(r: &mut Reader<'_>) -> Vec<SealingKey> {
    r.section("Sealed secrets");
    let text = r.secret(
        SECRETS_KEYS,
        "Keys that seal secrets in the database, as k2:KEY,k1:KEY: the first seals, all open (make a KEY with: openssl rand -base64 32). On SQLite one is generated and stored beside the file; on PostgreSQL nothing is sealed without one.",
    );
    let keys = text.map_or(Ok(Vec::new()), |text| SealingKey::parse_list(text.expose_secret()));
    keys.unwrap_or_else(|problems| {
        problems.into_iter().for_each(|problem| r.problem(SECRETS_KEYS, problem));
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    const TWO: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn problems(text: &str) -> Vec<String> {
        SealingKey::parse_list(text).unwrap_err()
    }

    #[test]
    fn keys_are_read_in_their_order() {
        let keys = SealingKey::parse_list(&format!("k2:{TWO}, k1:{ONE}")).unwrap();
        let ids: Vec<_> = keys.iter().map(SealingKey::id).collect();
        assert_eq!(ids, ["k2", "k1"]);
        assert_eq!(keys[1].bytes().expose_secret(), (0..32).collect::<Vec<u8>>());
        assert!(!format!("{keys:?}").contains("31"), "{keys:?}");
    }

    #[test]
    fn each_problem_is_told_and_no_key_with_it() {
        let of = |text: &str, problem: &str| {
            let told = problems(text);
            assert!(told.len() == 1 && told[0].contains(problem), "{told:?}");
            assert!(!told[0].contains("AAEC") && !told[0].contains("hunter2"), "{told:?}");
        };
        of(ONE, "entry 1 does not begin with an id");
        of(&format!("{ONE}:k1"), "entry 1 does not begin with an id");
        of(&format!("k1:{ONE},"), "entry 2 does not begin with an id");
        of(&format!("a.b:{ONE}"), "entry 1 does not begin with an id");
        of("k1:hunter2 hunter2", "a key k1 that is not valid base64");
        of(&format!("k1:{}", &ONE[..43]), "a key k1 that is not valid base64");
        of("k1:AAECAwQ=", "a key k1 of 5 bytes instead of 32");
        of(&format!("k1:{ONE}, k1:{TWO}"), "two keys with the id k1");
        of(&format!("k1:{ONE},k2:{ONE}"), "the same key under the ids k1 and k2");
        assert_eq!(problems("k1:AAEC,k2:?").len(), 2);
    }
}
