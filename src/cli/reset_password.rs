//! `rapport reset-password`.

use secrecy::ExposeSecret;

use super::{print::print, serve};
use crate::config::Config;

pub(super) async fn run(config: Config, email: &str) -> anyhow::Result<()> {
    let server = serve::prepare(config).await?;
    let password = server.services.identity.reset_password(email).await?;
    print(&format!(
        "The new password of {email} is {}\nIt is shown only this once. All sessions of the user have ended.",
        password.expose_secret()
    ));
    server.close().await;
    Ok(())
}
