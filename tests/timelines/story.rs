//! Reads a timeline and tells it to an [`Office`].

use super::arranged;
use super::notes::credit_note;
use super::office::{Office, contact, reading, receivable};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use sollecito::ledger::change::Change;
use sollecito::ledger::customer::ContactRole;
use sollecito::ledger::decision::Decision;
use sollecito::ledger::event::{DeliveryOutcome, Event, Imported, Order};
use sollecito::ledger::holidays::HolidayCountry;
use sollecito::ledger::ids::{Address, CommandId, MessageIdentity, ReceivableId};
use sollecito::ledger::instalments::PlanPart;
use sollecito::ledger::interest::LatePayment;
use sollecito::ledger::mail::StepRef;
use sollecito::ledger::moment;
use sollecito::ledger::money::{Currency, Money};
use sollecito::ledger::rates::{RateTable, YearlyRate};
use sollecito::ledger::reading::{BounceFinding, InstalmentFact, Means, OwnMail, OwnMailKind, Refund, Warning, Writer};
use sollecito::ledger::receivable::{Collection, Payment, Receivable, ReceivableKey, ReceivableKind};
use sollecito::ledger::words::{Authenticity, Certainty, Confidence, DebtorKind, Intent, MessageKind, Mode, Purpose};
use sollecito::policy::{Recheck, RehearsedMail, Scope, courtesy_outlook, outlook, rehearse, statement_outlook};

type Told = Result<(), String>;

/// Tells the whole story; the first thing that does not go as told comes back with its line.
pub fn tell(text: &str) -> Result<(), String> {
    let mut teller = Teller {
        office: Office::new(DebtorKind::Firm),
        decision: Decision::default(),
        rechecks: Vec::new(),
        left_before: 0,
        withdrawn: 0,
        mails: 0,
        always_known: false,
    };
    let mut expectations = 0;
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        expectations += line.matches("expect").count();
        teller.line(line).map_err(|why| format!("{}: {line}\n  {why}\n  {}", index + 1, teller.summary()))?;
    }
    if expectations == 0 { Err("0: nothing is expected".to_owned()) } else { Ok(()) }
}

struct Teller {
    office: Office,
    decision: Decision,
    rechecks: Vec<Recheck>,
    left_before: usize,
    withdrawn: usize,
    mails: u8,
    always_known: bool,
}

impl Teller {
    fn line(&mut self, line: &str) -> Told {
        let mut parts = line.split('|').map(str::trim);
        let head = parts.next().unwrap_or_default();
        if let Some(day) = head.strip_prefix("until ") {
            self.pass(date(day)?)?;
        } else if let Ok(at) = NaiveDateTime::parse_from_str(head, "%Y-%m-%d %H:%M") {
            self.office.now = moment::at(chrono_tz::Europe::Rome, at.date(), at.time());
            self.left_before = self.office.left.len();
            self.know_payments();
            let what = parts.next().ok_or("a day without anything happening")?;
            self.happens(what)?;
        } else {
            return self.scene(head);
        }
        parts.try_for_each(|part| self.expect(part.strip_prefix("expect ").ok_or("a part without `expect`")?))
    }

    fn scene(&mut self, line: &str) -> Told {
        let words: Vec<&str> = line.split_whitespace().collect();
        let office = &mut self.office;
        match words.as_slice() {
            ["customer", kind, rest @ ..] => {
                office.account.customer.kind = DebtorKind::parse(kind).ok_or("an unknown kind of debtor")?;
                office.account.customer.vip = rest.contains(&"vip");
                office.account.customer.do_not_contact = rest.contains(&"do-not-contact");
            }
            ["contact", address, role] => {
                let role = ContactRole::parse(role).ok_or("an unknown role")?;
                office.account.customer.contacts.push(contact(address, role));
            }
            ["mode", mode] => office.set_modes(Mode::parse(mode).ok_or("an unknown mode")?),
            ["mode", purpose, mode] => {
                let purpose = Purpose::parse(purpose).ok_or("an unknown purpose")?;
                office.policy.modes.insert(purpose, Mode::parse(mode).ok_or("an unknown mode")?);
            }
            ["group", name, rest @ ..] => arranged::group(&mut office.policy, name, rest)?,
            ["legal-name", name @ ..] => office.account.customer.name = name.join(" "),
            ["ladder", name, rest @ ..] => arranged::ladder(&mut office.policy, name, rest)?,
            ["arrange", rest @ ..] => {
                arranged::arrange(&mut office.policy, rest)?;
                office.account = sollecito::policy::arranged(&office.account, &office.policy);
            }
            ["step", name, rest @ ..] => super::steps::change(&mut office.policy, name, rest)?,
            ["statement-day", day] => {
                office.policy.windows.statement_day = Some(day.parse().map_err(|_| "not a day of the month")?);
            }
            ["no-pre-closure"] => office.policy.windows.pre_closure.clear(),
            ["add", name, rest @ ..] => super::steps::add(&mut office.policy, name, rest)?,
            ["approve-first-mail"] => office.policy.limits.approve_first_mail = true,
            ["payments-always-known"] => self.always_known = true,
            ["credit-note", number, rest @ ..] => {
                let note = credit_note(number, rest)?;
                office.account.apply(&Change::ReceivableSet { receivable: Box::new(note) });
            }
            // The rates of 2026 are known, and no others.
            ["firm-country", code] => {
                let known = HolidayCountry::ALL.iter().find(|country| country.as_str() == *code);
                office.policy.calendar.country = *known.ok_or("an unknown country")?;
                office.account.customer.country = None;
            }
            ["claim", what @ ..] => {
                let first = |month| NaiveDate::from_ymd_opt(2026, month, 1).unwrap_or_default();
                let rates = [(first(1), YearlyRate(1_015)), (first(7), YearlyRate(1_040))];
                office.policy.late_payment = LatePayment {
                    interest: what.contains(&"late_interest"),
                    compensation: what.contains(&"flat_compensation"),
                    rates: RateTable::new(rates).map_err(|fault| fault.to_string())?,
                };
            }
            ["invoice", number, rest @ ..] => {
                let number: i64 = number.parse().map_err(|_| "not a number")?;
                let due = date(value(rest, "due").ok_or("no due date")?)?;
                if office.now == chrono::DateTime::UNIX_EPOCH {
                    office.now = moment::at(chrono_tz::Europe::Rome, due, NaiveTime::MIN);
                }
                let cents = money(value(rest, "amount").ok_or("no amount")?)?.cents;
                let issued = value(rest, "issued").map(date).transpose()?.unwrap_or(due).min(due - Duration::days(30));
                let since = value(rest, "since").map_or(Ok(issued), date)?;
                let mut item = receivable(number, due, cents, since);
                item.payments_known_up_to = value(rest, "known").map(date).transpose()?;
                if let Some(number) = value(rest, "number") {
                    item.key.number = number.to_owned();
                }
                item.key.instalment = value(rest, "rata").and_then(|rata| rata.parse().ok()).unwrap_or(0);
                item.key.issued = value(rest, "issued").map_or(Ok(item.key.issued), date)?;
                // A later instalment of the same invoice.
                if let Some(first) = value(rest, "of").and_then(|of| office.account.receivable(*ids(&[of]).first()?)) {
                    item.key = ReceivableKey { instalment: 2, ..first.key.clone() };
                }
                item.tolerated_until = value(rest, "tolerated").map(date).transpose()?;
                item.terms = value(rest, "terms").map(|words| words.replace('_', " "));
                item.exchange.delivered = value(rest, "delivered").map(date).transpose()?;
                item.collection = collection(rest).unwrap_or(Collection::Own);
                if rest.contains(&"planned") {
                    item.kind = ReceivableKind::Planned;
                }
                if rest.contains(&"proforma") {
                    item.kind = ReceivableKind::Proforma;
                }
                if rest.contains(&"document") {
                    office.documents.insert(item.id);
                }
                office.account.apply(&Change::ReceivableSet { receivable: Box::new(item) });
            }
            _ => return Err("an unknown line of the scene".to_owned()),
        }
        Ok(())
    }

    /// Every day at ten and at three until a day, that day included.
    fn pass(&mut self, last: NaiveDate) -> Told {
        self.left_before = self.office.left.len();
        let mut day = self.office.moment().today();
        while day <= last {
            for hour in [10, 15] {
                let at = moment::at(chrono_tz::Europe::Rome, day, NaiveTime::from_hms_opt(hour, 0, 0).ok_or("a time")?);
                if at <= self.office.now {
                    continue;
                }
                self.office.now = at;
                self.know_payments();
                self.event(&Event::DayCame);
                self.rechecks =
                    self.office.deliver(DeliveryOutcome::Accepted).into_iter().map(|(_, seen)| seen).collect();
            }
            day += Duration::days(1);
        }
        Ok(())
    }

    fn know_payments(&mut self) {
        if self.always_known {
            let up_to = self.office.moment().today();
            self.office.account.apply(&Change::PaymentsKnown { up_to });
        }
    }

    fn event(&mut self, event: &Event) {
        self.decision = self.office.happen(event);
        self.withdrawn = self.decision.withdrawals.len();
    }

    fn happens(&mut self, what: &str) -> Told {
        let words: Vec<&str> = what.split_whitespace().collect();
        match words.as_slice() {
            ["day"] => self.event(&Event::DayCame),
            ["deliver"] => self.deliver(DeliveryOutcome::Accepted)?,
            ["deliver", outcome] => self.deliver(DeliveryOutcome::parse(outcome).ok_or("an unknown outcome")?)?,
            ["end", outcome] => self.end(DeliveryOutcome::parse(outcome).ok_or("an unknown outcome")?)?,
            ["approve"] => self.office.approve(),
            ["halt"] => self.office.halted = true,
            ["mail", rest @ ..] => self.mail(rest)?,
            ["owner", kind, rest @ ..] => {
                let kind = match *kind {
                    "reminds" => OwnMailKind::Reminder,
                    "invoices" => OwnMailKind::Invoice,
                    "writes" => OwnMailKind::Other,
                    _ => return Err("the owner reminds, invoices or writes".to_owned()),
                };
                self.mails += 1;
                let mail = OwnMail {
                    identity: MessageIdentity([self.mails; 32]),
                    sent: self.office.now,
                    items: ids(rest),
                    kind,
                };
                self.event(&Event::OwnerWrote(Box::new(mail)));
            }
            ["order", rest @ ..] => {
                let order = self.order(rest)?;
                self.event(&Event::Ordered(CommandId(1), order));
            }
            ["arrange", rest @ ..] => {
                arranged::arrange(&mut self.office.policy, rest)?;
                self.event(&Event::FilesChanged);
            }
            ["import", "customer", rest @ ..] => {
                let mut customer = self.office.account.customer.as_imported();
                customer.vip = rest.contains(&"vip");
                if let Some(name) = value(rest, "name") {
                    name.clone_into(&mut customer.name);
                }
                if let Some(address) = value(rest, "address") {
                    customer.contacts.retain(|contact| contact.role != ContactRole::Primary);
                    customer.contacts.push(contact(address, ContactRole::Primary));
                }
                let imported = Imported {
                    customer,
                    receivables: Vec::new(),
                    complete: false,
                    payments_known_up_to: None,
                    first: false,
                };
                self.event(&Event::Imported(Box::new(imported)));
            }
            ["import", "credit-note", number, rest @ ..] => {
                let note = credit_note(number, rest)?;
                self.take(vec![note], rest);
            }
            ["import", rest @ ..] => self.import(rest)?,
            _ => return Err("an unknown happening".to_owned()),
        }
        Ok(())
    }

    fn deliver(&mut self, outcome: DeliveryOutcome) -> Told {
        self.rechecks = self.office.deliver(outcome).into_iter().map(|(_, seen)| seen).collect();
        if self.rechecks.is_empty() { Err("nothing waits for delivery".to_owned()) } else { Ok(()) }
    }

    /// The last live mail comes to an end, whatever the re-check says (a draft sent or deleted by the owner).
    fn end(&mut self, outcome: DeliveryOutcome) -> Told {
        self.office.fill_pending();
        let row = self.office.account.pending.last().cloned().ok_or("no mail is under way")?;
        self.office.finish(&row, outcome);
        Ok(())
    }

    fn mail(&mut self, words: &[&str]) -> Told {
        if !words.contains(&"same") {
            self.mails += 1;
        }
        let intents: Vec<Intent> = words.iter().filter_map(|word| Intent::parse(word)).collect();
        let items = value(words, "about").unwrap_or_default();
        let numbers: Vec<i64> = items.split(',').filter_map(|number| number.parse().ok()).collect();
        let received = self.office.now - Duration::minutes(5);
        let mut mail = reading(self.mails, received, &intents, &numbers);
        if let Some(from) = value(words, "from") {
            mail.from = Address::parse(from);
        }
        if let Some(days) = value(words, "days-old") {
            mail.received -= Duration::days(days.parse().map_err(|_| "not a number")?);
            mail.day = self.office.moment().day_of(mail.received);
        }
        if let (Some(percent), Some(last)) = (value(words, "faint"), mail.intents.last_mut()) {
            last.confidence = Confidence::percent(percent.parse().map_err(|_| "not a number")?);
        }
        mail.facts.promised_date = value(words, "by").map(date).transpose()?;
        mail.facts.paid_on = value(words, "paid-on").map(date).transpose()?;
        mail.facts.return_date = value(words, "back").map(date).transpose()?;
        mail.facts.amounts = value(words, "amount").map(money).transpose()?.into_iter().collect();
        mail.facts.set_off = words.contains(&"set-off");
        mail.facts.as_at = value(words, "as-at").map(date).transpose()?;
        mail.facts.personal_data = words.contains(&"personal-data");
        mail.facts.credit_note = words.contains(&"credit-note");
        if words.contains(&"in-parts") {
            let in_so_many_words = value(words, "parts").map(|_| parts(words)).transpose()?.map(|parts| {
                let fact = |part: &PlanPart| InstalmentFact { date: Some(part.by), amount: Some(part.amount) };
                let mut facts: Vec<InstalmentFact> = parts.iter().map(fact).collect();
                // "… e il resto a fine mese".
                if let Some(last) = facts.last_mut().filter(|_| words.contains(&"rest-unsaid")) {
                    last.amount = None;
                }
                facts
            });
            let vague = vec![InstalmentFact { date: None, amount: None }];
            mail.facts.instalments = Some(in_so_many_words.unwrap_or(vague));
        }
        for word in words {
            mail.authenticity = Authenticity::parse(word).unwrap_or(mail.authenticity);
            mail.writer = Writer::parse(word).unwrap_or(mail.writer);
            mail.kind = match word.strip_prefix("kind=") {
                Some(kind) => MessageKind::parse(kind).ok_or("an unknown kind of mail")?,
                None => mail.kind,
            };
            if let Some(warning) = Warning::parse(word) {
                mail.warnings.push(warning);
            }
        }
        mail.facts.accepts = words.contains(&"accepts");
        mail.facts.means = words.iter().find_map(|word| Means::parse(word));
        mail.facts.next_year = words.contains(&"next-year");
        mail.facts.pays_on = value(words, "pays-on").and_then(|day| day.parse().ok());
        mail.facts.by_habit = words.contains(&"by-habit");
        mail.facts.refund = words.iter().find_map(|word| Refund::parse(word));
        mail.facts.payment_reference = value(words, "reference").map(ToOwned::to_owned);
        if let Some(answered) = value(words, "answers") {
            // The last mail of ours with this text.
            let row = self.office.outbox.iter().rev().find(|row| row.plan.template.as_str() == answered);
            mail.matched.answers = Some(row.ok_or("no such mail was planned")?.id);
        }
        if words.contains(&"no-thread") {
            mail.matched.known_thread = false;
        }
        if words.contains(&"likely") {
            mail.matched.items.iter_mut().for_each(|item| item.certainty = Certainty::Likely);
        }
        if words.contains(&"unread") {
            mail.unread.push("Una frase che nessuna regola capisce".to_owned());
        }
        if let Some(address) = value(words, "failed").or_else(|| value(words, "late")) {
            mail.bounce = Some(BounceFinding {
                recipient: Address::parse(address),
                failed: words.contains(&"failed"),
                status: Some("5.1.1".to_owned()),
                original: None,
                own_reference: None,
            });
        }
        self.event(&Event::MessageRead(Box::new(mail)));
        Ok(())
    }

    fn order(&self, words: &[&str]) -> Result<Order, String> {
        let (name, rest) = words.split_first().ok_or("an order without a name")?;
        let items = ids(rest);
        let amount = value(rest, "amount").map(money).transpose()?;
        let day = |key: &str| value(rest, key).map(date).transpose();
        Ok(match *name {
            "paid" => Order::Paid { items, amount, on: day("on")?.unwrap_or_else(|| self.office.moment().today()) },
            "set_off" => Order::SetOff {
                items,
                amount,
                against: value(rest, "against").map(|text| text.replace('_', " ")),
                on: day("on")?.unwrap_or_else(|| self.office.moment().today()),
            },
            "hold" => Order::Hold { items, until: day("until")?, why: None },
            "resume" => Order::Resume { items },
            "defer" => Order::Defer { items, until: day("until")?.ok_or("no day")? },
            "plan" => Order::Plan { items, parts: parts(rest)?, tell: rest.contains(&"tell") },
            "propose" => Order::Propose { items, parts: parts(rest)? },
            "withdraw" => Order::WithdrawProposal { items },
            "promise" => Order::Promise { items, by: day("by")?.ok_or("no day")?, amount },
            "dispute" => Order::Dispute { items, about: None },
            "note" => Order::Note { items, text: "Sentita al telefono".to_owned() },
            "write_off" => Order::WriteOff { items },
            "hand_over" => Order::HandOver { items },
            "credit" => {
                let (note, items) = items.split_first().ok_or("no credit note")?;
                Order::Credit { note: *note, items: items.to_vec() }
            }
            "release" => Order::Release { items },
            "unpaid" => Order::CameBack { items },
            "payments_known" => Order::PaymentsKnown { up_to: day("up-to")?.ok_or("no day")? },
            "done" => {
                let item = items.first().copied().ok_or("no receivable")?;
                let step = value(rest, "step").ok_or("no step")?;
                let cycle = self.office.account.receivable(item).map_or(0, |item| item.cycle);
                let step = sollecito::ledger::ids::StepId::new(step);
                Order::StepDone { step: StepRef { receivable: item, cycle, step } }
            }
            "close" => {
                let kind = value(rest, "kind").ok_or("no kind of case")?;
                let case = self.office.account.open_cases().find(|case| case.kind.as_str() == kind);
                Order::CloseCase { case: case.ok_or("no such case is open")?.id }
            }
            _ => return Err("an unknown order".to_owned()),
        })
    }

    fn import(&mut self, words: &[&str]) -> Told {
        let listed = ids(words);
        let mut receivables: Vec<_> =
            self.office.account.receivables.iter().filter(|item| listed.contains(&item.id)).cloned().collect();
        // No import knows what the owner said of the bank.
        receivables.iter_mut().for_each(|item| item.came_back = None);
        for id in listed.iter().filter(|id| self.office.account.receivable(**id).is_none()) {
            let due = date(value(words, "due").ok_or("a new invoice needs a due date")?)?;
            receivables.push(receivable(id.0, due, 122_000, self.office.moment().today()));
        }
        if let Some(amount) = value(words, "amount") {
            let amount = money(amount)?;
            receivables.iter_mut().for_each(|item| item.amount = amount);
        }
        if let Some(due) = value(words, "put-off") {
            let due = date(due)?;
            receivables.iter_mut().for_each(|item| item.due = due);
        }
        if let Some(collection) = collection(words) {
            receivables.iter_mut().for_each(|item| item.collection = collection);
        }
        if let Some(credited) = value(words, "credited") {
            let credited = money(credited)?;
            receivables.iter_mut().for_each(|item| item.credited = credited);
        }
        if let Some(paid) = value(words, "paid") {
            let payment = Payment::arrived(money(paid)?, self.office.moment().today());
            receivables.iter_mut().for_each(|item| item.payments = vec![payment.clone()]);
        }
        if let Some(also) = value(words, "and-also") {
            let as_it_was = self.office.account.receivables.iter().filter(|item| item.id.to_string() == also);
            receivables.extend(as_it_was.cloned());
        }
        self.take(receivables, words);
        Ok(())
    }

    fn take(&mut self, receivables: Vec<Receivable>, words: &[&str]) {
        let imported = Imported {
            customer: self.office.account.customer.clone(),
            receivables,
            complete: words.contains(&"complete"),
            payments_known_up_to: value(words, "known").and_then(|day| date(day).ok()),
            first: words.contains(&"first"),
        };
        self.event(&Event::Imported(Box::new(imported)));
    }

    fn expect(&self, what: &str) -> Told {
        let words: Vec<&str> = what.split_whitespace().collect();
        let account = &self.office.account;
        let today = self.office.moment().today();
        let is = |right: bool| if right { Ok(()) } else { Err(format!("not as expected: {what}")) };
        match words.as_slice() {
            ["customer", rest @ ..] => is(arranged::is_so(&account.customer, rest)),
            ["nothing"] => is(self.decision.mails.is_empty()),
            ["unchanged"] => is(self.decision.entries.is_empty() && self.decision.mails.is_empty()),
            ["plan", template, rest @ ..] => is(self.decision.mails.iter().any(|plan| {
                plan.template.as_str() == *template
                    && plan.items == ids(rest)
                    && plan.needs_approval == rest.contains(&"held")
                    && (!rest.contains(&"drafted") || self.office.world().policy.mode_of(account, plan) == Mode::Draft)
                    && value(rest, "to").is_none_or(|to| plan.to.iter().any(|address| address.as_str() == to))
                    && value(rest, "cc").is_none_or(|cc| match cc {
                        "nobody" => plan.cc.is_empty(),
                        cc => plan.cc.iter().any(|address| address.as_str() == cc),
                    })
                    && value(rest, "named").is_none_or(|day| plan.particulars.named_day == date(day).ok())
            })),
            ["left", "nothing"] => is(self.office.left.len() == self.left_before),
            ["left", ..] => self.left(what.strip_prefix("left").unwrap_or_default()),
            ["case", kind, ..] if what.contains('"') => {
                let words = quoted(what);
                is(account.open_cases().any(|case| {
                    case.kind.as_str() == *kind && case.particulars.iter().any(|fact| fact.contains(words))
                }))
            }
            ["suggests", "no", order] => {
                is(account.open_cases().flat_map(|case| &case.suggestions).all(|suggestion| {
                    serde_json::to_value(suggestion).is_ok_and(|suggestion| suggestion["order"] != *order)
                }))
            }
            ["suggests", order, "one", "by", "one"] => {
                let of = account.open_cases().flat_map(|case| &case.suggestions).filter_map(|suggestion| {
                    let suggestion = serde_json::to_value(suggestion).ok()?;
                    (suggestion["order"] == *order).then(|| suggestion["items"].as_array().map_or(0, Vec::len))
                });
                let each: Vec<usize> = of.collect();
                is(each.len() > 1 && each.iter().all(|items| *items == 1))
            }
            ["suggests", order, "of", "all"] => {
                is(account.open_cases().flat_map(|case| &case.suggestions).any(|suggestion| {
                    serde_json::to_value(suggestion)
                        .is_ok_and(|suggestion| suggestion["order"] == *order && suggestion["amount"].is_null())
                }))
            }
            ["suggests", order] => is(account.open_cases().flat_map(|case| &case.suggestions).any(|suggestion| {
                serde_json::to_value(suggestion).is_ok_and(|suggestion| suggestion["order"] == *order)
            })),
            ["case", kind] => is(account.open_cases().any(|case| case.kind.as_str() == *kind)),
            ["no", "case"] => is(account.open_cases().next().is_none()),
            ["no", "case", kind] => is(account.open_cases().all(|case| case.kind.as_str() != *kind)),
            ["told", ..] => {
                let words = what.split_once('"').map_or("", |(_, rest)| rest.trim_end_matches('"'));
                is(!words.is_empty()
                    && account.open_cases().any(|case| case.particulars.iter().any(|fact| fact.contains(words))))
            }
            ["not", "told", ..] => {
                let cases = account.open_cases().flat_map(|case| &case.particulars);
                is(!quoted(what).is_empty() && cases.into_iter().all(|fact| !fact.contains(quoted(what))))
            }
            // What the letter that waits claims beside the capital: `nothing`, or `interest` and the compensated invoices.
            ["claims", rest @ ..] => {
                let row = self.office.outbox.last().ok_or("no mail is planned")?;
                let claims = &row.plan.particulars.claims;
                let numbers: Vec<&str> = rest.iter().copied().filter(|word| *word != "interest").collect();
                is(claims.interest == rest.contains(&"interest") && claims.compensation == ids(&numbers))
            }
            // What the last mail lists as asked for before.
            ["beside", numbers @ ..] => {
                let row = self.office.outbox.last().ok_or("no mail is planned")?;
                let listed = &row.plan.particulars.asked_before;
                if *listed == ids(numbers) { Ok(()) } else { Err(format!("beside: {listed:?}")) }
            }
            // The days of which the last mail says that nobody answered them: `none`, or each.
            ["earlier", days @ ..] => {
                let row = self.office.outbox.last().ok_or("no mail is planned")?;
                let said: Vec<String> =
                    row.plan.particulars.earlier_reminders.iter().map(ToString::to_string).collect();
                let days: &[&str] = if days == ["none"] { &[] } else { days };
                if said == days { Ok(()) } else { Err(format!("earlier: {}", said.join(" "))) }
            }
            ["hold", kind] => is(account.holds_on(today).iter().any(|hold| hold.kind.as_str() == *kind)),
            ["hold", kind, "until", day] => {
                let day = date(day)?;
                is(account.holds_on(today).iter().any(|hold| hold.kind.as_str() == *kind && hold.until == Some(day)))
            }
            ["no", "hold"] => is(account.holds_on(today).is_empty()),
            ["no", "hold", kind] => is(account.holds_on(today).iter().all(|hold| hold.kind.as_str() != *kind)),
            ["ended", kind, how] => is(account.holds.iter().any(|hold| {
                hold.kind.as_str() == *kind && hold.ended.as_ref().is_some_and(|end| end.how.as_str() == *how)
            })),
            ["status", number, word] => {
                let item = ids(&[number]).first().and_then(|id| account.receivable(*id)).ok_or("no such invoice")?;
                is(account.status(item, today).as_str() == *word)
            }
            ["note", ..] => is(account.notes.iter().any(|note| note.contains(quoted(what)))),
            ["open", number, amount] => {
                let item = ids(&[number]).first().and_then(|id| account.receivable(*id)).ok_or("no such invoice")?;
                let open = item.open();
                if open == money(amount)? { Ok(()) } else { Err(format!("{open} is open")) }
            }
            ["steps", number, steps @ ..] => {
                let item = ids(&[number]).first().and_then(|id| account.receivable(*id)).ok_or("no such invoice")?;
                let taken: Vec<&str> = account.steps_of(item).iter().map(|taken| taken.name().as_str()).collect();
                is(taken == steps)
            }
            ["disposition", word] => {
                is(self.decision.verdict.as_ref().is_some_and(|v| v.disposition.as_str() == *word))
            }
            ["answer", "none"] => is(self.decision.verdict.as_ref().is_some_and(|v| v.automatic_answer.is_none())),
            ["answer", template] => is(self
                .decision
                .verdict
                .as_ref()
                .is_some_and(|v| v.automatic_answer.as_ref().is_some_and(|answer| answer.as_str() == *template))),
            ["advice", kind, ..] => {
                let advice = arranged::advice(account, &self.office.world());
                match (*kind, quoted(what)) {
                    ("none", _) => is(advice.is_empty()),
                    (kind, words) => is(advice.iter().any(|advice| {
                        advice.kind.as_str() == kind && advice.reasons.iter().any(|reason| reason.contains(words))
                    })),
                }
            }
            ["withdrawn", ..] if what.contains('"') => {
                is(self.decision.withdrawals.iter().any(|withdrawal| withdrawal.reason.contains(quoted(what))))
            }
            ["withdrawn", count] => is(self.withdrawn.to_string() == *count),
            ["wait"] => is(self.rechecks.iter().any(|seen| matches!(seen, Recheck::Wait { .. }))),
            ["cancelled"] => is(self.rechecks.iter().any(|seen| matches!(seen, Recheck::Cancel { .. }))),
            ["silence", number, ..] => {
                let words = quoted(what);
                let id = ids(&[number]);
                let seen = outlook(account, &self.office.world());
                let item = seen.iter().find(|item| id.contains(&item.receivable)).ok_or("nothing is open")?;
                is(!words.is_empty() && item.silence.iter().any(|reason| reason.contains(words)))
            }
            // What is said of the mails before its due date.
            ["courtesy", number, ..] => {
                let id = ids(&[number]);
                let seen = courtesy_outlook(account, &self.office.world());
                let said: Vec<&String> =
                    seen.iter().filter(|seen| id.contains(&seen.receivable)).flat_map(|seen| &seen.sentences).collect();
                if said.iter().any(|said| said.contains(quoted(what))) {
                    Ok(())
                } else {
                    Err(format!("said: {said:?}"))
                }
            }
            ["because", ..] => is(self.decision.entries.iter().any(|entry| entry.because.contains(quoted(what)))),
            ["list", ..] => {
                let said = statement_outlook(account, &self.office.world()).unwrap_or_default();
                if said.contains(quoted(what)) { Ok(()) } else { Err(format!("of the list: {said}")) }
            }
            ["passed", number, ..] => {
                let id = ids(&[number]);
                let seen = outlook(account, &self.office.world());
                let item = seen.iter().find(|item| id.contains(&item.receivable)).ok_or("nothing is open")?;
                is(item.passed_over.iter().any(|step| step.contains(quoted(what))))
            }
            ["next", day, template, rest @ ..] => {
                let seen = rehearse(account, &self.office.world(), today + Duration::days(120), Scope::FirstMail);
                let seen = seen.mails.last().ok_or("nothing comes next")?;
                let on = self.office.moment().day_of(seen.plan.not_before);
                is(on == date(day)? && seen.plan.template.as_str() == *template && seen.plan.items == ids(rest))
            }
            ["coming", "until", day, ..] => self.coming(date(day.trim_end_matches(':'))?, what),
            _ => Err(format!("an unknown expectation: {what}")),
        }
    }

    /// `2026-10-13 reminder_friendly 118, 2026-10-21 …`: exactly these mails left, in this order.
    fn left(&self, what: &str) -> Told {
        let seen: Vec<String> = self.office.left[self.left_before..]
            .iter()
            .map(|left| {
                let items: Vec<String> = left.plan.items.iter().map(ToString::to_string).collect();
                format!("{} {} {}", self.office.moment().day_of(left.at), left.plan.template, items.join(" "))
            })
            .collect();
        let wanted: Vec<String> = what.split(',').map(|mail| mail.trim().to_owned()).collect();
        if seen == wanted { Ok(()) } else { Err(format!("what left: {}", seen.join(", "))) }
    }

    /// `coming until 2026-11-20: 2026-10-13 reminder_friendly 118, 2026-10-27 ask call 118`: exactly this is to come.
    fn coming(&self, until: NaiveDate, what: &str) -> Told {
        let seen = rehearse(&self.office.account, &self.office.world(), until, Scope::Everything);
        let list = |items: &[ReceivableId]| items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let on = |mail: &RehearsedMail| self.office.moment().day_of(mail.plan.not_before);
        let mails =
            seen.mails.iter().map(|mail| format!("{} {} {}", on(mail), mail.plan.template, list(&mail.plan.items)));
        let asked =
            seen.questions.iter().map(|asked| format!("{} ask {} {}", asked.on, asked.kind, list(&asked.items)));
        let mut seen: Vec<String> = mails.chain(asked).collect();
        seen.sort();
        let wanted = what.split_once(':').map_or("", |(_, rest)| rest).split(',').map(str::trim);
        let wanted: Vec<String> = wanted.filter(|one| !one.is_empty()).map(ToOwned::to_owned).collect();
        if seen == wanted { Ok(()) } else { Err(format!("what is to come: {}", seen.join(", "))) }
    }

    fn summary(&self) -> String {
        let account = &self.office.account;
        let list = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join("; ") };
        let mails =
            self.decision.mails.iter().map(|p| format!("{} {:?} held={}", p.template, p.items, p.needs_approval));
        let cases = account.open_cases().map(|case| case.kind.to_string());
        let holds = account.holds.iter().map(|h| {
            format!("{} until {:?} ended {:?}", h.kind, h.until, h.ended.as_ref().map(|end| end.how.as_str()))
        });
        let silence = outlook(account, &self.office.world());
        format!(
            "planned: {}\n  cases: {}\n  holds: {}\n  verdict: {:?}\n  rechecks: {:?}\n  outlook: {silence:?}",
            list(mails.collect()),
            list(cases.collect()),
            list(holds.collect()),
            self.decision.verdict,
            self.rechecks,
        )
    }
}

pub fn value<'a>(words: &[&'a str], key: &str) -> Option<&'a str> {
    let at = words.iter().position(|word| *word == key)?;
    words.get(at + 1).copied()
}

fn collection(words: &[&str]) -> Option<Collection> {
    words.iter().find_map(|word| Collection::parse(word))
}

/// `parts 2026-12-15=500.00,2027-01-15=720.00`.
fn parts(words: &[&str]) -> Result<Vec<PlanPart>, String> {
    let said = value(words, "parts").ok_or("no parts")?;
    let part = |text: &str| {
        let (day, amount) = text.split_once('=').ok_or("a part is DAY=AMOUNT")?;
        Ok(PlanPart { by: date(day)?, amount: money(amount)? })
    };
    said.split(',').map(part).collect()
}

/// The words in quotation marks.
fn quoted(what: &str) -> &str {
    what.split_once('"').map_or("", |(_, rest)| rest.trim_end_matches('"'))
}

/// The leading numbers.
fn ids(words: &[&str]) -> Vec<ReceivableId> {
    words.iter().map_while(|word| word.parse().ok()).map(ReceivableId).collect()
}

pub fn date(text: &str) -> Result<NaiveDate, String> {
    text.trim().parse().map_err(|_| format!("not a day: {text}"))
}

pub fn money(text: &str) -> Result<Money, String> {
    Money::from_decimal(text, Currency::EUR).ok_or_else(|| format!("not an amount: {text}"))
}
