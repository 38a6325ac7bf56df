//! Which column says what: the headers of Italian and English accounting programs, and those named in the settings.

pub use crate::ledger::import_terms::{ColumnMap, Field};

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use unicode_normalization::UnicodeNormalization;

/// Headers as programs write them, in the form that [`plain`] gives. Where two columns of a file mean the same, the one
/// named first here is taken: the net to pay before an amount that does not say which it is. Columns of remarks («note»)
/// are not descriptions: what a firm writes for itself must not stand in a letter.
const HEADERS: &[(Field, &str)] = &[
    (
        Field::Number,
        "number, invoice number, invoice no, invoice id, numero fattura, num fattura, nr fattura, n fattura, fattura n",
    ),
    (
        Field::Number,
        "numero documento, numero doc, num doc, n documento, n doc, nr documento, nr doc, document number, doc number",
    ),
    (Field::Number, "numero, num, nr, no, n, invoice, fattura, documento, rif fattura"),
    (
        Field::Issued,
        "issued, issue date, invoice date, document date, data fattura, data fatt, data documento, data doc",
    ),
    (Field::Issued, "data emissione, data di emissione, emessa il, date, data, del"),
    (Field::Due, "due, due date, payment due, payment due date, due on, data scadenza, data di scadenza, data scad"),
    (Field::Due, "scadenza pagamento, scadenza, scade il, scad"),
    (
        Field::Terms,
        "terms, payment terms, payment term, terms of payment, condizioni di pagamento, condizioni pagamento, condizioni",
    ),
    (
        Field::Terms,
        "cond pagamento, cond pag, termini di pagamento, termini pagamento, zahlungsbedingungen, zahlungsbedingung",
    ),
    (
        Field::Terms,
        "zahlungskonditionen, zahlungsziel, conditions de paiement, conditions de reglement, delai de paiement",
    ),
    (Field::Terms, "forma de pago, condiciones de pago, terminos de pago, plazo de pago"),
    (
        Field::Amount,
        "net to pay, net payable, netto a pagare, netto da pagare, importo netto a pagare, totale da pagare",
    ),
    (
        Field::Amount,
        "amount due, da incassare, importo dovuto, importo scadenza, importo rata, amount, importo, importo eur",
    ),
    (
        Field::Gross,
        "gross, total amount, grand total, totale documento, totale fattura, tot documento, tot doc, tot fattura",
    ),
    (Field::Gross, "importo totale, lordo, total, totale"),
    (
        Field::Open,
        "open, open amount, amount open, outstanding, balance due, balance, importo residuo, residuo da incassare",
    ),
    (Field::Open, "residuo, importo aperto, da saldare, da pagare, saldo, insoluto, scoperto"),
    (
        Field::Paid,
        "paid, amount paid, payments, received, importo pagato, importo incassato, pagato, incassato, gia pagato",
    ),
    (Field::Paid, "versato, acconto, acconti, pagata, saldata, saldato"),
    (Field::Status, "status, payment status, invoice status, stato pagamento, stato fattura, stato"),
    (Field::Credited, "credited, credit notes, stornato, note di credito, note credito, accreditato"),
    (
        Field::Reduces,
        "reduces, credited invoice, original invoice, related invoice, fattura stornata, fattura collegata, storno di",
    ),
    (
        Field::Reduces,
        "fattura di riferimento, documento collegato, documento di riferimento, documento origine, rif documento",
    ),
    (Field::Currency, "currency, curr, valuta, divisa"),
    (Field::Iban, "iban, bank account, iban di accredito, conto corrente, coordinate bancarie, banca appoggio"),
    (Field::Description, "description, descrizione, oggetto, subject, causale"),
    (
        Field::Contract,
        "contract, contract number, order, order number, order no, purchase order, po number, po, contratto, n contratto",
    ),
    (
        Field::Contract,
        "numero contratto, ordine, numero ordine, n ordine, nr ordine, rif ordine, ordine cliente, riferimento ordine",
    ),
    (Field::Cig, "cig, codice cig, codice identificativo gara, cod cig"),
    (Field::Cup, "cup, codice cup, codice unico progetto, cod cup"),
    (
        Field::SdiId,
        "sdi id, identificativo sdi, id sdi, numero sdi, codice sdi fattura, identificativo invio, protocollo sdi",
    ),
    (Field::SdiDelivered, "sdi delivered, consegna sdi, data consegna sdi, data ricezione sdi, data ricevuta consegna"),
    (Field::Instalment, "instalment, installment, instalment number, numero rata, n rata, nr rata, rata"),
    (Field::DocumentKind, "document kind, document type, tipo documento, tipo doc, type, tipo, td"),
    (Field::Collection, "collection, payment method, modalita pagamento, modalita di pagamento, metodo pagamento"),
    (Field::Collection, "metodo di pagamento, tipo pagamento, method, pagamento, incasso"),
    (
        Field::CustomerId,
        "customer id, customer code, customer number, client id, account code, codice cliente, cod cliente",
    ),
    (Field::CustomerId, "id cliente, cod cli, codice anagrafica, codice"),
    (
        Field::Name,
        "name, customer name, client name, ragione sociale, rag soc, denominazione, nome cliente, intestatario",
    ),
    (Field::Name, "customer, client, company, debtor, cliente, debitore, nominativo, anagrafica, destinatario"),
    (Field::VatNumber, "vat number, vat no, vat id, vat, partita iva, part iva, p iva, piva, id fiscale iva"),
    (Field::TaxCode, "tax code, fiscal code, tax id, codice fiscale, cod fiscale, cod fisc, cf, c f"),
    (
        Field::DebtorKind,
        "kind, customer kind, customer type, debtor kind, tipo cliente, categoria cliente, tipologia cliente, natura",
    ),
    (Field::Language, "language, lang, lingua"),
    (Field::Register, "register, form of address, registro, forma di cortesia, tono"),
    (Field::Country, "country, country code, nazione, paese, stato estero, cod nazione, codice paese"),
    (
        Field::Email,
        "email amministrazione, mail amministrazione, email contabilita, customer email, contact email, email cliente",
    ),
    (
        Field::Email,
        "email, e mail, mail, emails, email address, indirizzo email, indirizzo e mail, posta elettronica, contatti",
    ),
    (
        Field::Contact,
        "contact, contact name, contact person, attention, referente, nome referente, persona di riferimento",
    ),
    (Field::Contact, "contatto, alla c a, att ne"),
    (
        Field::Phone,
        "phone, telephone, phone number, telephone number, tel, telefono, numero telefono, numero di telefono, n telefono",
    ),
    (Field::Phone, "recapito telefonico, cellulare, cell, mobile, mobile phone, telefon, telefonnummer, tel no, movil"),
    (
        Field::PaymentDay,
        "payment day, pay day, giorno pagamento, giorno di pagamento, giorno fisso, giorno fisso pagamento, zahltag",
    ),
    (Field::PaymentDay, "jour de paiement, dia de pago"),
    (Field::Copy, "copy, copy to, cc, email cc, e mail cc, copia, in copia, copia a"),
    (Field::OtherEmail, "other email, other emails, altra email, altre email, seconda email, email 2, email2"),
    (Field::Pec, "pec, indirizzo pec, email pec, e mail pec, pec cliente, posta certificata, domicilio digitale"),
    (Field::Vip, "vip, approve, importante, approvare"),
    (Field::DoNotContact, "do not contact, no mail, non contattare, non sollecitare, no solleciti, escludi"),
];

/// What a header means: by the settings first, then by what programs usually write. Compared without case, accents and
/// punctuation.
#[must_use]
pub fn field(map: &ColumnMap, header: &str) -> Option<Field> {
    ranked(map, &plain(header)).map(|(_, field)| field)
}

/// The meaning of a plain header and its rank, the less the better: named in the settings first, then as the list
/// above prefers.
fn ranked(map: &ColumnMap, plain_header: &str) -> Option<(usize, Field)> {
    let named = map.named.iter().find(|(header, _)| plain(header) == plain_header).map(|(_, field)| (0, *field));
    named.or_else(|| known(plain_header).map(|(rank, field)| (rank + 1, field)))
}

/// Every known header, the preferred ones of a field first.
fn known_headers() -> impl Iterator<Item = (Field, &'static str)> {
    HEADERS.iter().flat_map(|(field, names)| names.split(", ").map(|name| (*field, name)))
}

/// What a header means, and how far back it stands among those of the same meaning.
fn known(plain_header: &str) -> Option<(usize, Field)> {
    known_headers().enumerate().find(|(_, (_, name))| *name == plain_header).map(|(rank, (field, _))| (rank, field))
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
    /// Columns that mean what another one, which is taken, means too.
    pub doubled: Vec<(String, Field)>,
    /// Headers that the settings name and the file does not have.
    pub absent: Vec<(String, Field)>,
}

impl Columns {
    /// Finds the meaning of each header. Where two mean the same, one named in the settings wins, else the preferred.
    #[must_use]
    pub fn find(headers: &[&str], map: &ColumnMap) -> Self {
        let mut columns = Self::default();
        let mut by_rank: Vec<(usize, usize, Field, &str)> = Vec::new();
        for (index, header) in headers.iter().enumerate() {
            match ranked(map, &plain(header)) {
                Some((rank, field)) => by_rank.push((rank, index, field, header)),
                None if !header.trim().is_empty() => columns.unused.push((*header).to_owned()),
                None => {}
            }
        }
        let has = |named: &str| headers.iter().any(|header| plain(header) == plain(named));
        let absent = map.named.iter().filter(|(named, _)| !has(named));
        columns.absent = absent.map(|(named, field)| (named.clone(), *field)).collect();
        by_rank.sort_unstable();
        for (_, index, field, header) in by_rank {
            match columns.by_field.entry(field) {
                Entry::Occupied(_) => columns.doubled.push((header.to_owned(), field)),
                Entry::Vacant(place) => {
                    place.insert(index);
                }
            }
        }
        columns
    }

    /// Where a field stands.
    #[must_use]
    pub fn index(&self, field: Field) -> Option<usize> {
        self.by_field.get(&field).copied()
    }

    /// A column says two things: «RiBa 60 gg d.f.f.m.» is who collects, and when.
    pub fn read_also(&mut self, column_of: Field, field: Field) {
        if let Some(index) = self.index(column_of) {
            self.by_field.entry(field).or_insert(index);
        }
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
        for (_, name) in known_headers() {
            assert_eq!(plain(name), name);
            assert!(seen.insert(name), "{name} stands twice");
        }
        for field in Field::ALL {
            assert!(HEADERS.iter().any(|(known, _)| known == field), "{field} has no header");
        }
    }

    #[test]
    fn the_word_of_a_field_is_its_own_header() {
        for field in Field::ALL {
            assert_eq!(super::field(&ColumnMap::default(), field.as_str()), Some(*field));
        }
    }

    #[test]
    fn accents_case_and_points_do_not_matter() {
        let map = ColumnMap::default();
        assert_eq!(field(&map, "P.IVA"), Some(Field::VatNumber));
        assert_eq!(field(&map, " Modalità pagamento "), Some(Field::Collection));
        assert_eq!(field(&map, "N. Doc."), Some(Field::Number));
        assert_eq!(field(&map, "N° doc"), Some(Field::Number));
        assert_eq!(field(&map, "Colore"), None);
    }

    #[test]
    fn the_net_to_pay_comes_before_any_amount() {
        let columns = Columns::find(&["Importo", "Totale documento", "Netto a pagare"], &ColumnMap::default());
        assert_eq!(columns.index(Field::Amount), Some(2));
        assert_eq!(columns.index(Field::Gross), Some(1));
        assert_eq!(columns.doubled, [("Importo".to_owned(), Field::Amount)]);
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
