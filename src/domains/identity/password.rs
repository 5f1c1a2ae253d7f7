//! Passwords, hashed with Argon2id, one per user, in a separate table that no GraphQL type can reach.

use std::sync::LazyLock;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use sea_orm::entity::prelude::*;
use secrecy::SecretString;
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::user;
use crate::{
    ambient::Ambient,
    db::Id,
    error::{Error, Result},
};

/// The hash of a user's password in PHC string format.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_passwords")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Id<user::Model>,
    pub hash: String,
    pub changed_at: DateTimeUtc,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Password").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Limits concurrent hashing: each hash takes 19 MiB and a core, so a flood of sign-ins must queue.
static HASHES: Semaphore = Semaphore::const_new(4);

/// A hash to verify for unknown users, so that their response takes as long as for known ones.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_with(b"nobody has this password", &[7; 16]).unwrap_or_default());

/// OWASP's parameters for Argon2id: 19 MiB, 2 iterations, 1 lane
/// (<https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html>).
fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_with(password: &[u8], salt: &[u8]) -> Result<String> {
    let hash = argon2()?.hash_password_with_salt(password, salt);
    Ok(hash.map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?.to_string())
}

/// Normalizes a password by NFKC (NIST SP 800-63B), so that different keyboards yield the same characters.
pub(super) fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

/// Returns the forms in which a password may have been hashed: normalized, and as typed, for older hashes.
fn forms(password: &str) -> Vec<String> {
    let mut forms = vec![normalized(password)];
    for form in [password.to_owned(), password.nfc().collect(), password.nfd().collect()] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Hashes a password with a new salt.
///
/// # Errors
/// If memory is exhausted.
pub async fn hash(ambient: &Ambient, password: String) -> Result<String> {
    let salt: [u8; 16] = ambient.bytes();
    run(move || hash_with(normalized(&password).as_bytes(), &salt)).await
}

/// Returns true if `password` matches `hash`. Without a hash it returns false after the same amount of work.
///
/// # Errors
/// If memory is exhausted.
pub async fn verify(hash: Option<String>, password: String) -> Result<bool> {
    run(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let hash = PasswordHash::new(&hash).map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?;
        let argon2 = argon2()?;
        let fits = |form: &String| argon2.verify_password(form.as_bytes(), &hash).is_ok();
        Ok(forms(&password).iter().any(fits) && known)
    })
    .await
}

/// Runs hashing, which takes tens of milliseconds of CPU, off the threads that serve requests.
async fn run<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let permit = HASHES.acquire().await.map_err(Error::internal)?;
    let work = move || {
        // Held to the end of the work, which goes on when nobody waits for it any more.
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// Generates a password of 100 random bits in five groups of unambiguous letters and digits.
pub(super) fn readable_password(ambient: &Ambient) -> SecretString {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let letters = ambient.bytes::<20>().map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    SecretString::from(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hash = hash(&Ambient::system(), "correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify(Some(hash.clone()), "correct horse".to_owned()).await.unwrap());
        assert!(!verify(Some(hash), "wrong horse".to_owned()).await.unwrap());
        assert!(!verify(None, "nobody has this password".to_owned()).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_the_same_however_it_is_composed() {
        let [composed, decomposed] = ["grüne äpfel", "gru\u{308}ne a\u{308}pfel"].map(str::to_owned);
        let new = hash(&Ambient::system(), decomposed.clone()).await.unwrap();
        let old = hash_with(composed.as_bytes(), &[3; 16]).unwrap();
        let older = hash_with(decomposed.as_bytes(), &[3; 16]).unwrap();
        for kept in [new, old, older] {
            for typed in [&composed, &decomposed] {
                assert!(verify(Some(kept.clone()), typed.clone()).await.unwrap(), "{typed}");
            }
            assert!(!verify(Some(kept), "grune apfel".to_owned()).await.unwrap());
        }
    }

    #[test]
    fn a_password_of_ascii_is_hashed_once() {
        assert_eq!(forms("correct horse"), ["correct horse"]);
        assert_eq!(forms("é").len(), 2);
    }
}
