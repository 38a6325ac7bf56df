//! The few words that the blocks of a letter (items, payment details, signature) need in each language.
//! Everything else a customer reads stands in the templates.

use crate::ledger::receivable::ReceivableKind;
use crate::ledger::words::Language;

/// Labels in one language.
#[derive(Debug, Clone, Copy)]
pub struct Wording {
    /// `fattura`, `fatture`.
    pub invoice: (&'static str, &'static str),
    /// A request before the invoice.
    pub proforma: (&'static str, &'static str),
    /// We owe the customer.
    pub credit_note: (&'static str, &'static str),
    /// Between the noun and the number: `n. `.
    pub number: &'static str,
    /// Between the number and its date: ` del `.
    pub dated: &'static str,
    /// `rata`.
    pub instalment: &'static str,
    /// Several of them.
    pub instalments: &'static str,
    /// Heading of the document column.
    pub document: &'static str,
    /// `scadenza`.
    pub due: &'static str,
    /// `da pagare`.
    pub to_pay: &'static str,
    /// `su` (720,00 € su 1.220,00 €).
    pub out_of: &'static str,
    /// Before the number of a credit note that was taken off, and of several: `meno la nota di credito`.
    pub less_note: (&'static str, &'static str),
    /// After a sum that was set off against a debt of the firm's own: `compensati`.
    pub set_off: &'static str,
    /// `totale`.
    pub total: &'static str,
    /// Before the part of a total whose day is past: `di cui già scaduto`.
    pub of_which_due: &'static str,
    /// Above what is listed for information only, since its day is still to come: one, several.
    pub upcoming: (&'static str, &'static str),
    /// Above what was asked for before and is not asked for in this mail: one, several.
    pub asked_before: (&'static str, &'static str),
    /// How an item of a list stands: being checked; expected on a day; extended to a day; paid in instalments.
    pub standing: [&'static str; 4],
    /// Before a number of further ones: `altre`.
    pub others: &'static str,
    /// `beneficiario`.
    pub payee: &'static str,
    /// `causale`.
    pub reference: &'static str,
    /// The usual content of the reference: `saldo`.
    pub settlement: &'static str,
    /// Where the account is not named again.
    pub as_on_invoice: &'static str,
    /// In the place of an account, where the bank collects.
    pub bank_collects: &'static str,
    /// In the place of an account, where the claim was sold.
    pub factor_collects: &'static str,
    /// The identifier that SdI gave to an invoice, and the day of its delivery: names of both.
    pub sdi: (&'static str, &'static str),
    /// `Tel.`.
    pub phone: &'static str,
    /// Between a label and its value: `:`, in French with the space before it.
    pub colon: &'static str,
}

const ITALIAN: Wording = Wording {
    invoice: ("fattura", "fatture"),
    proforma: ("proforma", "proforma"),
    credit_note: ("nota di credito", "note di credito"),
    number: "n. ",
    dated: " del ",
    instalment: "rata",
    instalments: "rate",
    document: "Documento",
    due: "Scadenza",
    to_pay: "Da pagare",
    out_of: "su",
    less_note: ("meno la nota di credito", "meno le note di credito"),
    set_off: "compensati",
    total: "Totale",
    of_which_due: "di cui già scaduto",
    upcoming: ("Non ancora scaduta, solo per riepilogo", "Non ancora scadute, solo per riepilogo"),
    asked_before: ("Già sollecitata e ancora aperta", "Già sollecitate e ancora aperte"),
    standing: ["in verifica", "pagamento previsto il", "prorogata al", "a rate"],
    others: "altre",
    payee: "Beneficiario",
    reference: "Causale",
    settlement: "saldo ",
    as_on_invoice: "Per il pagamento valgono le coordinate riportate in fattura.",
    bank_collects: "L'incasso avviene tramite la banca (RiBa o addebito diretto): non occorre un bonifico.",
    factor_collects: "Il credito è stato ceduto: il pagamento va fatto al cessionario, secondo le sue indicazioni.",
    sdi: ("Identificativo SdI", "Consegnata tramite SdI"),
    phone: "Tel.",
    colon: ":",
};

const ENGLISH: Wording = Wording {
    invoice: ("invoice", "invoices"),
    proforma: ("pro forma", "pro formas"),
    credit_note: ("credit note", "credit notes"),
    number: "",
    dated: " of ",
    instalment: "instalment",
    instalments: "instalments",
    document: "Document",
    due: "Due date",
    to_pay: "Amount due",
    out_of: "of",
    less_note: ("less credit note", "less credit notes"),
    set_off: "set off",
    total: "Total",
    of_which_due: "of which already due",
    upcoming: ("Not due yet, for information only", "Not due yet, for information only"),
    asked_before: ("From an earlier reminder, still open", "From an earlier reminder, still open"),
    standing: ["being checked", "payment expected on", "extended to", "in instalments"],
    others: "others:",
    payee: "Account holder",
    reference: "Reference",
    settlement: "",
    as_on_invoice: "The bank details are those printed on the invoice.",
    bank_collects: "Payment is collected through the bank (bank collection or direct debit): no transfer is needed.",
    factor_collects: "This claim has been assigned: please pay the assignee, as they have told you.",
    sdi: ("SdI identifier", "Delivered through SdI"),
    phone: "Tel.",
    colon: ":",
};

const GERMAN: Wording = Wording {
    invoice: ("Rechnung", "Rechnungen"),
    proforma: ("Proforma-Rechnung", "Proforma-Rechnungen"),
    credit_note: ("Gutschrift", "Gutschriften"),
    number: "Nr. ",
    dated: " vom ",
    instalment: "Rate",
    instalments: "Raten",
    document: "Beleg",
    due: "Fällig am",
    to_pay: "Offener Betrag",
    out_of: "von",
    less_note: ("abzüglich Gutschrift", "abzüglich Gutschriften"),
    set_off: "verrechnet",
    total: "Summe",
    of_which_due: "davon bereits fällig",
    upcoming: ("Noch nicht fällig, nur zur Übersicht", "Noch nicht fällig, nur zur Übersicht"),
    asked_before: ("Aus einer früheren Erinnerung, noch offen", "Aus einer früheren Erinnerung, noch offen"),
    standing: ["in Klärung", "Zahlung erwartet am", "verlängert bis", "in Raten"],
    others: "weitere:",
    payee: "Empfänger",
    reference: "Verwendungszweck",
    settlement: "",
    as_on_invoice: "Es gilt die auf der Rechnung angegebene Bankverbindung.",
    bank_collects: "Der Betrag wird über die Bank eingezogen (Bankeinzug oder Lastschrift): Eine Überweisung ist nicht nötig.",
    factor_collects: "Die Forderung ist abgetreten: Die Zahlung geht an den Zessionar, nach dessen Angaben.",
    sdi: ("SdI-Kennung", "Über SdI zugestellt"),
    phone: "Tel.",
    colon: ":",
};

const FRENCH: Wording = Wording {
    invoice: ("facture", "factures"),
    proforma: ("facture proforma", "factures proforma"),
    credit_note: ("avoir", "avoirs"),
    number: "nº ",
    dated: " du ",
    instalment: "échéance",
    instalments: "échéances",
    document: "Document",
    due: "Échéance",
    to_pay: "Montant dû",
    out_of: "sur",
    less_note: ("moins l'avoir", "moins les avoirs"),
    set_off: "compensés",
    total: "Total",
    of_which_due: "dont déjà échu",
    upcoming: ("Pas encore échue, à titre indicatif", "Pas encore échues, à titre indicatif"),
    asked_before: (
        "Déjà rappelée, toujours en attente de règlement",
        "Déjà rappelées, toujours en attente de règlement",
    ),
    standing: ["en cours de vérification", "paiement prévu le", "reportée au", "en plusieurs fois"],
    others: "autres\u{a0}:",
    payee: "Bénéficiaire",
    reference: "Référence",
    settlement: "",
    as_on_invoice: "Les coordonnées bancaires sont celles indiquées sur la facture.",
    bank_collects: "L'encaissement se fait par la banque (effet ou prélèvement)\u{a0}: aucun virement n'est nécessaire.",
    factor_collects: "La créance a été cédée\u{a0}: le paiement est à adresser au cessionnaire, selon ses indications.",
    sdi: ("Identifiant SdI", "Remise par le SdI"),
    phone: "Tél.",
    colon: "\u{a0}:",
};

const SPANISH: Wording = Wording {
    invoice: ("factura", "facturas"),
    proforma: ("proforma", "proformas"),
    credit_note: ("nota de abono", "notas de abono"),
    number: "n.º ",
    dated: " del ",
    instalment: "plazo",
    instalments: "plazos",
    document: "Documento",
    due: "Vencimiento",
    to_pay: "Importe pendiente",
    out_of: "de",
    less_note: ("menos la nota de abono", "menos las notas de abono"),
    set_off: "compensados",
    total: "Total",
    of_which_due: "de lo cual, ya vencido",
    upcoming: ("Aún no vencida, solo a título informativo", "Aún no vencidas, solo a título informativo"),
    asked_before: ("Ya recordada anteriormente, aún pendiente", "Ya recordadas anteriormente, aún pendientes"),
    standing: ["en revisión", "pago previsto el", "aplazada hasta el", "a plazos"],
    others: "otras:",
    payee: "Beneficiario",
    reference: "Concepto",
    settlement: "",
    as_on_invoice: "Los datos bancarios son los que figuran en la factura.",
    bank_collects: "El pago se tramita a través del banco (recibo domiciliado): no hace falta ninguna transferencia.",
    factor_collects: "El crédito ha sido cedido: el pago se hace al cesionario, según sus indicaciones.",
    sdi: ("Identificador SdI", "Entregada por el SdI"),
    phone: "Tel.",
    colon: ":",
};

impl Wording {
    /// The labels of a language.
    #[must_use]
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::Italian => &ITALIAN,
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
            Language::French => &FRENCH,
            Language::Spanish => &SPANISH,
        }
    }

    /// The noun for a kind of document, in the singular or the plural.
    #[must_use]
    pub const fn noun(&self, kind: ReceivableKind, several: bool) -> &'static str {
        let (one, many) = match kind {
            ReceivableKind::Invoice | ReceivableKind::Instalment | ReceivableKind::Planned => self.invoice,
            ReceivableKind::Proforma => self.proforma,
            ReceivableKind::CreditNote => self.credit_note,
        };
        if several { many } else { one }
    }
}

/// A day in figures, as letters and notices write it (in English with the month's name).
#[must_use]
pub fn day(day: chrono::NaiveDate, language: Language) -> String {
    super::days::short(day, language)
}

/// An amount in its national form with its sign: `1.220,00 €`, `€1,220.00`.
#[must_use]
pub fn amount(money: crate::ledger::money::Money, language: Language) -> String {
    super::days::amount(money, language)
}

/// Sums of each currency, euro first: `1.220,00 € e 300,00 $`.
#[must_use]
pub fn totals(amounts: &[crate::ledger::money::Money], language: Language) -> String {
    super::days::totals(amounts, language)
}

/// The same words with a capital first letter.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How a letter greets. No titles and no guesses: the name stands as it is on file, and offices are not names.
#[must_use]
pub fn greeting(name: Option<&str>, language: Language, register: crate::ledger::words::Register) -> String {
    use crate::ledger::words::Register;
    let person = name.map(str::trim).filter(|name| is_person(name) && !is_sign(name));
    let familiar = register == Register::Informal;
    let first_name = person.and_then(|name| name.split_whitespace().next());
    let name = match (register, language) {
        (Register::Informal, _) => first_name,
        // The plural speaks to the firm.
        (Register::Voi | Register::Impersonal, Language::Italian) => None,
        _ => person,
    };
    let hello = match (language, familiar, name.is_some()) {
        (Language::Italian, true, _) => "Ciao",
        (Language::Italian, false, _) => "Buongiorno",
        (Language::English, true, _) => "Hi",
        (Language::English, false, true) => "Dear",
        (Language::English, false, false) => "Hello",
        (Language::German, true, _) => "Hallo",
        (Language::German, false, _) => "Guten Tag",
        (Language::French, ..) => "Bonjour",
        (Language::Spanish, true, _) => "Hola",
        (Language::Spanish, false, _) => "Buenos días",
    };
    match (language, name) {
        // The name called stands between commas in Spanish, and a letter opens with a colon.
        (Language::Spanish, Some(name)) => format!("{hello}, {name}:"),
        (Language::Spanish, None) => format!("{hello}:"),
        (_, Some(name)) => format!("{hello} {name},"),
        (_, None) => format!("{hello},"),
    }
}

/// Words by which an entry on file is an office, not a person.
const OFFICES: [&str; 80] = [
    "ufficio",
    "amministrazione",
    "contabilità",
    "contabilita",
    "segreteria",
    "studio",
    "condominio",
    "fornitori",
    "pagamenti",
    "fatture",
    "office",
    "accounts",
    "accounting",
    "payable",
    "finance",
    "department",
    "team",
    "billing",
    "srl",
    "s.r.l.",
    "spa",
    "s.p.a.",
    "gmbh",
    "ltd",
    "buchhaltung",
    "finanzbuchhaltung",
    "kreditoren",
    "kreditorenbuchhaltung",
    "rechnungswesen",
    "sekretariat",
    "büro",
    "verwaltung",
    "hausverwaltung",
    "gemeinde",
    "stadtkasse",
    "einkauf",
    "abteilung",
    "ag",
    "kg",
    "ohg",
    "comptabilité",
    "comptabilite",
    "compta",
    "facturation",
    "fournisseurs",
    "secrétariat",
    "mairie",
    "commune",
    "syndic",
    "copropriété",
    "cabinet",
    "service",
    "direction",
    "agence",
    "société",
    "sarl",
    "sàrl",
    "sas",
    "sasu",
    "eurl",
    "sci",
    "administración",
    "contabilidad",
    "facturación",
    "facturas",
    "proveedores",
    "secretaría",
    "ayuntamiento",
    "comunidad",
    "gestoría",
    "departamento",
    "tesorería",
    "pagos",
    "oficina",
    "s.l.",
    "sl",
    "s.l.u.",
    "slu",
    "s.a.",
    "sa",
];

/// Does the name look like that of a person, and not like that of an office or a firm?
pub(super) fn is_person(name: &str) -> bool {
    let lower = name.to_lowercase();
    !name.is_empty()
        && name.chars().count() <= 60
        && name.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || "'’.-".contains(c))
        && !lower.split_whitespace().any(|word| OFFICES.contains(&word))
}

/// Does it stand on the sign of a shop or a workshop? Of a private person's name that is never asked.
pub(super) fn is_sign(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.split_whitespace().any(|word| SHOPS.contains(&word)) || is_of_an_owner(name)
}

/// "Caffè Centrale di Elio Mori": a sole trader's firm, behind whose sign the owner is named.
fn is_of_an_owner(name: &str) -> bool {
    name.split_once(" di ").is_some_and(|(_, owner)| owner.split_whitespace().count() > 1)
}

/// Words on the signs of shops and workshops.
const SHOPS: [&str; 31] = [
    "ditta",
    "impresa",
    "azienda",
    "officina",
    "autofficina",
    "carrozzeria",
    "falegnameria",
    "bar",
    "caffè",
    "caffe",
    "trattoria",
    "ristorante",
    "pizzeria",
    "hotel",
    "albergo",
    "agriturismo",
    "farmacia",
    "panificio",
    "macelleria",
    "ferramenta",
    "pasticceria",
    "gelateria",
    "salumeria",
    "hôtel",
    "metzgerei",
    "f.lli",
    "restaurant",
    "boulangerie",
    "garage",
    "bäckerei",
    "panadería",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::words::Register;

    #[test]
    fn greets_people_by_name_and_offices_without() {
        let italian = |name, register| greeting(name, Language::Italian, register);
        assert_eq!(italian(Some("Anna Rossi"), Register::Formal), "Buongiorno Anna Rossi,");
        assert_eq!(italian(Some("Anna Rossi"), Register::Informal), "Ciao Anna,");
        assert_eq!(italian(Some("Ufficio amministrazione"), Register::Formal), "Buongiorno,");
        assert_eq!(italian(Some("anna@bianchi.example"), Register::Formal), "Buongiorno,");
        assert_eq!(italian(Some("Caffè Centrale di Elio Mori"), Register::Formal), "Buongiorno,");
        assert_eq!(italian(Some("Elettrica Nova di Elio Mori"), Register::Formal), "Buongiorno,");
        assert_eq!(italian(Some("Anna Di Stefano"), Register::Formal), "Buongiorno Anna Di Stefano,");
        assert_eq!(italian(Some("Anna Rossi"), Register::Voi), "Buongiorno,");
        assert_eq!(greeting(Some("Anna Huber"), Language::German, Register::Formal), "Guten Tag Anna Huber,");
        assert_eq!(greeting(Some("Anna Huber"), Language::German, Register::Informal), "Hallo Anna,");
        assert_eq!(greeting(Some("Kreditorenbuchhaltung"), Language::German, Register::Formal), "Guten Tag,");
        assert_eq!(greeting(Some("Anne Dubois"), Language::French, Register::Formal), "Bonjour Anne Dubois,");
        assert_eq!(greeting(Some("Anne Dubois"), Language::French, Register::Informal), "Bonjour Anne,");
        assert_eq!(greeting(Some("Service comptabilité"), Language::French, Register::Formal), "Bonjour,");
        assert_eq!(greeting(Some("Ana Ruiz"), Language::Spanish, Register::Formal), "Buenos días, Ana Ruiz:");
        assert_eq!(greeting(Some("Ana Ruiz"), Language::Spanish, Register::Informal), "Hola, Ana:");
        assert_eq!(greeting(Some("Vidrios Sol S.L."), Language::Spanish, Register::Formal), "Buenos días:");
        assert_eq!(greeting(None, Language::English, Register::Formal), "Hello,");
        assert_eq!(greeting(Some("Ann Lee"), Language::English, Register::Formal), "Dear Ann Lee,");
    }
}
