//! What a message asks for beside what it says about a person of the team.

use super::{
    asked::Asked,
    collecting::{self, Change, Collected},
    message::Model as Message,
    personas::{FieldKind, Persona},
    session::Model as Session,
    small_talk::{self, SmallTalk, Wish},
};

/// Returns the kind of small talk that a message is. Asking why something is asked only counts after a question; a wish about
/// a person that changes nothing counts as an acknowledgement.
pub(super) fn small_talk_of(
    session: &Session,
    known: &Collected,
    asked: &Asked,
    message: &Message,
) -> Option<SmallTalk> {
    let asking = asked.asking(known);
    let is_asked = asking.last.or(asking.open).is_some();
    let small_talk = small_talk::small_talk(&message.text);
    let small_talk = small_talk.filter(|small_talk| *small_talk != SmallTalk::WhyAsk || is_asked);
    small_talk.or_else(|| is_idle_wish(session, asked, message).then_some(SmallTalk::Acknowledgement))
}

/// Returns true if a message consists of a wish about a person that changes nothing: for none where none is waited for, or for
/// one who is no longer wanted since a later message.
fn is_idle_wish(session: &Session, asked: &Asked, message: &Message) -> bool {
    let is_idle = match small_talk::wish(&message.text) {
        Some(Wish::Person) => !session.handover().is_waiting(),
        Some(Wish::Nobody) => asked.withdrawn_in != Some(message.id),
        None => false,
    };
    is_idle && small_talk::beside_wishes(&message.text).is_empty()
}

/// Returns true if a person was requested by a message, or is waited for and it only asks for one again, in words or by a
/// matter that the persona leaves to people.
pub(super) fn asks_for_a_person(session: &Session, persona: &Persona, message: &Message) -> bool {
    let asks_again = || match small_talk::wish(&message.text) {
        Some(Wish::Person) => small_talk::beside_wishes(&message.text).is_empty(),
        Some(Wish::Nobody) => false,
        None => collecting::has_cue(&message.text, &persona.handover.cues),
    };
    session.handover().is_waiting_since(message.created_at) || (session.handover().is_waiting() && asks_again())
}

/// Returns true if a change takes a wish about a person for an answer to what was asked for: `No need for an agent`.
pub(super) fn is_misread(persona: &Persona, wish: Wish, message: &Message, change: &Change) -> bool {
    let text_field = persona.field(&change.key).filter(|field| field.kind == FieldKind::Text);
    match wish {
        Wish::Nobody => change.value.is_none() || text_field.is_some(),
        Wish::Person => text_field.is_some_and(|field| !collecting::has_cue(&message.text, &field.cues)),
    }
}
