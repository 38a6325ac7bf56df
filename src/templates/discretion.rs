//! Subjects that say nothing about a debt to whoever looks over the shoulder.
//!
//! A debt is not shown to third persons (Garante, general measure of 30 November 2005): a subject is seen by everybody
//! who shares a mailbox or a lock screen. To consumers and shared boxes it names the document and nothing else.

use super::letter::Letter;
use crate::ledger::ids::Address;
use crate::ledger::words::DebtorKind;

/// Must the subject be neutral?
pub(super) fn is_needed(letter: &Letter<'_>) -> bool {
    let is_private =
        |kind: DebtorKind| matches!(kind, DebtorKind::Consumer | DebtorKind::Condominium | DebtorKind::Unknown);
    letter.accounts().any(|account| is_private(account.customer.kind) || account.customer.is_confidential())
        || letter.plan.to.iter().chain(&letter.plan.cc).any(is_shared_box)
}

/// First words of addresses that several people read.
const SHARED: [&str; 70] = [
    "info",
    "amministrazione",
    "amm",
    "amministrativo",
    "contabilita",
    "contabile",
    "ufficio",
    "segreteria",
    "studio",
    "posta",
    "mail",
    "email",
    "protocollo",
    "fatture",
    "fatturazione",
    "fornitori",
    "pagamenti",
    "acquisti",
    "clienti",
    "commerciale",
    "office",
    "accounts",
    "accounting",
    "accountspayable",
    "ap",
    "admin",
    "billing",
    "invoices",
    "invoice",
    "finance",
    "hello",
    "contact",
    "team",
    "pec",
    "compta",
    "comptabilite",
    "facturation",
    "factures",
    "facture",
    "fournisseurs",
    "secretariat",
    "mairie",
    "syndic",
    "accueil",
    "achats",
    "direction",
    "administracion",
    "contabilidad",
    "facturas",
    "facturacion",
    "proveedores",
    "tesoreria",
    "pagos",
    "oficina",
    "secretaria",
    "compras",
    "contacto",
    "gestoria",
    "ayuntamiento",
    "buchhaltung",
    "rechnung",
    "rechnungen",
    "kreditoren",
    "verwaltung",
    "hausverwaltung",
    "sekretariat",
    "kontakt",
    "einkauf",
    "buero",
    "post",
];

fn is_shared_box(address: &Address) -> bool {
    let first = address.local().split(['.', '-', '_', '+']).next().unwrap_or_default();
    let word = first.trim_end_matches(|c: char| c.is_ascii_digit());
    SHARED.contains(&word)
}

/// `Re:` and the subject that is answered; our own subject where the original had none.
pub(super) fn answer_subject(original: &str, own: &str) -> String {
    let mut rest = original.trim();
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter;
    }
    if rest.is_empty() { own.to_owned() } else { format!("Re: {rest}") }
}

/// Answer marks of the common mail programs in the five languages.
const ANSWER_MARKS: [&str; 8] = ["re:", "re :", "re\u{a0}:", "r:", "rif:", "aw:", "antw:", "rv:"];

fn without_prefix(subject: &str) -> Option<&str> {
    ANSWER_MARKS.iter().find_map(|mark| {
        let head = subject.get(..mark.len())?;
        head.eq_ignore_ascii_case(mark).then(|| subject.get(mark.len()..).map(str::trim_start)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_boxes() {
        let shared = |text: &str| is_shared_box(&Address::parse(text).expect("an address"));
        assert!(shared("info@x.example") && shared("amministrazione.nord@x.example") && shared("ufficio2@x.example"));
        assert!(shared("compta@x.example") && shared("contabilidad.es@x.example") && shared("buchhaltung@x.example"));
        assert!(!shared("anna.rossi@x.example") && !shared("informatica@x.example"));
    }

    #[test]
    fn answers_keep_the_subject_with_one_mark() {
        assert_eq!(answer_subject("R: Re: RE: Fattura 118", "x"), "Re: Fattura 118");
        assert_eq!(answer_subject("Fattura 118", "x"), "Re: Fattura 118");
        assert_eq!(answer_subject("RE : Re\u{a0}: Facture 118", "x"), "Re: Facture 118");
        assert_eq!(answer_subject("  re:  ", "Fattura n. 118"), "Fattura n. 118");
        assert_eq!(answer_subject("Réponse", "x"), "Re: Réponse");
    }
}
