//! How a firm wants its lists of receivables to be read: the words that settings and import share.

use super::bank_account::BankAccount;
use super::money::Currency;
use super::words::{DebtorKind, Language, Register};

/// Is 05/08 a day of August or of May?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// dd/mm/yyyy.
    #[default]
    DayFirst,
    /// mm/dd/yyyy.
    MonthFirst,
}

/// What holds where a row says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportDefaults {
    /// Order of day and month where the year comes last.
    pub date_order: DateOrder,
    /// Currency of amounts.
    pub currency: Currency,
    /// The firm that issued the receivables.
    pub issuer: String,
    /// Kind of debtor.
    pub kind: DebtorKind,
    /// Language, when the owner wants one for all.
    pub language: Option<Language>,
    /// The firm's own language: the last resort.
    pub firm_language: Language,
    /// Form of address.
    pub register: Register,
    /// The firm's checked accounts: an IBAN in a row only selects one of them.
    pub bank_accounts: Vec<BankAccount>,
}

/// Headers that the settings name, as they stand there. They come before those that the product knows by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap {
    /// Header and meaning.
    pub named: Vec<(String, Field)>,
}

impl ColumnMap {
    /// A header means a field.
    pub fn add(&mut self, header: &str, field: Field) {
        self.named.push((header.to_owned(), field));
    }
}

super::words::word!(
    /// What a column can say. The words are the keys of `[import.columns]`.
    Field {
        /// Number of the document, as written on it.
        Number = "number",
        /// Date of the document.
        Issued = "issued",
        /// Day on which it is to be paid.
        Due = "due",
        /// Terms of payment («60 gg d.f.f.m.»), which give the due date where it is not written.
        Terms = "terms",
        /// Net to pay.
        Amount = "amount",
        /// Total of the document, taken where no net is given.
        Gross = "gross",
        /// What is still open.
        Open = "open",
        /// What was paid, or whether it was.
        Paid = "paid",
        /// Paid or not, in a word.
        Status = "status",
        /// Reduced by credit notes.
        Credited = "credited",
        /// Of a credit note: the number of the invoice that it reduces.
        Reduces = "reduces",
        /// Currency code.
        Currency = "currency",
        /// The firm's account printed on the document.
        Iban = "iban",
        /// What was delivered.
        Description = "description",
        /// The order or contract that it belongs to.
        Contract = "contract",
        /// Codice identificativo di gara.
        Cig = "cig",
        /// Codice unico di progetto.
        Cup = "cup",
        /// The identifier that SdI gave to the invoice.
        SdiId = "sdi_id",
        /// The day on which SdI delivered it.
        SdiDelivered = "sdi_delivered",
        /// Number of the instalment, from 1.
        Instalment = "instalment",
        /// Invoice, proforma, credit note.
        DocumentKind = "document_kind",
        /// Who collects: own, bank (RiBa, SDD), factored, advanced.
        Collection = "collection",
        /// The accounting program's own code of the customer.
        CustomerId = "customer_id",
        /// The customer's name.
        Name = "name",
        /// VAT number.
        VatNumber = "vat_number",
        /// Fiscal code.
        TaxCode = "tax_code",
        /// Kind of debtor.
        DebtorKind = "kind",
        /// Language to write in.
        Language = "language",
        /// Form of address.
        Register = "register",
        /// Country.
        Country = "country",
        /// Address or addresses that reminders go to.
        Email = "email",
        /// Name of the person or office behind the address.
        Contact = "contact",
        /// Where to call.
        Phone = "phone",
        /// The day of the month on which the customer always pays.
        PaymentDay = "payment_day",
        /// Addresses copied on every mail.
        Copy = "copy",
        /// Addresses on file that nothing is sent to.
        OtherEmail = "other_email",
        /// The certified address, for the letters that the owner signs.
        Pec = "pec",
        /// The owner approves every mail to this customer.
        Vip = "vip",
        /// No mail to this customer at all.
        DoNotContact = "do_not_contact",
    }
);
