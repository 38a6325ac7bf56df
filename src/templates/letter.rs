//! What is rendered, what comes of it, and why it may fail.

use super::ids::MailIds;
use super::letterhead::Letterhead;
use super::shelf::Shelf;
use super::{blocks, discretion, fields, html, iban, mime};
use crate::ledger::account::Account;
use crate::ledger::ids::{Address, ReceivableId};
use crate::ledger::mail::MailPlan;
use crate::ledger::moment::Moment;
use crate::ledger::words::Purpose;

/// Everything that the bytes of a letter depend on.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// What was decided.
    pub plan: &'a MailPlan,
    /// The customer's account as it is now.
    pub account: &'a Account,
    /// Who writes.
    pub letterhead: &'a Letterhead,
    /// Other accounts of the same reader that it speaks for, each with a heading, a table, a total and payment details
    /// of its own. What the text says of all of them stands in `plan`.
    pub beside: &'a [Beside<'a>],
    /// When: the Date header, and *today* for the text.
    pub moment: Moment,
    /// Message-ID and reference.
    pub ids: &'a MailIds,
    /// What is attached, in this order.
    pub documents: &'a [Document],
    /// No person looked at it: the mail says so in its headers.
    pub automatic: bool,
}

/// Another account in the same letter.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// What was decided for it: its items are shown.
    pub plan: &'a MailPlan,
    /// The account as it is now.
    pub account: &'a Account,
}

impl<'a> Letter<'a> {
    /// All accounts that it speaks for.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &'a Account> + use<'a> {
        std::iter::once(self.account).chain(self.beside.iter().map(|beside| beside.account))
    }

    /// Does it go to the certified address of the customer?
    pub(super) fn goes_by_pec(&self) -> bool {
        self.account.customer.pec().is_some_and(|pec| self.plan.to.contains(&pec.address))
    }

    /// How the person at an address is called; nobody, where the accounts do not agree about it.
    pub(super) fn name_at(&self, address: &Address) -> Option<&'a str> {
        let mut names = self.accounts().map(|account| account.customer.contact(address)?.name.as_deref());
        let first = names.next().flatten()?;
        names.all(|name| name == Some(first)).then_some(first)
    }
}

/// A document to attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// File name as the customer sees it.
    pub name: String,
    /// Media type, such as `application/pdf`.
    pub media_type: String,
    /// The bytes.
    pub content: Vec<u8>,
}

/// A finished mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The whole message, lines ended by CR LF.
    pub bytes: Vec<u8>,
    /// The subject, decoded.
    pub subject: String,
    /// The plain text, decoded, lines ended by LF.
    pub text: String,
    /// The HTML part, decoded; a notice to the owner has none.
    pub page: Option<String>,
}

/// Why a letter could not be written. The mail stays where it is and the owner is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderFailure {
    /// There is no text of that name in the customer's language and register.
    #[error("There is no template `{0}`")]
    NoTemplate(String),
    /// The text names a fact that this mail does not have, or is broken.
    #[error("Template `{file}`: {reason}")]
    Text {
        /// Where it stands.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// The plan names a receivable that the account does not have.
    #[error("The receivable with the internal number {0} is not in the account")]
    NoReceivable(ReceivableId),
    /// The mail is about nothing.
    #[error("The mail names no receivable")]
    NoItems,
    /// The account printed on an invoice is not known, and the text needs it.
    #[error("The bank account for {0} is not known")]
    NoBankAccount(String),
    /// The text exists to tell our bank details, and the bank or a factor collects it.
    #[error("{0} is not paid to us: the bank or a factor collects it")]
    NotPaidToUs(String),
    /// Payment details that are not the owner's.
    #[error("The mail contains an IBAN that is not in the settings: {0}")]
    ForeignIban(String),
    /// A value that would break out of its header line.
    #[error("{0} contains a control character")]
    ControlCharacter(&'static str),
    /// An address that cannot be written to.
    #[error("The address `{0}` cannot be used")]
    Address(String),
    /// Nobody to write to.
    #[error("The mail has no recipient")]
    NoRecipient,
    /// A document that the plan names was not handed in.
    #[error("A document that should be attached is missing")]
    DocumentMissing,
    /// A text that is to speak for several accounts and has no place for them.
    #[error("Template `{0}` has no `{{{{items}}}}`, and cannot speak for several customers")]
    NotForSeveral(String),
    /// The mail that was built breaks a rule of the format.
    #[error("The message cannot be built: {0}")]
    Message(String),
}

impl Shelf {
    /// Writes a letter. The same letter gives the same bytes.
    ///
    /// # Errors
    /// See [`RenderFailure`]; nothing is ever left out silently.
    pub fn render(&self, letter: &Letter<'_>) -> Result<Rendered, RenderFailure> {
        let plan = letter.plan;
        let promised = plan.attach_documents.len().max(usize::from(plan.purpose == Purpose::ResendInvoice));
        if promised > letter.documents.len() {
            return Err(RenderFailure::DocumentMissing);
        }
        let customer = &letter.account.customer;
        let mut parts = blocks::Blocks::of(letter)?;
        let facts = fields::of(letter, &parts);
        let template = self.find(&plan.template, customer.language, customer.written_register())?;
        let filled = self.fill(template, &facts)?;
        let own_page = self.page(template, &facts)?;
        if filled.shows_payment || own_page.as_deref().is_some_and(blocks::shows_payment) {
            parts.payment_is_known(filled.exists_for_payment)?;
            parts.pays_in_sections();
        }
        let shows_items = |text: &str| text.contains(blocks::ITEMS);
        let shows_each = shows_items(&filled.body) && own_page.as_deref().is_none_or(shows_items);
        if !letter.beside.is_empty() && !shows_each {
            return Err(RenderFailure::NotForSeveral(plan.template.to_string()));
        }
        let subject = match &plan.answers {
            Some(answered) => discretion::answer_subject(&answered.subject, &filled.subject),
            // What asks for nothing says nothing of a debt either.
            None if plan.purpose != Purpose::Courtesy && discretion::is_needed(letter) => parts.neutral_subject(),
            None => filled.subject,
        };
        let text = html::plain(&filled.body, &parts);
        let content = match own_page {
            Some(page) => parts.place_in(&page),
            None => html::content(&filled.body, &parts),
        };
        let page = self.frame(&content, customer.language, &subject)?;
        for part in [&subject, &text, &page] {
            iban::only_ours(part, &letter.letterhead.bank_accounts)?;
        }
        let bytes = mime::letter(letter, &subject, &text, &page)?;
        Ok(Rendered { bytes, subject, text, page: Some(page) })
    }
}
