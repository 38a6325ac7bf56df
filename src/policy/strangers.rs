//! Mails that belong to no account, and bare words: what they call for, and when the owner is asked about a stranger.

use super::disposition::{
    LEAST_CONFIDENCE, deceives, disposition_of, is_only, is_plain_unrelated, machine_disposition, risk,
};
use super::gate;
use crate::ledger::decision::Verdict;
use crate::ledger::reading::{IntentFinding, Reading};
use crate::ledger::words::{Disposition, Intent};

/// A mail that belongs to no account.
pub(super) fn judge_unknown(reading: &Reading) -> Verdict {
    let (disposition, reason) = match machine_disposition(reading) {
        Some(judged) => judged,
        None if is_plain_unrelated(reading) => (Disposition::Ignore, "It has nothing to do with a receivable"),
        None if !is_tied(reading) && !is_about_payment(reading) => {
            (Disposition::Ignore, "Nothing ties it to a customer, and it says nothing of payments")
        }
        None if gate::trouble(reading).is_some() => {
            (Disposition::RouteToOwner, "It speaks of payments, and its sender is not to be trusted")
        }
        None if is_only(reading, Intent::Acknowledgement) => (Disposition::Ignore, "There is nothing to do"),
        None => (Disposition::RouteToOwner, "It speaks of payments, but no customer is certain"),
    };
    Verdict { disposition, automatic_answer: None, reason: reason.to_owned() }
}

/// Something beside its words ties the mail to a customer: a thread, a number, a name.
fn is_tied(reading: &Reading) -> bool {
    reading.matched.known_thread || reading.matched.customer.is_some()
}

/// A stranger's mail that is understood but for a few words, and speaks of a payment, an invoice, bank details, an objection or a lawyer. Spam and
/// newsletters speak of money too, but of much else besides; they lie in the mailbox as they would without us.
fn is_about_payment(reading: &Reading) -> bool {
    const MATTERS: [Intent; 11] = [
        Intent::Dispute,
        Intent::PaymentNotification,
        Intent::Legal,
        Intent::PaymentMade,
        Intent::PromiseToPay,
        Intent::DeferralRequest,
        Intent::InstalmentRequest,
        Intent::InvoiceRequest,
        Intent::BankDetailsRequest,
        Intent::BankDetailsVerification,
        Intent::StatementRequest,
    ];
    let sure = |found: &IntentFinding| found.confidence.as_percent() > LEAST_CONFIDENCE;
    reading.unread.len() <= STRANGE_AT_MOST
        && reading.intents.iter().any(|found| sure(found) && MATTERS.contains(&found.intent))
}

/// So many sentences of a stranger's mail may be without meaning to us.
const STRANGE_AT_MOST: usize = 3;

/// What words call for where no firm's books are at hand: as if the writer were a customer, and nobody is answered.
pub(super) fn judge_words(reading: &Reading) -> Verdict {
    let (disposition, reason) = match machine_disposition(reading) {
        Some(judged) => judged,
        None if risk(reading).is_some() => (Disposition::RouteToOwner, "The words carry a risk that a person must see"),
        None if deceives(reading) => (Disposition::RouteToOwner, "The text is not what it seems"),
        None if is_plain_unrelated(reading) => (Disposition::Ignore, "It has nothing to do with a receivable"),
        None => match reading.primary() {
            Some(intent) => (disposition_of(intent), "The words alone are judged: no firm's books are at hand"),
            None => (Disposition::RouteToOwner, "No rule understands what the writer wants"),
        },
    };
    Verdict { disposition, automatic_answer: None, reason: reason.to_owned() }
}
