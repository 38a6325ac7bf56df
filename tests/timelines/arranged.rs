//! What a story arranges by hand: `arrange vip no payment-day 10`, `group good deferral-days 30`, `ladder slow friendly 20`.

use super::story::{money, value};
use sollecito::ledger::account::Account;
use sollecito::ledger::arranged::Wishes;
use sollecito::ledger::customer::Customer;
use sollecito::ledger::ids::{Address, GroupName, LadderName, StepId, TemplateId};
use sollecito::ledger::record::Record;
use sollecito::ledger::words::{DebtorKind, Mode};
use sollecito::policy::World;
use sollecito::policy::advice::{Advice, advise};
use sollecito::policy::customers::{DeferralWishes, Group, RecordBar, Whom};
use sollecito::policy::terms::{Ladder, Policy, Step, StepAct, When};

/// Everything that is arranged for the one customer of the story; no words take all of it back.
pub fn arrange(policy: &mut Policy, words: &[&str]) -> Result<(), String> {
    policy.customers.entries.clear();
    if words.is_empty() {
        return Ok(());
    }
    let yes = |key: &str| value(words, key).map(|said| said == "yes");
    let address = |key: &str| value(words, key).map(|text| Address::parse(text).ok_or("not an address")).transpose();
    let wishes = Wishes {
        kind: value(words, "kind").and_then(DebtorKind::parse),
        group: value(words, "group").map(GroupName::new),
        ladder: value(words, "ladder").map(LadderName::new),
        vip: yes("vip"),
        do_not_contact: yes("do-not-contact"),
        confidential: yes("confidential"),
        also_supplier: yes("also-supplier"),
        email: address("email")?,
        pec: address("pec")?,
        copy: address("copy")?.map(|address| vec![address]),
        phone: value(words, "phone").map(str::to_owned),
        payment_day: value(words, "payment-day").and_then(|day| day.parse().ok()),
        statement_day: value(words, "statement-day").and_then(|day| day.parse().ok()),
        ..Wishes::default()
    };
    let whom = value(words, "name").map_or(Whom::Code("K1".to_owned()), |name| Whom::Name(name.replace('_', " ")));
    policy.customers.entries.push((whom, wishes));
    Ok(())
}

pub fn group(policy: &mut Policy, name: &str, words: &[&str]) -> Result<(), String> {
    let number = |key: &str| value(words, key).and_then(|number| number.parse().ok());
    let wishes = Wishes {
        ladder: value(words, "ladder").map(LadderName::new),
        vip: value(words, "vip").map(|said| said == "yes"),
        also_supplier: value(words, "also-supplier").map(|said| said == "yes"),
        payment_day: number("payment-day"),
        statement_day: number("statement-day"),
        ..Wishes::default()
    };
    let deferral = DeferralWishes {
        max_days: number("deferral-days"),
        per_receivable: number("deferral-times"),
        per_year: number("deferral-year"),
        max_days_from_invoice: number("deferral-from-invoice"),
        max_amount: value(words, "deferral-amount").map(money).transpose()?,
        not_after_step: value(words, "not-after").map(StepId::new),
    };
    let group = Group { wishes, deferral, mode: value(words, "mode").and_then(Mode::parse), one_mail: false };
    policy.customers.groups.insert(GroupName::new(name), group);
    let bar = RecordBar {
        days_late: number("if-days-late"),
        days_late_at_most: number("if-days-late-at-most"),
        broken_promises: number("if-broken-promises"),
    };
    if !bar.is_empty() {
        policy.customers.by_record.push((GroupName::new(name), bar));
    }
    Ok(())
}

/// A ladder with a name of its own: steps and their days.
pub fn ladder(policy: &mut Policy, name: &str, words: &[&str]) -> Result<(), String> {
    let step = |pair: &[&str]| match pair {
        [id, days] => {
            let act = match *id {
                "call" => StepAct::Call,
                "final" => StepAct::OwnerDraft(TemplateId::new("final_notice")),
                id => StepAct::Mail(TemplateId::new(format!("reminder_{id}"))),
            };
            let days = days.parse().map_err(|_| "not a number of days")?;
            Ok(Step::new(StepId::new(*id), When::After(days), act))
        }
        _ => Err("a step without days".to_owned()),
    };
    let steps = words.chunks(2).map(step).collect::<Result<_, String>>()?;
    policy.named_ladders.insert(LadderName::new(name), Ladder { steps });
    Ok(())
}

/// `vip`, `not-vip`, `writes-to ADDRESS`, `on-file ADDRESS`, `kind KIND`.
pub fn is_so(customer: &Customer, words: &[&str]) -> bool {
    let address = |text: &str| Address::parse(text);
    match words {
        ["vip"] => customer.vip,
        ["not-vip"] => !customer.vip,
        ["confidential"] => customer.is_confidential(),
        ["also-supplier"] => customer.is_also_supplier(),
        ["not-to-be-contacted"] => customer.do_not_contact,
        ["kind", kind] => customer.kind.as_str() == *kind,
        ["writes-to", text] => customer.primary_contact().map(|contact| &contact.address) == address(text).as_ref(),
        ["on-file", text] => address(text).is_some_and(|address| customer.contact(&address).is_some()),
        ["as-imported"] => customer.arranged.is_empty(),
        _ => false,
    }
}

/// What the owner would be advised.
pub fn advice(account: &Account, world: &World<'_>) -> Vec<Advice> {
    advise(account, &Record::of(account, world.moment.today()), world)
}
