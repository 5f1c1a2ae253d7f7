//! Seats on the board, and posts that are more.

/// Whether a role is a seat on the board alone.
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

/// `director` for a plain seat on the board; a chair keeps its name.
pub(super) fn directors_title(role: &str) -> String {
    if role.to_lowercase().contains("chair") { role.to_owned() } else { "director".to_owned() }
}

/// Whether a role is a plain seat on the board.
pub(in crate::domains::intelligence::filings) fn is_seat(role: &str) -> bool {
    is_director(role) && directors_title(role) == "director"
}
