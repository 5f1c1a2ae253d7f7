//! The rules of the house: files of the program and of the crates below it do not import each other in a circle, and no file imports from a higher
//! floor. Read from the sources alone, so that the check needs neither the program nor its build.
//!
//! An import is a `use` or a path in the code; re-exports are followed to the file in which a name is defined. Tests are
//! left out. Calls of methods are not seen: a file may call what another adds to a type below both.

mod circles;
mod floors;
mod house;
mod reader;

pub use circles::Circle;
pub use floors::{Floor, Floors};
pub use house::{House, Module};
