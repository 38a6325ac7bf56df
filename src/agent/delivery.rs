//! What goes out. For each due row: one transaction checks the live state once more, renders, freezes and claims;
//! then the transport opens, `in_data` is committed, the body is handed over, and the outcome is committed at once.
//!
//! If the process dies in `claimed`, nothing was sent: it is tried again with the same bytes. If it dies in `in_data`,
//! nobody knows: the row becomes `unsure` and is never sent again by itself.

use super::crash;
use super::error::AgentError;
use super::forewarning;
use super::intake::is_about_this_row;
use super::notices::moot;
use super::office::Office;
use super::onlooker::{UnderWay, Work};
use super::outcome::{conclude, in_doubt, note_answers, nothing_was_sent, tell_policy, was_asked_about};
use super::pass::{Agent, PassReport, world};
use super::redirect::release_redirected;
use super::rest;
use super::together;
use crate::ledger::event::DeliveryOutcome;
use crate::ledger::ids::{Address, OutboxId};
use crate::ledger::mail::OutboxState;
use crate::ledger::moment::Moment;
use crate::ledger::words::Purpose;
use crate::policy::{self, Conditions, Recheck, Reminders};
use crate::store::{Beginning, Frozen, Halt, Origin, OutboxFilter, StoredMail, ThreadLink, Unit, WAITS_FOR_APPROVAL};
use crate::transport::{Answer, Envelope, NotOpened, RecipientAnswer};
use chrono::{DateTime, Duration, Utc};

/// So long a mail waits for somebody in copy whom the server puts off.
const WAIT_FOR_COPIES_HOURS: i64 = 4;

/// What became of one row in this pass.
pub(super) enum Progress {
    Sent(Purpose),
    Drafted,
    Withdrawn,
    Waits,
    /// Trouble with the server as a whole: nothing more is tried before then.
    Stopped {
        message: String,
        until: DateTime<Utc>,
    },
}

impl Agent {
    /// Begins a run, under the firm's lock: what a crash or a restored backup left in flight is settled first.
    ///
    /// # Errors
    /// When the database cannot be used; nothing may be sent then.
    pub fn begin(&mut self) -> Result<Beginning, AgentError> {
        let moment = self.moment();
        // Holding what was on its way is not enough: what left since would be planned and sent once more. Before the
        // run begins, so that no crash in between forgets it.
        if self.store.is_restored()? && self.store.look().halted()?.is_none() {
            let why = "the database is not the one that ran here last, and does not know what left since".to_owned();
            self.store.write(|unit| unit.set_halt(&Halt { at: moment.instant, why }))?;
        }
        let beginning = self.store.begin_run()?;
        let office = &self.office;
        self.store.write(|unit| -> Result<(), AgentError> {
            // Not only those of this beginning: a crash right after an earlier one left its doubts untold.
            let unsure = OutboxFilter { states: vec![OutboxState::Unsure], ..OutboxFilter::default() };
            for row in unit.outbox(&unsure)? {
                // What is carried is told of with its carrier.
                if row.carried_by.is_none() && !was_asked_about(unit, &row)? {
                    in_doubt(unit, office, moment, &row, "The last run ended while it left")?;
                }
            }
            if office.redirect_to.is_none() {
                release_redirected(unit)?;
            }
            Ok(())
        })?;
        Ok(beginning)
    }

    /// Hands over whatever is due, until the transport says stop.
    pub(super) fn deliver(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let mut due = self.store.look().due(self.clock.now())?;
        let resumed = self.store.look().resumed()?;
        if policy::is_restart(&self.office.policy, self.moment().today(), resumed) {
            due = self.largest_first(due)?;
        }
        self.deliver_these(due, report)
    }

    /// After a quiet time not all reminders of a day leave: in the order of [`policy::turn`].
    fn largest_first(&self, due: Vec<OutboxId>) -> Result<Vec<OutboxId>, AgentError> {
        let look = self.store.look();
        let mut ranked = Vec::with_capacity(due.len());
        for id in due {
            let Some(row) = look.outbox_row(id)?.map(|stored| stored.row) else { continue };
            let customer = row.plan.customer.filter(|_| row.plan.purpose.counts_as_reminder());
            let account = customer.map(|customer| look.account(customer)).transpose()?.flatten();
            ranked.push((id, policy::turn(account.as_ref(), &row.plan)));
        }
        ranked.sort_by_key(|(_, turn)| *turn);
        Ok(ranked.into_iter().map(|(id, _)| id).collect())
    }

    /// Hands over the notices to the owner that are due, and nothing else.
    pub(super) fn deliver_notices(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let look = self.store.look();
        let mut notices = Vec::new();
        for id in look.due(self.clock.now())? {
            if look.outbox_row(id)?.is_some_and(|row| row.row.plan.purpose == Purpose::Notice) {
                notices.push(id);
            }
        }
        self.deliver_these(notices, report)
    }

    fn deliver_these(&mut self, due: Vec<OutboxId>, report: &mut PassReport) -> Result<(), AgentError> {
        if self.is_halted(report)? {
            return Ok(());
        }
        if due.is_empty() || self.is_resting(report)? {
            return Ok(());
        }
        let done = self.deliver_all(due, report);
        self.transport.rest();
        done
    }

    fn deliver_all(&mut self, due: Vec<OutboxId>, report: &mut PassReport) -> Result<(), AgentError> {
        for id in due {
            self.may_end_here(Work::LookedAtMail)?;
            // Asked anew for every mail: `halt` works in the middle of a batch.
            if self.is_halted(report)? {
                break;
            }
            match self.deliver_one(id) {
                Ok(Progress::Sent(Purpose::Notice)) => report.notices += 1,
                Ok(Progress::Sent(_)) => report.sent += 1,
                Ok(Progress::Drafted) => report.drafted += 1,
                Ok(Progress::Withdrawn) => report.withdrawn += 1,
                Ok(Progress::Waits) => {}
                Ok(Progress::Stopped { message, until }) => {
                    let until = until.with_timezone(&self.office.zone).format("%Y-%m-%d %H:%M");
                    report.stopped = Some(format!("{message}. It is tried again from {until} on."));
                    break;
                }
                // One row must not stop the others; it stands where it stood.
                Err(AgentError::Store(error)) if is_about_this_row(&error) => report.trouble(&error.to_string()),
                Err(other) => return Err(other),
            }
        }
        Ok(())
    }

    fn is_halted(&self, report: &mut PassReport) -> Result<bool, AgentError> {
        let halt = self.store.look().halted()?;
        if let Some(halt) = &halt {
            let since = halt.at.with_timezone(&self.office.zone).format("%Y-%m-%d %H:%M");
            report.stopped = Some(format!("halted since {since}: {}", halt.why));
        }
        Ok(halt.is_some())
    }

    fn is_resting(&self, report: &mut PassReport) -> Result<bool, AgentError> {
        let rest = rest::resting(&self.store.look(), self.clock.now())?;
        if let Some(rest) = &rest {
            let until = rest.until.with_timezone(&self.office.zone).format("%Y-%m-%d %H:%M");
            report.stopped = Some(format!("{}. It is tried again from {until} on.", rest.why));
        }
        Ok(rest.is_some())
    }

    fn deliver_one(&mut self, id: OutboxId) -> Result<Progress, AgentError> {
        let moment = self.moment();
        let Some(row) = self.store.look().outbox_row(id)? else { return Ok(Progress::Waits) };
        if self.is_for_drafts(&row)? {
            return self.lay_draft(id, moment);
        }
        crash::reached("outbox.before_claim");
        let office = &self.office;
        let claimed = self.store.write(|unit| claim(unit, office, moment, id))?;
        let row = match claimed {
            Claim::Claimed(row) => *row,
            Claim::Cancelled => return Ok(Progress::Withdrawn),
            Claim::NotNow => return Ok(Progress::Waits),
        };
        crash::reached("outbox.after_claim");
        self.hand_over(&row, moment)
    }

    fn hand_over(&mut self, stored: &StoredMail, moment: Moment) -> Result<Progress, AgentError> {
        let id = stored.row.id;
        let Some(frozen) = self.store.look().frozen(id)? else { return Ok(Progress::Waits) };
        let recipients = self.office.redirect_to.as_ref().filter(|_| stored.row.plan.purpose != Purpose::Notice);
        let recipients = recipients.map_or_else(|| frozen.recipients.clone(), |redirect| vec![redirect.clone()]);
        let envelope = Envelope { from: self.office.letterhead.address.clone(), recipients };
        let ready = match self.transport.open(&envelope) {
            Ok(ready) => ready,
            Err(not_opened) => {
                let office = &self.office;
                return self.store.write(|unit| nothing_was_sent(unit, office, moment, stored, &not_opened));
            }
        };
        let answers = ready.recipients().to_vec();
        if let Some(words) = waits_for_somebody(stored, &answers, moment) {
            // Dropped without a byte of the body: the server forgets the mail, and all of them get it later.
            drop(ready);
            let office = &self.office;
            return self.store.write(|unit| {
                note_answers(unit, id, &answers, moment)?;
                nothing_was_sent(unit, office, moment, stored, &NotOpened::Later(words))
            });
        }
        // Said before it is asked, so that who wants an end either sees this or is seen.
        let under_way = UnderWay::begin(&mut *self.onlooker);
        if under_way.0.wants_end() {
            return Err(AgentError::Stopped);
        }
        crash::reached("outbox.before_in_data");
        self.store.write(|unit| -> Result<(), AgentError> {
            rest::end(unit)?;
            note_answers(unit, id, &answers, moment)?;
            Ok(unit.mark_in_data(id, moment.instant)?)
        })?;
        crash::reached("outbox.after_in_data");
        let outcome = ready.deliver(&frozen.bytes);
        crash::reached("outbox.after_deliver");
        let at = self.clock.now();
        let office = &self.office;
        let progress = self.store.write(|unit| conclude(unit, office, office.moment(at), stored, &outcome))?;
        under_way.0.hears(Work::LookedAtMail);
        crash::reached("outbox.after_accepted");
        Ok(progress)
    }
}

/// One recipient is put off (greylisting) and others are not: the mail waits for all of them, since the same mail to the
/// one left over would be a second sending. For somebody in copy only so long.
fn waits_for_somebody(stored: &StoredMail, answers: &[RecipientAnswer], moment: Moment) -> Option<String> {
    let first = stored.frozen.as_ref().map_or(moment.instant, |seal| seal.date);
    let waits_for_copies = moment.instant - first < Duration::hours(WAIT_FOR_COPIES_HOURS);
    answers.iter().find_map(|one| match &one.answer {
        Answer::Later(words) if waits_for_copies || stored.row.plan.to.contains(&one.address) => Some(words.clone()),
        _ => None,
    })
}

enum Claim {
    Claimed(Box<StoredMail>),
    Cancelled,
    NotNow,
}

/// Check, render, freeze and claim: one transaction, so that an order committed before it always wins.
fn claim(unit: &mut Unit<'_>, office: &Office, moment: Moment, id: OutboxId) -> Result<Claim, AgentError> {
    let Some(stored) = unit.outbox_row(id)? else { return Ok(Claim::NotNow) };
    // Since the list of what is due was made it went along with another one.
    if stored.carried_by.is_some() {
        return Ok(Claim::NotNow);
    }
    match together::check_all(unit, office, moment, &unit.in_one_mail(id)?)? {
        Recheck::Go => {}
        Recheck::Wait { until, reason } => {
            unit.postpone(id, until, &reason)?;
            return Ok(Claim::NotNow);
        }
        Recheck::Cancel { reason } => {
            unit.cancel(id, &reason)?;
            return Ok(Claim::Cancelled);
        }
    }
    if must_be_asked(unit, office, &stored)? {
        unit.hold(id, WAITS_FOR_APPROVAL)?;
        return Ok(Claim::NotNow);
    }
    if stored.frozen.is_none() && !freeze(unit, office, moment, &stored, !stored.row.approved)? {
        return Ok(Claim::NotNow);
    }
    unit.claim(id)?;
    Ok(unit.outbox_row(id)?.map_or(Claim::NotNow, |row| Claim::Claimed(Box::new(row))))
}

/// See [`policy::must_be_asked`]; what goes to the owner for trying out is approved by being read.
pub(super) fn must_be_asked(unit: &Unit<'_>, office: &Office, stored: &StoredMail) -> Result<bool, AgentError> {
    let account = stored.row.plan.customer.map(|id| unit.account(id)).transpose()?.flatten();
    let is_tried_out = office.redirect_to.is_some();
    Ok(!is_tried_out && account.is_some_and(|account| policy::must_be_asked(&account, &stored.row, &office.policy)))
}

/// The live state against the plan. A notice to the owner leaves unless nothing of it is open any more.
pub(super) fn check(
    unit: &Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
) -> Result<Recheck, AgentError> {
    let plan = &stored.row.plan;
    let Some(customer) = plan.customer else {
        return Ok(moot(unit, office, moment, &plan.key)?.map_or(Recheck::Go, |reason| Recheck::Cancel { reason }));
    };
    let Some(account) = unit.account(customer)? else {
        return Ok(Recheck::Cancel { reason: "The account is gone".to_owned() });
    };
    let documents = unit.documents_at_hand(customer)?;
    let world = world(unit, office, moment, &documents)?;
    let inbox = unit.folder_enumerated("inbox")?;
    let sent = unit.folder_enumerated("sent")?;
    let all_decided = unit.undecided()?.is_empty() && !unit.has_unread(&["inbox", "sent"])?;
    let mut last_reminder = None;
    for address in plan.to.iter().chain(&plan.cc) {
        last_reminder = last_reminder.max(unit.last_reminder_to(address)?);
    }
    let wrote = account.customer_wrote.max(account.owner_wrote);
    let conditions = Conditions {
        halted: unit.halted()?.is_some(),
        // A mail that is seen and not read, or read and not decided on yet, may be the very answer that should stop this
        // one.
        // One that lies in the future was made by a clock that was put back since: it says nothing.
        inbox_enumerated: inbox.min(sent).filter(|at| all_decided && *at <= moment.instant),
        history_read: super::history::is_read(unit, office, moment.instant)?,
        sent_today: sent_today(unit, moment)?,
        reminders: reminders(unit, moment)?,
        last_reminder_to_recipient: last_reminder,
        reminder_to_recipient_waits: is_awaited(unit, plan)?,
        customer_or_owner_wrote_since_plan: wrote.is_some_and(|at| at > stored.row.planned_at),
        redirected: office.redirect_to.is_some(),
        forewarned: forewarning::told_at(unit, office, moment, &stored.row)?,
    };
    Ok(policy::recheck(&account, &stored.row, &world, &conditions))
}

/// Renders once and fixes bytes, Date, Message-ID and recipients, of the row and of all that go along. False when the
/// text cannot be rendered: then the row is held and the owner told.
fn freeze(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    automatic: bool,
) -> Result<bool, AgentError> {
    let row = &stored.row;
    let ids = together::ids_of(unit, office, stored)?;
    let written = match together::write(unit, office, moment, stored, (&ids, automatic))? {
        Ok(written) => written,
        Err(why) => {
            not_rendered(unit, office, moment, stored, &why)?;
            return Ok(false);
        }
    };
    let items = written.items(stored);
    let mut recipients: Vec<Address> = row.plan.to.iter().chain(&row.plan.cc).cloned().collect();
    recipients.dedup();
    unit.freeze(
        row.id,
        &Frozen {
            bytes: written.rendered.bytes,
            rfc_id: ids.rfc_id.clone(),
            reference: ids.reference,
            date: moment.instant,
            recipients,
        },
    )?;
    for rider in &written.riders {
        unit.carry(rider.row.row.id, row.id)?;
    }
    forewarning::note_what_is_told(unit, office, moment, row)?;
    if let Some(customer) = row.plan.customer {
        let link = ThreadLink { customer, items, origin: Origin::Own };
        unit.link_thread(&ids.rfc_id, &link)?;
    }
    Ok(true)
}

/// The text could not be written: that mail waits, and the owner is told. Nothing else is put in its place.
pub(super) fn not_rendered(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    stored: &StoredMail,
    why: &str,
) -> Result<(), AgentError> {
    if stored.row.state != OutboxState::Held {
        unit.hold(stored.row.id, why)?;
    }
    tell_policy(unit, office, moment, stored, DeliveryOutcome::NotRendered)
}

/// Does a reminder wait for a reader of this list?
fn is_awaited(unit: &Unit<'_>, plan: &crate::ledger::mail::MailPlan) -> Result<bool, AgentError> {
    if plan.purpose != Purpose::MonthlyStatement {
        return Ok(false);
    }
    for address in plan.to.iter().chain(&plan.cc) {
        if unit.planned_reminders_to(address)?.iter().any(|mail| mail.row.plan.to.contains(address)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sent_today(unit: &Unit<'_>, moment: Moment) -> Result<u32, AgentError> {
    let (from, until) = moment.bounds_of_today();
    Ok(unit.sent_count_on(from, until)?)
}

fn reminders(unit: &Unit<'_>, moment: Moment) -> Result<Reminders, AgentError> {
    let (from, until) = moment.bounds_of_today();
    Ok(Reminders {
        left_today: unit.reminders_sent_on(from, until)?,
        waiting: unit.reminders_waiting(until)?,
        resumed: unit.resumed()?,
    })
}
