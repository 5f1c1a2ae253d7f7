//! The database migrations of Rapport: the same on SQLite and PostgreSQL, one file a change. They never import live
//! entities, so that an old migration means tomorrow what it means today.

pub use sea_orm_migration::prelude::*;

mod columns;
pub mod folding;
mod m20261123_000001_core;
mod m20261123_000002_identity;
mod m20261123_000003_intelligence;
mod m20261123_000004_sessions;
mod m20261123_000005_access;
mod m20261123_000006_audit;
mod m20261126_000007_pace;
mod m20261126_000008_signals;
mod m20261126_000009_knowledge;
mod m20261126_000010_outbox;
mod m20261126_000011_leads;
mod m20261126_000012_job_trace;
mod m20261126_000013_chat;
mod m20261126_000014_summary_model;
mod m20261126_000015_due_jobs;
mod m20261130_000016_history;
mod m20261130_000018_provisional_reports;
mod m20261130_000020_job_worker;
mod m20261130_000021_chat_handover;
mod m20261130_000041_folded_texts;
mod m20261130_000050_orders_with_gaps;
mod m20261130_000052_extraction;
mod m20261130_000060_embedding_scales;
mod m20261130_000061_job_failures;
mod m20261130_000062_write_trials;
mod m20261130_000063_event_kinds;
mod m20261130_000066_fact_history;
mod m20261130_000067_search_words;
mod m20261130_000068_list_orders;
mod m20261130_000069_seen_times;
mod m20261130_000070_event_consumers;
mod m20261130_000071_lead_source_detail;
mod m20261130_000072_secret_keys;
mod m20261130_000080_settings;
mod m20261130_000081_schedule_zones;
mod m20261201_000082_notifications;
mod m20261201_000084_audit_via;
mod m20261201_000086_waits;
mod m20261201_000087_consumer_failures;
mod m20261201_000088_files;
mod m20261201_000090_person_keys;
mod m20261201_000093_present_facts;
mod m20261201_000094_addresses;
mod m20261201_000096_customers_below;
mod m20261201_000110_customer_care;
mod m20261201_000111_search_grams;
mod m20261201_000112_activity;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let all: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m20261123_000001_core::Migration),
            Box::new(m20261123_000002_identity::Migration),
            Box::new(m20261123_000003_intelligence::Migration),
            Box::new(m20261123_000004_sessions::Migration),
            Box::new(m20261123_000005_access::Migration),
            Box::new(m20261123_000006_audit::Migration),
            Box::new(m20261126_000007_pace::Migration),
            Box::new(m20261126_000008_signals::Migration),
            Box::new(m20261126_000009_knowledge::Migration),
            Box::new(m20261126_000010_outbox::Migration),
            Box::new(m20261126_000011_leads::Migration),
            Box::new(m20261126_000012_job_trace::Migration),
            Box::new(m20261126_000013_chat::Migration),
            Box::new(m20261126_000014_summary_model::Migration),
            Box::new(m20261126_000015_due_jobs::Migration),
            Box::new(m20261130_000016_history::Migration),
            Box::new(m20261130_000018_provisional_reports::Migration),
            Box::new(m20261130_000020_job_worker::Migration),
            Box::new(m20261130_000021_chat_handover::Migration),
            Box::new(m20261130_000041_folded_texts::Migration),
            Box::new(m20261130_000050_orders_with_gaps::Migration),
            Box::new(m20261130_000052_extraction::Migration),
            Box::new(m20261130_000060_embedding_scales::Migration),
            Box::new(m20261130_000061_job_failures::Migration),
            Box::new(m20261130_000062_write_trials::Migration),
            Box::new(m20261130_000063_event_kinds::Migration),
            Box::new(m20261130_000066_fact_history::Migration),
            Box::new(m20261130_000067_search_words::Migration),
            Box::new(m20261130_000068_list_orders::Migration),
            Box::new(m20261130_000069_seen_times::Migration),
            Box::new(m20261130_000070_event_consumers::Migration),
            Box::new(m20261130_000071_lead_source_detail::Migration),
            Box::new(m20261130_000072_secret_keys::Migration),
            Box::new(m20261130_000080_settings::Migration),
            Box::new(m20261130_000081_schedule_zones::Migration),
            Box::new(m20261201_000082_notifications::Migration),
            Box::new(m20261201_000084_audit_via::Migration),
            Box::new(m20261201_000086_waits::Migration),
            Box::new(m20261201_000087_consumer_failures::Migration),
            Box::new(m20261201_000088_files::Migration),
            Box::new(m20261201_000090_person_keys::Migration),
            Box::new(m20261201_000093_present_facts::Migration),
            Box::new(m20261201_000094_addresses::Migration),
            Box::new(m20261201_000096_customers_below::Migration),
            Box::new(m20261201_000110_customer_care::Migration),
            Box::new(m20261201_000111_search_grams::Migration),
            Box::new(m20261201_000112_activity::Migration),
        ];
        all.into_iter().map(|migration| Box::new(InTransaction(migration)) as Box<dyn MigrationTrait>).collect()
    }
}

/// A migration that is applied, or taken back, as a whole or not at all, together with the note that it was. SeaORM does so
/// on PostgreSQL only: a process that was killed left half a migration in SQLite, which could be neither gone on with nor
/// begun again.
struct InTransaction(Box<dyn MigrationTrait>);

impl MigrationName for InTransaction {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for InTransaction {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
