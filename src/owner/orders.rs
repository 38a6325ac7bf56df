//! Orders as the owner types them.

use super::phrases;
use crate::ledger::account::Account;
use crate::ledger::event::Order;
use crate::ledger::ids::ReceivableId;
use crate::ledger::instalments::PlanPart;
use crate::ledger::receivable::Receivable;
use crate::ledger::words::Language;
use crate::templates::blocks::clean;
use std::borrow::Cow;

/// The command line that gives this order, ready to paste into a shell.
#[must_use]
pub fn command_line(order: &Order, account: &Account) -> String {
    written(order, Some(account))
}

/// Without an account there is nothing to name but cases and days.
pub(super) fn written(order: &Order, account: Option<&Account>) -> String {
    let mut line = Line::new(account);
    match order {
        Order::Paid { items, amount, on } => {
            line.word("paid").items(items);
            if let Some(amount) = amount {
                line.option("--amount", &amount.to_decimal().replace('.', ","));
            }
            line.option("--on", &on.to_string());
        }
        Order::SetOff { items, amount, against, on } => {
            line.word("set-off").items(items);
            if let Some(amount) = amount {
                line.option("--amount", &amount.to_decimal().replace('.', ","));
            }
            if let Some(against) = against {
                line.option("--against", against);
            }
            line.option("--on", &on.to_string());
        }
        Order::Hold { items, until, why } => {
            line.word("hold").items_or_customer(items);
            if let Some(until) = until {
                line.option("--until", &until.to_string());
            }
            if let Some(why) = why {
                line.option("--why", why);
            }
        }
        Order::Resume { items } => {
            line.word("resume").items_or_customer(items);
        }
        Order::Defer { items, until } => {
            line.word("defer").items(items).option("--until", &until.to_string());
        }
        Order::Promise { items, by, amount } => {
            line.word("promise").items(items).option("--by", &by.to_string());
            if let Some(amount) = amount {
                line.option("--amount", &amount.to_decimal().replace('.', ","));
            }
        }
        Order::Plan { items, parts, tell } => {
            line.word("instalments").items(items).option("--parts", &written_parts(parts));
            if *tell {
                line.word("--confirm");
            }
        }
        Order::Propose { items, parts } => {
            line.word("instalments").items(items).option("--parts", &written_parts(parts)).word("--propose");
        }
        Order::WithdrawProposal { items } => {
            line.word("instalments").items(items).word("--withdraw");
        }
        Order::Dispute { items, about } => {
            line.word("dispute").items(items);
            if let Some(about) = about {
                line.option("--about", about);
            }
        }
        Order::Note { items, text } => {
            line.word("note").items_or_customer(items).value(text);
        }
        Order::WriteOff { items } => {
            line.word("write-off").items(items);
        }
        Order::HandOver { items } => {
            line.word("hand-over").items(items);
        }
        Order::Release { items } => {
            line.word("release").items(items);
        }
        Order::PaymentsKnown { up_to } => {
            line.word("payments-known").value(&up_to.to_string());
        }
        Order::StepDone { step } => {
            line.word("done").items(&[step.receivable]).value(step.step.as_str());
        }
        Order::Credit { note, items } => {
            line.word("credit").items(&[*note]).items(items);
            if items.is_empty() {
                line.word("--none");
            }
        }
        Order::CameBack { items } => {
            line.word("unpaid").items(items);
        }
        Order::CloseCase { case } => {
            line.word("close").value(&format!("C{case}"));
        }
    }
    line.text
}

fn written_parts(parts: &[PlanPart]) -> String {
    let said = |part: &PlanPart| format!("{} {}", part.by, part.amount.to_decimal().replace('.', ","));
    parts.iter().map(said).collect::<Vec<_>>().join("; ")
}

/// What the order does, in a few words of the owner's language.
#[must_use]
pub fn order_meaning(order: &Order, language: Language) -> String {
    phrases::of(language).order(order)
}

/// A command line as it grows.
struct Line<'a> {
    account: Option<&'a Account>,
    text: String,
}

impl<'a> Line<'a> {
    fn new(account: Option<&'a Account>) -> Self {
        Self { account, text: "sollecito".to_owned() }
    }

    fn word(&mut self, word: &str) -> &mut Self {
        self.text.push(' ');
        self.text.push_str(word);
        self
    }

    fn value(&mut self, value: &str) -> &mut Self {
        let quoted = quoted(value);
        self.word(&quoted)
    }

    fn option(&mut self, name: &str, value: &str) -> &mut Self {
        self.word(name).value(value)
    }

    fn items(&mut self, items: &[ReceivableId]) -> &mut Self {
        let Some(account) = self.account else { return self };
        let mut written: Vec<Cow<'_, str>> = Vec::new();
        for item in items.iter().filter_map(|id| account.receivable(*id)) {
            // The number alone means every instalment that is open.
            let mut others = account.open_items().into_iter().filter(|other| other.key.is_same_document(&item.key));
            let is_whole = others.all(|other| items.contains(&other.id));
            let name = if is_whole { Cow::from(&item.key.number) } else { item.key.name() };
            // Numbers that begin anew each year, or a row that was corrected: the date tells them apart.
            let is_twin =
                |other: &Receivable| other.key.number == item.key.number && !other.key.is_same_document(&item.key);
            let has_twin = account.receivables.iter().any(is_twin);
            let name = if has_twin { Cow::from(format!("{name}@{}", item.key.issued)) } else { name };
            if !written.contains(&name) {
                written.push(name);
            }
        }
        for name in written {
            self.value(&name);
        }
        self
    }

    fn items_or_customer(&mut self, items: &[ReceivableId]) -> &mut Self {
        if items.is_empty() {
            let customer = self.account.map(|account| &account.customer);
            let name = customer.map(|customer| customer.external_id.as_ref().unwrap_or(&customer.name));
            return self.value(name.map_or("", String::as_str));
        }
        self.items(items)
    }
}

/// A value as one word of a POSIX shell. It may come from a customer's mail: nothing in it may act.
fn quoted(value: &str) -> String {
    let value = clean(value);
    let plain = |c: char| c.is_alphanumeric() || "/._,:@+%-#".contains(c);
    let starts_otherwise = value.starts_with(['-', '#']);
    if !value.is_empty() && value.chars().all(plain) && !starts_otherwise {
        return value;
    }
    format!("'{}'", value.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_cannot_act_in_a_shell() {
        assert_eq!(quoted("2026/118"), "2026/118");
        assert_eq!(quoted("FPR 46/26"), "'FPR 46/26'");
        assert_eq!(quoted("l'acqua"), "'l'\\''acqua'");
        assert_eq!(quoted("$(rm -rf x)"), "'$(rm -rf x)'");
        assert_eq!(quoted("a\nb"), "'a b'");
        assert_eq!(quoted("--all"), "'--all'");
        assert_eq!(quoted("118#2"), "118#2");
        assert_eq!(quoted("#118"), "'#118'");
        assert_eq!(quoted(""), "''");
    }
}
