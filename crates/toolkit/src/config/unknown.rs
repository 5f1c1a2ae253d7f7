//! Unknown settings, which are mostly mistyped ones.

use std::collections::BTreeSet;

use super::settings::names;
use crate::text::nearest;

/// Minimum length of a name in the environment that is compared with settings: short names are similar to many.
const SHORTEST: usize = 6;
/// Names in the environment that are similar to a setting and belong to other programs.
const OF_OTHERS: [&str; 1] = ["OLLAMA_MODELS"];

/// Returns a warning for each unknown name in the file `.env`, and for those in the `environment` that are similar to a setting
/// which is not set; the others belong to other programs.
pub fn unknown_settings(environment: &[String], in_file: &[String]) -> Vec<String> {
    let known = names();
    let in_file: BTreeSet<_> = in_file.iter().filter(|name| !known.contains(&name.as_str())).collect();
    let of_file = in_file.iter().map(|name| {
        let meant = meant(name, &known, name.len() / 3 + 1);
        let meant = meant.map(|meant| format!(" Did you mean {meant}?")).unwrap_or_default();
        format!("{name} in .env is not a setting.{meant}")
    });
    let of_environment = environment.iter().filter_map(|name| {
        if name.len() < SHORTEST || OF_OTHERS.contains(&name.as_str()) || in_file.contains(name) {
            return None;
        }
        let meant = meant(name, &known, if name.len() < 10 { 1 } else { 2 })?;
        let is_set = environment.iter().any(|set| set == meant);
        (meant != name && !is_set).then(|| format!("{name} in the environment is not a setting. Did you mean {meant}?"))
    });
    of_file.chain(of_environment).collect()
}

/// Returns the setting most similar to `name`, regardless of case, within `most_edits` edits.
fn meant<'k>(name: &str, known: &'k [&'static str], most_edits: usize) -> Option<&'k str> {
    nearest(&name.to_uppercase(), known.iter(), most_edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(environment: &[&str], in_file: &[&str]) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        unknown_settings(&owned(environment), &owned(in_file))
    }

    #[test]
    fn a_name_in_the_environment_is_told_if_it_is_nearly_a_setting() {
        assert_eq!(
            told(&["DATABSE_URL", "smtp_host"], &[]),
            [
                "DATABSE_URL in the environment is not a setting. Did you mean DATABASE_URL?",
                "smtp_host in the environment is not a setting. Did you mean SMTP_HOST?"
            ]
        );
        let others = ["HOME", "PATH", "LANG", "LOGNAME", "PORT", "HOSTNAME", "SHELL", "OLLAMA_MODELS", "DATABASE_URL"];
        assert!(told(&others, &[]).is_empty(), "{:?}", told(&others, &[]));
        assert!(told(&["DATABASE_URI", "DATABASE_URL"], &[]).is_empty());
    }

    #[test]
    fn each_name_in_the_file_is_told_unless_it_is_a_setting() {
        assert_eq!(
            told(&["API_PROT", "COMPOSE_FILE"], &["COMPOSE_FILE", "API_PORT", "API_PROT", "API_PROT"]),
            ["API_PROT in .env is not a setting. Did you mean API_PORT?", "COMPOSE_FILE in .env is not a setting."]
        );
    }
}
