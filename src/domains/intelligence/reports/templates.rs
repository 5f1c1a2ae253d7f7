//! Reports from templates: wordings for each kind of signal, filled with facts of the occasion and the reader.

mod distress;
mod filled;
mod growth;
mod people;
mod phrases;
mod steady;
mod wording;

pub(super) use filled::{condolence, draft};
