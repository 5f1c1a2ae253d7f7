//! `rapport secrets`.

use clap::Subcommand;

use super::{migrate::migrate_up, print::print};
use crate::{
    ambient::Ambient,
    config::{Config, SECRETS_KEYS},
    db::{self, Db},
    domains::SEALED_COLUMNS,
    secrets::{KeyState, KeyStatus, Keys, Rotated, Secrets, Status, status},
};

/// Maximum number of texts named one by one.
const NAMED: usize = 10;

/// An action on the keys of sealed secrets.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum Action {
    /// Seal all secrets anew by the first key, while servers run; what was interrupted goes on
    Rotate,
    /// Count the secrets of each key, and say which keys can be removed
    Status,
}

pub(super) async fn run(config: Config, action: Action) -> anyhow::Result<()> {
    migrate_up(&config.database).await?;
    let db = db::connect(&config.database).await?;
    let result = act(&config, &db, action).await;
    db.close().await;
    result
}

async fn act(config: &Config, db: &Db, action: Action) -> anyhow::Result<()> {
    let ambient = Ambient::system();
    let keys = Keys::of(config, &ambient)?;
    match action {
        Action::Status => print(&in_words(&status(db, &keys, SEALED_COLUMNS).await?)),
        Action::Rotate => {
            check_is_used(&status(db, &keys, SEALED_COLUMNS).await?)?;
            let secrets = Secrets::open(db, &ambient, &keys, SEALED_COLUMNS).await?;
            tell(&secrets.rotate(db).await?)?;
        }
    }
    Ok(())
}

/// Returns an error if the first key is new to a database that knows others: servers without it could not open what is sealed by
/// it, and its id would be spent.
fn check_is_used(status: &Status) -> anyhow::Result<()> {
    match status.keys.first() {
        Some(KeyStatus { id, state: KeyState::New, .. }) => anyhow::bail!(
            "No server has started with the key `{id}`, which stands first. Restart all servers with the keys of this command, \
             then run it again."
        ),
        _ => Ok(()),
    }
}

fn tell(rotated: &Rotated) -> anyhow::Result<()> {
    let Rotated { resealed, changed, unopened } = rotated;
    print(&format!("Sealed anew: {resealed}. `rapport secrets status` says which keys can be removed."));
    anyhow::ensure!(*changed == 0, "Changed by others all the time: {changed}. Run the command again.");
    if unopened.is_empty() {
        return Ok(());
    }
    let named = unopened.iter().take(NAMED).map(|text| format!("\n  {} of {}: {}.", text.column, text.row, text.error));
    anyhow::bail!("Not opened, and left as they are: {}.{}", unopened.len(), named.collect::<String>())
}

/// Returns the status as a table.
fn in_words(status: &Status) -> String {
    let mut text = format!("{:<32} {:>9}  state\n", "key", "secrets");
    for KeyStatus { id, rows, state } in &status.keys {
        let state = match (state, rows) {
            (KeyState::Seals, _) => "seals new secrets",
            (KeyState::Opens, 0) => "can be removed",
            (KeyState::Opens, _) => "opens its secrets; `rapport secrets rotate` seals them anew",
            (KeyState::New, _) => "is new: no server has started with it",
            (KeyState::Other, _) => "is not the key that was used by this id: put that back",
            (KeyState::Missing, 0) => "was removed",
            (KeyState::Missing, _) => "is missing: put it back",
        };
        text.push_str(&format!("{id:<32} {rows:>9}  {state}\n"));
    }
    if status.keys.iter().all(|key| key.state == KeyState::Missing) {
        text.push_str(&format!("There is no key to seal by: set {SECRETS_KEYS}.\n"));
    }
    if status.unknown > 0 {
        text.push_str(&format!("{:<32} {:>9}  sealed by no known key\n", "-", status.unknown));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_to_do_with_each_key() {
        let key = |id: &str, rows, state| KeyStatus { id: id.to_owned(), rows, state };
        let keys = vec![
            key("k4", 12, KeyState::Seals),
            key("k3", 3, KeyState::Opens),
            key("k2", 0, KeyState::Opens),
            key("k1", 7, KeyState::Missing),
            key("k0", 0, KeyState::Missing),
            key("k5", 0, KeyState::New),
        ];
        let text = in_words(&Status { keys, unknown: 1 });
        let said: Vec<_> = text.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        let starts: Vec<_> = said.iter().map(|words| words[..3].join(" ")).collect();
        let expected = ["k4 12 seals", "k3 3 opens", "k2 0 can", "k1 7 is", "k0 0 was", "k5 0 is", "- 1 sealed"];
        assert_eq!(starts, expected, "{text}");
        assert!(in_words(&Status { keys: Vec::new(), unknown: 0 }).contains("set SECRETS_KEYS"));
    }
}
