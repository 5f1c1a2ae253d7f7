//! Text extraction from untrusted PDF files.
//!
//! A file can cause arbitrary work and memory use, and no parser withstands every file. Each is therefore read by a
//! separate process, this program run as `rapport read-pdf`, with limits on time and memory set by the operating
//! system; in any case the server gets a text or a reason.

mod canvas;
mod clips;
mod glyphs;
mod lines;
mod looks;
mod marks;
mod process;
mod readers;
mod repeated;
mod stacked;
#[cfg(test)]
mod tests;
mod unread;

pub(super) use process::MAX_FILE;
pub(crate) use process::serve_one;
pub(super) use readers::Readers;
pub(super) use unread::Unread;
