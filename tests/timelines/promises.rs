//! The promises to the owner, looked at from outside: every mail that left is judged on the account as it was, with
//! rules written down here anew. Nothing of `policy` is asked but its numbers.

use super::office::{Left, Office};
use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc, Weekday};
use sollecito::ledger::account::Account;
use sollecito::ledger::calendar::plus_banking_days;
use sollecito::ledger::decision::Verdict;
use sollecito::ledger::ids::{MessageIdentity, ReceivableId};
use sollecito::ledger::mail::{BusinessKey, MailPlan};
use sollecito::ledger::reading::{Reading, Writer};
use sollecito::ledger::receivable::{Receivable, ReceivableKind};
use sollecito::ledger::words::{Authenticity, DebtorKind, Disposition, Intent, MessageKind, Purpose};
use sollecito::policy::terms::{Policy, StepAct};

/// Everything that happened to one customer, as far as the promises speak of it.
pub struct Record {
    pub policy: Policy,
    pub left: Vec<Left>,
    pub heard: Vec<Heard>,
    /// Messages after which money or closures were different.
    pub marked_by_a_word: Vec<MessageIdentity>,
    /// Messages that changed something when read a second time.
    pub decided_twice: Vec<MessageIdentity>,
    /// Silences without a reason.
    pub unexplained: Vec<String>,
}

/// A mail that was read.
pub struct Heard {
    pub at: DateTime<Utc>,
    pub reading: Reading,
    pub verdict: Verdict,
    /// When the owner first gave an order after it: from then on their word counts.
    pub owner_acted: Option<DateTime<Utc>>,
}

impl Heard {
    pub fn new(reading: Reading, at: DateTime<Utc>) -> Self {
        let verdict = Verdict { disposition: Disposition::RouteToOwner, automatic_answer: None, reason: String::new() };
        Self { at, reading, verdict, owner_acted: None }
    }
}

impl Record {
    /// What was heard and what left, in order: for finding out how a breach came about.
    pub fn story(&self) -> String {
        let heard = self.heard.iter().map(|heard| {
            let mail = &heard.reading;
            let intents: Vec<&str> = mail.intents.iter().map(|found| found.intent.as_str()).collect();
            let items: Vec<String> = mail.matched.items.iter().map(|item| item.receivable.to_string()).collect();
            let what = format!(
                "heard {} {} {} {} about {} by {:?}: {} ({})",
                intents.join("+"),
                mail.kind,
                mail.authenticity,
                mail.writer,
                items.join(","),
                mail.facts.promised_date,
                heard.verdict.disposition,
                heard.verdict.reason
            );
            (heard.at, what)
        });
        let left = self.left.iter().map(|left| (left.at, format!("left {} {:?}", left.plan.template, left.plan.items)));
        let mut all: Vec<_> = heard.chain(left).collect();
        all.sort();
        all.into_iter().map(|(at, what)| format!("  {at} {what}")).collect::<Vec<_>>().join("\n")
    }

    pub fn new(office: &Office) -> Self {
        Self {
            policy: office.policy.clone(),
            left: Vec::new(),
            heard: Vec::new(),
            marked_by_a_word: Vec::new(),
            decided_twice: Vec::new(),
            unexplained: Vec::new(),
        }
    }
}

pub const fn is_chasing(plan: &MailPlan) -> bool {
    matches!(plan.key, BusinessKey::Reminder(..) | BusinessKey::BrokenPromise(..) | BusinessKey::ClaimCheck(..))
}

/// Every breach of a promise, as a sentence.
pub fn breaches(record: &Record) -> Vec<String> {
    let mut found = Vec::new();
    for left in &record.left {
        let mut say =
            |what: String| found.push(format!("{} {} {:?}: {what}", left.at, left.plan.template, left.plan.items));
        anything(left, record, &mut say);
        if is_chasing(&left.plan) {
            chasing(left, record, &mut say);
        }
        if left.plan.purpose == Purpose::Courtesy {
            courteous(left, &mut say);
        }
        if left.plan.answers.is_some() {
            answer(left, record, &mut say);
        }
    }
    order_of_steps(record, &mut found);
    caps(record, &mut found);
    found.extend(record.marked_by_a_word.iter().map(|message| format!("{}: a word marked it paid", message.short())));
    found.extend(record.decided_twice.iter().map(|message| format!("{}: decided on twice", message.short())));
    found
}

fn local(at: DateTime<Utc>) -> chrono::DateTime<chrono_tz::Tz> {
    at.with_timezone(&chrono_tz::Europe::Rome)
}

fn day(at: DateTime<Utc>) -> NaiveDate {
    local(at).date_naive()
}

fn anything(left: &Left, record: &Record, say: &mut impl FnMut(String)) {
    if left.halted {
        say("left while all sending was halted".to_owned());
    }
    let unasked = is_chasing(&left.plan) || matches!(left.plan.purpose, Purpose::Courtesy | Purpose::MonthlyStatement);
    let first = left.account.sent.iter().all(|mail| mail.purpose == Purpose::Courtesy)
        && left.plan.answers.is_none()
        && unasked;
    let must_be_approved = left.account.customer.vip || (record.policy.limits.approve_first_mail && first);
    if must_be_approved && !left.approved {
        say("it left without approval".to_owned());
    }
    let usable = |address| left.account.customer.contact(address).is_some_and(|contact| !contact.bounced);
    for address in &left.plan.to {
        if !usable(address) {
            say(format!("{address} is not on file"));
        }
    }
    for address in left.plan.cc.iter().filter(|address| !usable(address)) {
        let is_colleague = left.plan.answers.is_some() && address.domain() == "beltrami.example";
        if !is_colleague {
            say(format!("{address} in copy is not on file"));
        }
    }
    let was_told = left.told.is_some_and(|told| day(told) == day(left.at) && left.at - told >= Duration::hours(1));
    if record.policy.limits.forewarn && unasked && !left.approved && !was_told {
        say("the owner was not told in time".to_owned());
    }
    sums_are_certain(left, say);
    if left.plan.to.is_empty() {
        say("nobody is written to: not on file".to_owned());
    }
}

/// A friendly word before anything is due, where there is nothing at issue with the customer.
fn courteous(left: &Left, say: &mut impl FnMut(String)) {
    let today = day(left.at);
    let overdue = left.account.open_items().into_iter().any(|item| {
        let start = granted(&left.account, item.id).unwrap_or(item.due).max(item.due);
        today > plus_banking_days(start, 0)
    });
    if overdue {
        say("a friendly word while something is overdue".to_owned());
    }
    if left.account.holds.iter().any(|hold| hold.ended.is_none()) {
        say("a friendly word while something is in a hold".to_owned());
    }
    let kind = left.account.customer.kind;
    if kind == DebtorKind::PublicBody {
        say("a friendly word to a public body".to_owned());
    }
    for item in left.plan.items.iter().filter_map(|id| left.account.receivable(*id)) {
        if today >= item.due || item.is_settled() {
            say(format!("{} is due, or paid", item.id));
        }
        if !item.collection.is_paid_to_us() {
            say(format!("{} is collected by somebody else", item.id));
        }
    }
    if !is_reminder_time(left.at) {
        say("outside the window".to_owned());
    }
}

fn chasing(left: &Left, record: &Record, say: &mut impl FnMut(String)) {
    let today = day(left.at);
    for id in &left.plan.items {
        let Some(item) = left.account.receivable(*id) else {
            say(format!("{id} does not exist"));
            continue;
        };
        let start = granted(&left.account, *id).unwrap_or(item.due).max(item.due);
        if item.closure.is_some() {
            say(format!("{id} is closed"));
        } else if item.paid().cents + item.credited.cents + taken_off(item) >= item.amount.cents {
            say(format!("{id} is paid"));
        }
        if item.missing_since.is_some() {
            say(format!("{id} is missing from the books"));
        }
        if today <= start {
            say(format!("{id} is not overdue"));
        }
        let covering = left.account.holds.iter().filter(|hold| hold.ended.is_none() && hold.covers(*id));
        for hold in covering.filter(|hold| hold.until.is_none_or(|until| until >= today)) {
            say(format!("{id} is in a hold: {}", hold.kind));
        }
        if item.payments_known_up_to.is_none_or(|known| known < plus_banking_days(start, 2)) {
            say(format!("{id}: payments are stale"));
        }
        words_held(left, record, *id, say);
    }
    if !is_reminder_time(left.at) {
        say("outside the window".to_owned());
    }
}

/// What is known of credit notes and taken off nothing: no sum is certain then, and none is named.
fn sums_are_certain(left: &Left, say: &mut impl FnMut(String)) {
    let names_a_sum = !matches!(left.plan.purpose, Purpose::Thanks | Purpose::Acknowledgement | Purpose::Courtesy)
        && left.plan.items.iter().any(|id| left.account.receivable(*id).is_some_and(|item| !item.is_settled()));
    if !names_a_sum {
        return;
    }
    for note in &left.account.receivables {
        let taken: i64 =
            left.account.receivables.iter().filter_map(|item| item.credit.of(note.id)).map(|a| a.amount.cents).sum();
        let is_loose = note.kind == ReceivableKind::CreditNote && -note.amount.cents + note.paid().cents > taken;
        if is_loose && note.missing_since.is_none() && !note.credit.decided {
            say(format!("credit note {} reduces nothing yet", note.key.number));
        }
    }
}

fn taken_off(item: &Receivable) -> i64 {
    item.credit.applied.iter().map(|applied| applied.amount.cents).sum()
}

/// What a proven customer said about one receivable stands until its time is over, or the owner says otherwise.
fn words_held(left: &Left, record: &Record, id: ReceivableId, say: &mut impl FnMut(String)) {
    let today = day(left.at);
    let before = record.heard.iter().filter(|heard| heard.at <= left.at);
    for heard in before.filter(|heard| heard.owner_acted.is_none_or(|at| at > left.at) && is_plain(&heard.reading)) {
        let mail = &heard.reading;
        if !mail.certain_items().any(|item| item == id) {
            continue;
        }
        let replaced = record.heard.iter().any(|later| later.at > heard.at && later.at <= left.at);
        match mail.intents.as_slice() {
            [only] if only.intent == Intent::Dispute => say(format!("{id} is disputed")),
            _ if replaced => {}
            [only] if only.intent == Intent::PaymentMade => {
                let on = mail.facts.paid_on.unwrap_or(mail.day).min(day(heard.at));
                if today <= plus_banking_days(on, 5) {
                    say(format!("{id} was said to be paid"));
                }
            }
            [only]
                if only.intent == Intent::PromiseToPay
                    && mail.facts.promised_date.is_some_and(|by| today <= plus_banking_days(by, 3)) =>
            {
                say(format!("{id} was promised"));
            }
            _ => {}
        }
    }
}

/// From the contact on file, proven, certain and without anything odd.
fn is_plain(mail: &Reading) -> bool {
    mail.kind == MessageKind::Reply
        && mail.writer == Writer::OnFile
        && mail.authenticity == Authenticity::Pass
        && mail.warnings.is_empty()
        && mail.unread.is_empty()
}

fn granted(account: &Account, id: ReceivableId) -> Option<NaiveDate> {
    use sollecito::ledger::hold::{HoldKind, HoldOutcome};
    account
        .holds
        .iter()
        .filter(|hold| hold.kind == HoldKind::Deferral && hold.covers(id))
        .filter(|hold| hold.ended.as_ref().is_none_or(|end| end.how == HoldOutcome::Expired))
        .filter_map(|hold| hold.named_day)
        .max()
}

/// Tuesday to Thursday, 9:30 to 12 and 14:30 to 17, not on the 16th, not in the quiet weeks.
fn is_reminder_time(at: DateTime<Utc>) -> bool {
    use chrono::Timelike;
    let local = local(at);
    let today = local.date_naive();
    let minute = local.hour() * 60 + local.minute();
    let quiet =
        today.month() == 8 || (today.month() == 12 && today.day() >= 22) || (today.month() == 1 && today.day() <= 7);
    matches!(today.weekday(), Weekday::Tue | Weekday::Wed | Weekday::Thu)
        && ((570..720).contains(&minute) || (870..1020).contains(&minute))
        && today.day() != 16
        && !quiet
}

fn answer(left: &Left, record: &Record, say: &mut impl FnMut(String)) {
    use chrono::Timelike;
    let Some(answered) = &left.plan.answers else { return };
    let Some(heard) = record.heard.iter().find(|heard| heard.reading.identity == answered.identity) else {
        say("nobody wrote what it answers".to_owned());
        return;
    };
    let mail = &heard.reading;
    if mail.kind != MessageKind::Reply {
        say("it answers automatic mail".to_owned());
    }
    if mail.authenticity == Authenticity::Fail {
        say("it answers a refuted sender".to_owned());
    }
    let harmless = matches!(left.plan.purpose, Purpose::ResendInvoice | Purpose::BankDetails)
        || (left.approved && left.plan.purpose == Purpose::Acknowledgement);
    if mail.authenticity != Authenticity::Pass && !harmless {
        say("it answers a sender who is not proven".to_owned());
    }
    let risks = [Intent::Dispute, Intent::Legal, Intent::Hostile, Intent::BankDetailsVerification];
    // A person may approve a line that only says "seen".
    if risks.iter().any(|risk| mail.wants(*risk)) && !(left.approved && left.plan.purpose == Purpose::Acknowledgement) {
        say("it answers a mail with a risk in it".to_owned());
    }
    if !mail.warnings.is_empty() {
        say("it answers a mail with a warning".to_owned());
    }
    if !mail.unread.is_empty() {
        say("it answers a mail with something unread in it".to_owned());
    }
    if !matches!(mail.writer, Writer::OnFile | Writer::SameOrganisation) {
        say("it answers a stranger".to_owned());
    }
    // Three business days and a day under way never make eight.
    if left.at.signed_duration_since(mail.received) > Duration::days(8) && !left.approved {
        say("it answers a mail that is too old".to_owned());
    }
    let hour = local(left.at).hour();
    let working = record.policy.calendar.is_business_day(day(left.at));
    if !working || !(9..18).contains(&hour) {
        say("it answers outside the hours".to_owned());
    }
    let same = |other: &&Left| other.plan.answers.as_ref().is_some_and(|other| other.identity == answered.identity);
    if record.left.iter().filter(same).count() > 1 {
        say("it is answered twice".to_owned());
    }
}

/// Each step once in a cycle, and upward only.
fn order_of_steps(record: &Record, found: &mut Vec<String>) {
    let mut taken: Vec<(ReceivableId, u32, String)> = Vec::new();
    for left in &record.left {
        let kind = left.account.customer.kind;
        let ladder = record.policy.ladders.get(&kind).or_else(|| record.policy.ladders.get(&DebtorKind::Consumer));
        let Some(ladder) = ladder else { continue };
        let rank = |name: &str| ladder.steps.iter().position(|step| step.id.as_str() == name);
        for step in &left.plan.steps {
            let name = step.step.as_str();
            let before: Vec<_> =
                taken.iter().filter(|(item, cycle, _)| *item == step.receivable && *cycle == step.cycle).collect();
            if before.iter().any(|(_, _, other)| other == name) {
                found.push(format!("{}: step {name} of {} is taken twice", left.at, step.receivable));
            }
            if before.iter().any(|(_, _, other)| rank(other) > rank(name)) {
                found.push(format!("{}: step {name} of {} is out of order", left.at, step.receivable));
            }
            // What lies below was taken by a mail, by hand, or not wanted.
            let asking = ladder.steps.iter().take(rank(name).unwrap_or(0)).filter(|below| !below.act.is_courtesy());
            let skipped = asking.into_iter().any(|below| {
                let same = |other: &sollecito::ledger::mail::StepRef| {
                    other.receivable == step.receivable && other.cycle == step.cycle && other.step == below.id
                };
                !left.account.steps.iter().any(|taken| same(&taken.step))
                    && !left.account.declined.iter().any(same)
                    && !before.iter().any(|(_, _, other)| other == below.id.as_str())
            });
            if skipped {
                found.push(format!(
                    "{}: step {name} of {} is out of order: one below is missing",
                    left.at, step.receivable
                ));
            }
            if ladder.steps.iter().any(|s| s.id.as_str() == name && matches!(s.act, StepAct::Call)) {
                found.push(format!("{}: a call was made by mail", left.at));
            }
            taken.push((step.receivable, step.cycle, name.to_owned()));
        }
    }
}

/// One reminder an address in seven days; at most four about one receivable without a word from the customer.
fn caps(record: &Record, found: &mut Vec<String>) {
    let reminders: Vec<&Left> = record.left.iter().filter(|left| left.plan.purpose == Purpose::Reminder).collect();
    for (index, left) in reminders.iter().enumerate() {
        for before in &reminders[..index] {
            let same = left.plan.to.iter().any(|to| before.plan.to.contains(to));
            if same && day(left.at) < day(before.at) + Duration::days(7) {
                found.push(format!("{}: less than seven days after {}", left.at, before.at));
            }
        }
        for item in &left.plan.items {
            let since = left.account.customer_wrote.max(left.account.owner_wrote);
            let silent = reminders[..=index]
                .iter()
                .filter(|other| other.plan.items.contains(item))
                .filter(|other| since.is_none_or(|since| other.at > since))
                .count();
            let looked = left.account.cases.iter().any(|case| case.closed.is_some());
            if silent > 4 && !looked {
                found.push(format!("{}: {silent} mails about {item} without an answer", left.at));
            }
        }
    }
}
