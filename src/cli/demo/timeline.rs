//! The timeline.

use super::story::{Row, ZONE};
use crate::agent::Agent;
use crate::agent::imports::ImportReport;
use crate::agent::orders::OrderReport;
use crate::cli::Screen;
use crate::cli::failure::Failure;
use crate::ledger::change::{Cause, Change};
use crate::message::Reader;
use crate::store::JournalRow;
use chrono::{DateTime, NaiveDate, Utc};
use std::path::Path;

/// A mail that came.
pub(super) struct Came {
    pub(super) bytes: Vec<u8>,
    pub(super) at: DateTime<Utc>,
}

pub(super) struct Timeline<'a> {
    screen: &'a mut Screen,
    reader: Reader,
    told: i64,
    came: Vec<Came>,
    day: Option<NaiveDate>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(screen: &'a mut Screen, reader: Reader, _begins: DateTime<Utc>) -> Self {
        Self { screen, reader, told: 0, came: Vec::new(), day: None }
    }
    pub(super) fn introduce(&mut self) {}
    fn heading(&mut self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&ZONE);
        if self.day != Some(local.date_naive()) {
            self.day = Some(local.date_naive());
            self.screen.line(format!("== {}", local.format("%a %d %b")));
        }
        local.format("%H:%M").to_string()
    }
    pub(super) fn came(&mut self, came: Came) {
        self.came.push(came);
    }
    pub(super) fn invoiced(&mut self, row: &Row, at: DateTime<Utc>) {
        self.heading(at);
        self.screen.line(format!("invoice {}", row.number));
    }
    pub(super) fn corrected(&mut self, at: DateTime<Utc>, code: &str, address: &str, _rows: &[Row]) {
        self.heading(at);
        self.screen.line(format!("correct {code} {address}"));
    }
    pub(super) fn imported(&mut self, at: DateTime<Utc>, taken: &ImportReport, agent: &Agent) -> Result<(), Failure> {
        self.heading(at);
        self.screen.line(format!("import {taken:?}"));
        for row in agent.store.look().journal_after(self.told)? {
            self.told = row.seq;
            if !matches!(
                row.entry.change,
                Change::ReceivableSet { .. } | Change::CustomerSet { .. } | Change::PaymentsKnown { .. }
            ) {
                self.raw(&row, agent);
            }
        }
        Ok(())
    }
    pub(super) fn ordered(
        &mut self,
        at: DateTime<Utc>,
        line: &str,
        reports: &[OrderReport],
        agent: &Agent,
    ) -> Result<(), Failure> {
        let t = self.heading(at);
        self.screen.line(format!("{t} > sollecito {line}"));
        for r in reports {
            self.screen.line(format!("   {r:?}"));
        }
        for row in agent.store.look().journal_after(self.told)? {
            self.told = row.seq;
        }
        Ok(())
    }
    fn raw(&mut self, row: &JournalRow, agent: &Agent) {
        let name = row
            .customer
            .and_then(|c| agent.store.look().account(c).ok().flatten())
            .map(|a| a.customer.name)
            .unwrap_or_default();
        self.screen.line(format!(
            "   [{}] {} | {} | {}",
            name,
            row.entry.because,
            brief(&row.entry.change),
            brief_cause(&row.entry.cause)
        ));
        if let Change::MailSent { outbox, .. } = &row.entry.change
            && let Ok(Some(frozen)) = agent.store.look().frozen(*outbox)
        {
            let m = crate::message::read(&frozen.bytes, &Reader::default());
            self.screen.line(format!(
                "   --- {:?} {} {:?}",
                m.to,
                m.subject,
                m.attachments.iter().map(|a| a.name.clone()).collect::<Vec<_>>()
            ));
            for l in m.words.signed.lines() {
                self.screen.line(format!("   | {l}"));
            }
            let plan = agent.store.look().outbox_row(*outbox).ok().flatten().map(|r| r.row.plan);
            self.screen.line(format!("   because {:?}", plan.map(|p| p.because)));
        }
    }
    pub(super) fn after_pass(&mut self, agent: &Agent) -> Result<(), Failure> {
        let look = agent.store.look();
        for came in std::mem::take(&mut self.came) {
            let t = self.heading(came.at);
            let m = crate::message::read(&came.bytes, &self.reader);
            self.screen.line(format!(
                "{t} << {:?} {} : {}",
                m.from.first().map(|f| f.address.clone()),
                m.subject,
                m.words.new.replace('\n', " / ")
            ));
            if let Some(s) = look.message(m.identity)? {
                if let Some(r) = &s.reading {
                    self.screen.line(format!(
                        "   kind {} auth {} writer {} intents {:?}",
                        r.kind,
                        r.authenticity,
                        r.writer,
                        r.intents
                            .iter()
                            .map(|i| format!("{} {} {}", i.intent, i.confidence.as_percent(), i.evidence))
                            .collect::<Vec<_>>()
                    ));
                    self.screen.line(format!("   facts {:?}", r.facts));
                    self.screen.line(format!(
                        "   items {:?} unread {:?} warn {:?}",
                        r.matched.items.iter().map(|i| (i.receivable.0, i.certainty)).collect::<Vec<_>>(),
                        r.unread,
                        r.warnings
                    ));
                }
                self.screen.line(format!("   verdict {:?}", s.verdict));
            }
        }
        let rows = look.journal_after(self.told)?;
        for row in rows {
            self.told = row.seq;
            if matches!(row.entry.change, Change::Understood { .. } | Change::CustomerWrote { .. }) {
                continue;
            }
            self.heading(row.at);
            self.raw(&row, agent);
        }
        Ok(())
    }
    pub(super) fn conclude(&mut self, agent: &Agent, _folder: &Path) -> Result<(), Failure> {
        let look = agent.store.look();
        let view = crate::report::View::new(&look, &agent.office.policy, agent.moment())?;
        let report = crate::report::status::status(&view, false)?;
        self.screen.report(&report, &report.to_text());
        let rows = crate::report::cases::cases(&view)?;
        self.screen.report(&rows, &crate::report::cases::to_text(&rows));
        Ok(())
    }
}
fn brief(c: &Change) -> String {
    return match c {
        Change::CaseOpened { case } => format!("CASE {} {:?} {:?}", case.kind, case.particulars, case.suggestions),
        Change::HoldPlaced { hold } => format!("HOLD {} until {:?}", hold.kind, hold.until),
        o => {
            let v = serde_json::to_value(o).unwrap_or_default();
            v.get("change").map(|c| c.to_string()).unwrap_or_default()
        }
    };
}
fn _brief(c: &Change) -> String {
    let mut s = format!("{c:?}");
    if s.len() > 230 {
        s = s.chars().take(230).collect();
    }
    s
}
fn brief_cause(c: &Cause) -> String {
    let s = format!("{c:?}");
    s.chars().take(10).collect()
}
