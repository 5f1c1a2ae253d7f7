//! Messages of errors.

/// Returns an error and its causes in one sentence without repetitions, since many errors include their cause.
pub fn told(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said {
        said if said.is_empty() => cause,
        said if said.contains(&cause) => said,
        said => format!("{said}: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_was_told_is_not_told_again() {
        let cause = std::io::Error::other("no room");
        let error = anyhow::Error::new(cause).context("The file cannot be made: no room").context("Nothing starts");
        assert_eq!(told(&error), "Nothing starts: The file cannot be made: no room");
    }
}
