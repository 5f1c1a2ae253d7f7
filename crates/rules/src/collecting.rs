//! Extraction of facts that visitors state about themselves, by rules and a language model. Pure computation: no
//! network, no database.
//!
//! [`collect`] reads one utterance by rules alone. Each value carries the sentence that proves it, word for word. In
//! doubt there is no value: asking once more costs less than a wrong name in a letter. Values read by a language model
//! are accepted by [`from_model`] only if proved in the same way, and combined with those of the rules by [`merge`].
//!
//! A known value is replaced only by an explicit statement (`my name is …`), a correction (`no, …`), or an answer to
//! the question for it.

mod amount;
mod answer;
mod asking;
mod back;
mod collect;
mod currency;
mod email;
mod hint;
mod income;
mod model;
mod name;
mod number;
mod phone;
mod reading;
mod refusal;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use answer::has_cue;
pub use asking::Asking;
pub use back::{AskedBack, asked_back};
pub use collect::{collect, is_complete, next_question};
pub use currency::is_known as is_currency;
pub use hint::{Hint, hint};
pub use model::{REFUSED, answer_schema, from_model, merge};
pub use text::{MAX_UTTERANCE, clean, is_invisible, is_visible, pattern};
pub use value::{Change, Collected, Known, Money, Period, Source, Value};
