//! Reading of one utterance: values of each kind by their rules, then the permitted changes.

use std::ops::Range;

use super::{
    answer,
    asking::Asking,
    back::asked_back,
    email, income, name, phone, refusal,
    text::{corrects, sentences, without},
    value::{Change, Collected, Known, Source, Value},
};
use crate::personas::{FieldKind, FieldSpec};

/// A value found in the utterance.
struct Candidate {
    span: Range<usize>,
    value: Value,
    /// True if it may replace a known value: stated explicitly, asked for, or a correction.
    may_replace: bool,
}

/// An utterance being read.
pub(super) struct Reading<'a> {
    fields: &'a [FieldSpec],
    known: &'a Collected,
    asked: Option<&'a FieldSpec>,
    /// The field asked for last that is still open.
    open: Option<&'a FieldSpec>,
    text: &'a str,
}

impl<'a> Reading<'a> {
    /// Creates the reading of a cleaned `text`.
    pub(super) fn new(fields: &'a [FieldSpec], known: &'a Collected, asking: Asking<'_>, text: &'a str) -> Self {
        let field = |key: Option<&str>| key.and_then(|key| fields.iter().find(|field| field.key == key));
        let (asked, open) = (field(asking.last), field(asking.last.or(asking.open)));
        Self { fields, known, asked, open, text }
    }

    /// Returns the changes stated by the utterance.
    pub(super) fn changes(&self) -> Vec<Change> {
        // Who asks back answers nothing.
        if self.text.is_empty() || asked_back(self.text).is_some() {
            return Vec::new();
        }
        let addresses = email::find(self.text);
        let spans: Vec<_> = addresses.iter().map(|found| found.span.clone()).collect();
        let rest = without(self.text, &spans);
        let numbers = phone::find(&rest);
        let mut plain: Vec<_> = numbers.iter().filter(|found| found.is_plain).map(|found| found.span.clone()).collect();
        let has_facts = !spans.is_empty() || !plain.is_empty();
        plain.extend(spans);
        plain.sort_by_key(|span| span.start);
        let rest = without(self.text, &plain);

        let email = self.email(&addresses);
        let mailbox = email.as_ref().and_then(|found| match &found.value {
            Value::Email(address) => address.split_once('@').map(|(local, _)| local.to_owned()),
            _ => None,
        });
        let phone = self.phone(&numbers);
        let name = self.name(&rest, mailbox.as_deref());
        let money = self.money(&rest, has_facts || name.is_some());
        let mut found: Vec<(&FieldSpec, Candidate)> =
            [(FieldKind::Name, name), (FieldKind::Email, email), (FieldKind::Phone, phone), (FieldKind::Money, money)]
                .into_iter()
                .filter_map(|(kind, candidate)| Some((self.field(kind)?, candidate?)))
                .collect();
        let refused = self.refused(&found);
        found.extend(self.texts(&rest, refused.as_ref()));
        let mut changes: Vec<Change> =
            found.into_iter().filter_map(|(field, candidate)| self.change(field, candidate)).collect();
        changes.extend(refused);
        changes.sort_by_key(|change| self.fields.iter().position(|field| field.key == change.key));
        changes
    }

    /// Returns the field of a kind: the one asked for if there are several.
    fn field(&self, kind: FieldKind) -> Option<&'a FieldSpec> {
        let asked = self.asked.filter(|field| field.kind == kind);
        asked.or_else(|| self.fields.iter().find(|field| field.kind == kind))
    }

    fn is_asked(&self, kind: FieldKind) -> bool {
        self.asked.is_some_and(|field| field.kind == kind)
    }

    /// Returns the known value of the field of a kind.
    fn known(&self, kind: FieldKind) -> Option<&'a Value> {
        self.field(kind).and_then(|field| self.known.get(&field.key)).map(|known| &known.value)
    }

    /// Returns the sentence that contains a position.
    fn sentence(&self, at: usize) -> Range<usize> {
        sentences(self.text).into_iter().find(|sentence| sentence.contains(&at)).unwrap_or(0..self.text.len())
    }

    /// Returns the visitor's address: the first that is nobody else's, or a later one that corrects it.
    fn email(&self, found: &[email::Found]) -> Option<Candidate> {
        self.field(FieldKind::Email)?;
        let mut best: Option<Candidate> = None;
        for found in found {
            let Some(address) = &found.address else { continue };
            let sentence = self.sentence(found.span.start);
            let before = &self.text[sentence.start..found.span.start];
            let after = &self.text[found.span.end..sentence.end.max(found.span.end)];
            let speaks = self.is_asked(FieldKind::Email) || email::is_about_mail(&self.text[sentence.clone()]);
            let is_meant = found.is_plain || (speaks && email::can_be_local(address)) || found.span == sentence;
            let is_first = best.is_none();
            let so_far = best.as_ref().map_or(sentence.start, |best| best.span.end);
            let corrects = corrects(&self.text[so_far.min(found.span.start)..found.span.start]);
            if !is_meant || email::is_not_the_visitors(before, after) || !(is_first || corrects) {
                continue;
            }
            let is_said = corrects || email::is_said(before) || super::text::corrects(after);
            let may_replace = is_said || self.is_asked(FieldKind::Email);
            best = Some(Candidate { span: found.span.clone(), value: Value::Email(address.clone()), may_replace });
        }
        best
    }

    fn phone(&self, found: &[phone::Found]) -> Option<Candidate> {
        self.field(FieldKind::Phone)?;
        let is_asked = self.is_asked(FieldKind::Phone);
        let found = found.iter().find(|found| {
            let sentence = self.sentence(found.span.start);
            found.is_plain || is_asked || phone::is_about_phones(&self.text[sentence])
        })?;
        let may_replace = is_asked || corrects(&self.text[..found.span.start]);
        Some(Candidate { span: found.span.clone(), value: Value::Phone(found.number.clone()), may_replace })
    }

    fn name(&self, rest: &str, mailbox: Option<&str>) -> Option<Candidate> {
        let field = self.field(FieldKind::Name)?;
        let known = match self.known(FieldKind::Name) {
            Some(Value::Name(known)) => Some(known.as_str()),
            _ => None,
        };
        let is_asked = self.is_asked(FieldKind::Name);
        let found = name::find(rest, name::Setting { is_asked, known, mailbox })?;
        let fits = found.name.chars().count() <= field.longest;
        // The same name again, or a part of it, says nothing new; a longer form of it does.
        let is_longer = known.is_some_and(|known| starts_with_words(&found.name, known));
        let is_part = known.is_some_and(|known| starts_with_words(known, &found.name)) && !found.is_said;
        (fits && !is_part).then_some(Candidate {
            span: found.span,
            value: Value::Name(found.name),
            may_replace: found.is_said || is_asked || is_longer || corrects(rest),
        })
    }

    fn money(&self, rest: &str, is_listed: bool) -> Option<Candidate> {
        let field = self.field(FieldKind::Money)?;
        let is_asked = self.is_asked(FieldKind::Money);
        let known = self.known(FieldKind::Money).and_then(Value::money);
        let setting =
            income::Setting { currency: &field.currency, is_asked, known, is_correction: corrects(rest), is_listed };
        // What is said again as it is known corrects nothing.
        let afresh = income_of(rest, income::Setting { known: None, ..setting });
        if known.is_some_and(|known| afresh.is_some_and(|found| found.money == *known)) {
            return None;
        }
        let found = income_of(rest, setting)?;
        believed(field, &found.money).then_some(Candidate {
            span: found.span,
            value: Value::Money(found.money),
            may_replace: found.is_said || is_asked || corrects(rest),
        })
    }

    /// Returns the refusal in the utterance, unless it also contains the value.
    fn refused(&self, found: &[(&FieldSpec, Candidate)]) -> Option<Change> {
        let parts = sentences(self.text);
        let (field, sentence) = parts.into_iter().find_map(|sentence| {
            let field = refusal::find(self.fields, self.asked, self.open, self.text, &sentence)?;
            Some((field, sentence))
        })?;
        let is_given = self.known.knows(&field.key) || found.iter().any(|(given, _)| given.key == field.key);
        (!is_given).then(|| Change {
            key: field.key.clone(),
            value: None,
            quote: self.text[sentence].to_owned(),
            source: Source::Rule,
        })
    }

    /// Returns the free texts: the answer to a question, or a text found by a cue.
    fn texts(&self, rest: &str, refused: Option<&Change>) -> Vec<(&'a FieldSpec, Candidate)> {
        let of_field = |field: &'a FieldSpec| {
            let is_asked = self.asked.is_some_and(|asked| asked.key == field.key);
            let span = match (is_asked, refused) {
                (true, None) => answer::find(self.text, rest, field),
                (true, Some(_)) => None,
                (false, _) => answer::find_by_cue(self.text, field),
            }?;
            let value = Value::Text(self.text[span.clone()].to_owned());
            Some((field, Candidate { span, value, may_replace: is_asked }))
        };
        self.fields.iter().filter(|field| field.kind == FieldKind::Text).filter_map(of_field).collect()
    }

    fn change(&self, field: &FieldSpec, candidate: Candidate) -> Option<Change> {
        let known = self.known.get(&field.key).map(|Known { value, .. }| value);
        if known.is_some_and(|known| *known == candidate.value || !candidate.may_replace) {
            return None;
        }
        let sentence = self.sentence(candidate.span.start);
        let quote = sentence.start.min(candidate.span.start)..sentence.end.max(candidate.span.end);
        Some(Change {
            key: field.key.clone(),
            value: Some(candidate.value),
            quote: self.text[quote].to_owned(),
            source: Source::Rule,
        })
    }
}

/// Returns the income stated in a text; a later one wins if it is a correction.
fn income_of(text: &str, setting: income::Setting<'_>) -> Option<income::Found> {
    let in_sentence = |sentence| income::find(text, sentence, setting);
    sentences(text).into_iter().filter_map(in_sentence).reduce(|before, later| {
        let corrects = corrects(&text[before.span.end..later.span.start]);
        if corrects || (later.is_said && !before.is_said) { later } else { before }
    })
}

/// Returns true if an annual amount is within the plausible range of its field.
pub(super) fn believed(field: &FieldSpec, money: &super::Money) -> bool {
    let unit = 10_i64.pow(super::currency::minor_digits(&money.currency));
    (field.least..=field.most).contains(&(money.minor_per_year / unit))
}

/// Returns true if `whole` equals `part`, or extends it by words.
fn starts_with_words(whole: &str, part: &str) -> bool {
    let (whole, part) = (whole.to_lowercase(), part.to_lowercase());
    whole.strip_prefix(&part).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
