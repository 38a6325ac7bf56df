//! Which column says what: the headers of Italian and English accounting programs, and those named in the settings.

use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

crate::ledger::words::word!(
    /// What a column can say. The words are the keys of `[import.columns]`.
    Field {
        /// Number of the document, as written on it.
        Number = "number",
        /// Date of the document.
        Issued = "issued",
        /// Day on which it is to be paid.
        Due = "due",
        /// Net to pay.
        Amount = "amount",
        /// Total of the document, taken where no net is given.
        Gross = "gross",
        /// What is still open.
        Open = "open",
        /// What was paid, or whether it was.
        Paid = "paid",
        /// Reduced by credit notes.
        Credited = "credited",
        /// Currency code.
        Currency = "currency",
        /// The firm's account printed on the document.
        Iban = "iban",
        /// What was delivered.
        Description = "description",
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
        /// Addresses copied on every mail.
        Copy = "copy",
        /// Addresses on file that nothing is sent to.
        OtherEmail = "other_email",
        /// The owner approves every mail to this customer.
        Vip = "vip",
        /// No mail to this customer at all.
        DoNotContact = "do_not_contact",
    }
);

/// Headers as programs write them, in the form that [`plain`] gives.
const HEADERS: &[(Field, &[&str])] = &[
    (
        Field::Number,
        &[
            "number",
            "invoice number",
            "invoice no",
            "invoice",
            "invoice id",
            "document number",
            "doc number",
            "no",
            "numero",
            "n",
            "nr",
            "num",
            "num doc",
            "numero documento",
            "numero doc",
            "n documento",
            "n doc",
            "nr documento",
            "n fattura",
            "numero fattura",
            "num fattura",
            "nr fattura",
            "fattura",
            "fattura n",
            "documento",
            "rif fattura",
        ],
    ),
    (
        Field::Issued,
        &[
            "issued",
            "issue date",
            "invoice date",
            "date",
            "document date",
            "data",
            "data documento",
            "data doc",
            "data fattura",
            "data emissione",
            "emessa il",
            "del",
            "data fatt",
        ],
    ),
    (
        Field::Due,
        &[
            "due",
            "due date",
            "payment due",
            "due on",
            "scadenza",
            "data scadenza",
            "data scad",
            "scade il",
            "scad",
            "scadenza pagamento",
            "data di scadenza",
        ],
    ),
    (
        Field::Amount,
        &[
            "amount",
            "amount due",
            "net to pay",
            "net payable",
            "importo",
            "importo rata",
            "importo scadenza",
            "netto a pagare",
            "netto da pagare",
            "da incassare",
            "importo dovuto",
            "totale da pagare",
            "importo netto a pagare",
            "importo eur",
        ],
    ),
    (
        Field::Gross,
        &[
            "gross",
            "total",
            "total amount",
            "grand total",
            "totale",
            "totale documento",
            "totale fattura",
            "tot documento",
            "tot doc",
            "importo totale",
            "lordo",
            "tot fattura",
        ],
    ),
    (
        Field::Open,
        &[
            "open",
            "balance",
            "open amount",
            "outstanding",
            "balance due",
            "amount open",
            "residuo",
            "saldo",
            "importo residuo",
            "da saldare",
            "insoluto",
            "scoperto",
            "importo aperto",
            "residuo da incassare",
            "da pagare",
        ],
    ),
    (
        Field::Paid,
        &[
            "paid",
            "amount paid",
            "payments",
            "received",
            "pagato",
            "incassato",
            "importo pagato",
            "importo incassato",
            "gia pagato",
            "pagata",
            "saldata",
            "saldato",
            "acconto",
            "acconti",
            "versato",
        ],
    ),
    (Field::Credited, &["credited", "credit notes", "stornato", "note di credito", "note credito", "accreditato"]),
    (Field::Currency, &["currency", "curr", "valuta", "divisa"]),
    (
        Field::Iban,
        &["iban", "bank account", "conto corrente", "iban di accredito", "banca appoggio", "coordinate bancarie"],
    ),
    (
        Field::Description,
        &["description", "subject", "details", "descrizione", "oggetto", "causale", "note", "notes", "riferimento"],
    ),
    (
        Field::Instalment,
        &["instalment", "installment", "instalment number", "rata", "n rata", "numero rata", "nr rata"],
    ),
    (Field::DocumentKind, &["document kind", "document type", "type", "tipo documento", "tipo doc", "tipo", "td"]),
    (
        Field::Collection,
        &[
            "collection",
            "payment method",
            "method",
            "modalita pagamento",
            "tipo pagamento",
            "metodo pagamento",
            "modalita di pagamento",
            "incasso",
            "pagamento",
        ],
    ),
    (
        Field::CustomerId,
        &[
            "customer id",
            "customer code",
            "customer number",
            "client id",
            "account code",
            "codice cliente",
            "cod cliente",
            "id cliente",
            "cod cli",
            "codice",
            "codice anagrafica",
            "conto",
        ],
    ),
    (
        Field::Name,
        &[
            "name",
            "customer",
            "customer name",
            "client",
            "client name",
            "company",
            "debtor",
            "cliente",
            "ragione sociale",
            "denominazione",
            "nome cliente",
            "intestatario",
            "debitore",
            "nominativo",
            "rag soc",
            "anagrafica",
            "destinatario",
        ],
    ),
    (
        Field::VatNumber,
        &["vat", "vat number", "vat no", "vat id", "partita iva", "p iva", "piva", "part iva", "id fiscale iva"],
    ),
    (Field::TaxCode, &["tax code", "fiscal code", "tax id", "codice fiscale", "cod fiscale", "cod fisc", "cf", "c f"]),
    (
        Field::DebtorKind,
        &[
            "kind",
            "customer kind",
            "customer type",
            "debtor kind",
            "tipo cliente",
            "categoria cliente",
            "natura",
            "tipologia cliente",
        ],
    ),
    (Field::Language, &["language", "lang", "lingua"]),
    (Field::Register, &["register", "form of address", "registro", "forma di cortesia", "tono"]),
    (Field::Country, &["country", "country code", "nazione", "paese", "stato estero", "cod nazione", "codice paese"]),
    (
        Field::Email,
        &[
            "email",
            "e mail",
            "mail",
            "customer email",
            "contact email",
            "email address",
            "emails",
            "email cliente",
            "indirizzo email",
            "indirizzo e mail",
            "posta elettronica",
            "email amministrazione",
            "mail amministrazione",
            "email contabilita",
            "contatti",
        ],
    ),
    (
        Field::Contact,
        &[
            "contact",
            "contact name",
            "contact person",
            "attention",
            "referente",
            "persona di riferimento",
            "contatto",
            "alla c a",
            "att ne",
            "nome referente",
        ],
    ),
    (Field::Copy, &["copy", "cc", "email cc", "copia", "in copia", "e mail cc", "copy to", "copia a"]),
    (
        Field::OtherEmail,
        &[
            "other email",
            "email 2",
            "email2",
            "seconda email",
            "altra email",
            "pec",
            "indirizzo pec",
            "altre email",
            "other emails",
        ],
    ),
    (Field::Vip, &["vip", "approve", "importante", "approvare"]),
    (
        Field::DoNotContact,
        &["do not contact", "no mail", "non contattare", "non sollecitare", "escludi", "no solleciti"],
    ),
];

/// Headers named in the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap {
    named: BTreeMap<String, Field>,
}

impl ColumnMap {
    /// A header means a field. Compared without case, accents and punctuation.
    pub fn add(&mut self, header: &str, field: Field) {
        self.named.insert(plain(header), field);
    }

    /// What a header means: by the settings first, then by what programs usually write.
    #[must_use]
    pub fn field(&self, header: &str) -> Option<Field> {
        let header = plain(header);
        self.named.get(&header).copied().or_else(|| known(&header))
    }

    /// The fields that the settings name themselves.
    pub fn named(&self) -> impl Iterator<Item = (&str, Field)> {
        self.named.iter().map(|(header, field)| (header.as_str(), *field))
    }

    fn is_named(&self, header: &str) -> bool {
        self.named.contains_key(&plain(header))
    }
}

fn known(plain_header: &str) -> Option<Field> {
    HEADERS.iter().find(|(_, names)| names.contains(&plain_header)).map(|(field, _)| *field)
}

/// A header without case, accents and punctuation: `N° Doc.` and `n doc` are the same.
#[must_use]
pub fn plain(header: &str) -> String {
    let mut plain = String::new();
    let letters = header.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    for character in letters.flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            plain.push(character);
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// The columns of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    by_field: BTreeMap<Field, usize>,
    /// Headers that mean nothing here.
    pub unused: Vec<String>,
    /// Two columns with the same meaning; the first is taken.
    pub doubled: Vec<(String, Field)>,
}

impl Columns {
    /// Finds the meaning of each header. Where two headers mean the same, one named in the settings wins, else the first.
    #[must_use]
    pub fn find(headers: &[&str], map: &ColumnMap) -> Self {
        let mut columns = Self::default();
        let mut named = BTreeMap::new();
        for (index, header) in headers.iter().enumerate() {
            match map.field(header) {
                Some(field) if map.is_named(header) => {
                    named.entry(field).or_insert(index);
                }
                Some(field) if columns.by_field.contains_key(&field) => {
                    columns.doubled.push(((*header).to_owned(), field));
                }
                Some(field) => {
                    columns.by_field.insert(field, index);
                }
                None if !header.trim().is_empty() => columns.unused.push((*header).to_owned()),
                None => {}
            }
        }
        columns.by_field.extend(named);
        columns
    }

    /// Where a field stands.
    #[must_use]
    pub fn index(&self, field: Field) -> Option<usize> {
        self.by_field.get(&field).copied()
    }

    /// How many fields were found.
    #[must_use]
    pub fn count(&self) -> usize {
        self.by_field.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_known_header_is_plain_and_means_one_thing() {
        let mut seen = BTreeSet::new();
        for name in HEADERS.iter().flat_map(|(_, names)| names.iter()) {
            assert_eq!(plain(name), *name);
            assert!(seen.insert(name), "{name} stands twice");
        }
        for field in Field::ALL {
            assert!(HEADERS.iter().any(|(known, _)| known == field), "{field} has no header");
        }
    }

    #[test]
    fn the_word_of_a_field_is_its_own_header() {
        for field in Field::ALL {
            assert_eq!(ColumnMap::default().field(field.as_str()), Some(*field));
        }
    }

    #[test]
    fn accents_case_and_points_do_not_matter() {
        let map = ColumnMap::default();
        assert_eq!(map.field("P.IVA"), Some(Field::VatNumber));
        assert_eq!(map.field(" Modalità pagamento "), Some(Field::Collection));
        assert_eq!(map.field("N. Doc."), Some(Field::Number));
        assert_eq!(map.field("N° doc"), Some(Field::Number));
        assert_eq!(map.field("Colore"), None);
    }

    #[test]
    fn the_settings_come_first() {
        let mut map = ColumnMap::default();
        map.add("Rif. interno", Field::Number);
        let columns = Columns::find(&["Numero", "Rif. interno", "Colore"], &map);
        assert_eq!(columns.index(Field::Number), Some(1));
        assert_eq!(columns.unused, ["Colore"]);
    }
}
