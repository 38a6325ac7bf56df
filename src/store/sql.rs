//! Running named statements, and the text forms of values in columns.

use super::error::{Fault, StoreError};
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Every row of a query. `statement` completes the sentence "while trying to …".
pub(super) fn all<T>(
    connection: &Connection,
    statement: &'static str,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, StoreError> {
    let collect = || -> Result<Vec<T>, Fault> {
        let mut prepared = connection.prepare_cached(sql)?;
        let mut rows = prepared.query(params)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    };
    collect().map_err(|fault| fault.named(statement))
}

/// The first row of a query, if any.
pub(super) fn one<T>(
    connection: &Connection,
    statement: &'static str,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, StoreError> {
    let first = || -> Result<Option<T>, Fault> {
        let mut prepared = connection.prepare_cached(sql)?;
        let mut rows = prepared.query(params)?;
        match rows.next()? {
            Some(row) => Ok(Some(read(row)?)),
            None => Ok(None),
        }
    };
    first().map_err(|fault| fault.named(statement))
}

/// Runs a change; the number of rows changed.
pub(super) fn run(
    connection: &Connection,
    statement: &'static str,
    sql: &str,
    params: impl Params,
) -> Result<usize, StoreError> {
    let execute = || connection.prepare_cached(sql)?.execute(params);
    execute().map_err(|error| Fault::Sql(error).named(statement))
}

/// An instant as it stands in a column: fixed width, so that texts sort as instants do.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Nanos, true)
}

pub(super) fn read_instant(row: &Row<'_>, column: &'static str) -> Result<DateTime<Utc>, Fault> {
    let text: String = row.get(column)?;
    parse_instant(column, &text)
}

pub(super) fn read_instant_if_any(row: &Row<'_>, column: &'static str) -> Result<Option<DateTime<Utc>>, Fault> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse_instant(column, &text)).transpose()
}

pub(super) fn parse_instant(column: &'static str, text: &str) -> Result<DateTime<Utc>, Fault> {
    DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).map_err(|_| Fault::value(column, text))
}

/// A value as JSON.
pub(super) fn json<T: Serialize>(statement: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| Fault::from(error).named(statement))
}

pub(super) fn read_json<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Fault> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| Fault::Value(format!("column {column}: {error}")))
}

pub(super) fn read_json_if_any<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<Option<T>, Fault> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| Fault::Value(format!("column {column}: {error}"))))
        .transpose()
}

/// A word or an id that its own parser accepts.
pub(super) fn read_parsed<T>(
    row: &Row<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, Fault> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| Fault::value(column, &text))
}

pub(super) fn read_parsed_if_any<T>(
    row: &Row<'_>,
    column: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Fault> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| parse(&text).ok_or_else(|| Fault::value(column, &text))).transpose()
}
