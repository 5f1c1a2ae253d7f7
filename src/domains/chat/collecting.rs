//! What visitors tell about themselves, read out of what they say: by rules, and with the help of a language model.
//! Pure computation: no network, no database.
//!
//! [`collect`] reads one utterance by rules alone. A value carries the sentence that proves it, word for word. In doubt
//! there is no value: asking once more costs less than a wrong name in a letter. What a language model reads is taken by
//! [`from_model`] only when it is proved in the same way, and joined to what the rules found by [`merge`].
//!
//! What is known is replaced only by what the visitor says outright (`my name is …`), says to correct it (`no, …`), or
//! answers when asked for it.

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
pub(super) use text::pattern;
pub use text::{MAX_UTTERANCE, clean, is_invisible, is_visible};
pub use value::{Change, Collected, Known, Money, Period, Source, Value};
