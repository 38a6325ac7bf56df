//! The timeline's words for what the journal says.

use crate::ledger::account::Account;
use crate::ledger::hold::{Hold, HoldKind};
use crate::ledger::ids::ReceivableId;
use crate::ledger::money::Money;
use crate::ledger::reading::Reading;
use crate::ledger::words::Authenticity;
use chrono::NaiveDate;

/// `25 September`.
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %B").to_string()
}

/// `1,220.00 EUR`.
pub(super) fn money(money: Money) -> String {
    let decimal = money.to_decimal();
    let (whole, cents) = decimal.split_once('.').unwrap_or((&decimal, "00"));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{cents} {}", money.currency)
}

/// The numbers of receivables, as written on them.
pub(super) fn numbers(account: &Account, items: &[ReceivableId]) -> String {
    account.names(items).join(", ")
}

/// What was read, with the words that decided.
pub(super) fn understood(reading: &Reading) -> String {
    let mut parts: Vec<String> = reading
        .intents
        .iter()
        .map(|found| {
            let evidence = found.evidence.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{}: «{evidence}»", found.intent.as_str().replace('_', " "))
        })
        .collect();
    if parts.is_empty() {
        parts.push("nothing that a rule knows".to_owned());
    }
    let facts = &reading.facts;
    if let Some(named) = facts.promised_date {
        parts.push(format!("by {}", day(named)));
    }
    if let Some(paid) = facts.paid_on {
        parts.push(format!("on {}", day(paid)));
    }
    if let Some(instalments) = &facts.instalments {
        parts.push(format!("{} instalments", instalments.len()));
    }
    if let Some(back) = facts.return_date {
        parts.push(format!("back on {}", day(back)));
    }
    if let Some(reference) = &facts.payment_reference {
        parts.push(format!("reference {reference}"));
    }
    parts.join(" · ")
}

/// Which receivables, and how that is known.
pub(super) fn about(reading: &Reading, account: Option<&Account>) -> Option<String> {
    let account = account?;
    let mut parts = Vec::new();
    for item in &reading.matched.items {
        let clues: Vec<String> = item.clues.iter().map(|clue| clue.as_str().replace('_', " ")).collect();
        let number = account.receivable(item.receivable)?.key.name().into_owned();
        parts.push(format!("{number} ({}: {})", item.certainty, clues.join(", ")));
    }
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}

/// A remark about the sender, where it matters.
pub(super) fn sender(reading: &Reading) -> Option<&'static str> {
    use crate::ledger::reading::Writer;
    match (reading.writer, reading.authenticity) {
        (Writer::LookAlike, _) => Some("the address only looks like one on file"),
        (_, Authenticity::Fail) => Some("the sender is refuted"),
        _ => None,
    }
}

/// What a hold means for the customer.
pub(super) fn hold(hold: &Hold) -> String {
    let what = match hold.kind {
        HoldKind::Promise => "believes the promise",
        HoldKind::Deferral => "grants the time",
        HoldKind::Claimed => "waits for the money to show",
        HoldKind::Disputed => "marks it as disputed",
        HoldKind::Absence => "waits for the writer to come back",
        HoldKind::Legal => "stops everything for this customer",
        HoldKind::Hostile => "stops everything for this customer",
        HoldKind::OwnerActive => "stands back",
        HoldKind::Paused => "pauses",
        HoldKind::Plan => "follows the plan",
        HoldKind::Proposal => "waits for a word on the instalments",
        HoldKind::WaitingForUs | HoldKind::Review => "stays silent about it",
    };
    match hold.until {
        Some(until) => format!("{what}: no reminder until {}", day(until)),
        None => format!("{what} until Marta has decided"),
    }
}

/// Of a mail's new words what a reader needs: without the greeting.
pub(super) fn gist(words: &str) -> String {
    let mut lines: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > 1 && lines.first().is_some_and(|line| line.len() < 24 && line.ends_with(',')) {
        lines.remove(0);
    }
    lines.join(" ")
}

/// What a mail is, by its template.
pub(super) fn mail(template: &str) -> &str {
    match template {
        "reminder_friendly" => "a friendly reminder",
        "reminder_returned" => "a reminder: the bank could not collect it",
        "reminder_second" => "the second reminder",
        "reminder_firm" => "a firm reminder",
        "final_notice" => "the final notice",
        "notice_to_perform" => "the notice to perform",
        "before_closure" => "a friendly word before the closure",
        "receipt_check" => "a question: has the invoice arrived?",
        "courtesy_note" => "a note of thanks",
        "stop_work" => "from when on the work rests",
        "thanks_paid" => "thanks, the money is here",
        "promise_thanks" => "thanks, noted",
        "promise_broken" => "a question: the money has not come",
        "promise_date_request" => "a question: by when?",
        "claimed_thanks" => "thanks, we shall see it arrive",
        "claim_check" => "a question: the money is not to be found",
        "deferral_granted" => "the time is granted",
        "plan_agreed" => "the instalments are confirmed",
        "plan_proposed" => "instalments are proposed",
        "resend_invoice" => "the invoice once more",
        "bank_details" => "the bank details on file",
        "statement" | "monthly_statement" => "the list of what is open",
        "dispute_seen" => "the objection was seen",
        "call_summary" => "what was agreed by telephone",
        other => other,
    }
}
