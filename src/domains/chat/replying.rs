//! The job that writes a reply, by a language model with the conversation and the knowledge base, or without a model.

mod building;
mod cleaning;
mod closing;
mod drawing;
mod halt;
mod material;
mod plain;
mod prompt;
mod reply;
mod writing;
