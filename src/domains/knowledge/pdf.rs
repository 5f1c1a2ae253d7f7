//! The text of PDF files, which anybody may have made.
//!
//! A file decides how much work and memory its reading takes, and no reader withstands every file. So each is read by a
//! process of its own, this program run as `rapport read-pdf`, which the operating system holds to a time and a size of
//! memory; whatever happens there, the server gets a text or a reason.

mod canvas;
mod clips;
mod glyphs;
mod lines;
mod process;
mod readers;
mod repeated;
#[cfg(test)]
mod tests;
mod unread;

pub(crate) use process::serve_one;
pub(super) use readers::Readers;
pub(super) use unread::Unread;
