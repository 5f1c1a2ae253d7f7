//! The toolkit that every GraphQL type shares; it knows no domain.

mod connection;
mod errors;
mod filter;
mod id;
mod limits;
mod operation;
mod scalars;
mod stream;

pub use connection::{Connection, PageArgs, SortDirection, TotalCount, page_cost};
pub use errors::{RequestId, finish, nullable, refused};
pub use filter::{DateTimeFilter, EnumFilter, StringFilter, combined, contains_folded};
pub use limits::{CostLimit, check_document, check_text};
pub use operation::operation_kind;
pub use scalars::CursorText;
pub use stream::{ReplyCursor, ResumeFrom};
