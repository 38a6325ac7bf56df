//! Person or company: of a natural person a record shows facts and decides nothing by itself (art. 22 GDPR).
//!
//! In doubt it is a person: a sole trader and a professional are natural persons too, and a VAT number tells nothing.

use super::customer::Customer;
use super::words::DebtorKind;

/// Legal forms that only companies bear, joined and in lower case.
const LEGAL_FORMS: [&str; 36] = [
    "srl",
    "srls",
    "spa",
    "sapa",
    "snc",
    "sas",
    "scarl",
    "scrl",
    "scpa",
    "coop",
    "cooperativa",
    "ltd",
    "limited",
    "plc",
    "llp",
    "llc",
    "inc",
    "gmbh",
    "ug",
    "ag",
    "ohg",
    "kg",
    "kgaa",
    "sarl",
    "sasu",
    "eurl",
    "sa",
    "sl",
    "slu",
    "sau",
    "bv",
    "nv",
    "se",
    "sro",
    "doo",
    "oy",
];

/// The words of a name in small letters; points within a word are none of it («U.S.L.» is one word).
pub(super) fn name_words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '-' | '–'));
    let plain = words.map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase());
    plain.filter(|word| !word.is_empty()).collect()
}

impl Customer {
    /// It is proven that this is a company: its kind says firm, and the fiscal code or the legal form in the name is
    /// one that no natural person has.
    #[must_use]
    pub fn is_proven_company(&self) -> bool {
        self.kind == DebtorKind::Firm && !self.has_personal_code() && (self.has_company_code() || self.has_legal_form())
    }

    /// A natural person, or one that may be: consumers, professionals, those of whom nobody said what they are, and
    /// sole traders as far as their fiscal code gives them away.
    #[must_use]
    pub fn may_be_person(&self) -> bool {
        matches!(self.kind, DebtorKind::Consumer | DebtorKind::Professional | DebtorKind::Unknown)
            || self.has_personal_code()
    }

    /// Nobody else may hear of the debt: a consumer, or one of whom nobody said what they are and whose name and fiscal code
    /// show no company. Such a customer has no colleagues who could ask in their place.
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self.kind {
            DebtorKind::Consumer => true,
            DebtorKind::Unknown => !self.has_company_code() && !self.has_legal_form(),
            _ => false,
        }
    }

    /// The sixteen characters of an Italian natural person.
    fn has_personal_code(&self) -> bool {
        self.tax_code.as_deref().is_some_and(|code| {
            code.len() == 16 && code.chars().next().is_some_and(|first| first.is_ascii_alphabetic())
        })
    }

    /// The eleven digits of an Italian legal person: a sole trader's fiscal code is the personal one.
    fn has_company_code(&self) -> bool {
        self.tax_code.as_deref().is_some_and(|code| {
            let digits = code.strip_prefix("IT").unwrap_or(code);
            digits.len() == 11 && digits.chars().all(|c| c.is_ascii_digit())
        })
    }

    fn has_legal_form(&self) -> bool {
        let words = name_words(&self.name);
        // A form stands at the end, or before a place: never first. Letters set apart («S. r. l.») are joined.
        let mut single = String::new();
        words.iter().skip(1).any(|word| {
            if word.chars().count() == 1 {
                single.push_str(word);
            } else {
                single.clear();
            }
            LEGAL_FORMS.contains(&word.as_str()) || LEGAL_FORMS.contains(&single.as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::arranged::Arranged;
    use super::super::ids::CustomerId;
    use super::super::words::{Language, Register};
    use super::*;

    fn customer(kind: DebtorKind, name: &str, tax_code: Option<&str>) -> Customer {
        Customer {
            id: CustomerId(1),
            external_id: None,
            name: name.to_owned(),
            vat_number: Some("IT01234567897".to_owned()),
            tax_code: tax_code.map(str::to_owned),
            kind,
            language: Language::Italian,
            register: Register::Formal,
            country: None,
            contacts: Vec::new(),
            vip: false,
            do_not_contact: false,
            phone: None,
            payment_day: None,
            arranged: Arranged::default(),
        }
    }

    #[test]
    fn only_what_is_proven_is_a_company() {
        let proven = |name: &str, code| customer(DebtorKind::Firm, name, code).is_proven_company();
        assert!(proven("Carpenteria Beltrami S.r.l.", None) && proven("Beltrami S. p. A.", None));
        assert!(proven("Beltrami GmbH & Co. KG", None) && proven("Beltrami", Some("01234567897")));
        assert!(!proven("Beltrami", None), "a VAT number is a sole trader's too");
        assert!(!proven("Beltrami Carlo Impianti", Some("BLTCRL70A01L378X")));
        assert!(!proven("Beltrami Srl", Some("BLTCRL70A01L378X")), "what contradicts itself is no proof");
        assert!(!proven("SA", None) && !proven("Sas Beltrami", None));
        assert!(
            !customer(DebtorKind::Consumer, "Beltrami S.r.l.", None).is_proven_company(),
            "the kind is the owner's"
        );
        assert!(!customer(DebtorKind::Professional, "Studio Beltrami Srl", None).is_proven_company());
    }

    #[test]
    fn who_may_be_a_person() {
        let person = |kind, code| customer(kind, "Beltrami", code).may_be_person();
        assert!(person(DebtorKind::Consumer, None) && person(DebtorKind::Professional, None));
        assert!(person(DebtorKind::Unknown, None) && person(DebtorKind::Firm, Some("BLTCRL70A01L378X")));
        assert!(!person(DebtorKind::Firm, None) && !person(DebtorKind::PublicBody, None));
    }
}
