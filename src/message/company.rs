//! In whose company a mail comes: whose mails stand forwarded below the words, and whether a lawyer reads along. Neither is
//! read as words of the writer, and both may turn what the words mean.

use super::domains::aligned;
use super::{Correspondent, Message, headings};
use crate::ledger::ids::Address;

/// In names and addresses of lawyers, courts and receivers, in lower case.
const LAWYERS: &[&str] = &[
    "avvocat",
    "studiolegale",
    "legale",
    "legali",
    "tribunale",
    "curatore",
    "lawyer",
    "solicitor",
    "attorney",
    "barrister",
    "legal",
    "rechtsanw",
    "anwalt",
    "anwält",
    "anwaelt",
    "kanzlei",
    "insolvenz",
    "avocat",
    "huissier",
    "abogad",
    "procurador",
];
/// The same as whole words: shorter ones stand inside of others ("avvisi").
const TITLES: &[&str] = &["avv", "ra", "esq", "llp", "me", "maître", "maitre"];

impl Message {
    /// Who else speaks below the words, or listens to them, as far as a person should know before anything is answered.
    #[must_use]
    pub fn company(&self) -> Vec<String> {
        let mut found = Vec::new();
        for address in authors_below(&self.words.quoted) {
            let note = format!("a mail of {address} stands below");
            if !self.is_of_the_talk(&address) && !found.contains(&note) {
                found.push(note);
            }
        }
        let writer = self.from.first().and_then(|from| from.address.as_ref());
        let listens = |one: &&Correspondent| {
            let own =
                one.address.as_ref().zip(writer).is_some_and(|(one, writer)| aligned(one.domain(), writer.domain()));
            !own && is_lawyer(one)
        };
        let to = self.to.iter().chain(&self.cc).filter(listens);
        found.extend(to.filter_map(|one| one.address.as_ref()).map(|address| format!("a copy went to {address}")));
        found
    }

    /// Of those who write and are written to, or of their firms.
    fn is_of_the_talk(&self, address: &Address) -> bool {
        let all = self.from.iter().chain(&self.reply_to).chain(&self.to).chain(&self.cc);
        all.filter_map(|one| one.address.as_ref()).any(|one| aligned(one.domain(), address.domain()))
    }
}

/// The addresses of those who wrote what stands below: in copied header blocks, and in the line that ends in a colon before
/// a quoted mail ("Il giorno 3 nov 2026 Bruno Conti <conti@conti.example> ha scritto:").
fn authors_below(quoted: &str) -> Vec<Address> {
    let lines = quoted.lines().map(|line| line.trim_start_matches(['>', '|', ' ', '\t']).trim_end());
    let authors = lines.filter(|line| headings::names_author(line) || line.ends_with(':') && line.contains('@'));
    authors.filter_map(address_in).collect()
}

fn address_in(line: &str) -> Option<Address> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '(' | ')' | '"' | ';' | ',' | '*'))
        .map(|word| word.trim_start_matches("mailto:"))
        .find_map(|word| Address::parse(word).filter(|_| word.contains('@')))
}

fn is_lawyer(one: &Correspondent) -> bool {
    let name = one.name.as_deref().unwrap_or_default().to_lowercase();
    let address = one.address.as_ref().map(|address| address.as_str().to_lowercase()).unwrap_or_default();
    let both = format!("{name} {address}");
    LAWYERS.iter().any(|stem| both.replace(' ', "").contains(stem) || both.contains(stem))
        || both.split(|c: char| !c.is_alphanumeric()).any(|word| TITLES.contains(&word) && word.len() > 2)
        || name.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|first| TITLES.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, address: &str) -> Correspondent {
        Correspondent { name: Some(name.to_owned()).filter(|name| !name.is_empty()), address: Address::parse(address) }
    }

    #[test]
    fn lawyers_are_known_by_name_or_address() {
        for (name, address) in [
            ("Avv. Bruno Conti", "conti@conti.example"),
            ("", "bruno@studiolegaleconti.example"),
            ("Studio Legale Conti", "info@conti.example"),
            ("RA Jens Kohl", "kohl@kohl.example"),
            ("", "kanzlei@kohl.example"),
            ("Maître Durand", "durand@durand.example"),
            ("", "lucia@abogados-ruiz.example"),
        ] {
            assert!(is_lawyer(&one(name, address)), "{name} {address}");
        }
        for (name, address) in [
            ("Ufficio avvisi", "avvisi@comune.example"),
            ("Mara Conti", "mara@ferri.example"),
            ("Ramona", "ramona@ferri.example"),
            ("", "me@ferri.example"),
            ("Commercialista", "studio@conti.example"),
        ] {
            assert!(!is_lawyer(&one(name, address)), "{name} {address}");
        }
    }

    #[test]
    fn authors_of_mails_below() {
        let below = "-----Messaggio originale-----\nDa: Curatore <curatore@fallimenti.example>\nInviato: lunedì\n\
                     > *From:* Marta [mailto:marta@ferri.example]\n> De : \"Ana\" <ana@ruiz.example>\nA: x@y.example\n\
                     > Från: Jens <jens@kohl.example>\n>> Il 3 nov 2026 Bruno <bruno@conti.example> ha scritto:\n";
        let found: Vec<String> = authors_below(below).iter().map(ToString::to_string).collect();
        let authors = ["curatore@fallimenti.example", "marta@ferri.example", "ana@ruiz.example", "jens@kohl.example"];
        assert_eq!(found, [&authors[..], &["bruno@conti.example"]].concat());
        assert!(authors_below("Dalla fattura: pago@domani.example\nIl giorno 3 Marta ha scritto:\n").is_empty());
    }
}
