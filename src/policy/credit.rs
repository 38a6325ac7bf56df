//! Credit notes: linked to the invoice that they reduce where the books say so beyond doubt; else the owner is asked, and
//! nothing is chased meanwhile. To ask for the gross while a note is known is worse than silence.

use super::credit_words;
use super::deliberation::{Deliberation, NewCase, NewHold};
use super::reopen;
use super::settlement::{self, Tender};
use crate::ledger::account::Account;
use crate::ledger::case::{Case, CaseKind};
use crate::ledger::change::Change;
use crate::ledger::credit::Applied;
use crate::ledger::event::{Imported, Order};
use crate::ledger::hold::HoldKind;
use crate::ledger::ids::{CaseId, ReceivableId};
use crate::ledger::money::{Money, total};
use crate::ledger::receivable::{Receivable, ReceivableKind};

/// So many invoices are proposed to the owner; more are typed by hand.
const PROPOSED_AT_MOST: usize = 4;

/// Looks at every credit note of which something reduces nothing yet.
pub(super) fn look(d: &mut Deliberation<'_>) {
    let notes: Vec<Receivable> = d.account.loose_credit().into_iter().cloned().collect();
    for note in &notes {
        link_by_itself(d, note);
    }
    for note in &notes {
        if d.account.credit_left(note).is_positive() {
            ask(d, note);
        }
    }
    close_answered(d);
}

/// Why what is open on these items is not certain, so that no mail may name it by itself.
pub(super) fn barrier(account: &Account, items: &[ReceivableId]) -> Option<String> {
    let notes = account.loose_credit();
    let shown: Vec<&Receivable> = items.iter().filter_map(|id| account.receivable(*id)).collect();
    let touches = |note: &&&Receivable| {
        shown.iter().any(|item| !item.is_settled() && item.amount.currency == note.amount.currency)
    };
    let note = notes.iter().find(touches)?;
    Some(format!("Credit note {} may reduce what is open, and reduces no invoice yet", note.key.name()))
}

fn link_by_itself(d: &mut Deliberation<'_>, note: &Receivable) {
    let named = credit_words::named(&d.account, note);
    let (targets, because) = match &named {
        Some(named) => (named.clone(), "the books name the invoice"),
        None if note.credit.named.is_some() => return,
        None => (of_the_same_amount(&d.account, note), "its amount is what is open on one invoice, and on one only"),
    };
    let left = d.account.credit_left(note);
    match booked(&d.account, note, named.as_deref()) {
        Some(booked) if booked == left => {
            let because = format!("The books count credit note {} in what is credited already", note.key.name());
            d.record(Change::CreditDecided { note: note.id }, because);
            return;
        }
        // Something else is credited there already: whether this note is part of it is not certain.
        Some(_) => return,
        None => {}
    }
    let open: Vec<Receivable> = open_ones(&d.account, &targets);
    // Several instalments: which of them is reduced is certain only where all of them are.
    let sum = total(left.currency, &open.iter().map(Receivable::open).collect::<Vec<_>>());
    if open.len() > 1 && sum.cents > left.cents {
        return;
    }
    let mut rest = left;
    for item in &open {
        let part = Money::new(rest.cents.min(item.open().cents), rest.currency);
        let before = item.credit.of(note.id).map_or(0, |applied| applied.amount.cents);
        let amount = Money::new(before.saturating_add(part.cents), part.currency);
        let because = format!("Credit note {} takes {part} off {}: {because}", note.key.name(), item.key.name());
        link(d, note.id, item.id, amount, because);
        rest = rest.minus(part).unwrap_or(rest);
    }
    after_link(d, &targets);
}

/// What the books themselves have credited on the document that the note names; without a name on the only one on which
/// it is exactly as much as the note. `None` where nothing is.
fn booked(account: &Account, note: &Receivable, named: Option<&[ReceivableId]>) -> Option<Money> {
    let left = account.credit_left(note);
    let credited = |document: &[&Receivable]| {
        let credited: Vec<Money> = document.iter().map(|item| item.credited).collect();
        total(left.currency, &credited)
    };
    let documents = credit_words::documents(account, note);
    let is_named =
        |document: &&Vec<&Receivable>| named.is_some_and(|named| document.iter().any(|item| named.contains(&item.id)));
    if let Some(document) = documents.iter().find(is_named) {
        return Some(credited(document)).filter(|credited| credited.is_positive());
    }
    let mut same = documents.iter().filter(|document| named.is_none() && credited(document) == left);
    same.next().filter(|_| same.next().is_none()).map(|_| left)
}

fn link(d: &mut Deliberation<'_>, note: ReceivableId, receivable: ReceivableId, amount: Money, because: String) {
    let applied = Applied { note, amount, in_paid: false };
    d.record(Change::CreditLinked { receivable, applied }, because);
}

/// What was planned with the old sum is thought over anew.
fn after_link(d: &mut Deliberation<'_>, items: &[ReceivableId]) {
    if !items.is_empty() {
        d.withdraw_chasing(items, "A credit note changes what is open");
        settlement::settle(d, items, Tender::Money);
        reopen::credit_note_came(d, items);
    }
}

/// The receivables of the one document on which exactly this much is open, where no other one, settled or not, was ever
/// about the same amount.
fn of_the_same_amount(account: &Account, note: &Receivable) -> Vec<ReceivableId> {
    let left = account.credit_left(note);
    if left != Money::zero(left.currency).minus(note.amount).unwrap_or(left) {
        return Vec::new();
    }
    let mut found: Vec<Vec<ReceivableId>> = Vec::new();
    let mut others = 0_usize;
    for document in credit_words::documents(account, note) {
        let of = |value: fn(&Receivable) -> Money| {
            let amounts: Vec<Money> = document.iter().map(|item| value(item)).collect();
            total(left.currency, &amounts)
        };
        if of(Receivable::open) == left {
            found.push(document.iter().map(|item| item.id).collect());
        } else if of(|item| item.amount) == left || document.iter().any(|item| item.open() == left) {
            others += 1;
        }
    }
    match (found.pop(), found.is_empty(), others) {
        (Some(only), true, 0) => only,
        _ => Vec::new(),
    }
}

/// Open receivables that the note may reduce.
fn affected(account: &Account, note: &Receivable) -> Vec<ReceivableId> {
    let currency = note.amount.currency;
    account.open_items().into_iter().filter(|item| item.amount.currency == currency).map(|item| item.id).collect()
}

fn open_ones(account: &Account, items: &[ReceivableId]) -> Vec<Receivable> {
    account.open_items().into_iter().filter(|item| items.contains(&item.id)).cloned().collect()
}

fn is_about(case: &Case, note: ReceivableId) -> bool {
    case.kind == CaseKind::CreditNote && case.items.contains(&note)
}

/// One question a note; what becomes open while it stands waits, too.
fn ask(d: &mut Deliberation<'_>, note: &Receivable) {
    let affected = affected(&d.account, note);
    if affected.is_empty() {
        return;
    }
    let asked = d.account.open_cases().find(|case| is_about(case, note.id)).map(|case| case.id);
    let case = asked.unwrap_or_else(|| open_question(d, note, &affected));
    let waits = |d: &Deliberation<'_>, item: ReceivableId| {
        d.account.holds.iter().any(|hold| hold.ended.is_none() && hold.case == Some(case) && hold.covers(item))
    };
    let free: Vec<ReceivableId> = affected.into_iter().filter(|item| !waits(d, *item)).collect();
    if !free.is_empty() {
        let because = format!("Credit note {} may reduce it: nothing is asked for meanwhile", note.key.name());
        d.place(NewHold::about(HoldKind::Review, &free).case(case), because.clone());
        d.withdraw_chasing(&free, &because);
    }
}

fn open_question(d: &mut Deliberation<'_>, note: &Receivable, affected: &[ReceivableId]) -> CaseId {
    let left = d.account.credit_left(note);
    let mut particulars =
        vec![format!("Credit note {} of {}: {left} of it reduce no invoice yet.", note.key.name(), note.key.issued)];
    if let Some(named) = &note.credit.named {
        particulars.push(format!("The import names the invoice «{named}»."));
    }
    let reduces = |items: Vec<ReceivableId>| Order::Credit { note: note.id, items };
    let mut suggestions: Vec<Order> = affected.iter().take(PROPOSED_AT_MOST).map(|item| reduces(vec![*item])).collect();
    suggestions.push(reduces(Vec::new()));
    let mut items = vec![note.id];
    items.extend(affected);
    d.open_case(
        NewCase { kind: CaseKind::CreditNote, message: None, items, particulars, suggestions },
        "A credit note is known, and not which invoice it reduces: nobody is asked for the gross",
    )
}

/// Questions about notes of which nothing is left, by a link, an order or the books.
fn close_answered(d: &mut Deliberation<'_>) {
    let open: Vec<ReceivableId> = d.account.loose_credit().iter().map(|note| note.id).collect();
    let over: Vec<CaseId> = d
        .account
        .open_cases()
        .filter(|case| case.kind == CaseKind::CreditNote && !open.iter().any(|note| case.items.contains(note)))
        .map(|case| case.id)
        .collect();
    for case in over {
        d.close_case(case, "Nothing of the credit note is left over");
    }
}

/// The owner says which receivables a note reduces; none at all is an answer, too.
pub(super) fn order(d: &mut Deliberation<'_>, note: ReceivableId, items: &[ReceivableId]) {
    let Some(note) = d.account.receivable(note).filter(|it| it.kind == ReceivableKind::CreditNote).cloned() else {
        return;
    };
    let is_fit = |item: &Receivable| {
        item.kind != ReceivableKind::CreditNote
            && item.closure.is_none()
            && item.amount.currency == note.amount.currency
    };
    // What the books count already stays where they count it.
    let by_hand = |item: &Receivable| item.credit.of(note.id).filter(|applied| !applied.in_paid).cloned();
    let all: Vec<Receivable> = d.account.receivables.iter().filter(|item| is_fit(item)).cloned().collect();
    let freed: Vec<Money> = all.iter().filter_map(by_hand).map(|applied| applied.amount).collect();
    let mut rest = d.account.credit_left(&note).plus(total(note.amount.currency, &freed)).unwrap_or(note.amount);
    let mut wanted: Vec<(Receivable, Money)> = Vec::new();
    for item in all {
        let before = by_hand(&item).map_or(Money::zero(rest.currency), |applied| applied.amount);
        let is_named = items.contains(&item.id) && item.credit.of(note.id).is_none_or(|applied| !applied.in_paid);
        if is_named || before.is_positive() {
            wanted.push((item, before));
        }
    }
    wanted.sort_by_key(|(item, _)| (item.due, item.id));
    let (mut touched, mut reopened) = (Vec::new(), Vec::new());
    for (item, before) in wanted {
        let room = item.open().plus(before).unwrap_or(before);
        let part = if items.contains(&item.id) { rest.cents.min(room.cents) } else { 0 };
        let part = Money::new(part, rest.currency);
        rest = rest.minus(part).unwrap_or(rest);
        if part != before {
            let because =
                format!("The owner says: credit note {} takes {part} off {}", note.key.name(), item.key.name());
            link(d, note.id, item.id, part, because);
            touched.push(item.id);
            if part.cents < before.cents {
                reopened.push(item);
            }
        }
    }
    decide(d, &note, rest);
    d.close_cases(&[CaseKind::CreditNote], &[note.id], "The owner said what becomes of the credit note");
    after_link(d, &touched);
    for item in reopened {
        ask_whether_paid(d, &note, &item);
    }
}

/// A note was taken off an invoice again on which payments are recorded. A payment was never counted for more than was
/// open then, so that what seems open now may have been paid: nobody is asked for it until the owner says so.
fn ask_whether_paid(d: &mut Deliberation<'_>, note: &Receivable, before: &Receivable) {
    let Some(item) = d.account.receivable(before.id).filter(|item| !item.is_settled()).cloned() else { return };
    if !item.paid().is_positive() {
        return;
    }
    let number = item.key.name();
    let case = d.open_case(
        NewCase {
            kind: CaseKind::PaymentNotification,
            message: None,
            items: vec![item.id],
            particulars: vec![
                format!(
                    "Credit note {} does not reduce {number} any more: {} are open on it now.",
                    note.key.name(),
                    item.open()
                ),
                format!(
                    "{} were recorded as paid on it while the note was; if more arrived than that, it may be paid.",
                    item.paid()
                ),
            ],
            suggestions: vec![Order::Paid { items: vec![item.id], amount: None, on: d.today() }],
        },
        "What a credit note had covered is open again, and payments are recorded on it",
    );
    d.place(
        NewHold::about(HoldKind::Review, &[item.id]).case(case),
        format!("The owner says whether {number} is paid"),
    );
}

fn decide(d: &mut Deliberation<'_>, note: &Receivable, rest: Money) {
    if note.credit.decided {
        return;
    }
    let because = if rest.is_positive() {
        format!("The owner says that {rest} of credit note {} reduce no invoice", note.key.name())
    } else {
        format!("The owner says what becomes of credit note {}", note.key.name())
    };
    d.record(Change::CreditDecided { note: note.id }, because);
}

/// The owner closed a question about a note, or said to go on: it stays as it is.
pub(super) fn leave_as_it_is(d: &mut Deliberation<'_>, case: &Case) {
    let notes: Vec<Receivable> =
        d.account.loose_credit().into_iter().filter(|it| is_about(case, it.id)).cloned().collect();
    for note in notes {
        let rest = d.account.credit_left(&note);
        decide(d, &note, rest);
    }
}

/// Credit notes that a list of everything open leaves out, where the figures of the same list have come down by as much:
/// the books have used them. Where they have not, the list was another one, and the note stands: to forget it would be to
/// ask for the gross.
pub(super) fn forget_used(d: &mut Deliberation<'_>, before: &Account, imported: &Imported) {
    let row = |id: ReceivableId| imported.receivables.iter().find(|row| row.id == id);
    let mut came_down: i64 = 0;
    for old in before.receivables.iter().filter(|item| item.kind != ReceivableKind::CreditNote) {
        let less = match row(old.id) {
            Some(new) => {
                let known = old.paid().plus(old.credit_in_paid()).unwrap_or(old.paid());
                fewer(old.amount, new.amount)
                    .saturating_add(fewer(new.credited, old.credited))
                    .saturating_add(fewer(new.paid(), known))
            }
            None => old.open().plus(old.linked_credit()).map_or(0, |open| open.cents),
        };
        came_down = came_down.saturating_add(less);
    }
    let on = d.today();
    for note in before.receivables.iter().filter(|item| item.missing_since.is_none() && row(item.id).is_none()) {
        let needed = note.credit_in_books().cents;
        if note.kind == ReceivableKind::CreditNote && needed > 0 && needed <= came_down {
            came_down = came_down.saturating_sub(needed);
            let because =
                format!("Credit note {} is not in the list any more: the books have used it", note.key.name());
            d.record(Change::ReceivableMissing { receivable: note.id, on }, because);
        }
    }
}

fn fewer(was: Money, is: Money) -> i64 {
    was.minus(is).map_or(0, |less| less.cents.max(0))
}

/// The books use a note up that was linked here before they did: their own figures say now what the link said. Without
/// this it would be taken off twice. `before` is the account as it was, `new` the row of the invoice.
pub(super) fn give_way_to_the_books(d: &mut Deliberation<'_>, before: &Account, new: &Receivable, imported: &Imported) {
    let Some(old) = before.receivable(new.id) else { return };
    let mut by_figures = fewer(old.amount, new.amount).saturating_add(fewer(new.credited, old.credited));
    let known = old.paid().plus(old.credit_in_paid()).unwrap_or(old.paid());
    let mut by_payments = fewer(new.paid(), known);
    for link in old.credit.applied.iter().filter(|link| !link.in_paid && link.amount.is_positive()) {
        let Some(note) = before.receivable(link.note) else { continue };
        let left = match imported.receivables.iter().find(|row| row.id == note.id) {
            Some(row) => row.credit_in_books(),
            // A list of some rows says nothing of those that it leaves out.
            None if !imported.complete => continue,
            None => Money::zero(note.amount.currency),
        };
        let used = fewer(note.credit_in_books(), left).min(link.amount.cents);
        let rest = Money::new(link.amount.cents.saturating_sub(used), link.amount.currency);
        let number = &note.key.name();
        if used > 0 && used <= by_figures {
            by_figures = by_figures.saturating_sub(used);
            link_in_books(d, new.id, Applied { amount: rest, ..link.clone() }, number);
        } else if used == link.amount.cents && used <= by_payments {
            by_payments = by_payments.saturating_sub(used);
            link_in_books(d, new.id, Applied { in_paid: true, ..link.clone() }, number);
        }
    }
}

fn link_in_books(d: &mut Deliberation<'_>, receivable: ReceivableId, applied: Applied, number: &str) {
    let because = format!("The import has taken credit note {number} off it: it is not taken off twice");
    d.record(Change::CreditLinked { receivable, applied }, because);
}
