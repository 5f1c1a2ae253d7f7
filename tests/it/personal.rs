//! Personal data: where it stands, and how it is sealed in the audit log.

mod columns;
mod sealing;
