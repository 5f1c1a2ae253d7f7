//! Limits on operations.

use std::time::Duration;

use super::reader::Reader;

/// Limits on operations, enforced before execution.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Maximum depth of nested fields.
    pub depth: usize,
    /// Maximum cost: one per field, children multiplied by the page size.
    pub complexity: usize,
    /// Maximum number of aliases in a document, with fragments counted at each use.
    pub aliases: usize,
    /// Maximum number of directives in a document.
    pub directives: usize,
    /// Maximum number of lexical tokens in a document.
    pub tokens: usize,
    /// Maximum size of a request body or WebSocket message, in bytes.
    pub body_bytes: usize,
    /// Maximum size of an answer, in bytes.
    pub answer_bytes: usize,
    /// Maximum number of errors in one response.
    pub errors: usize,
    /// Time limit of a query or mutation.
    pub timeout: Duration,
    /// True if introspection and suggestions are enabled.
    pub introspection: bool,
    /// Budget of a signed-in user.
    pub signed_in: Allowance,
    /// Budget of an IP address without a signed-in user.
    pub anonymous: Allowance,
}

/// A bucket of points that pays for operations and refills over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Capacity of the bucket; 0 is unlimited.
    pub points: u32,
    /// Points restored per second, at least 1.
    pub restore: u32,
}

/// Reads the settings.
pub(super) fn gather(r: &mut Reader<'_>) -> Limits {
    r.section("Limits on operations, enforced before execution");
    let complexity =
        r.size("MAX_COMPLEXITY", 20_000, 50, "Maximum cost: one per field, children multiplied by the page size.");
    Limits {
        depth: r.size(
            "MAX_DEPTH",
            12,
            3,
            "Maximum depth of nested fields; GraphiQL's introspection needs 13 and is exempt.",
        ),
        complexity,
        aliases: r.size(
            "MAX_ALIASES",
            30,
            1,
            "Maximum number of aliases in a document, with fragments counted at each use.",
        ),
        directives: r.size("MAX_DIRECTIVES", 30, 1, "Maximum number of directives in a document."),
        tokens: r.size("MAX_TOKENS", 4000, 100, "Maximum number of lexical tokens in a document."),
        body_bytes: r.size(
            "MAX_BODY_BYTES",
            262_144,
            1024,
            "Maximum size of a request body or WebSocket message, in bytes.",
        ),
        answer_bytes: r.size(
            "MAX_ANSWER_BYTES",
            10_485_760,
            65_536,
            "Maximum size of an answer before compression, in bytes.",
        ),
        errors: r.size("MAX_ERRORS", 10, 1, "Maximum number of errors in one response."),
        timeout: r.seconds("OPERATION_TIMEOUT_SECONDS", 20, 1, "Time limit of one query or mutation."),
        introspection: r.parse("INTROSPECTION", "true", "Enables introspection and suggestions."),
        signed_in: gather_allowance(
            r,
            (
                "RATE_LIMIT_POINTS",
                200_000,
                "Points of cost that a user or an API key may spend at once; 0 disables the limit.",
            ),
            ("RATE_LIMIT_RESTORE", 5000, "Points restored to a user or an API key each second."),
            complexity,
        ),
        anonymous: gather_allowance(
            r,
            (
                "RATE_LIMIT_ANONYMOUS_POINTS",
                40_000,
                "Points of cost that an IP address (a /64 for IPv6) may spend at once without a signed-in user; 0 disables the limit.",
            ),
            ("RATE_LIMIT_ANONYMOUS_RESTORE", 500, "Points restored to an IP address each second."),
            complexity,
        ),
    }
}

/// Reads a bucket that suffices for the most expensive operation, or 0, which is unlimited. The settings are given by
/// name, default and text.
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
