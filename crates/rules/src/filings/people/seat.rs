//! Board seats, and posts that are more.

/// Returns true if a role is a board seat only.
pub(super) fn is_director(role: &str) -> bool {
    const EXECUTIVE: [&str; 9] =
        ["officer", "president", "counsel", "treasurer", "controller", "secretary", "manager", "managing", "executive"];
    let lower = role.to_lowercase().replace("non-executive", "");
    // CEO, EVP and the like.
    let is_short = role.split(|char: char| !char.is_alphabetic()).any(|word| {
        word.len() >= 2 && word.chars().all(char::is_uppercase) && (word.ends_with('O') || word.ends_with("VP"))
    });
    !is_short && !EXECUTIVE.iter().any(|word| lower.contains(word))
}

/// Returns `director` for a plain board seat; a chair keeps its name.
pub(super) fn directors_title(role: &str) -> String {
    if role.to_lowercase().contains("chair") { role.to_owned() } else { "director".to_owned() }
}

/// Returns true if a role is a plain board seat.
pub(in crate::filings) fn is_seat(role: &str) -> bool {
    is_director(role) && directors_title(role) == "director"
}
