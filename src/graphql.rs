//! The toolkit that every GraphQL type shares; it knows no domain.

mod connection;
mod cost;
mod documents;
mod errors;
mod filter;
mod id;
mod limits;
mod loads;
mod look_ahead;
mod observed;
mod operation;
mod order;
mod roots;
mod rows;
mod scalars;
mod stream;
mod validation;
mod values;

pub use connection::{Connection, PageArgs, Shown, SortDirection, TotalCount, page_cost};
pub use cost::Charge;
pub use documents::{Document, Documents};
pub use errors::{RequestId, finish, nullable, refused};
pub(crate) use filter::filter_input;
pub use filter::{DateTimeFilter, EnumFilter, FloatFilter, IdFilter, StringFilter, combined, contains_folded};
pub use limits::{NESTING, check_document, check_text, limit_error};
pub use loads::Loads;
pub use look_ahead::ColumnFields;
pub use observed::{Observed, RootSpans};
pub use operation::{OperationInfo, operation_kind};
pub use order::{Order, OrderField};
pub use roots::check_roots;
pub use scalars::{CursorText, DATE_TIME, Date, Decimal};
pub use stream::{Asked, Payload, Reply, ResumeFrom, written};
pub use validation::Validator;
pub use values::check_values;
