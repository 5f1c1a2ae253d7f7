//! The job that writes a reply: by a language model from what was said and what the knowledge base holds, or without one.

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
