//! What is looked at when a mail leaves, on the true account, with rules written down here anew. Nothing of `policy` is
//! asked but its numbers and the ladder that a customer climbs.

use super::blind::Never;
use super::days::{business_days_later, is_eve_or_bridge, is_holiday, quiet_end};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use sollecito::ledger::account::Account;
use sollecito::ledger::calendar::plus_banking_days;
use sollecito::ledger::hold::{HoldKind, HoldOutcome};
use sollecito::ledger::ids::{Address, CustomerId, MessageIdentity, OutboxId, ReceivableId};
use sollecito::ledger::mail::{BusinessKey, MailPlan, OutboxRow};
use sollecito::ledger::reading::{Reading, Writer};
use sollecito::ledger::receivable::{Receivable, ReceivableKind};
use sollecito::ledger::words::{DebtorKind, Mode, Purpose};
use sollecito::policy::ladder_for;
use sollecito::policy::terms::{Policy, Step, StepAct};
use std::collections::{BTreeMap, BTreeSet};

/// A mail, the instant before it leaves.
pub struct Leaving<'a> {
    pub account: &'a Account,
    pub row: &'a OutboxRow,
    pub policy: &'a Policy,
    pub at: DateTime<Utc>,
    pub halted: bool,
    pub told: Option<DateTime<Utc>>,
    pub answered: Option<&'a Reading>,
}

/// What left before, as far as it matters for what leaves now.
#[derive(Default)]
pub struct Tracks {
    reminded: BTreeMap<Address, DateTime<Utc>>,
    reminders: BTreeMap<ReceivableId, Vec<DateTime<Utc>>>,
    answers: BTreeMap<CustomerId, Vec<Answer>>,
    /// When each had a list that nobody asked for.
    lists: BTreeMap<CustomerId, Vec<DateTime<Utc>>>,
    a_day: BTreeMap<NaiveDate, u32>,
    /// Reminders after each quiet time, by its last day: how many a day.
    restarts: BTreeMap<NaiveDate, BTreeMap<NaiveDate, u32>>,
    taken: BTreeSet<(ReceivableId, u32, String)>,
    /// The steps with which mails left that named it, whichever invoice's they were.
    named: BTreeMap<(ReceivableId, u32), BTreeSet<String>>,
    /// Mails that the owner struck off the list.
    pub vetoed: BTreeSet<OutboxId>,
}

/// When an answer left, and about what.
type Answer = (DateTime<Utc>, Vec<ReceivableId>);
type Found = Vec<(Never, String)>;

impl Leaving<'_> {
    fn day(&self) -> NaiveDate {
        local(self.at).date_naive()
    }

    /// What it asks for.
    fn items(&self) -> impl Iterator<Item = &Receivable> {
        self.row.plan.items.iter().filter_map(|id| self.account.receivable(*id))
    }

    /// What it names as open, also beside what it asks for.
    fn named(&self) -> impl Iterator<Item = &Receivable> {
        self.row.plan.names_as_open().filter_map(|id| self.account.receivable(id))
    }

    fn is_unasked(&self) -> bool {
        is_chasing(&self.row.plan) || matches!(self.row.plan.purpose, Purpose::Courtesy | Purpose::MonthlyStatement)
    }
}

fn local(at: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    at.with_timezone(&chrono_tz::Europe::Rome)
}

fn day(at: DateTime<Utc>) -> NaiveDate {
    local(at).date_naive()
}

/// Asks for money of our own accord.
pub const fn is_chasing(plan: &MailPlan) -> bool {
    matches!(plan.key, BusinessKey::Reminder(..) | BusinessKey::BrokenPromise(..) | BusinessKey::ClaimCheck(..))
}

/// Everything that is wrong with a mail that leaves.
pub fn broken(mail: &Leaving<'_>, tracks: &Tracks) -> Found {
    let mut found = Found::new();
    let mut say = |never, what: &dyn std::fmt::Display| found.push((never, what.to_string()));
    anything(mail, tracks, &mut say);
    if is_chasing(&mail.row.plan) {
        chasing(mail, &mut say);
    }
    if mail.is_unasked() {
        hours(mail, &mut say);
    }
    if mail.row.plan.purpose == Purpose::Reminder {
        reminder(mail, tracks, &mut say);
    }
    if mail.row.plan.purpose == Purpose::MonthlyStatement {
        chasing(mail, &mut say);
        list(mail, tracks, &mut say);
    }
    if mail.row.plan.purpose == Purpose::Courtesy {
        courtesy(mail, &mut say);
    }
    if let Some(answered) = mail.answered {
        answer(mail, answered, tracks, &mut say);
    }
    found
}

type Say<'a> = &'a mut dyn FnMut(Never, &dyn std::fmt::Display);

fn anything(mail: &Leaving<'_>, tracks: &Tracks, say: Say<'_>) {
    let (account, row, plan) = (mail.account, mail.row, &mail.row.plan);
    if mail.halted {
        say(Never::Halted, &"all sending is halted");
    }
    if mail.policy.modes.get(&plan.purpose).is_none_or(|mode| *mode == Mode::Observe) {
        say(Never::Observed, &plan.purpose);
    }
    if account.customer.do_not_contact {
        say(Never::DoNotContact, &account.customer.id);
    }
    let usable = |address: &Address| account.customer.contact(address).is_some_and(|contact| !contact.bounced);
    for address in plan.to.iter().filter(|address| !usable(address)) {
        say(Never::NotOnFile, address);
    }
    let author = mail.answered.and_then(|answered| answered.from.as_ref());
    for address in plan.cc.iter().filter(|address| !usable(address) && Some(*address) != author) {
        say(Never::NotOnFile, address);
    }
    if plan.to.is_empty() {
        say(Never::NotOnFile, &"nobody is written to");
    }
    let is_first = account.sent.iter().all(|mail| mail.purpose == Purpose::Courtesy);
    let must_be_seen = account.customer.vip || (mail.policy.limits.approve_first_mail && is_first && mail.is_unasked());
    if must_be_seen && !row.approved {
        say(Never::Unapproved, &account.customer.id);
    }
    let hours = Duration::hours(i64::from(mail.policy.limits.forewarn_hours));
    let is_told = mail.told.is_some_and(|told| day(told) == mail.day() && mail.at - told >= hours);
    if mail.policy.limits.forewarn && mail.is_unasked() && !row.approved && !is_told {
        say(Never::Untold, &plan.template);
    }
    if tracks.vetoed.contains(&row.id) || plan.steps.iter().any(|step| account.declined.contains(step)) {
        say(Never::Vetoed, &row.id);
    }
    if tracks.a_day.get(&mail.day()).is_some_and(|count| *count >= mail.policy.limits.mails_per_day) {
        say(Never::DayCap, &mail.day());
    }
    if !plan.particulars.claims.compensation.is_empty() && !is_business(account.customer.kind) {
        say(Never::Compensation, &account.customer.kind);
    }
    let names_a_sum = !matches!(plan.purpose, Purpose::Thanks | Purpose::Acknowledgement | Purpose::Courtesy)
        && mail.named().any(|item| !item.is_settled());
    for note in account.receivables.iter().filter(|_| names_a_sum) {
        let taken: i64 =
            account.receivables.iter().filter_map(|item| item.credit.of(note.id)).map(|a| a.amount.cents).sum();
        let is_loose = note.kind == ReceivableKind::CreditNote && -note.amount.cents + note.paid().cents > taken;
        if is_loose && note.missing_since.is_none() && !note.credit.decided {
            say(Never::LooseCredit, &note.id);
        }
    }
}

/// Those of the law on late payment in commercial transactions (D.Lgs. 231/2002, art. 2): firms, professionals, and public
/// bodies.
const fn is_business(kind: DebtorKind) -> bool {
    matches!(kind, DebtorKind::Firm | DebtorKind::Professional | DebtorKind::Foreign | DebtorKind::PublicBody)
}

fn chasing(mail: &Leaving<'_>, say: Say<'_>) {
    let (account, policy, today) = (mail.account, mail.policy, mail.day());
    let mut open = 0;
    for item in mail.named() {
        let start = agreed(account, item);
        let off: i64 = item.credit.applied.iter().map(|applied| applied.amount.cents).sum();
        let left = item.amount.cents - item.credited.cents - item.paid().cents - off;
        open += left;
        if item.closure.is_some() {
            say(Never::Closed, &item.id);
        } else if left <= 0 {
            say(Never::Paid, &item.id);
        }
        if item.missing_since.is_some() {
            say(Never::Missing, &item.id);
        }
        if !item.collected_by().is_paid_to_us() {
            say(Never::CollectedElsewhere, &item.id);
        }
        let is_list = mail.row.plan.purpose == Purpose::MonthlyStatement;
        if today <= start && !is_list {
            say(Never::NotOverdue, &item.id);
        }
        let fresh = plus_banking_days(start, policy.limits.fresh_payments_banking_days);
        let names_no_delay = is_list && today <= start;
        if !names_no_delay && item.payments_known_up_to.is_none_or(|known| known < fresh) {
            say(Never::Stale, &item.id);
        }
        let old = Duration::days(i64::from(policy.limits.first_run_overdue_days));
        if !item.released && item.known_since > item.due + old {
            say(Never::OldArrear, &item.id);
        }
        let covering = account.holds.iter().filter(|hold| hold.ended.is_none() && hold.covers(item.id));
        for hold in covering.filter(|hold| hold.until.is_none_or(|until| until >= today)) {
            let never = if hold.kind == HoldKind::Disputed { Never::Disputed } else { Never::Held };
            say(never, &format!("{} {}", item.id, hold.kind));
        }
    }
    if open < policy.limits.minimum.cents && mail.row.plan.purpose.counts_as_reminder() {
        say(Never::Trifle, &open);
    }
    for hold in account.holds.iter().filter(|hold| hold.kind == HoldKind::Disputed && hold.ended.is_none()) {
        if today < business_days_later(day(hold.since), policy.limits.dispute_business_days) {
            say(Never::Disputed, &day(hold.since));
        }
    }
    if account.customer_wrote.is_some_and(|wrote| wrote > mail.row.planned_at) {
        say(Never::Crossed, &mail.row.planned_at);
    }
}

/// The due date, or the day that was granted instead.
fn agreed(account: &Account, item: &Receivable) -> NaiveDate {
    let granted = account
        .holds
        .iter()
        .filter(|hold| hold.kind == HoldKind::Deferral && hold.covers(item.id))
        .filter(|hold| hold.ended.as_ref().is_none_or(|end| end.how == HoldOutcome::Expired))
        .filter_map(|hold| hold.named_day)
        .max();
    granted.unwrap_or(item.due).max(item.due)
}

fn hours(mail: &Leaving<'_>, say: Say<'_>) {
    let (today, windows) = (mail.day(), &mail.policy.windows);
    let time: NaiveTime = local(mail.at).time();
    let is_open = windows.reminder_hours.iter().any(|(from, until)| (*from..*until).contains(&time));
    if !is_open || !windows.reminder_days.contains(&today.weekday()) {
        say(Never::Hours, &local(mail.at));
    }
    if windows.avoid_days_of_month.contains(&today.day()) {
        say(Never::TaxDay, &today);
    }
    if is_holiday(today) || (windows.avoid_eves && is_eve_or_bridge(today)) {
        say(Never::Holiday, &today);
    }
    if quiet_end(&windows.quiet, today).is_some() {
        say(Never::Quiet, &today);
    }
}

fn reminder(mail: &Leaving<'_>, tracks: &Tracks, say: Say<'_>) {
    let (account, policy, plan) = (mail.account, mail.policy, &mail.row.plan);
    let gap = Duration::days(i64::from(policy.limits.recipient_gap_days));
    for address in &plan.to {
        if tracks.reminded.get(address).is_some_and(|last| mail.day() < day(*last) + gap) {
            say(Never::AddressCap, address);
        }
    }
    for item in &plan.items {
        let looked = account.cases.iter().filter(|case| case.items.contains(item)).filter_map(|case| case.closed).max();
        let since = account.customer_wrote.max(account.owner_wrote).max(looked);
        let mails = tracks.reminders.get(item).map(Vec::as_slice).unwrap_or_default();
        let silent = mails.iter().filter(|at| since.is_none_or(|since| **at > since)).count();
        if silent >= policy.limits.unanswered_mails as usize {
            say(Never::Unanswered, item);
        }
    }
    let Some(ladder) = ladder_for(policy, account) else { return };
    let rank = |name: &str| ladder.steps.iter().position(|step| step.id.as_str() == name);
    for step in &plan.steps {
        let name = step.step.as_str();
        if tracks.taken.contains(&(step.receivable, step.cycle, name.to_owned())) {
            say(Never::Twice, &format!("{name} of {}", step.receivable));
        }
        let behind = account.steps.iter().map(|taken| &taken.step).chain(&account.declined);
        let behind = behind.filter(|other| other.receivable == step.receivable && other.cycle == step.cycle);
        // A step that the ladder has no more stands for the firmest mail that named it: those are the words that were read.
        let is_forgotten = behind.clone().any(|other| rank(other.step.as_str()).is_none());
        let highest = behind.filter_map(|other| rank(other.step.as_str())).max();
        let from = highest.map_or(0, |highest| highest + 1);
        let Some(this) = rank(name) else { continue };
        let named =
            tracks.named.get(&(step.receivable, step.cycle)).into_iter().flatten().filter_map(|name| rank(name));
        // A mild mail is left out where a firmer one has named it, which this one does not leave behind.
        let named: Vec<usize> = named.filter(|rank| *rank <= this).collect();
        let firmest = named.iter().copied().max().unwrap_or(0);
        let named_at = |rank: usize| named.contains(&rank);
        let is_over = |rank: usize, below: &Step| {
            below.act.is_courtesy()
                || (matches!(below.act, StepAct::Mail(_)) && (rank < firmest || is_forgotten && named_at(rank)))
        };
        let left_out = ladder.steps.iter().enumerate().take(this).skip(from).any(|(rank, below)| !is_over(rank, below));
        // The owner's letter names all that the last mail before it named, and gave time for.
        let last = ladder.steps[..this].iter().rposition(|step| matches!(step.act, StepAct::Mail(_)));
        let gave_time = last.is_some_and(|last| firmest == last && ladder.steps[last].deadline_days.is_some());
        let left_out = left_out && !(ladder.steps[this].is_owners() && gave_time);
        if this < from || left_out || matches!(ladder.steps[this].act, StepAct::Call) {
            say(Never::OutOfOrder, &format!("{name} of {}", step.receivable));
        }
    }
}

/// The list that nobody asked for: once a month, not within the cap of an address, and nothing else on its way.
fn list(mail: &Leaving<'_>, tracks: &Tracks, say: Say<'_>) {
    let (account, today) = (mail.account, mail.day());
    let gap = Duration::days(i64::from(mail.policy.limits.recipient_gap_days));
    for address in &mail.row.plan.to {
        if tracks.reminded.get(address).is_some_and(|last| today < day(*last) + gap) {
            say(Never::AddressCap, address);
        }
    }
    let of_month = |at: &DateTime<Utc>| (day(*at).year(), day(*at).month()) == (today.year(), today.month());
    if tracks.lists.get(&account.customer.id).is_some_and(|sent| sent.iter().any(of_month)) {
        say(Never::Twice, &format!("the list of {today}"));
    }
    if account.pending.iter().any(|row| row.id != mail.row.id && row.plan.purpose == Purpose::Reminder) {
        say(Never::AddressCap, &"a reminder is on its way");
    }
}

fn courtesy(mail: &Leaving<'_>, say: Say<'_>) {
    let overdue = |item: &&Receivable| mail.day() > plus_banking_days(agreed(mail.account, item), 0);
    if let Some(item) = mail.account.open_items().into_iter().find(overdue) {
        say(Never::CourtesyWhileOverdue, &item.id);
    }
}

fn answer(mail: &Leaving<'_>, answered: &Reading, tracks: &Tracks, say: Say<'_>) {
    if !matches!(answered.writer, Writer::OnFile | Writer::SameOrganisation) {
        say(Never::ThirdParty, &answered.writer);
    }
    let since = mail.day() - Duration::days(i64::from(mail.policy.limits.after_answer_days));
    let is_same = |items: &[ReceivableId]| {
        let own = &mail.row.plan.items;
        own.is_empty() || items.is_empty() || items.iter().any(|item| own.contains(item))
    };
    let before = tracks.answers.get(&mail.account.customer.id).map(Vec::as_slice).unwrap_or_default();
    let count = before.iter().filter(|(at, items)| day(*at) >= since && is_same(items)).count();
    if count >= mail.policy.limits.answers_per_thread as usize && !mail.row.approved {
        say(Never::ThreadCap, &answered.identity);
    }
}

impl Tracks {
    /// A mail left, or may have.
    pub fn note(&mut self, mail: &Leaving<'_>) {
        let plan = &mail.row.plan;
        *self.a_day.entry(mail.day()).or_default() += 1;
        if plan.answers.is_some() {
            self.answers.entry(mail.account.customer.id).or_default().push((mail.at, plan.items.clone()));
        }
        if plan.purpose == Purpose::MonthlyStatement {
            self.lists.entry(mail.account.customer.id).or_default().push(mail.at);
        }
        if !plan.purpose.counts_as_reminder() {
            return;
        }
        for address in &plan.to {
            self.reminded.insert(address.clone(), mail.at);
        }
        // A list asks for nothing whose day is still to come.
        let asked = mail.items().filter(|item| plan.purpose == Purpose::Reminder || mail.day() > item.due);
        for item in asked {
            self.reminders.entry(item.id).or_default().push(mail.at);
        }
        for step in &plan.steps {
            self.taken.insert((step.receivable, step.cycle, step.step.as_str().to_owned()));
            for item in mail.items() {
                self.named.entry((item.id, item.cycle)).or_default().insert(step.step.as_str().to_owned());
            }
        }
        let back = (1..=14).map(|days| mail.day() - Duration::days(days));
        let ended = back.into_iter().find_map(|day| quiet_end(&mail.policy.windows.quiet, day));
        if let Some(ended) = ended.filter(|_| !mail.row.approved && mail.policy.windows.restart_business_days > 0) {
            *self.restarts.entry(ended).or_default().entry(mail.day()).or_default() += 1;
        }
    }

    /// The owner found out that a mail never left.
    pub fn forget(&mut self, plan: &MailPlan, at: DateTime<Utc>) {
        for lists in self.lists.values_mut().filter(|_| plan.purpose == Purpose::MonthlyStatement) {
            lists.retain(|left| *left != at);
        }
        self.a_day.entry(day(at)).and_modify(|count| *count -= 1);
        for step in &plan.steps {
            self.taken.remove(&(step.receivable, step.cycle, step.step.as_str().to_owned()));
        }
        for item in &plan.items {
            self.reminders.entry(*item).or_default().retain(|left| *left != at);
        }
    }

    /// Of what leaves in the two weeks after a quiet time, no day carries more than half, once it is more than a dozen;
    /// whether the agent was on all the time or not.
    pub fn bursts(&self) -> Found {
        let burst = |days: &BTreeMap<NaiveDate, u32>| {
            let all: u32 = days.values().sum();
            let most = days.values().max().copied().unwrap_or(0);
            (days.len() >= 4 && all > 12 && most * 2 > all).then(|| format!("{most} of {all} on one day: {days:?}"))
        };
        self.restarts.values().filter_map(burst).map(|what| (Never::Burst, what)).collect()
    }
}

/// Which mail an answer answers.
pub fn answered_by(plan: &MailPlan) -> Option<MessageIdentity> {
    plan.answers.as_ref().map(|answered| answered.identity)
}
