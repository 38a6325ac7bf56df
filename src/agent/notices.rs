//! What the owner is told. A case is one mail; above the day's number the rest waits for one list the next morning, but
//! never what may be a fraud.
//! Notices go through the outbox like every mail, so that one arriving in the watched mailbox is known again.

use super::crash;
use super::error::AgentError;
use super::forewarning;
use super::office::Office;
use super::pass::{Agent, PassReport};
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::ids::{CaseId, CustomerId, OutboxId, TemplateId};
use crate::ledger::mail::{BusinessKey, MailPlan, OutboxRow, OutboxState, Particulars};
use crate::ledger::moment::Moment;
use crate::ledger::reading::{Reading, Warning, Writer};
use crate::ledger::words::{Authenticity, Language, MessageKind, Purpose};
use crate::owner::{self, Digest, DigestItem, Notice, Recipient, WaitingMail};
use crate::policy::{self, MORNING};
use crate::store::{HELD_AFTER_RESTORE, Look, OutboxFilter, StoredMail, StoredMessage, Unit, WAITS_FOR_APPROVAL};
use crate::templates::{Beside, Document, Letter, MailIds, Rendered};
use chrono::{Days, Duration, NaiveDate};

impl Agent {
    /// Plans a notice for every question that the owner has not been told of.
    pub(super) fn notify_owner(&mut self, _report: &mut PassReport) -> Result<(), AgentError> {
        let moment = self.moment();
        let today = moment.today();
        self.tell_of_waiting_mails(moment)?;
        self.forewarn(moment)?;
        self.remind_of_our_turn(moment)?;
        let office = &self.office;
        let untold: Vec<(Case, bool)> = {
            let look = self.store.look();
            let mut untold = Vec::new();
            for case in look.open_cases()? {
                if look.setting(&told_name(case.id))?.is_none() {
                    let urgent = is_urgent(&look, &case, moment)?;
                    untold.push((case, urgent));
                }
            }
            untold.sort_by_key(|(_, urgent)| !urgent);
            untold
        };
        let cap = office.policy.limits.notices_per_day;
        for (case, urgent) in untold {
            crash::reached("notice.before_plan");
            self.store.write(|unit| -> Result<(), AgentError> {
                // "Who has paid?" is asked once a day for everybody, never customer by customer.
                let alone = case.kind != CaseKind::WhoHasPaid && notices_planned_on(unit, today)? < cap;
                let is_known = urgent && is_from_file(unit, &case)?;
                let plan = if is_known || urgent && alone {
                    if !is_known {
                        count_notice(unit, today)?;
                    }
                    plan_of(office, moment, BusinessKey::Notice(case.id, 1), "Money may go, or have gone, astray")
                } else if alone {
                    count_notice(unit, today)?;
                    plan_of(office, moment, BusinessKey::Notice(case.id, 1), "A question is open")
                } else {
                    next_list(unit, office, moment)?
                };
                unit.plan(&plan, None, moment.instant)?;
                unit.set_setting(&told_name(case.id), Some(&plan.key.to_string()))?;
                Ok(())
            })?;
            crash::reached("notice.after_plan");
        }
        Ok(())
    }
}

impl Agent {
    /// Mails that wait for the owner's yes stand on the list of the day.
    fn tell_of_waiting_mails(&mut self, moment: Moment) -> Result<(), AgentError> {
        let office = &self.office;
        let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
        for row in self.store.look().outbox(&held)? {
            let id = row.row.id;
            // What a restored backup held waits for a word of the owner's too.
            let reason = row.row.state_reason.as_deref();
            let waits = row.row.plan.customer.is_some()
                && (reason == Some(WAITS_FOR_APPROVAL) || reason == Some(HELD_AFTER_RESTORE));
            if !waits || self.is_for_drafts(&row)? || self.store.look().setting(&waiting_name(id))?.is_some() {
                continue;
            }
            self.store.write(|unit| -> Result<(), AgentError> {
                let plan = next_list(unit, office, moment)?;
                unit.plan(&plan, None, moment.instant)?;
                Ok(unit.set_setting(&waiting_name(id), Some(&plan.key.to_string()))?)
            })?;
        }
        Ok(())
    }
}

/// Money may go, or have gone, to an account that is not the firm's. A bank can call a transfer back within hours, so this
/// is told at once, and takes no place among the mails of the day. What is read of long ago, at the first run, is too late
/// for that.
fn is_urgent(look: &Look<'_>, case: &Case, moment: Moment) -> Result<bool, AgentError> {
    let message = match case.message {
        Some(identity) => look.message(identity)?,
        None => None,
    };
    let is_recent = |message: &StoredMessage| moment.instant - message.received <= Duration::days(URGENT_DAYS);
    let names_foreign = |message: &StoredMessage| {
        message.reading.as_ref().is_some_and(|reading| reading.warnings.contains(&Warning::ForeignIban))
    };
    let is_fraud = case.kind == CaseKind::BankDetailsVerification || message.as_ref().is_some_and(names_foreign);
    Ok(is_fraud && message.as_ref().is_none_or(is_recent))
}

/// Does the mail come from an address on file? What anybody can write, naming a number, takes its place in the day's number.
fn is_from_file(look: &Look<'_>, case: &Case) -> Result<bool, AgentError> {
    let Some(account) = case.customer.map(|id| look.account(id)).transpose()?.flatten() else { return Ok(false) };
    let Some(message) = case.message.map(|id| look.message(id)).transpose()?.flatten() else { return Ok(true) };
    Ok(message.from.as_ref().is_some_and(|from| account.customer.contact(from).is_some()))
}

/// The next list that has not left yet: today's, or tomorrow morning's. It is written when it leaves, so that a question
/// may still join it.
pub(super) fn next_list(unit: &Unit<'_>, office: &Office, moment: Moment) -> Result<MailPlan, AgentError> {
    let today = moment.today();
    let key = BusinessKey::Digest(today);
    let rows = unit
        .outbox(&OutboxFilter { planned_from: Some(moment.instant - Duration::days(2)), ..OutboxFilter::default() })?;
    let of_today = rows.iter().rfind(|row| row.row.plan.key == key);
    let open = [OutboxState::Planned, OutboxState::Cancelled];
    let has_left = of_today.is_some_and(|row| !open.contains(&row.row.state));
    let day = if has_left { today.checked_add_days(Days::new(1)).unwrap_or(today) } else { today };
    let mut plan = plan_of(office, moment, BusinessKey::Digest(day), "The open questions of the day");
    plan.not_before = moment.at(day, MORNING).max(moment.instant);
    Ok(plan)
}

/// A notice that never got through: what it told stands on the next list, which carries no attachment.
pub(super) fn move_to_next_list(
    unit: &mut Unit<'_>,
    office: &Office,
    moment: Moment,
    lost: &BusinessKey,
) -> Result<(), AgentError> {
    let lost = lost.to_string();
    let mut told = Vec::new();
    for case in unit.open_cases()? {
        told.push(told_name(case.id));
    }
    let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
    told.extend(unit.outbox(&held)?.iter().map(|row| waiting_name(row.row.id)));
    let plan = next_list(unit, office, moment)?;
    let next = plan.key.to_string();
    unit.plan(&plan, None, moment.instant)?;
    for name in told {
        if unit.setting(&name)?.as_deref() == Some(lost.as_str()) {
            unit.set_setting(&name, Some(&next))?;
        }
    }
    Ok(())
}

/// A mail that is older is no alarm.
const URGENT_DAYS: i64 = 7;

/// A larger mail is not attached to its notice: no server would take that. It lies in the mailbox.
const ATTACHED_AT_MOST: usize = 10_000_000;

/// What was told of cases and of mails that wait, and how many notices a day had.
pub(super) const CASES_TOLD: &str = "case.told.";
/// See [`CASES_TOLD`].
pub(super) const MAILS_TOLD: &str = "outbox.told.";
/// See [`CASES_TOLD`].
pub(super) const NOTICES_OF: &str = "notices.";

pub(super) fn told_name(case: CaseId) -> String {
    format!("{CASES_TOLD}{case}")
}

fn waiting_name(id: OutboxId) -> String {
    format!("{MAILS_TOLD}{id}")
}

fn count_name(day: NaiveDate) -> String {
    format!("{NOTICES_OF}{day}")
}

fn notices_planned_on(look: &Look<'_>, day: NaiveDate) -> Result<u32, AgentError> {
    Ok(look.setting(&count_name(day))?.and_then(|count| count.parse().ok()).unwrap_or(0))
}

fn count_notice(unit: &mut Unit<'_>, day: NaiveDate) -> Result<(), AgentError> {
    let count = notices_planned_on(unit, day)?.saturating_add(1);
    Ok(unit.set_setting(&count_name(day), Some(&count.to_string()))?)
}

pub(super) fn plan_of(office: &Office, moment: Moment, key: BusinessKey, because: &str) -> MailPlan {
    MailPlan {
        key,
        purpose: Purpose::Notice,
        template: TemplateId::new("notice"),
        customer: None,
        items: Vec::new(),
        steps: Vec::new(),
        to: vec![office.owner.address.clone()],
        cc: Vec::new(),
        not_before: moment.instant,
        answers: None,
        attach_documents: Vec::new(),
        particulars: Particulars::default(),
        needs_approval: false,
        because: because.to_owned(),
    }
}

/// Writes a mail of the outbox: a letter to a customer, or a notice to the owner. The inner error is the sentence that
/// the owner is told when it cannot be written.
pub(super) fn write_mail(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    row: &OutboxRow,
    ids: &MailIds,
    automatic: bool,
) -> Result<Result<Rendered, String>, AgentError> {
    let Some(customer) = row.plan.customer else {
        return write_notice(look, office, moment, row, ids);
    };
    let Some(account) = look.account(customer)? else {
        return Ok(Err("The account is gone".to_owned()));
    };
    write_letter(look, office, moment, (&row.plan, &account), ids, automatic)
}

/// Writes a letter to a customer on an account as it stands, or as it is supposed to stand (for `preview`).
pub(super) fn write_letter(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    (plan, account): (&MailPlan, &Account),
    ids: &MailIds,
    automatic: bool,
) -> Result<Result<Rendered, String>, AgentError> {
    write_for_several(look, office, moment, (plan, account, &[]), ids, automatic)
}

/// The same with other accounts of the same reader beside it.
pub(super) fn write_for_several(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    (plan, account, beside): (&MailPlan, &Account, &[Beside<'_>]),
    ids: &MailIds,
    automatic: bool,
) -> Result<Result<Rendered, String>, AgentError> {
    let mut documents = Vec::new();
    for receivable in &plan.attach_documents {
        // Of several copies the newest is the one that the customer was sent last.
        if let Some(kept) = look.documents_of(*receivable)?.pop() {
            documents.push(Document { name: kept.name, media_type: kept.media_type, content: kept.content });
        }
    }
    let letter =
        Letter { plan, account, beside, letterhead: &office.letterhead, moment, ids, documents: &documents, automatic };
    Ok(office.shelf.render(&letter).map_err(|failure| failure.to_string()))
}

fn write_notice(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    row: &OutboxRow,
    ids: &MailIds,
) -> Result<Result<Rendered, String>, AgentError> {
    let recipient = Recipient {
        letterhead: &office.letterhead,
        address: &office.owner.address,
        language: office.owner.language,
        moment,
        ids,
    };
    let rendered = match &row.plan.key {
        BusinessKey::Notice(case, _) => {
            let Some(case) = look.case(*case)? else { return Ok(Err("The question is gone".to_owned())) };
            let account = match case.customer {
                Some(customer) => look.account(customer)?,
                None => None,
            };
            let message = match case.message {
                Some(identity) => look.message(identity)?,
                None => None,
            };
            let original = match case.message {
                Some(identity) => look.raw(identity)?.filter(|bytes| bytes.len() <= ATTACHED_AT_MOST),
                None => None,
            };
            let last_mail = case.customer.map(|customer| last_of_customer(look, customer)).transpose()?.flatten();
            owner::notice(&Notice {
                case: &case,
                last_mail: last_mail.as_ref(),
                account: account.as_ref(),
                reading: message.as_ref().and_then(|message| message.reading.as_ref()),
                original: original.as_deref(),
                recipient,
            })
        }
        BusinessKey::Digest(_) => {
            let name = row.plan.key.to_string();
            let listed = cases_on(look, &name)?;
            let mut items = Vec::new();
            for (case, account) in &listed {
                let age = account.as_ref().and_then(|account| policy::our_turn(account, case, &office.policy, moment));
                let our_turn = age.map(|age| age.business_days).filter(|days| *days > 1);
                items.push(DigestItem { case, account: account.as_ref(), our_turn });
            }
            let waiting = waiting_on(look, &name)?;
            let waiting: Vec<WaitingMail<'_>> = waiting
                .iter()
                .map(|(row, account)| WaitingMail {
                    together_with: None,
                    id: row.row.id,
                    account,
                    plan: &row.row.plan,
                    firm_to_supplier: policy::is_firm_to_a_supplier(account, &row.row.plan.steps, &office.policy),
                })
                .collect();
            owner::digest(&Digest { items: &items, waiting: &waiting, recipient })
        }
        BusinessKey::Forewarning(_) => {
            let (leaving, awaiting) =
                (forewarning::leaving(look, office, moment)?, forewarning::awaiting_a_yes(look, office, moment)?);
            let mails: Vec<WaitingMail<'_>> = leaving.iter().map(forewarning::Leaving::as_listed).collect();
            let awaiting: Vec<WaitingMail<'_>> = awaiting.iter().map(forewarning::Leaving::as_listed).collect();
            owner::forewarning(&owner::Forewarning { mails: &mails, awaiting: &awaiting, recipient })
        }
        _ => {
            let title = match office.owner.language {
                Language::Italian => "attenzione",
                _ => "attention",
            };
            owner::warning(&owner::Warning { title, paragraphs: std::slice::from_ref(&row.plan.because), recipient })
        }
    };
    Ok(rendered.map_err(|failure| failure.to_string()))
}

/// What was read in the last mail that a person of the customer's wrote.
fn last_of_customer(look: &Look<'_>, customer: CustomerId) -> Result<Option<Reading>, AgentError> {
    let is_theirs = |reading: &Reading| {
        let is_known =
            matches!(reading.writer, Writer::OnFile | Writer::SameOrganisation) || reading.matched.known_thread;
        reading.kind == MessageKind::Reply && is_known && reading.authenticity != Authenticity::Fail
    };
    let messages = look.messages_of(customer)?;
    Ok(messages.into_iter().rev().filter_map(|message| message.reading).find(is_theirs))
}

/// Why a notice need not leave: what it would tell was settled meanwhile.
pub(super) fn moot(
    look: &Look<'_>,
    office: &Office,
    moment: Moment,
    key: &BusinessKey,
) -> Result<Option<String>, AgentError> {
    let settled = match key {
        BusinessKey::Notice(case, _) => look.case(*case)?.is_none_or(|case| case.closed.is_some()),
        BusinessKey::Digest(_) => {
            let name = key.to_string();
            cases_on(look, &name)?.is_empty() && waiting_on(look, &name)?.is_empty()
        }
        BusinessKey::Forewarning(day) => return forewarning::moot(look, office, moment, *day),
        _ => false,
    };
    Ok(settled.then(|| "What it would tell was settled meanwhile".to_owned()))
}

/// The questions that are still open and were put on this list, with their accounts.
fn cases_on(look: &Look<'_>, list: &str) -> Result<Vec<(Case, Option<Account>)>, AgentError> {
    let mut listed = Vec::new();
    for case in look.open_cases()? {
        if look.setting(&told_name(case.id))?.as_deref() == Some(list) {
            let account = match case.customer {
                Some(customer) => look.account(customer)?,
                None => None,
            };
            listed.push((case, account));
        }
    }
    Ok(listed)
}

/// The mails that still wait for the owner and were put on this list.
fn waiting_on(look: &Look<'_>, list: &str) -> Result<Vec<(StoredMail, Account)>, AgentError> {
    let held = OutboxFilter { states: vec![OutboxState::Held], ..OutboxFilter::default() };
    let mut waiting = Vec::new();
    for row in look.outbox(&held)? {
        if look.setting(&waiting_name(row.row.id))?.as_deref() == Some(list)
            && let Some(customer) = row.row.plan.customer
            && let Some(account) = look.account(customer)?
        {
            waiting.push((row, account));
        }
    }
    Ok(waiting)
}
