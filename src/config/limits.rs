//! The limits on operations.

use std::time::Duration;

use super::reader::Reader;

/// Limits on operations, each refused before anything runs.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Levels of nested fields.
    pub depth: usize,
    /// Cost: one a field, children multiplied by the page size.
    pub complexity: usize,
    /// Aliases in a document, fragments counted where they are used.
    pub aliases: usize,
    /// Directives in a document.
    pub directives: usize,
    /// Lexical tokens in a document.
    pub tokens: usize,
    /// Bytes of a request body or WebSocket message.
    pub body_bytes: usize,
    /// Bytes of an answer.
    pub answer_bytes: usize,
    /// Errors in one response.
    pub errors: usize,
    /// How long one query or mutation may take.
    pub timeout: Duration,
    /// Whether introspection and suggestions are on.
    pub introspection: bool,
    /// What a signed-in user may spend over time.
    pub signed_in: Allowance,
    /// What a network address may spend over time while nobody is signed in.
    pub anonymous: Allowance,
}

/// A bucket of points from which operations are paid, and which fills again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// What a full bucket holds; 0 is no limit.
    pub points: u32,
    /// Points that come back each second, at least 1.
    pub restore: u32,
}

/// Asks for the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> Limits {
    r.section("Limits on operations (refused before anything runs)");
    let complexity = r.size("MAX_COMPLEXITY", 20_000, 50, "Cost: one a field, children multiplied by the page size.");
    Limits {
        depth: r.size("MAX_DEPTH", 12, 3, "Levels of nested fields; GraphiQL's introspection needs 13 and is exempt."),
        complexity,
        aliases: r.size("MAX_ALIASES", 30, 1, "Aliases in a document, fragments counted where they are used."),
        directives: r.size("MAX_DIRECTIVES", 30, 1, "Directives in a document."),
        tokens: r.size("MAX_TOKENS", 4000, 100, "Lexical tokens in a document."),
        body_bytes: r.size("MAX_BODY_BYTES", 262_144, 1024, "Bytes of a request body or WebSocket message."),
        answer_bytes: r.size("MAX_ANSWER_BYTES", 10_485_760, 65_536, "Bytes of an answer, before compression."),
        errors: r.size("MAX_ERRORS", 10, 1, "Errors listed in one response."),
        timeout: r.seconds("OPERATION_TIMEOUT_SECONDS", 20, 1, "How long one query or mutation may take."),
        introspection: r.parse("INTROSPECTION", "true", "Whether introspection and suggestions are answered."),
        signed_in: gather_allowance(
            r,
            ("RATE_LIMIT_POINTS", 200_000, "Points of cost that a user may spend at once; 0 turns this limit off."),
            ("RATE_LIMIT_RESTORE", 5000, "Points that a user gets back each second."),
            complexity,
        ),
        anonymous: gather_allowance(
            r,
            (
                "RATE_LIMIT_ANONYMOUS_POINTS",
                40_000,
                "The same for a network address (of IPv6 a /64) where nobody is signed in; 0 turns this limit off.",
            ),
            ("RATE_LIMIT_ANONYMOUS_RESTORE", 500, "Points that an address gets back each second."),
            complexity,
        ),
    }
}

/// A bucket that holds enough for the dearest operation, or nothing, which is no limit. The settings are given by name,
/// default and text.
fn gather_allowance(
    r: &mut Reader<'_>,
    points: (&'static str, u32, &'static str),
    restore: (&'static str, u32, &'static str),
    complexity: usize,
) -> Allowance {
    let name = points.0;
    let points = r.number(name, points.1, 0..=u32::MAX, points.2);
    if points > 0 && (points as usize) < complexity {
        r.problem_with(
            name,
            "MAX_COMPLEXITY",
            format!(
                "must be 0 (no limit) or at least {complexity}, as MAX_COMPLEXITY is, or the dearest operation could never run"
            ),
        );
    }
    Allowance { points, restore: r.number(restore.0, restore.1, 1..=u32::MAX, restore.2) }
}
