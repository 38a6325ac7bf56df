//! What the owner reads, in English. Tables of words: longer than a function should be, and easier to read in one piece.

use super::phrases::{Labels, Sheet};
use crate::ledger::account::Status;
use crate::ledger::case::CaseKind;
use crate::ledger::event::Order;
use crate::ledger::hold::HoldKind;
use crate::ledger::words::{Intent, Language};
use crate::templates::wording::{amount, day};
use chrono::NaiveDate;

pub(super) const LABELS: Labels = Labels {
    wrote: "wrote",
    nobody_known: "A writer not on file",
    understood: "Read as",
    rule: "rule",
    confidence: "confidence",
    not_understood: "Not read with certainty",
    facts: "From the journal",
    receivables: "Documents",
    open: "open",
    held: "On hold meanwhile",
    nothing_held: "Nothing is on hold: a person decides.",
    until: "until",
    until_lifted: "until it is resumed",
    all_of_customer: "the whole customer",
    what_next: "Commands ready to use",
    case: "Case",
    attached: "The original message is attached.",
    recent: "Latest facts",
    confidential: "A confidential customer: what they wrote is not quoted here. The mail is in the mailbox.",
    we_wrote: "we wrote",
    they_wrote: "the customer wrote",
    note: "note",
    on: "on",
    digest_subject: ("1 open question", "open questions"),
    digest_intro: ("This question waits for a decision:", "These questions wait for a decision:"),
    waiting: (
        "This mail is ready and leaves only once you approve it:",
        "These mails are ready and leave only once you approve them:",
    ),
    also_supplier: "is also a supplier of yours: before a firm reminder, see whether something is to be set off",
    our_turn: ("It has been our turn for", "working days."),
    show_case: "To see everything about a case: sollecito cases",
    warning_subject: "Warning",
    quotes: ("“", "”"),
};

pub(super) const SHEET: Sheet = Sheet {
    phone: "Telephone",
    phone_arranged: "from customers.toml",
    phone_imported: "from the import",
    no_phone: "no number is on file; take it from an old document or a public register, never from a mail, and note it in customers.toml: phone = \"…\"",
    to_ask: "What to ask",
    questions: [
        "on which day they pay, and how much: a definite day, not \"soon\"",
        "whether the invoice arrived and is right, or what is missing",
        "who decides and who makes the transfer, and how to reach them",
        "in the end, repeat the day and the sum",
    ],
    others: "Other open documents of the same customer",
    more: "and others:",
    total: "Open in all",
    of_which_due: "of which past due",
    last_words: "The customer's last mail",
    promises: "Promises to pay",
    no_day: "without a day",
    promise_open: "still running",
    promise_kept: "kept",
    promise_broken: "not kept",
    promise_over: "no longer standing",
    to_complete: "Still to complete in the draft",
    after_call: "After the call",
    call_done: "marks the call as made, also where nobody answered: then the next step follows",
    letter_sent: "marks the letter as sent (by post, or from your PEC)",
    no_answer: ("Nobody answers the telephone", "notes it, and the reminders wait for some days"),
    if_arrived: "only if the money is really in one of our accounts",
    telephoned: "Spoke on the telephone",
    foreign_iban: "The mail holds an IBAN that is not ours: the customer may have paid a fraudster, or be about to.",
    first_call: [
        "Telephone the customer at once, on the number below and not on one written in the mail: that may be forged, too.",
        "If they have paid to that IBAN: they must ask their bank at once to recall the transfer (hours count) and report it to the police. That money does not reach us: the invoice stays open.",
        "If they have not: tell them that our bank details have not changed, and that those printed on the invoice are right.",
        "Until then do not answer the mail, and do not mark anything as paid. While the question is open, nothing leaves about what is shown as on hold below.",
    ],
};

pub(super) const fn title(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Dispute => "dispute",
        CaseKind::Refund => "paid twice, or a refund",
        CaseKind::CreditNoteClaimed => "credit note wanted",
        CaseKind::Legal => "lawyer or insolvency",
        CaseKind::Hostile => "hostile message",
        CaseKind::BankDetailsVerification => "possible IBAN fraud",
        CaseKind::Deferral => "asks for more time",
        CaseKind::Instalments => "asks for instalments",
        CaseKind::ProposalOver => "a proposal of instalments is over",
        CaseKind::Reference => "needs a detail or a document",
        CaseKind::ContactChange => "another contact",
        CaseKind::ClaimedPayment => "says it is paid",
        CaseKind::ByHand => "cash, cheque or in person",
        CaseKind::PayHabit => "always pays on a certain day",
        CaseKind::PaymentNotification => "notice of a payment",
        CaseKind::Mixed => "several requests at once",
        CaseKind::NotUnderstood => "message not understood",
        CaseKind::WhichReceivable => "which invoice?",
        CaseKind::UnknownWriter => "writer not on file",
        CaseKind::Suspicious => "suspicious sender",
        CaseKind::AnswerYourself => "an answer to write by hand",
        CaseKind::DocumentMissing => "copy of the invoice not found",
        CaseKind::Bounced => "dead address",
        CaseKind::WhoHasPaid => "who has paid?",
        CaseKind::BankCollection => "bank collection to check",
        CaseKind::IssueInvoice => "invoice to issue",
        CaseKind::SameDebt => "proforma and invoice: one debt?",
        CaseKind::Difference => "difference to check",
        CaseKind::Surplus => "more arrived than was due",
        CaseKind::OldArrears => "old arrears to decide",
        CaseKind::CreditNote => "credit note to be matched",
        CaseKind::Vanished => "gone from the list",
        CaseKind::Call => "telephone call to make",
        CaseKind::FinalNotice => "final notice to sign",
        CaseKind::LadderEnd => "end of the ladder",
        CaseKind::Silence => "no answer",
        CaseKind::BrokenPromise => "promise not kept",
        CaseKind::PlanMissed => "instalment missing",
        CaseKind::Unsure => "uncertain delivery",
        CaseKind::Refused => "delivery refused",
        CaseKind::BrokenTemplate => "text to mend",
        CaseKind::UnreadableMail => "unreadable message",
        CaseKind::Unrelated => "another message waits",
    }
}

pub(super) const fn sentence(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Dispute => {
            "The customer contests something: the amount, the goods, the work or the quote. Reminders to this customer wait for a decision."
        }
        CaseKind::Refund => {
            "The customer says that it paid twice or by mistake, or asks for a refund. First look at the account: did that money really arrive? If it is too much, decide: pay it back to the account that it came from or, if the customer agrees, take it off another invoice. Never use bank details from a mail: ask for them by telephone, on a number that you know. Meanwhile the customer gets no reminder of these invoices."
        }
        CaseKind::CreditNoteClaimed => {
            "The customer waits for a credit note from us. If it is due, issue it and import it with the list: from then on only the difference is asked for. If it is not, explain why, and then let the reminders go on. Until then they wait: neither the full sum is asked for, nor a net one that no document of ours shows."
        }
        CaseKind::Legal => {
            "A lawyer, an insolvency or a formal notice is mentioned. Nothing leaves for this customer any more until the hold is lifted."
        }
        CaseKind::Hostile => {
            "The tone is hostile, or the customer asks not to be written to. Nothing leaves any more until the hold is lifted."
        }
        CaseKind::BankDetailsVerification => {
            "The message speaks of a change of our bank details. A fraud may be under way: better telephone the customer now, on a number already known, and do not answer by mail."
        }
        CaseKind::Deferral => "The customer asks for more time, and the rules cannot grant it on their own.",
        CaseKind::Instalments => "The customer asks to pay in instalments. A plan is only ever accepted by hand.",
        CaseKind::ProposalOver => {
            "The proposal of instalments does not stand any more: the customer did not answer, it did not leave, or what is open has changed. In a few days the reminders go on."
        }
        CaseKind::Reference => {
            "The customer needs something from us before paying: a detail, a document, a correction."
        }
        CaseKind::ContactChange => {
            "The writer is the wrong person, or gives another address. Addresses change on file only, never because a mail says so."
        }
        CaseKind::ClaimedPayment => {
            "The customer says that it is settled, but it must be checked: waiting for the money is not enough. The invoice stays open until the payment is recorded."
        }
        CaseKind::ByHand => {
            "The customer speaks of cash, a cheque, a postal slip or of coming by: there is no transfer reference, and none is asked for. What has arrived can only be said here: check it and record it by hand. Meanwhile nobody writes to the customer."
        }
        CaseKind::PayHabit => {
            "The customer writes that they always pay on a certain day of the month. If that is so, note it once and for all: reminders will wait for that day. Nothing is noted by itself."
        }
        CaseKind::PaymentNotification => {
            "A bank or a payment provider announces money. Such notices are easily forged: see it on the account first, then record it."
        }
        CaseKind::Mixed => "There are several requests in one message: half an answer would do harm.",
        CaseKind::NotUnderstood => "No rule understood this message with enough certainty.",
        CaseKind::WhichReceivable => "It is not certain which invoice is meant.",
        CaseKind::UnknownWriter => {
            "The request is simple, but the writer is not on file: a customer's data are not given to others."
        }
        CaseKind::Suspicious => {
            "The sender's address is refuted by the checks or looks like another. No answer until it is verified in another way."
        }
        CaseKind::AnswerYourself => {
            "An answer would be ready but has not left: the message is too old, a limit is reached, sending is not switched on for this purpose, or it is not certain that we are to be paid, or how much. The reason is below."
        }
        CaseKind::DocumentMissing => {
            "The customer asks for a copy, but no sent message holds a document that is certainly that invoice."
        }
        CaseKind::Bounced => {
            "A message to the customer came back: the address does not work and is not used any more. Write the right one into customers.toml (`email`), or into the list that you import."
        }
        CaseKind::WhoHasPaid => {
            "Reminders are ready, but the payments are not up to date. Until it is known who has paid, nothing leaves."
        }
        CaseKind::BankCollection => {
            "The bank collects it (RiBa or direct debit), and ten working days after the due date there is no news: was it paid, or did it come back unpaid? Meanwhile nobody writes to the customer."
        }
        CaseKind::IssueInvoice => "The proforma was paid: the invoice is to be issued now.",
        CaseKind::SameDebt => {
            "An invoice of the same sum as a proforma of this customer came: if they are one debt it must be asked for once only (or never again, if the proforma is paid). Meanwhile the customer is asked for nothing."
        }
        CaseKind::Surplus => {
            "More arrived than was due: it may have been paid twice, or be meant for something else. The customer was neither told nor thanked."
        }
        CaseKind::Difference => {
            "Less arrived than was due, and what is missing agrees to the cent with a known deduction: the invoice may be paid in full. Meanwhile the customer is asked for nothing."
        }
        CaseKind::OldArrears => {
            "They were long overdue when first imported. They do not enter the reminders on their own: remind, telephone, or let go."
        }
        CaseKind::CreditNote => {
            "There is a credit note, and it is not known which invoice it reduces. Until that is said, no reminder leaves for the invoices that it may concern: asking for the full amount would be worse."
        }
        CaseKind::Vanished => "It is missing from the latest list of open items: paid, withdrawn or forgotten?",
        CaseKind::Call => "The next step is a telephone call. Below is what to know before calling.",
        CaseKind::FinalNotice => {
            "The next step is the final notice: the draft is to be read, signed and sent by hand, by certified mail or registered letter. Have a lawyer see it before its first use."
        }
        CaseKind::LadderEnd => {
            "Every step of the ladder is behind it and it is still open: nothing more goes out by itself. Hand it to a lawyer or an agency, wait, or give it up."
        }
        CaseKind::Silence => {
            "Several messages stayed without an answer. Writing again will help little: try another person or the telephone."
        }
        CaseKind::PlanMissed => {
            "An agreed instalment has not arrived, not even within its grace. The plan stays in force and nothing is asked of the customer: telephone, note another day, or go on with the reminders."
        }
        CaseKind::BrokenPromise => {
            "The promised day has passed, the payments are up to date, and the money is not there or only in part."
        }
        CaseKind::Unsure => {
            "The connection broke while a message was leaving: nobody knows whether it arrived. It is not sent again on its own."
        }
        CaseKind::Refused => "The mail server refused a message.",
        CaseKind::BrokenTemplate => {
            "A message could not be written: something is missing in the text or the data. Nothing left."
        }
        CaseKind::UnreadableMail => "A message could not be read. It has to be opened by hand in the mailbox.",
        CaseKind::Unrelated => "A message that is not about payments waits for a person.",
    }
}

pub(super) const fn hold(kind: HoldKind) -> &'static str {
    match kind {
        HoldKind::Legal => "legal hold",
        HoldKind::Hostile => "held after a hostile message",
        HoldKind::Disputed => "disputed",
        HoldKind::WaitingForUs => "it is our turn",
        HoldKind::Claimed => "waiting for the payment that was announced",
        HoldKind::Promise => "promise to pay",
        HoldKind::Deferral => "deferral granted",
        HoldKind::Plan => "in instalments",
        HoldKind::Proposal => "instalments proposed, no answer yet",
        HoldKind::OwnerActive => "a person is dealing with it",
        HoldKind::Review => "waiting for a decision",
        HoldKind::Absence => "the customer's office is closed",
        HoldKind::Paused => "paused by hand",
    }
}

pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Planned => "not issued yet",
        Status::Credit => "in the customer's favour",
        Status::Paid => "paid",
        Status::SetOff => "set off",
        Status::WrittenOff => "written off",
        Status::HandedOver => "handed over to a lawyer",
        Status::Withdrawn => "withdrawn",
        Status::Legal => "legal hold",
        Status::Hostile => "on hold",
        Status::Disputed => "disputed",
        Status::WaitingForUs => "our turn",
        Status::Claimed => "said to be paid",
        Status::Promised => "promised",
        Status::Deferred => "deferred",
        Status::WithOwner => "to be decided",
        Status::Paused => "paused",
        Status::Missing => "gone from the list",
        Status::PartlyPaid => "partly paid",
        Status::PartlySetOff => "partly set off",
        Status::Overdue => "overdue",
        Status::Open => "not due yet",
    }
}

pub(super) const fn intent(intent: Intent) -> &'static str {
    match intent {
        Intent::PaymentMade => "says that it is paid",
        Intent::PromiseToPay => "promises to pay",
        Intent::DeferralRequest => "asks for more time",
        Intent::InstalmentRequest => "asks to pay in instalments",
        Intent::InvoiceRequest => "asks for the invoice",
        Intent::BankDetailsRequest => "asks for the bank details",
        Intent::Dispute => "contests",
        Intent::ReferenceRequest => "needs a detail or a document",
        Intent::StatementRequest => "asks for a statement",
        Intent::ContactChange => "gives another contact",
        Intent::BankDetailsVerification => "speaks of a change of bank details",
        Intent::Legal => "lawyer, insolvency or formal notice",
        Intent::Hostile => "hostile",
        Intent::AutoReply => "automatic answer",
        Intent::Bounce => "not delivered",
        Intent::PaymentNotification => "notice of a payment",
        Intent::Acknowledgement => "acknowledges",
        Intent::Unrelated => "something else",
    }
}

pub(super) fn order(order: &Order) -> String {
    let on = |date: NaiveDate| day(date, Language::English);
    match order {
        Order::Paid { amount: Some(money), .. } => {
            format!("records a payment of {}", amount(*money, Language::English))
        }
        Order::Paid { on: date, .. } => format!("records all of it as paid on {}", on(*date)),
        Order::SetOff { amount: Some(money), .. } => {
            format!(
                "records {} as set off against a debt of yours: no money arrived",
                amount(*money, Language::English)
            )
        }
        Order::SetOff { .. } => "records all of it as set off against a debt of yours: no money arrived".to_owned(),
        Order::Hold { until: Some(until), .. } => format!("writes nothing until {}", on(*until)),
        Order::Hold { .. } => "writes nothing until it is resumed".to_owned(),
        Order::Resume { .. } => "lifts the holds and goes on reminding".to_owned(),
        Order::Defer { until, .. } => format!("grants time until {} and confirms it to the customer", on(*until)),
        Order::Plan { parts, .. } => format!("notes payment in {} instalments", parts.len()),
        Order::Propose { parts, .. } => {
            format!("proposes {} instalments to the customer: in force only once accepted", parts.len())
        }
        Order::WithdrawProposal { .. } => "withdraws the proposal of instalments".to_owned(),
        Order::Promise { by, .. } => format!("notes the promise to pay by {}", on(*by)),
        Order::Dispute { .. } => "notes the dispute and stops reminding".to_owned(),
        Order::Note { .. } => "adds a remark".to_owned(),
        Order::WriteOff { .. } => "writes the claim off".to_owned(),
        Order::HandOver { .. } => "hands it to the lawyer: nothing leaves any more".to_owned(),
        Order::Release { .. } => "lets the old arrears into the reminders, mildest first".to_owned(),
        Order::PaymentsKnown { up_to } => format!("confirms that nobody else has paid up to {}", on(*up_to)),
        Order::StepDone { .. } => "marks the step as done".to_owned(),
        Order::Credit { items, .. } if items.is_empty() => {
            "leaves the credit note apart: it reduces no invoice".to_owned()
        }
        Order::Credit { .. } => "takes the credit note off the invoice".to_owned(),
        Order::CameBack { .. } => "notes that it came back unpaid: a call first, then the reminders".to_owned(),
        Order::CloseCase { .. } => "closes the question, with nothing else".to_owned(),
    }
}
