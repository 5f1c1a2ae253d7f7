//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "system"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const NAMES: &str = "names of kinds and states, fixed by the program";

const TABLES: [TableData; 12] = [
    TableData {
        table: "jobs",
        personal: &[
            ("input", "input, such as what somebody asked for"),
            ("output", "result"),
            ("words", "words of the input"),
            ("error_message", "error, which may quote the input"),
            ("current_step", "name of the present step"),
            ("idempotency_key", "key made by a client"),
        ],
        other: &[
            (&["kind", "status", "stages", "error_code"], NAMES),
            (&["idempotency_scope"], "id of a user and a kind"),
            (&["input_hash"], "hash of an input, deleted with the job"),
            (&["trace_parent"], "id of a trace"),
        ],
    },
    TableData {
        table: "job_steps",
        personal: &[
            ("output", "what a task yielded"),
            ("name", "name of a task, which may hold what it is about"),
            ("error_message", "error of a task"),
        ],
        other: &[(&["error_code"], NAMES)],
    },
    TableData {
        table: "events",
        personal: &[("payload", "messages and collected values of chat sessions; others hold ids and figures")],
        other: &[(&["topic"], "id of an object"), (&["kind"], NAMES)],
    },
    TableData { table: "event_log", personal: &[], other: &[(&["server"], "identity of a database server")] },
    TableData {
        table: "event_consumers",
        personal: &[],
        other: &[(&["name"], NAMES), (&["last_error"], "error of the server, without payloads")],
    },
    TableData {
        table: "waits",
        personal: &[("result", "what somebody said with a decision"), ("matches", "values that an event must have")],
        other: &[(&["owner_kind", "kind", "outcome"], NAMES), (&["path"], "place in a definition")],
    },
    TableData {
        table: "awaited_events",
        personal: &[("member", "a value that an event must have")],
        other: &[(&["event_kind"], NAMES)],
    },
    TableData {
        table: "secret_keys",
        personal: &[],
        other: &[(&["key_id", "canary"], "ids of keys, and a known text")],
    },
    TableData { table: "openings", personal: &[], other: &[(&["boot"], "start of a machine")] },
    TableData { table: "pace", personal: &[], other: &[(&["name"], "name of an outside service")] },
    TableData { table: "write_trials", personal: &[], other: &[(&["filling"], "random bytes")] },
    TableData { table: "seaql_migrations", personal: &[], other: &[(&["version"], "names of migrations")] },
];
