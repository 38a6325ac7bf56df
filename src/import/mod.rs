//! Lists of receivables as accounting programs export them.
//!
//! In: the bytes of a CSV file, its name for messages, how the firm's columns are called, what holds where a row is
//! silent. Out: the rows that could be read, and a problem with line, column, value and remedy for each that could not.
//! Deliberately absent: files, the database, ids (`store` gives them), what an import leads to (`policy`).

pub mod cells;
pub mod columns;
pub mod customers;
pub mod decode;
mod line;
pub mod rows;
pub mod table;
pub mod values;

pub use columns::ColumnMap;
pub use customers::{Gathered, gather};
pub use rows::{CustomerRow, DateOrder, ImportDefaults, Read, ReceivableRow, Row, read_receivables};
