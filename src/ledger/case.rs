//! A case: a question open to the owner, with what it is about and what could be done next.

use super::account::Account;
use super::event::Order;
use super::ids::{CaseId, CustomerId, MessageIdentity, ReceivableId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A question that only the owner can settle. The words for it are found by `owner/`, in the owner's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Given by the store; people see it as `C12`.
    pub id: CaseId,
    /// Whose account, where one is known.
    pub customer: Option<CustomerId>,
    /// What sort of question.
    pub kind: CaseKind,
    /// The mail that raised it.
    pub message: Option<MessageIdentity>,
    /// What it concerns.
    pub items: Vec<ReceivableId>,
    /// Facts for the question, one sentence each, in plain English (the journal's language).
    pub particulars: Vec<String>,
    /// Orders that the owner may give as they stand, the likeliest first.
    pub suggestions: Vec<Order>,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// When it was settled.
    pub closed: Option<DateTime<Utc>>,
}

impl Case {
    /// The suggestions that can still be given as they stand: none for a day that is past, no step of what is paid, and of
    /// the steps of one call or letter, which are done together, one. Up to when payments are known is asked as of today.
    pub fn offered<'a>(
        &'a self,
        account: Option<&'a Account>,
        today: NaiveDate,
    ) -> impl Iterator<Item = Order> + use<'a> {
        let mut has_step = false;
        let still = self.suggestions.iter().filter(move |order| {
            if order.day_to_come().is_some_and(|day| day < today) {
                return false;
            }
            let Order::StepDone { step } = order else { return true };
            let is_settled =
                account.and_then(|account| account.receivable(step.receivable)).is_some_and(|item| item.is_settled());
            let is_offered = !has_step && !is_settled;
            has_step |= is_offered;
            is_offered
        });
        still.map(move |order| match order {
            // In the morning the bank shows the movements of the day before.
            Order::PaymentsKnown { up_to } => {
                Order::PaymentsKnown { up_to: today.pred_opt().unwrap_or(today).max(*up_to) }
            }
            order => order.clone(),
        })
    }
}

super::words::word!(
    /// Sorts of question to the owner.
    CaseKind {
        /// The customer contests something.
        Dispute = "dispute",
        /// Paid twice, paid to us by mistake, or money is wanted back.
        Refund = "refund",
        /// The customer waits for a credit note that we have not issued.
        CreditNoteClaimed = "credit_note_claimed",
        /// Lawyer, insolvency, formal notice.
        Legal = "legal",
        /// Threat, insult, "stop writing".
        Hostile = "hostile",
        /// Asks about a change of our bank details, or claims one: fraud is near.
        BankDetailsVerification = "bank_details_verification",
        /// Asks for more time than the limits allow.
        Deferral = "deferral",
        /// Asks to pay in parts.
        Instalments = "instalments",
        /// Needs a document or datum from us.
        Reference = "reference",
        /// Wrong person, other address.
        ContactChange = "contact_change",
        /// Says that it is paid in a way that the owner must check (set-off, stale claim, partial).
        ClaimedPayment = "claimed_payment",
        /// Pays or paid in cash, by cheque, with a postal slip or in person: only the owner can say what arrived.
        ByHand = "by_hand",
        /// Says that it always pays on a certain day of the month.
        PayHabit = "pay_habit",
        /// A bank or provider says that money arrived.
        PaymentNotification = "payment_notification",
        /// Several wishes in one mail.
        Mixed = "mixed",
        /// A customer's mail that no rule understands.
        NotUnderstood = "not_understood",
        /// It is not sure which receivable is meant.
        WhichReceivable = "which_receivable",
        /// An answer would be safe, but not to this writer.
        UnknownWriter = "unknown_writer",
        /// The sender's address is refuted or looks like another.
        Suspicious = "suspicious",
        /// An answer was due, but the mail is too old or the mode forbids it.
        AnswerYourself = "answer_yourself",
        /// The invoice asked for cannot be found in Sent.
        DocumentMissing = "document_missing",
        /// A contact's address is dead.
        Bounced = "bounced",
        /// Payments are not known up to a fresh enough day: who has paid?
        WhoHasPaid = "who_has_paid",
        /// The bank collects it, and days after it was due nobody said whether it did.
        BankCollection = "bank_collection",
        /// A proforma was paid, and the invoice is to be issued.
        IssueInvoice = "issue_invoice",
        /// Instalments that were proposed do not stand any more: nobody answered, or something else came first.
        ProposalOver = "proposal_over",
        /// An invoice of the same sum as a proforma came: are they one debt?
        SameDebt = "same_debt",
        /// What is missing of a payment agrees to the cent with something that is withheld by law or custom.
        Difference = "difference",
        /// More arrived than was open: paid twice, or meant for something else?
        Surplus = "surplus",
        /// Long overdue when it was first imported: what to do with it?
        OldArrears = "old_arrears",
        /// A credit note is known, and not which invoice it reduces.
        CreditNote = "credit_note",
        /// A row vanished from the import: paid, withdrawn, or a mistake?
        Vanished = "vanished",
        /// The next step is a telephone call.
        Call = "call",
        /// The next step is the final notice: the owner writes and signs it.
        FinalNotice = "final_notice",
        /// The ladder is at its end and it is still open: how does it go on?
        LadderEnd = "ladder_end",
        /// Several mails stayed unanswered: another channel is needed.
        Silence = "silence",
        /// A promise was not kept, or was kept in part.
        BrokenPromise = "broken_promise",
        /// A part of an agreed plan did not come.
        PlanMissed = "plan_missed",
        /// Nobody knows whether a mail left.
        Unsure = "unsure",
        /// The server refused a mail.
        Refused = "refused",
        /// A mail could not be rendered.
        BrokenTemplate = "broken_template",
        /// A mail could not be read.
        UnreadableMail = "unreadable_mail",
        /// Other mail that waits for a person.
        Unrelated = "unrelated",
    }
);
