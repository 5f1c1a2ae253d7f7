//! Holds the program to the rules of its house.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::{path::Path, sync::LazyLock};

use house_rules::{Floor, Floors, House};

/// The floors of the program and of the crates below it, from the roof down. A floor may import from itself and from those
/// below it.
const FLOORS: Floors = Floors(&[
    Floor { name: "command line", rooms: &["rapport::cli"] },
    Floor { name: "server", rooms: &["rapport::server"] },
    Floor { name: "transports", rooms: &["rapport::http"] },
    Floor { name: "schema", rooms: &["rapport::schema"] },
    Floor { name: "list of domains", rooms: &["rapport::domains", "rapport::domains::node"] },
    Floor {
        name: "GraphQL of domains",
        rooms: &[
            "rapport::domains::*::graphql",
            "rapport::domains::activity::graphql",
            "rapport::domains::activity::*::graphql",
            "rapport::domains::job_results",
            "rapport::domains::system::events",
            "rapport::domains::system::follow",
            "rapport::domains::system::health_graphql",
            "rapport::domains::system::server_info",
        ],
    },
    Floor { name: "domains", rooms: &["rapport::domains::*"] },
    Floor { name: "what domains share", rooms: &["rapport::domains::shared"] },
    Floor { name: "application", rooms: &["rapport::api", "rapport::app"] },
    Floor { name: "lists and mails", rooms: &["rapport::graphql", "rapport::mails"] },
    Floor { name: "clients", rooms: &["rapport_clients"] },
    Floor { name: "rules", rooms: &["rapport_rules"] },
    Floor { name: "waits", rooms: &["rapport_toolkit::waits"] },
    Floor { name: "toolkit", rooms: &["rapport_toolkit::graphql", "rapport_toolkit::jobs"] },
    Floor { name: "events and rights", rooms: &["rapport_toolkit::auth", "rapport_toolkit::events"] },
    Floor {
        name: "errors, limits and secrets",
        rooms: &[
            "rapport_toolkit::error",
            "rapport_toolkit::limiter",
            "rapport_toolkit::secrets",
            "rapport_toolkit::single_flight",
        ],
    },
    Floor { name: "database", rooms: &["rapport_toolkit::db"] },
    Floor { name: "time, randomness and counts", rooms: &["rapport_toolkit::ambient"] },
    Floor { name: "telemetry", rooms: &["rapport_toolkit::telemetry"] },
    Floor { name: "settings", rooms: &["rapport_toolkit::config"] },
    Floor {
        name: "ground floor",
        rooms: &[
            "rapport_toolkit::error_code",
            "rapport_toolkit::html",
            "rapport_toolkit::mail_address",
            "rapport_toolkit::money",
            "rapport_toolkit::periods",
            "rapport_toolkit::private_files",
            "rapport_toolkit::request_id",
            "rapport_toolkit::text",
            "rapport_toolkit::web_address",
        ],
    },
]);

static HOUSE: LazyLock<House> =
    LazyLock::new(|| House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap());

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles: String = HOUSE.circles().iter().map(|circle| format!("\n{circle}")).collect();
    assert!(
        circles.is_empty(),
        "Move what both sides need into a file below them, or the function that calls back to the file it calls:\n{circles}"
    );
}

#[test]
fn no_file_imports_from_a_higher_floor() {
    let problems = FLOORS.problems(&HOUSE);
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
