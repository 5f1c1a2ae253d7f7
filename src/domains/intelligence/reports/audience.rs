//! Readers of reports.

use serde::{Deserialize, Serialize};

/// A kind of person at the customer who reads a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// The role, such as `Head of Data`.
    pub name: String,
    /// The description; may be empty.
    pub description: String,
    /// The seniority, such as `Director`.
    pub seniority: Option<String>,
    /// Goals.
    pub goals: Vec<String>,
    /// Pain points.
    pub pain_points: Vec<String>,
}

/// Returns the default readers if none are known for the vendor: the payer, the operator and the user.
pub fn default_audiences() -> Vec<Audience> {
    let audience =
        |name: &str, seniority: &str, description: &str, goals: [&str; 2], pain_points: [&str; 2]| Audience {
            name: name.to_owned(),
            description: description.to_owned(),
            seniority: Some(seniority.to_owned()),
            goals: goals.map(str::to_owned).into(),
            pain_points: pain_points.map(str::to_owned).into(),
        };
    vec![
        audience(
            "Economic Buyer",
            "Executive",
            "Holds the budget, signs the contract and answers for what it brings.",
            ["A return that can be shown", "Costs that can be planned"],
            ["Contracts nobody can say the worth of", "Money tied up in things that are little used"],
        ),
        audience(
            "Technical Lead",
            "Director",
            "Chooses the systems, connects them with the rest and keeps them safe.",
            ["Systems that work together", "Changes without surprises"],
            ["Too many tools with the same purpose", "Integrations that break when somebody leaves"],
        ),
        audience(
            "Operations Lead",
            "Manager",
            "Runs the daily work and feels first when something does not fit.",
            ["Work that flows without interruption", "People who are quickly productive"],
            ["Manual work between two systems", "Changes that come without notice"],
        ),
    ]
}
