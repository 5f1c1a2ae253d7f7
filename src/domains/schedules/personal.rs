//! Personal data in the tables of this domain.

use crate::domains::shared::{PersonalData, TableData};

/// The personal data of the domain.
#[derive(Debug)]
pub struct Personal;

impl PersonalData for Personal {
    fn domain(&self) -> &'static str {
        "schedules"
    }

    fn tables(&self) -> &'static [TableData] {
        &TABLES
    }
}

const TABLES: [TableData; 1] = [TableData {
    table: "scheduled_tasks",
    personal: &[],
    other: &[(&["name", "cron", "time_zone", "kind"], "recurring tasks of the program")],
}];
