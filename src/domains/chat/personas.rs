//! Personas.

mod field;

use std::sync::LazyLock;

pub use field::{FieldKind, FieldSpec};

/// A persona.
#[derive(Debug)]
pub struct Persona {
    pub key: String,
    pub name: String,
    pub prompt: String,
    pub greetings: Vec<String>,
    pub fields: Vec<FieldSpec>,
    pub knowledge: Option<String>,
    pub next: String,
}
static ALL: LazyLock<Vec<Persona>> = LazyLock::new(|| {
    let field = |key: &str, kind, label: &str, q: &str| {
        let mut f = FieldSpec::new(key, kind, label);
        f.questions = vec![q.to_owned()];
        f
    };
    vec![Persona {
        key: "insomniac".into(),
        name: "Insomniac".into(),
        prompt: "Hi".into(),
        greetings: vec!["It is 3 a.m.".into()],
        fields: vec![
            field("name", FieldKind::Name, "Name", "Who are you?"),
            field("email", FieldKind::Email, "Email", "Where do I mail you?"),
            field("income", FieldKind::Money, "Income", "What do you earn?"),
        ],
        knowledge: Some("trading".into()),
        next: "We call.".into(),
    }]
});
pub fn all() -> &'static [Persona] {
    &ALL
}
pub fn find(key: &str) -> Option<&'static Persona> {
    ALL.iter().find(|p| p.key == key)
}
pub fn default() -> &'static Persona {
    &ALL[0]
}
pub fn greeting(p: &Persona, unit: f64) -> &str {
    p.greetings[0].as_str()
}
