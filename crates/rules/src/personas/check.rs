//! Parsing of a persona file, with all problems reported at once.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use super::{FieldKind, FieldSpec, HandoverRule, Persona, Problem, Replies, reader::Reader};
use crate::collecting::{REFUSED, is_currency};

/// The colors that every client needs.
const NEEDED_COLORS: [&str; 2] = ["primary", "background"];

/// Parses the persona of a file; `None` if there are problems, which are added to `problems`.
pub(super) fn persona(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Persona> {
    let before = problems.len();
    let table = match text.parse::<Table>() {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| text[..span.start].lines().count().max(1));
            problems.push(Problem::new(file, "", format!("line {line} is no TOML: {}", error.message())));
            return None;
        }
    };
    let mut r = Reader::new(file, "", table, problems);
    let persona = Persona {
        id: id(&mut r),
        name: r.text("name"),
        tone: r.text("tone"),
        system_prompt: r.text("system_prompt"),
        greetings: r.texts("greetings", 1),
        knowledge_base: name_of_base(&mut r),
        disclaimers: r.texts("disclaimers", 0),
        colors: colors(&mut r),
        replies: replies(&mut r),
        handover: handover(&mut r),
        fields: fields(&mut r),
    };
    r.finish();
    (problems.len() == before).then_some(persona)
}

fn is_slug(text: &str) -> bool {
    let is_inner = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
    (1..=64).contains(&text.len()) && text.chars().all(is_inner) && !text.starts_with('-') && !text.ends_with('-')
}

const SLUG: &str = "must be of 1 to 64 small letters, digits and hyphens, with no hyphen at its ends";

fn id(r: &mut Reader<'_>) -> String {
    let id = r.text("id");
    if !id.is_empty() && !is_slug(&id) {
        r.problem("id", SLUG);
    }
    id
}

fn name_of_base(r: &mut Reader<'_>) -> String {
    let base = r.text("knowledge_base");
    if !base.is_empty() && !is_slug(&base) {
        r.problem("knowledge_base", SLUG);
    }
    base
}

fn colors(r: &mut Reader<'_>) -> BTreeMap<String, String> {
    let table = r.table("colors");
    let names: BTreeSet<String> = table.keys().cloned().chain(NEEDED_COLORS.map(str::to_owned)).collect();
    let read = |r: &mut Reader<'_>| names.into_iter().map(|name| color(r, name)).collect();
    r.within("colors", table, read)
}

fn color(r: &mut Reader<'_>, name: String) -> (String, String) {
    let color = r.text(&name);
    let is_color =
        color.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.chars().all(|c| c.is_ascii_hexdigit()));
    if !color.is_empty() && !is_color {
        r.problem(&name, "must be a colour such as #1a2b3c");
    }
    (name, color)
}

fn replies(r: &mut Reader<'_>) -> Replies {
    let table = r.table("replies");
    r.within("replies", table, |r| Replies {
        openers: r.texts("openers", 1),
        nothing_found: r.texts("nothing_found", 1),
        transitions: r.texts("transitions", 1),
        thanks: r.texts("thanks", 1),
        refused: r.texts("refused", 1),
        complete: r.texts("complete", 1),
        greeted: r.texts_or("greeted", &["Hello! What can I do for you?"]),
        welcome: r.texts_or("welcome", &["You're welcome."]),
        acknowledged: r.texts_or("acknowledged", &["Good. What else can I do for you?"]),
        later: r.texts_or("later", &["No hurry. I am here when you need me."]),
        introduced: r.texts_or(
            "introduced",
            &["I am an assistant: a program, and no person. I answer from notes; a person comes when you ask for one."],
        ),
        reason: r.texts_or("reason", &["So that somebody can come back to you with what fits. You need not tell."]),
        handover: r.texts_or(
            "handover",
            &["I have asked our team. A person will answer here as soon as somebody is free; until then, ask on."],
        ),
        unanswered: r.texts_or("unanswered", &["I am sorry: nobody of our team could answer yet."]),
        withdrawn: r.texts_or("withdrawn", &["All right: our team is not asked for a person any more."]),
        left: r.texts_or("left", &["Whoever of our team answered here has left; I am back."]),
    })
}

fn handover(r: &mut Reader<'_>) -> HandoverRule {
    let table = r.table("handover");
    r.within("handover", table, |r| HandoverRule {
        cues: r.texts("cues", 0),
        unanswered: u32::try_from(r.number("unanswered", 2)).unwrap_or_default(),
    })
}

fn fields(r: &mut Reader<'_>) -> Vec<FieldSpec> {
    let mut keys = BTreeSet::new();
    let mut fields = Vec::new();
    for (at, table) in r.tables("fields").into_iter().enumerate() {
        let field = r.within(&format!("fields[{}]", at + 1), table, field);
        if !field.key.is_empty() && !keys.insert(field.key.clone()) {
            r.problem(&format!("fields[{}].key", at + 1), format!("`{}` stands there twice", field.key));
        }
        fields.push(field);
    }
    fields
}

fn field(r: &mut Reader<'_>) -> FieldSpec {
    let key = r.text("key");
    let is_key = key.len() <= 40 && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_key || key == REFUSED {
        r.problem("key", format!("must be of up to 40 small letters, digits and `_`, and not `{REFUSED}`"));
    }
    let kind = r.text("kind");
    let known = FieldKind::parse(&kind);
    if known.is_none() && !kind.is_empty() {
        r.problem("kind", "must be name, email, phone, money or text");
    }
    let kind = known.unwrap_or(FieldKind::Text);
    let usual = FieldSpec::new(&key, kind, &r.text("label"));
    let mut field = FieldSpec { required: r.flag("required", true), questions: r.texts("questions", 1), ..usual };
    match kind {
        FieldKind::Money => money(r, &mut field),
        FieldKind::Name | FieldKind::Text => {
            field.longest = usize::try_from(r.number("longest", field.longest as i64)).unwrap_or(field.longest);
            if kind == FieldKind::Text {
                field.cues = r.texts("cues", 0);
            }
        }
        FieldKind::Email | FieldKind::Phone => {}
    }
    field
}

fn money(r: &mut Reader<'_>, field: &mut FieldSpec) {
    field.currency = r.text_or("currency", Some(&field.currency));
    if !field.currency.is_empty() && !is_currency(&field.currency) {
        r.problem(
            "currency",
            "must be the code of a currency that amounts are read in, such as USD, EUR, GBP, JPY or CHF",
        );
    }
    (field.least, field.most) = (r.number("least", field.least), r.number("most", field.most));
    if field.least > field.most {
        r.problem("least", "must not be more than `most`");
    }
}
