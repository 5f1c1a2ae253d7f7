//! Reports by template: the words for each type of signal, filled with what the occasion and the reader hold.

mod distress;
mod filled;
mod growth;
mod people;
mod phrases;
mod steady;
mod wording;

pub(super) use filled::{condolence, draft};
