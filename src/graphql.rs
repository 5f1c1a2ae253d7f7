//! The toolkit that every GraphQL type shares; it knows no domain.

mod connection;
mod cost;
mod errors;
mod filter;
mod id;
mod limits;
mod observed;
mod operation;
mod order;
mod roots;
mod scalars;
mod stream;
mod values;

pub use connection::{Connection, PageArgs, SortDirection, TotalCount, page_cost};
pub use cost::{Charge, CostLimit};
pub use errors::{RequestId, finish, nullable, refused};
pub(crate) use filter::filter_input;
pub use filter::{DateTimeFilter, EnumFilter, FloatFilter, IdFilter, StringFilter, combined, contains_folded};
pub use limits::{NESTING, check_document, check_text};
pub use observed::{Observed, RootSpans};
pub use operation::{OperationInfo, operation_kind};
pub use order::{Order, OrderField};
pub use roots::check_roots;
pub use scalars::{CursorText, DATE_TIME, Date, Decimal};
pub use stream::{ReplyCursor, ResumeFrom};
pub use values::check_values;
