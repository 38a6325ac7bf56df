//! The heads of a letter that its owner signs: who writes, to whom, where. Such a letter must say of both sides who they are
//! (art. 1219 c.c. asks for a written request; whom it comes from and goes to is proven by its text).
//!
//! What is not known stands in the draft as a gap in square brackets, in the firm's own language, for the owner to fill in:
//! nothing is guessed and nothing is missing silently.

use super::clean::clean;
use super::letterhead::Letterhead;
use super::wording::{is_person, is_sign};
use crate::ledger::customer::Customer;
use crate::ledger::words::{DebtorKind, Language};

/// How a gap begins, in the language of a firm.
const fn gap_mark(language: Language) -> &'static str {
    match language {
        Language::Italian => "DA COMPLETARE",
        Language::English => "TO COMPLETE",
        Language::German => "ZU ERGÄNZEN",
        Language::French => "À COMPLÉTER",
        Language::Spanish => "POR COMPLETAR",
    }
}

/// What may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Where the letter is written.
    Place,
    /// The firm's street and town.
    OwnAddress,
    /// The firm's VAT number or fiscal code.
    OwnNumber,
    /// The customer's street and town.
    Address,
    /// The customer's VAT number or fiscal code.
    Number,
    /// The account that the invoice names.
    Iban,
}

impl Missing {
    /// In a few words.
    #[must_use]
    pub const fn said(self, language: Language) -> &'static str {
        let (italian, english, german, french, spanish) = match self {
            Self::Place => ("luogo", "place", "Ort", "lieu", "lugar"),
            Self::OwnAddress => {
                ("il nostro indirizzo", "our address", "unsere Anschrift", "notre adresse", "nuestra dirección")
            }
            Self::OwnNumber => (
                "la nostra partita IVA o il nostro codice fiscale",
                "our VAT number or fiscal code",
                "unsere USt-IdNr. oder Steuernummer",
                "notre numéro de TVA ou code fiscal",
                "nuestro NIF",
            ),
            Self::Address => (
                "indirizzo del cliente",
                "the customer's address",
                "Anschrift des Kunden",
                "adresse du client",
                "dirección del cliente",
            ),
            Self::Number => (
                "partita IVA o codice fiscale del cliente",
                "the customer's VAT number or fiscal code",
                "USt-IdNr. oder Steuernummer des Kunden",
                "numéro de TVA ou code fiscal du client",
                "NIF del cliente",
            ),
            Self::Iban => (
                "IBAN stampato in fattura",
                "the IBAN on the invoice",
                "IBAN der Rechnung",
                "IBAN de la facture",
                "IBAN de la factura",
            ),
        };
        match language {
            Language::Italian => italian,
            Language::English => english,
            Language::German => german,
            Language::French => french,
            Language::Spanish => spanish,
        }
    }

    /// `[DA COMPLETARE: luogo]`.
    pub(super) fn gap(self, letterhead: &Letterhead) -> String {
        format!("[{}: {}]", gap_mark(letterhead.language), self.said(letterhead.language))
    }
}

/// The gaps that stand in a text, in order.
#[must_use]
pub fn gaps(text: &str) -> Vec<&str> {
    const MARKS: [Language; 5] =
        [Language::Italian, Language::English, Language::German, Language::French, Language::Spanish];
    let is_gap = |inside: &&str| {
        MARKS.iter().any(|language| inside.strip_prefix(gap_mark(*language)).is_some_and(|rest| rest.starts_with(':')))
    };
    text.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside).filter(is_gap).collect()
}

/// What the draft to this customer will lack.
#[must_use]
pub fn missing(letterhead: &Letterhead, customer: &Customer) -> Vec<Missing> {
    let checks = [
        (Missing::Place, town(letterhead).is_none()),
        (Missing::OwnAddress, letterhead.lines.is_empty()),
        (Missing::OwnNumber, own_number(letterhead).is_none() && !is_number_in_lines(letterhead)),
        (Missing::Address, customer.pec().is_none()),
        (Missing::Number, customer.vat_number.is_none() && customer.tax_code.is_none()),
    ];
    checks.into_iter().filter_map(|(what, lacks)| lacks.then_some(what)).collect()
}

/// Is the letter to a firm or an office, and not to a person? A firm is *Spett.le* and spoken to in the plural; *alla cortese
/// attenzione di* is said of persons.
pub(super) fn is_firm(customer: &Customer) -> bool {
    let may_be_person = match customer.kind {
        DebtorKind::Consumer | DebtorKind::Professional | DebtorKind::Unknown => true,
        DebtorKind::Firm
        | DebtorKind::PublicBody
        | DebtorKind::Condominium
        | DebtorKind::Association
        | DebtorKind::Foreign => false,
    };
    let is_sign = customer.kind != DebtorKind::Consumer && is_sign(&customer.name);
    !(may_be_person && is_person(&customer.name) && !is_sign)
}

/// Who writes: name, address, VAT number.
pub(super) fn sender(letterhead: &Letterhead, language: Language) -> Vec<String> {
    let mut lines = vec![clean(&letterhead.firm)];
    lines.extend(letterhead.lines.iter().map(|line| clean(line)).filter(|line| !line.is_empty()));
    if letterhead.lines.is_empty() {
        lines.push(Missing::OwnAddress.gap(letterhead));
    }
    match own_number(letterhead) {
        _ if is_number_in_lines(letterhead) => {}
        Some(number) => lines.push(format!("{} {}", number_words(language).0, clean(number))),
        None => lines.push(Missing::OwnNumber.gap(letterhead)),
    }
    lines
}

/// To whom: name, address where it goes by post, VAT number and fiscal code.
pub(super) fn addressee(letterhead: &Letterhead, customer: &Customer, by_pec: bool) -> Vec<String> {
    let (language, name) = (customer.language, clean(&customer.name));
    let before = match (language, is_firm(customer)) {
        (Language::Italian, true) => "Spett.le ",
        (Language::Italian, false) => "Alla cortese attenzione di ",
        (Language::English, false) => "For the attention of ",
        (Language::French, false) => "À l'attention de ",
        (Language::Spanish, false) => "A la atención de ",
        (Language::German, _) => "An ",
        (_, true) => "",
    };
    let mut lines = vec![format!("{before}{name}")];
    if !by_pec {
        lines.push(Missing::Address.gap(letterhead));
    }
    let (vat_words, code_words) = number_words(language);
    let vat = customer.vat_number.as_deref().map(clean).filter(|number| !number.is_empty());
    let is_same = |code: &String| vat.as_ref().is_some_and(|vat| vat.trim_start_matches("IT") == code.as_str());
    let code = customer.tax_code.as_deref().map(clean).filter(|code| !code.is_empty() && !is_same(code));
    let numbers: Vec<String> =
        [vat.map(|vat| format!("{vat_words} {vat}")), code.map(|code| format!("{code_words} {code}"))]
            .into_iter()
            .flatten()
            .collect();
    lines.push(if numbers.is_empty() { Missing::Number.gap(letterhead) } else { numbers.join(", ") });
    lines
}

/// The town of the firm's address, as it stands behind its postal code.
pub(super) fn place(letterhead: &Letterhead) -> String {
    town(letterhead).unwrap_or_else(|| Missing::Place.gap(letterhead))
}

fn town(letterhead: &Letterhead) -> Option<String> {
    letterhead.lines.iter().find_map(|line| {
        let line = clean(line);
        let mut parts = line.split([' ', ',', '-', '–']).skip_while(|part| !is_postal_code(part)).skip(1);
        let mut town: Vec<&str> = Vec::new();
        // Up to what is no name: a province in brackets or in two capitals, a number, the end of the part.
        for part in parts.by_ref() {
            let is_name =
                part.chars().next().is_some_and(char::is_uppercase) || part.contains(['\'', '’']) || is_small(part);
            let is_province = part.chars().count() == 2 && part.chars().all(char::is_uppercase);
            if part.is_empty() && town.is_empty() {
                continue;
            }
            if !is_name || is_province || part.contains(['(', ':', '.']) {
                break;
            }
            town.push(part);
        }
        (!town.is_empty()).then(|| town.join(" "))
    })
}

/// Words inside the name of a town: "Castelfranco di Sotto".
fn is_small(word: &str) -> bool {
    matches!(
        word,
        "di" | "del"
            | "dello"
            | "della"
            | "dei"
            | "degli"
            | "delle"
            | "da"
            | "in"
            | "nel"
            | "nello"
            | "nella"
            | "a"
            | "al"
            | "allo"
            | "alla"
            | "alle"
            | "sul"
            | "sullo"
            | "sulla"
            | "con"
            | "e"
            | "la"
            | "le"
            | "lo"
            | "im"
            | "am"
            | "an"
            | "der"
            | "bei"
            | "ob"
            | "de"
            | "des"
            | "du"
            | "en"
            | "les"
            | "lès"
            | "sous"
            | "sur"
            | "las"
            | "los"
            | "el"
            | "y"
    )
}

fn is_postal_code(word: &str) -> bool {
    let digits = word.strip_prefix("I-").unwrap_or(word);
    digits.len() == 5 && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn own_number(letterhead: &Letterhead) -> Option<&str> {
    letterhead.vat_number.as_deref().filter(|number| !number.trim().is_empty())
}

/// Does a line of the letterhead tell it already?
fn is_number_in_lines(letterhead: &Letterhead) -> bool {
    letterhead.lines.iter().any(|line| {
        let compact: String = line.chars().filter(|sign| sign.is_alphanumeric()).collect();
        let told = own_number(letterhead).is_some_and(|number| compact.contains(number.trim_start_matches("IT")));
        let is_long = compact.split(|sign: char| !sign.is_ascii_digit()).any(|digits| digits.len() == 11);
        told || (own_number(letterhead).is_none() && is_long)
    })
}

const fn number_words(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::Italian => ("P. IVA", "C.F."),
        Language::English => ("VAT no.", "Fiscal code"),
        Language::German => ("USt-IdNr.", "Steuernummer"),
        Language::French => ("N° TVA", "Code fiscal"),
        Language::Spanish => ("NIF-IVA", "NIF"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::ids::{Address, CustomerId};
    use crate::ledger::interest::LatePayment;

    fn letterhead(lines: &[&str], vat_number: Option<&str>) -> Letterhead {
        Letterhead {
            firm: "Ferri Impianti".to_owned(),
            person: "Carlo Ferri".to_owned(),
            phone: "010 1234567".to_owned(),
            address: Address::parse("carlo@ferri.example").expect("an address"),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
            language: Language::Italian,
            bank_accounts: Vec::new(),
            late_payment: LatePayment::default(),
            vat_number: vat_number.map(str::to_owned),
        }
    }

    #[test]
    fn the_town_stands_behind_the_postal_code() {
        for (line, town) in [
            ("Via Roma 1, 20100 Milano", "Milano"),
            ("Via Roma 1 - 38121 Trento (TN)", "Trento"),
            ("Via Roma 1, 56022 Castelfranco di Sotto PI", "Castelfranco di Sotto"),
            ("P.zza Duomo 3, I-67100 L'Aquila", "L'Aquila"),
            ("Via Roma 1, 46043 Castiglione delle Stiviere (MN)", "Castiglione delle Stiviere"),
            ("Via Roma 1, 91010 San Vito lo Capo", "San Vito lo Capo"),
        ] {
            assert_eq!(place(&letterhead(&["Impianti termici", line], None)), town, "{line}");
        }
        assert_eq!(place(&letterhead(&["Via Roma 1"], None)), "[DA COMPLETARE: luogo]");
    }

    #[test]
    fn what_is_not_known_is_a_gap() {
        let bare = letterhead(&[], None);
        let text = sender(&bare, Language::Italian).join("\n");
        assert_eq!(gaps(&text).len(), 2, "{text}");
        let known = letterhead(&["Via Roma 1, 20100 Milano"], Some("IT01234567897"));
        let text = sender(&known, Language::Italian).join("\n");
        assert_eq!(text, "Ferri Impianti\nVia Roma 1, 20100 Milano\nP. IVA IT01234567897");
        // Told already, it is not told twice.
        let told = letterhead(&["Via Roma 1, 20100 Milano", "P.IVA 01234567897"], Some("IT01234567897"));
        assert_eq!(sender(&told, Language::Italian).len(), 3);
        let customer = Customer::named(CustomerId(1), "Bianchi Srl");
        assert_eq!(missing(&known, &customer), [Missing::Address, Missing::Number]);
    }

    #[test]
    fn a_firm_and_a_person_are_addressed_as_such() {
        let letterhead = letterhead(&[], None);
        let mut customer = Customer::named(CustomerId(1), "Bianchi Srl");
        customer.vat_number = Some("IT01234567890".to_owned());
        customer.tax_code = Some("01234567890".to_owned());
        assert_eq!(addressee(&letterhead, &customer, true), ["Spett.le Bianchi Srl", "P. IVA IT01234567890"]);
        "Anna Rossi".clone_into(&mut customer.name);
        customer.kind = DebtorKind::Consumer;
        customer.vat_number = None;
        let lines = addressee(&letterhead, &customer, false);
        assert_eq!(
            lines,
            ["Alla cortese attenzione di Anna Rossi", "[DA COMPLETARE: indirizzo del cliente]", "C.F. 01234567890"]
        );
        // What stands on signs is a name of persons, too.
        "Maria di Savoia Rossi".clone_into(&mut customer.name);
        assert!(!is_firm(&customer));
        customer.kind = DebtorKind::Professional;
        "Caffè Centrale di Elio Mori".clone_into(&mut customer.name);
        assert!(is_firm(&customer));
        "Anna Rossi".clone_into(&mut customer.name);
        customer.kind = DebtorKind::Firm;
        assert!(is_firm(&customer));
    }

    #[test]
    fn other_brackets_are_no_gaps() {
        assert!(gaps("[x] Fattura [n. 118] [DA COMPLETARE").is_empty());
        assert_eq!(gaps("a [DA COMPLETARE: luogo], b [TO COMPLETE: place]").len(), 2);
    }
}
