//! The story: who owes what, who writes when, and what the owner does. Data only; it lies in two files beside this one.

use crate::cli::failure::{Failure, Kind};
use crate::ledger::moment::at;
use crate::ledger::money::{Currency, Money};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use std::fmt;

const STORY: &str = include_str!("story.toml");

/// The list of receivables as the studio's accounting program exports it.
pub(super) const RECEIVABLES: &str = include_str!("receivables.csv");

/// Where the studio is.
pub(super) const ZONE: Tz = chrono_tz::Europe::Rome;

/// What happens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Story {
    /// Invoices that the studio sent as a picture, under a name without their number.
    pub(super) scanned: Vec<String>,
    #[serde(rename = "reply")]
    pub(super) replies: Vec<Reply>,
    #[serde(rename = "owner")]
    pub(super) deeds: Vec<Deed>,
}

/// A mail that reaches the studio.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    /// The customer's code in the list; none for everybody else.
    pub(super) customer: Option<String>,
    /// It answers the n-th mail that the agent sent to that customer…
    pub(super) after: Option<usize>,
    /// …so many days later…
    #[serde(default)]
    pub(super) days: u64,
    /// …at that hour…
    at: Option<String>,
    /// …or so many minutes later.
    minutes: Option<i64>,
    /// Or it comes on a fixed day and hour.
    on: Option<String>,
    pub(super) from: String,
    pub(super) style: Style,
    pub(super) subject: Option<String>,
    /// `none`: the server could prove nothing about the sender.
    pub(super) authenticity: Option<String>,
    pub(super) text: String,
    pub(super) attachment: Option<String>,
}

/// Something that the owner does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deed {
    on: String,
    /// She answers this customer's last mail herself, from her own mail program; the words are what she does.
    pub(super) writes: Option<String>,
    /// An order as it is typed. `correct CODE ADDRESS` is done in the accounting program; `settle CODE KIND` stands
    /// for `close` with the number of that customer's question.
    pub(super) does: String,
}

/// The mail program of a writer: how it quotes, and what else it puts into a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Style {
    Outlook,
    OutlookEn,
    /// Outlook set to German.
    OutlookDe,
    Gmail,
    GmailEn,
    Webmail,
    Iphone,
    /// Answers without quoting.
    Plain,
    /// A mail of its own, answering nothing.
    New,
    /// A machine that says that somebody is away.
    Absence,
    Newsletter,
    /// A mail server that says that a mail could not be delivered.
    Bounce,
}

/// One row of the list.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: String,
    pub(super) code: String,
    pub(super) customer: String,
    pub(super) email: String,
    pub(super) contact: String,
    pub(super) english: bool,
    pub(super) number: String,
    pub(super) issued: NaiveDate,
    pub(super) due: NaiveDate,
    pub(super) amount: String,
    pub(super) description: String,
}

/// The story.
pub(super) fn read() -> Result<Story, Failure> {
    toml::from_str(STORY).map_err(wrong)
}

/// The list's heading, and its rows.
pub(super) fn rows() -> Result<(String, Vec<Row>), Failure> {
    let mut lines = RECEIVABLES.lines();
    let heading = lines.next().unwrap_or_default().to_owned();
    let rows: Result<Vec<Row>, Failure> = lines.filter(|line| !line.is_empty()).map(row).collect();
    Ok((heading, rows?))
}

fn row(line: &str) -> Result<Row, Failure> {
    let cells: Vec<&str> = line.split(';').collect();
    let [code, customer, email, contact, _, language, _, _, number, issued, due, amount, description] =
        cells.as_slice()
    else {
        return Err(wrong(format!("a row with {} cells: {line}", cells.len())));
    };
    Ok(Row {
        line: line.to_owned(),
        code: (*code).to_owned(),
        customer: (*customer).to_owned(),
        email: (*email).to_owned(),
        contact: (*contact).to_owned(),
        english: *language == "en",
        number: (*number).to_owned(),
        issued: issued.parse().map_err(wrong)?,
        due: due.parse().map_err(wrong)?,
        amount: (*amount).to_owned(),
        description: (*description).to_owned(),
    })
}

impl Row {
    /// How much is to be paid.
    pub(super) fn money(&self) -> Money {
        let decimal = self.amount.replace('.', "").replace(',', ".");
        Money::from_decimal(&decimal, Currency::EUR).unwrap_or(Money::zero(Currency::EUR))
    }
}

impl Reply {
    /// The fixed instant at which it comes, when it has one.
    pub(super) fn fixed(&self) -> Result<Option<DateTime<Utc>>, Failure> {
        self.on.as_deref().map(instant).transpose()
    }

    /// When it comes, counted from the mail that it answers: never before it, never at a weekend.
    pub(super) fn following(&self, sent: DateTime<Utc>) -> Result<DateTime<Utc>, Failure> {
        use chrono::{Datelike as _, Days, TimeDelta, Weekday};
        let Some(hour) = &self.at else {
            return Ok(sent + TimeDelta::minutes(self.minutes.unwrap_or(1)));
        };
        let hour = NaiveTime::parse_from_str(hour, "%H:%M").map_err(wrong)?;
        let mut day = sent.with_timezone(&ZONE).date_naive() + Days::new(self.days);
        loop {
            let instant = at(ZONE, day, hour);
            if instant > sent && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                return Ok(instant);
            }
            day = day + Days::new(1);
        }
    }
}

impl Deed {
    /// When.
    pub(super) fn instant(&self) -> Result<DateTime<Utc>, Failure> {
        instant(&self.on)
    }
}

/// `2026-09-28 08:35`, where the studio is.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, Failure> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map_err(wrong)?;
    Ok(at(ZONE, local.date(), local.time()))
}

/// The story is part of the program: a mistake in it is the program's.
pub(super) fn wrong(why: impl fmt::Display) -> Failure {
    Failure::new(Kind::Defect, "The demo's story cannot be told").because(why.to_string())
}
