//! Reading of a file in a separate process.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rlimit::{Resource, setrlimit};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
    time::timeout,
};

use super::{glyphs, unread::Unread};

/// The command of this program that reads a file.
const COMMAND: &str = "read-pdf";
/// Maximum size of a file, in bytes.
pub(in super::super) const MAX_FILE: usize = 32 << 20;
/// Maximum length of the extracted text, in bytes.
const MAX_TEXT: usize = 4 << 20;
/// CPU time limit, in seconds.
const MAX_CPU: u64 = 10;
/// Address space limit, in bytes.
const MAX_MEMORY: u64 = 1536 << 20;
/// Stack size of the reading thread, in bytes.
const STACK: usize = 64 << 20;

/// Returns the text of a file as Markdown, read by `program` within a time limit, or by this program.
pub(super) async fn read(program: Option<&Path>, file: &[u8], limit: Duration) -> Result<String, Unread> {
    let this = this_program();
    let program = program.or(this.as_deref().ok()).ok_or(Unread::Broken)?;
    match timeout(limit, ask(program, file)).await {
        Ok(Ok(answer)) => serde_json::from_slice::<Result<String, Unread>>(&answer).unwrap_or(Err(Unread::TooMuch)),
        Ok(Err(error)) => {
            tracing::error!(%error, program = %program.display(), "the reader of PDF files cannot be run");
            Err(Unread::Broken)
        }
        Err(_) => Err(Unread::TooMuch),
    }
}

/// Decodes a file in Base64.
pub(super) fn decode(content: &str) -> Result<Vec<u8>, Unread> {
    let content: String = content.split_whitespace().collect();
    let file = STANDARD.decode(content).map_err(|_| Unread::Broken)?;
    if file.len() > MAX_FILE { Err(Unread::TooMuch) } else { Ok(file) }
}

/// Returns the running program, even if an upgrade has replaced its file.
fn this_program() -> std::io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe() }
}

/// Has a process read the file, and returns its output: empty if it exceeded its limits.
async fn ask(program: &Path, file: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut command = Command::new(program);
    command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let send = async {
        if let Some(mut stdin) = stdin {
            // It may have ended before all was sent.
            let _ = stdin.write_all(file).await;
        }
    };
    let receive = async {
        let mut answer = Vec::new();
        if let Some(stdout) = stdout {
            stdout.take(2 * MAX_TEXT as u64).read_to_end(&mut answer).await?;
        }
        Ok(answer)
    };
    let ((), answer) = tokio::join!(send, receive);
    child.wait().await?;
    answer
}

/// Reads a file from standard input under limits, and writes its text, or the reason for having none, to standard
/// output.
///
/// # Errors
/// If the limits cannot be set or the file cannot be received; then nothing is read.
pub(crate) fn serve_one() -> anyhow::Result<()> {
    setrlimit(Resource::CORE, 0, 0)?;
    setrlimit(Resource::CPU, MAX_CPU, MAX_CPU)?;
    setrlimit(Resource::AS, MAX_MEMORY, MAX_MEMORY)?;
    let mut file = Vec::new();
    std::io::stdin().take(MAX_FILE as u64 + 1).read_to_end(&mut file)?;
    // What a reader says when it panics is of no use to anybody.
    std::panic::set_hook(Box::new(|_| {}));
    let reading = std::thread::Builder::new().stack_size(STACK).spawn(move || glyphs::text(file))?;
    let text = reading.join().unwrap_or(Err(Unread::Broken));
    let text = text.map(|text| text.chars().take(MAX_TEXT / 4).collect::<String>());
    Ok(std::io::stdout().write_all(&serde_json::to_vec(&text)?)?)
}
