//! Orders of the owner: what happened outside the mailbox, and what is to be done about it.

use super::credit::Credit;
use super::day::day;
use super::desk::{Desk, find};
use super::failure::{Failure, Kind};
use super::instalments::Instalments;
use super::output::Screen;
use super::set_off::SetOff;
use super::{Globals, unpaid};
use crate::agent::find::Target;
use crate::agent::orders::{self, OrderReport};
use crate::import::cells;
use crate::ledger::event::Order;
use crate::ledger::ids::{CaseId, ReceivableId, StepId};
use crate::ledger::mail::StepRef;
use crate::ledger::money::{Currency, Money};
use crate::policy;
use crate::store::Store;
use chrono::NaiveDate;
use clap::{Args, Subcommand};

/// Everything that an owner can order. One line of words each, so that a notice can name the line to type.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Ordered {
    /// Money arrived
    Paid(Paid),
    /// It was set off against a debt of your own: no money arrived
    SetOff(SetOff),
    /// Say nothing for now
    Hold(Hold),
    /// Go on: lifts holds and settles their questions
    Resume(About),
    /// Grant more time
    Defer(Defer),
    /// Instalments were agreed on, or are proposed
    Instalments(Instalments),
    /// The customer promised to pay
    Promise(Promise),
    /// The customer contests it
    Dispute(Dispute),
    /// Note a remark; a call noted makes the agent stand back
    Note(Note),
    /// Give it up
    WriteOff(About),
    /// It lies with a lawyer or an agency now
    HandOver(About),
    /// The bank could not collect it (insoluto)
    Unpaid(About),
    /// Let old arrears go up the ladder
    Release(About),
    /// Say which invoices a credit note reduces
    Credit(Credit),
    /// Nobody else has paid up to a day
    PaymentsKnown(PaymentsKnown),
    /// A step was done by hand (a call)
    Done(Done),
    /// Settle a question with nothing else to do
    Close(Close),
}

/// Invoices or a customer.
#[derive(Debug, Clone, Args)]
pub(crate) struct About {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
}

/// Money.
#[derive(Debug, Clone, Args)]
pub(crate) struct Paid {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// How much, when not all of it (500,00)
    #[arg(long)]
    pub(super) amount: Option<String>,
    /// The day it arrived; today when not said
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) on: Option<NaiveDate>,
}

/// Silence.
#[derive(Debug, Clone, Args)]
pub(crate) struct Hold {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// The last day of silence; without it until you resume
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) until: Option<NaiveDate>,
    /// Your reason
    #[arg(long, value_name = "TEXT")]
    pub(super) why: Option<String>,
}

/// More time.
#[derive(Debug, Clone, Args)]
pub(crate) struct Defer {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// The new day
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) until: NaiveDate,
}

/// A promise.
#[derive(Debug, Clone, Args)]
pub(crate) struct Promise {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// The day promised
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub(super) by: NaiveDate,
    /// How much, when not all of it (500,00)
    #[arg(long)]
    pub(super) amount: Option<String>,
}

/// A dispute.
#[derive(Debug, Clone, Args)]
pub(crate) struct Dispute {
    /// Numbers of invoices of one customer, or the name or code of a customer
    #[arg(required = true)]
    pub(super) what: Vec<String>,
    /// What it is about
    #[arg(long, value_name = "TEXT")]
    pub(super) about: Option<String>,
}

/// A remark.
#[derive(Debug, Clone, Args)]
pub(crate) struct Note {
    /// The number of an invoice, or the name or code of a customer
    pub(super) what: String,
    /// The remark
    #[arg(required = true)]
    pub(super) text: Vec<String>,
}

/// Knowledge of payments.
#[derive(Debug, Clone, Args)]
pub(crate) struct PaymentsKnown {
    /// That day
    #[arg(value_parser = day)]
    pub(super) day: NaiveDate,
}

/// A step done by hand.
#[derive(Debug, Clone, Args)]
pub(crate) struct Done {
    /// The number of an invoice
    pub(super) what: String,
    /// The step, as in the ladder (call)
    pub(super) step: String,
}

/// A question.
#[derive(Debug, Clone, Args)]
pub(crate) struct Close {
    /// The question (C12)
    pub(super) case: String,
}

/// So many invoices are named behind an order, more are counted.
const NAMED: usize = 6;

/// One account and what is ordered about it.
struct Given {
    target: Target,
    order: Order,
}

impl Ordered {
    pub(super) fn run(&self, globals: &Globals, screen: &mut Screen) -> Result<(), Failure> {
        let mut desk = Desk::open_for_orders(globals)?;
        let reports = self.give(&mut desk)?;
        if screen.wants_json() {
            for report in &reports {
                screen.json_line(report);
            }
            return Ok(());
        }
        for report in &reports {
            tell(report, screen);
        }
        Ok(())
    }

    /// Carries the order out; several accounts only where the order is about all of them.
    pub(crate) fn give(&self, desk: &mut Desk) -> Result<Vec<OrderReport>, Failure> {
        let words = self.words();
        if let Self::PaymentsKnown(known) = self {
            return payments_known(desk, known.day, &words);
        }
        if let Self::Close(close) = self {
            return close_case(desk, &close.case, &words);
        }
        let given = self.order(desk)?;
        Ok(vec![orders::give(&mut desk.store, &desk.office, desk.moment, given.target.customer, &given.order, &words)?])
    }

    fn order(&self, desk: &Desk) -> Result<Given, Failure> {
        let today = desk.moment.today();
        let find = |what: &[String]| -> Result<Target, Failure> { all_of(desk, what) };
        // Orders about money need receivables: a customer's name means all that is open there.
        let open = |what: &[String]| -> Result<(Target, Vec<ReceivableId>), Failure> {
            let target = find(what)?;
            let items = if target.items.is_empty() { open_items(&desk.store, &target)? } else { target.items.clone() };
            Ok((target, items))
        };
        let (target, order) = match self {
            Self::Paid(paid) => {
                let (target, items) = open(&paid.what)?;
                let amount = paid.amount.as_deref().map(|text| money(desk, &items, text)).transpose()?;
                (target, Order::Paid { items, amount, on: paid.on.unwrap_or(today) })
            }
            Self::SetOff(set_off) => set_off.order(desk, open(&set_off.what)?)?,
            Self::Hold(hold) => {
                let target = find(&hold.what)?;
                let items = target.items.clone();
                (target, Order::Hold { items, until: hold.until, why: hold.why.clone() })
            }
            Self::Resume(about) => {
                let target = find(&about.what)?;
                let items = target.items.clone();
                (target, Order::Resume { items })
            }
            Self::Defer(defer) => {
                let (target, items) = open(&defer.what)?;
                (target, Order::Defer { items, until: defer.until })
            }
            Self::Instalments(instalments) => instalments.order(desk, open(&instalments.what)?)?,
            Self::Promise(promise) => {
                let (target, items) = open(&promise.what)?;
                let amount = promise.amount.as_deref().map(|text| money(desk, &items, text)).transpose()?;
                (target, Order::Promise { items, by: promise.by, amount })
            }
            Self::Dispute(dispute) => {
                let (target, items) = open(&dispute.what)?;
                (target, Order::Dispute { items, about: dispute.about.clone() })
            }
            Self::Note(note) => {
                let target = find(std::slice::from_ref(&note.what))?;
                let items = target.items.clone();
                (target, Order::Note { items, text: note.text.join(" ") })
            }
            Self::WriteOff(about) | Self::HandOver(about) | Self::Unpaid(about) | Self::Release(about) => {
                let (target, items) = open(&about.what)?;
                let order = match self {
                    Self::WriteOff(_) => Order::WriteOff { items },
                    Self::HandOver(_) => Order::HandOver { items },
                    Self::Unpaid(_) => unpaid::order(desk, &target, &items)?,
                    _ => Order::Release { items },
                };
                (target, order)
            }
            Self::Credit(credit) => credit.order(desk)?,
            Self::Done(done) => {
                let (target, items) = open(std::slice::from_ref(&done.what))?;
                let step = step_of(desk, &target, &items, &done.step)?;
                (target, Order::StepDone { step })
            }
            Self::PaymentsKnown(_) | Self::Close(_) => {
                return Err(Failure::new(Kind::Defect, "This order is about no single account"));
            }
        };
        Ok(Given { target, order })
    }
}

/// What several names mean together: receivables of one customer, or one customer.
fn all_of(desk: &Desk, names: &[String]) -> Result<Target, Failure> {
    let mut whole: Option<Target> = None;
    for name in names {
        let found = find(&desk.store.look(), name)?;
        match &mut whole {
            None => whole = Some(found),
            Some(target)
                if target.customer == found.customer && !target.items.is_empty() && !found.items.is_empty() =>
            {
                target.items.extend(found.items);
                target.items.sort_unstable();
                target.items.dedup();
            }
            Some(_) => {
                return Err(Failure::new(
                    Kind::Refused,
                    format!("`{name}` is not another invoice of the same customer"),
                )
                .hint("give one order a customer; quote a name of several words"));
            }
        }
    }
    whole.ok_or_else(|| Failure::new(Kind::Usage, "Nothing is named"))
}

fn open_items(store: &Store, target: &Target) -> Result<Vec<ReceivableId>, Failure> {
    let account = store.look().account(target.customer)?;
    let items: Vec<ReceivableId> =
        account.iter().flat_map(|account| account.open_items()).map(|receivable| receivable.id).collect();
    if items.is_empty() {
        return Err(Failure::new(Kind::Refused, "Nothing is open with this customer"));
    }
    Ok(items)
}

pub(super) fn money(desk: &Desk, items: &[ReceivableId], text: &str) -> Result<Money, Failure> {
    let currency = items
        .first()
        .and_then(|id| {
            let customer = desk.store.look().customer_of(*id).ok().flatten()?;
            let account = desk.store.look().account(customer).ok().flatten()?;
            Some(account.receivable(*id)?.amount.currency)
        })
        .unwrap_or(Currency::EUR);
    if could_be_two_amounts(text) {
        return Err(Failure::new(Kind::Usage, format!("`{text}` could be two amounts"))
            .hint("write it like 1.220,00 or 1220.00, with the cents"));
    }
    cells::cents(text, cells::decimal_sign_shown(text))
        .filter(|cents| *cents > 0)
        .map(|cents| Money::new(cents, currency))
        .ok_or_else(|| {
            Failure::new(Kind::Usage, format!("`{text}` is not an amount")).hint("write it like 1.220,00 or 1220.00")
        })
}

/// `12,345` is twelve and some in one country and twelve thousand in another: nobody's guess.
pub(super) fn could_be_two_amounts(text: &str) -> bool {
    let decimals = text.trim().split_once(',').map(|(_, decimals)| decimals);
    decimals.is_some_and(|decimals| decimals.len() == 3 && decimals.bytes().all(|byte| byte.is_ascii_digit()))
}

fn step_of(desk: &Desk, target: &Target, items: &[ReceivableId], step: &str) -> Result<StepRef, Failure> {
    let account = desk.store.look().account(target.customer)?;
    let Some(account) = account.map(|account| policy::arranged(&account, &desk.office.policy)) else {
        return Err(Failure::new(Kind::NotKnown, "There is no such customer"));
    };
    let open: Vec<_> = account.open_items().into_iter().filter(|item| items.contains(&item.id)).collect();
    let receivable = match open.as_slice() {
        [one] => (*one).clone(),
        [] => {
            return Err(
                Failure::new(Kind::Refused, "Nothing of it is open").hint("`sollecito show` tells how it stands")
            );
        }
        several => {
            let names: Vec<_> = several.iter().map(|item| item.key.name()).collect();
            return Err(Failure::new(Kind::Refused, "A step is done for one invoice or instalment at a time")
                .hint(format!("it could be: {}", names.join(", "))));
        }
    };
    // What leaves before anything is due is nothing that a person does instead.
    let ladder = policy::ladder_for(&desk.office.policy, &account);
    let steps = ladder.into_iter().flat_map(|ladder| &ladder.steps).filter(|step| !step.act.is_courtesy());
    let known: Vec<&str> = steps.map(|step| step.id.as_str()).collect();
    if known.contains(&step) {
        return Ok(StepRef { receivable: receivable.id, cycle: receivable.cycle, step: StepId::new(step) });
    }
    let hint = if known.is_empty() {
        "no ladder reminds this customer".to_owned()
    } else {
        format!("its steps are: {}", known.join(", "))
    };
    Err(Failure::new(Kind::NotKnown, format!("The ladder of {} has no step `{step}`", account.customer.name))
        .hint(hint))
}

/// Tells every account that payments are known up to a day.
fn payments_known(desk: &mut Desk, up_to: NaiveDate, words: &str) -> Result<Vec<OrderReport>, Failure> {
    if up_to > desk.moment.today() {
        return Err(Failure::new(Kind::Refused, format!("{up_to} has not come yet"))
            .hint("name the last day for which the bank's movements are in the books"));
    }
    let customers = desk.store.look().account_ids()?;
    let order = Order::PaymentsKnown { up_to };
    let reports = orders::give_all(&mut desk.store, &desk.office, desk.moment, &customers, &order, words)?;
    Ok(vec![reports])
}

fn close_case(desk: &mut Desk, name: &str, words: &str) -> Result<Vec<OrderReport>, Failure> {
    let number = name.trim_start_matches(['C', 'c']).parse().map(CaseId).ok();
    let case = match number {
        Some(id) => desk.store.look().case(id)?,
        None => None,
    };
    let Some(case) = case.filter(|case| case.closed.is_none()) else {
        return Err(Failure::new(Kind::NotKnown, format!("No open question is called `{name}`"))
            .hint("`sollecito cases` lists them"));
    };
    let report = match case.customer {
        Some(customer) => {
            let order = Order::CloseCase { case: case.id };
            orders::give(&mut desk.store, &desk.office, desk.moment, customer, &order, words)?
        }
        None => orders::close_bare_case(&mut desk.store, desk.moment, case.id, words)?,
    };
    Ok(vec![report])
}

pub(super) fn tell(report: &OrderReport, screen: &mut Screen) {
    for sentence in &report.done {
        screen.paragraph(&format!("{}.", sentence.trim_end_matches('.')));
    }
    for sentence in &report.planned {
        screen.paragraph(&format!("{sentence}."));
    }
    for reason in &report.withdrawn {
        screen.paragraph(&format!("A mail will not leave: {}.", reason.trim_end_matches('.')));
    }
    for id in &report.too_late_for {
        screen.paragraph(&format!("Mail {id} had just left."));
    }
    for remark in &report.remarks {
        screen.paragraph(&format!("{}.", remark.trim_end_matches('.')));
    }
    // Of one the words are there to be read; of several it is seen which.
    let several = match report.about.as_slice() {
        [] | [_] => String::new(),
        few if few.len() <= NAMED => format!("{} of ", few.join(", ")),
        many => format!("{} invoices of ", many.len()),
    };
    let about = report.customer.as_deref().map(|name| format!(" about {several}{name}")).unwrap_or_default();
    screen.line(format!("(order {}{about}; `sollecito undo` takes it back)", report.command));
}
