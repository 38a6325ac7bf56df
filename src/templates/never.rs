//! What a reminder never says: threats, false urgency, reproach, machines, guesses about law. The shipped texts hold to
//! it by test; of the firm's own texts `check` says where they do not.

use super::check::{self, Named};
use super::shelf::TemplateSource;
use crate::ledger::problem::Problem;
use crate::ledger::words::Language;
use std::ops::Range;

/// The words of a language, small letters; `*` at the end stands for any ending.
#[must_use]
pub const fn words(language: Language) -> &'static [&'static str] {
    match language {
        Language::Italian => &ITALIAN,
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
    }
}

/// What only the letter says that the owner signs: a plain reminder is never called a notice of default.
#[must_use]
pub const fn words_of_law(language: Language) -> &'static [&'static str] {
    match language {
        Language::Italian => &["mora", "diffida"],
        Language::English => &["default"],
        Language::German => &["verzug"],
        Language::French => &["mise en demeure"],
        Language::Spanish => &["requerimiento"],
    }
}

const ITALIAN: [&str; 29] = [
    "urgent*",
    "urgenz*",
    "immediat*",
    "ancora una volta",
    "nostro malgrado",
    "lei sostiene",
    "voi sostenete",
    "siamo costretti",
    "il sistema",
    "automatic*",
    "sollecit*",
    "insolut*",
    "avvocat*",
    "legale",
    "legali",
    "tribunale",
    "decreto",
    "ingiuntivo",
    "pignor*",
    "ufficiale giudiziario",
    "recupero crediti",
    "centrale rischi",
    "lista nera",
    "black list",
    "blacklist",
    "ultimo avviso",
    "minacc*",
    "moros*",
    "siamo obbligati",
];

const ENGLISH: [&str; 12] = [
    "urgent*",
    "immediat*",
    "credit agency",
    "debt collect*",
    "lawyer*",
    "solicitor*",
    "court",
    "bailiff*",
    "legal action",
    "last warning",
    "blacklist*",
    "automatic*",
];

const GERMAN: [&str; 19] = [
    "mahnung*",
    "mahnen*",
    "mahnbescheid*",
    "mahngebühr*",
    "inkasso*",
    "anwalt*",
    "anwält*",
    "gericht*",
    "klage*",
    "betreibung*",
    "schufa*",
    "vollstreck*",
    "letztmalig*",
    "unverzüglich*",
    "dringend*",
    "umgehend*",
    "gezwungen*",
    "säumig*",
    "automatisch*",
];

const FRENCH: [&str; 25] = [
    "urgent*",
    "immédiat*",
    "huissier*",
    "contentieux",
    "avocat*",
    "tribun*",
    "poursuite*",
    "judiciaire*",
    "justice",
    "impayé*",
    "relance*",
    "créancier*",
    "débiteur*",
    "dernier avis",
    "dernier rappel",
    "contraint*",
    "nous avons le regret",
    "sans délai",
    "automatique*",
    "injonction*",
    "saisie*",
    "menac*",
    "moros*",
    "recouvrement*",
    "liste noire",
];

const SPANISH: [&str; 24] = [
    "urgent*",
    "inmediat*",
    "impag*",
    "abogad*",
    "juzgad*",
    "judicial*",
    "deudor*",
    "deuda*",
    "cobro*",
    "embargo*",
    "último aviso",
    "obligados",
    "lamentamos",
    "nos vemos",
    "sin demora",
    "reclama*",
    "apremi*",
    "lista de*",
    "una demanda",
    "demandar*",
    "moros*",
    "automátic*",
    "amenaz*",
    "tribunal*",
];

/// Where the firm's own texts say such a word, or shout. Problems in form only: nothing is stopped by them.
#[must_use]
pub fn findings(own: &[TemplateSource]) -> Vec<Problem> {
    let mut found = Vec::new();
    for source in own {
        // A file of another name says nothing to anybody, and is a mistake of its own.
        let (key, is_page) = match check::name(source) {
            Ok(Named::Text(key)) => (key, false),
            Ok(Named::Page(key)) => (key, true),
            Ok(Named::Layout) | Err(_) => continue,
        };
        let said = said(&source.text, is_page);
        let mut here = Vec::new();
        for word in words(key.language) {
            here.extend(places(&said, word).map(|place| (place, format!("«{}»", word.trim_end_matches('*')))));
        }
        if !matches!(key.id.as_str(), "final_notice" | "notice_to_perform") {
            for word in words_of_law(key.language) {
                here.extend(places(&said, word).map(|place| (place, format!("«{}», a word of law", word))));
            }
        }
        if !is_page {
            here.extend(said.match_indices('!').map(|(at, _)| (at..at + 1, "an exclamation mark".to_owned())));
        }
        here.sort_by_key(|(place, _)| place.start);
        here.dedup_by_key(|(place, _)| place.start);
        found.extend(here.into_iter().map(|(place, what)| {
            Problem::at(
                &source.file,
                &source.text,
                place,
                format!("It says {what}, which a reminder is better without"),
            )
            .remedy("it threatens or reproaches, or sounds like a machine: say it plainly")
        }));
    }
    found
}

/// The text with everything blanked that no reader sees (fields, comments, marks of HTML), in small letters. Every byte
/// stays in its place; a letter whose small form is of another length stays as it is.
fn said(text: &str, is_page: bool) -> String {
    let mut hidden: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("{{")).map(|at| from + at) {
        let rest = text.get(start..).unwrap_or_default();
        let end_mark = if rest.starts_with("{{!--") { "--}}" } else { "}}" };
        let end = rest.find(end_mark).map_or(text.len(), |at| start + at + end_mark.len());
        // Words that a field chooses between are said: `{{one "scaduta" "scadute"}}`.
        if !rest.starts_with("{{one ") {
            hidden.push(start..end);
        }
        from = end;
    }
    if is_page {
        for (mark, end_mark) in [("<!--", "-->"), ("<", ">")] {
            let mut from = 0;
            while let Some(start) = text.get(from..).and_then(|rest| rest.find(mark)).map(|at| from + at) {
                let rest = text.get(start..).unwrap_or_default();
                let end = rest.find(end_mark).map_or(text.len(), |at| start + at + end_mark.len());
                hidden.push(start..end);
                from = end;
            }
        }
    }
    let mut said = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        if letter != '\n' && hidden.iter().any(|range| range.contains(&at)) {
            said.extend(std::iter::repeat_n(' ', letter.len_utf8()));
            continue;
        }
        let mut small = letter.to_lowercase();
        match (small.next(), small.next()) {
            (Some(only), None) if only.len_utf8() == letter.len_utf8() => said.push(only),
            _ => said.push(letter),
        }
    }
    said
}

/// Where a word stands by itself (with any ending, where it ends in `*`).
fn places<'a>(said: &'a str, word: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let stem = word.trim_end_matches('*');
    let is_open = stem.len() < word.len();
    said.match_indices(stem).filter_map(move |(at, _)| {
        let before = said.get(..at)?.chars().next_back();
        let end = at + stem.len();
        let after = said.get(end..)?.chars().next();
        let begins = before.is_none_or(|letter| !letter.is_alphanumeric());
        let ends = is_open || after.is_none_or(|letter| !letter.is_alphanumeric());
        (begins && ends).then_some(at..end)
    })
}
