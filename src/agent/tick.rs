//! What the day brings: the accounts whose day has come are asked whether something is due.
//!
//! An account that is looked at gets the day from which on it can matter again, in the transaction that kept what was
//! decided. Whatever changes an account empties that day (see `store/schema_3.sql`); what changes them all (the policy, the
//! program, a clock that was set back) is noticed here, and then all are looked at.

use super::crash;
use super::error::AgentError;
use super::intake::is_about_this_row;
use super::office::Office;
use super::onlooker::Work;
use super::pass::{Agent, PassReport, world};
use crate::ledger::decision::Decision;
use crate::ledger::event::Event;
use crate::ledger::ids::CustomerId;
use crate::ledger::moment::Moment;
use crate::policy;
use crate::store::{Look, Store};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// So many accounts are looked at before what was seen is kept.
const AT_ONCE: usize = 256;

/// Where it is remembered by which rules the days of the accounts were reckoned.
const RULES: &str = "tick.rules";
/// Where the day of the last round is remembered.
const DAY: &str = "tick.day";
/// Where the last day is remembered on which mail could leave.
const RAN: &str = "restart.ran";

impl Agent {
    /// Asks the accounts whose day has come; writes only where something is decided, and until when the others can wait.
    pub(super) fn tick(&mut self, report: &mut PassReport) -> Result<(), AgentError> {
        let moment = self.moment();
        look_at_all_where_needed(&mut self.store, &self.office, moment)?;
        note_the_run(&mut self.store, &self.office, moment)?;
        let waiting = self.store.look().accounts_to_look_at(moment.today())?;
        for some in waiting.chunks(AT_ONCE) {
            self.may_end_here(Work::Went)?;
            let office = &self.office;
            // Asked before anything is read: what others write from here on makes what was seen worthless.
            let others = self.store.outside_changes()?;
            let (due, left_alone) = self.store.read(|look| look_at(&look, office, moment, some))?;
            if !left_alone.is_empty() {
                leave_alone(&mut self.store, &left_alone, others)?;
            }
            for customer in due {
                crash::reached("tick.before_decision");
                match decide(&mut self.store, office, moment, customer) {
                    Ok(decision) => {
                        report.cases_opened += decision.as_ref().map_or(0, Decision::cases_opened);
                        report.withdrawn += decision.map_or(0, |decision| decision.withdrawals.len());
                    }
                    // One account must not stop the others; asked again in the next pass.
                    Err(AgentError::Store(error)) if is_about_this_row(&error) => report.trouble(&error.to_string()),
                    Err(error) => return Err(error),
                }
                crash::reached("tick.after_decision");
            }
        }
        Ok(())
    }
}

/// Those for which something is to be decided now, and the others with the day until which they can wait.
type Seen = (Vec<CustomerId>, Vec<(CustomerId, NaiveDate)>);

fn look_at(look: &Look<'_>, office: &Office, moment: Moment, customers: &[CustomerId]) -> Result<Seen, AgentError> {
    let (mut due, mut left_alone) = (Vec::new(), Vec::new());
    for customer in customers {
        let Some(account) = look.account(*customer)? else { continue };
        let documents = look.documents_at_hand(*customer)?;
        let world = world(look, office, moment, &documents)?;
        if policy::decide(&account, &Event::DayCame, &world).is_empty() {
            left_alone.push((*customer, policy::next_look(&account, &world)));
        } else {
            due.push(*customer);
        }
    }
    Ok((due, left_alone))
}

/// Kept only when nobody else wrote since the accounts were read; else they are looked at in the next round, too.
fn leave_alone(store: &mut Store, until: &[(CustomerId, NaiveDate)], others: i64) -> Result<(), AgentError> {
    store.write(|unit| -> Result<(), AgentError> {
        if unit.outside_changes()? != others {
            return Ok(());
        }
        for (customer, day) in until {
            unit.set_next_look(*customer, *day)?;
        }
        Ok(())
    })
}

/// Decided again inside the transaction: an order given meanwhile wins.
fn decide(
    store: &mut Store,
    office: &Office,
    moment: Moment,
    customer: CustomerId,
) -> Result<Option<Decision>, AgentError> {
    store.write(|unit| {
        let Some(account) = unit.account(customer)? else { return Ok(None) };
        let documents = unit.documents_at_hand(customer)?;
        let world = world(unit, office, moment, &documents)?;
        let decision = policy::decide(&account, &Event::DayCame, &world);
        let account = unit.record(&account, &decision, moment.instant)?;
        unit.set_next_look(customer, policy::next_look(&account, &world))?;
        Ok(Some(decision))
    })
}

/// Other rules, another program, or an earlier day than the days of the accounts were reckoned on: they say nothing then.
fn look_at_all_where_needed(store: &mut Store, office: &Office, moment: Moment) -> Result<(), AgentError> {
    let today = moment.today();
    let rules = rules_in_force(office);
    let (known, last) = {
        let look = store.look();
        (look.setting(RULES)?, look.setting(DAY)?.and_then(|day| day.parse::<NaiveDate>().ok()))
    };
    let same_rules = rules.is_some() && rules == known;
    if same_rules && last == Some(today) {
        return Ok(());
    }
    store.write(|unit| -> Result<(), AgentError> {
        if !same_rules || last.is_none_or(|last| today < last) {
            unit.look_at_all()?;
        }
        unit.set_setting(RULES, rules.as_deref())?;
        Ok(unit.set_setting(DAY, Some(&today.to_string()))?)
    })
}

/// A restart after quiet weeks goes by the days on which mail could leave: those on which this ran, and nobody had halted it.
fn note_the_run(store: &mut Store, office: &Office, moment: Moment) -> Result<(), AgentError> {
    let today = moment.today();
    let last = {
        let look = store.look();
        if look.halted()?.is_some() {
            return Ok(());
        }
        look.setting(RAN)?.and_then(|day| day.parse::<NaiveDate>().ok())
    };
    if last == Some(today) {
        return Ok(());
    }
    store.write(|unit| -> Result<(), AgentError> {
        if let Some(last) = last.filter(|last| *last < today) {
            let known = unit.resumed()?;
            let resumed = policy::resumed(&office.policy, known, last, today);
            if resumed != known {
                unit.set_resumed(resumed)?;
            }
        }
        Ok(unit.set_setting(RAN, Some(&today.to_string()))?)
    })
}

/// A mark of all that decisions depend on besides the account; `None` when it cannot be told.
fn rules_in_force(office: &Office) -> Option<String> {
    let program = PROGRAM.as_deref()?;
    let rules = format!("{program} {} {:?}", office.zone, office.policy);
    Some(data_encoding::HEXLOWER.encode(&Sha256::digest(rules.as_bytes())))
}

/// Which program this is: another one may decide otherwise.
static PROGRAM: LazyLock<Option<String>> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(std::fs::metadata).ok()?;
    let written = file.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", env!("CARGO_PKG_VERSION"), file.len(), written.as_nanos()))
});
