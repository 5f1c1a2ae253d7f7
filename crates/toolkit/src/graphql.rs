//! The toolkit shared by all GraphQL types, independent of any domain.

mod answer;
mod argument_paths;
mod connection;
mod cost;
mod documents;
mod errors;
mod filter;
mod id;
mod json;
mod language;
mod limits;
mod loads;
mod look_ahead;
mod money;
mod names;
mod nulls;
mod observed;
mod operation;
mod order;
mod places;
mod plain;
mod pricing;
mod response_map;
mod roots;
mod rows;
mod scalars;
mod sizes;
mod stream;
mod text_search;
mod values;
mod wrong_arguments;

pub use answer::{Answer, too_slow};
pub use argument_paths::{SearchText, add_paths};
pub use connection::{Connection, PageArgs, Shown, SortDirection, TotalCount};
pub use cost::{Charge, spent};
pub use documents::{Chosen, Document, Documents};
pub use errors::{finish, note_outages, nullable, refused};
pub use filter::{
    AnyIdFilter, BooleanFilter, DateFilter, DateTimeFilter, EnumFilter, FloatFilter, IdCondition, IdFilter, IntFilter,
    MailAddressFilter, MoneyFilter, Nullable, StringFilter, combined,
};
pub use json::Json;
pub use language::{Language, Scalars};
pub use limits::{NESTING, limit_error};
pub use loads::Loads;
pub use look_ahead::ColumnFields;
pub use money::{CurrencyCode, MoneyAmount, MoneyInput};
pub use names::camel_case;
pub use nulls::{check_filters, unless_null};
pub use observed::{Observed, RootSpans};
pub use operation::OperationInfo;
pub use order::order_input;
pub use order::{Order, OrderField};
pub use plain::plain_fields;
pub use plain::{Plain, PlainFields, PlainValue, WrittenFields, to_json, write_json, written_before};
pub use pricing::Price;
pub use response_map::{ResponseMap, is_request_error};
pub use scalars::{CursorText, Date, Decimal, Timestamp, is_kept};
pub use sizes::{About, AsMany, Costs, Paged, RELATED, Requires, TEXT};
pub use stream::{Asked, Payload, Reply, ResumeFrom, written};
pub use text_search::contains;
pub use wrong_arguments::NullIfArgumentsAreWrong;
