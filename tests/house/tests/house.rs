//! Holds the program to the rules of its house.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::{path::Path, sync::LazyLock};

use house_rules::{Floor, Floors, House};

/// The floors of the program, from the roof down. A floor may import from itself and from those below it.
const FLOORS: Floors = Floors(&[
    Floor { name: "command line", rooms: &["cli"] },
    Floor { name: "server", rooms: &["server"] },
    Floor { name: "transports", rooms: &["http"] },
    Floor { name: "schema", rooms: &["schema"] },
    Floor { name: "list of domains", rooms: &["domains", "domains::node"] },
    Floor {
        name: "GraphQL of domains",
        rooms: &[
            "domains::*::graphql",
            "domains::job_results",
            "domains::system::events",
            "domains::system::follow",
            "domains::system::health_graphql",
            "domains::system::server_info",
        ],
    },
    Floor { name: "domains", rooms: &["domains::*"] },
    Floor { name: "what domains share", rooms: &["domains::shared"] },
    Floor { name: "application", rooms: &["app"] },
    Floor { name: "toolkit", rooms: &["clients", "graphql", "jobs", "mails"] },
    Floor { name: "events and rights", rooms: &["auth", "events"] },
    Floor { name: "errors and limits", rooms: &["error", "limiter", "single_flight"] },
    Floor { name: "database", rooms: &["db"] },
    Floor { name: "time, randomness and counts", rooms: &["ambient"] },
    Floor { name: "telemetry", rooms: &["telemetry"] },
    Floor { name: "settings", rooms: &["config"] },
    Floor {
        name: "ground floor",
        rooms: &[
            "error_code",
            "html",
            "mail_address",
            "money",
            "periods",
            "private_files",
            "request_id",
            "text",
            "web_address",
        ],
    },
]);

static HOUSE: LazyLock<House> =
    LazyLock::new(|| House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src")).unwrap());

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
