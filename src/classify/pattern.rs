//! The language of patterns, made for people who know words, not regular expressions.
//!
//! | written | means |
//! | --- | --- |
//! | `bonifico` | this word, whatever its accents and capitals |
//! | `bonific*` | a word that begins so |
//! | `*rechnung` | a word that ends so (German compounds) |
//! | `für` | also `fuer` and `fur`: an umlaut stands for its other spellings, save where another word would come of it |
//! | `pagato\|saldato` | one of these |
//! | `{pay}` | one entry of the word list `pay` of the rule's language (an entry may have several words) |
//! | `[gia]` | may stand here or not |
//! | `#` | a number |
//! | `..` | up to three words |
//! | `...` | up to six words |
//! | `....` | up to twenty words (German verbs stand far apart) |
//! | `<` first, `>` last | the beginning or end of a sentence or of a part between commas |

use super::fold::fold_word;
use super::sentences::words_of;
use crate::ledger::problem::nearest;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A test on one word.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Atom {
    /// Any word at all.
    Any,
    /// A word that begins with a digit.
    Number,
    /// This word.
    Exact(String),
    /// A word that begins so.
    Prefix(String),
    /// A word that ends so.
    Suffix(String),
    /// A single word of a list, told by the list's number.
    Listed(usize),
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    /// One of several sequences of words.
    Choice(Vec<Branch>),
    /// Something that may be missing.
    Optional(Vec<Element>),
    /// Up to so many words of any kind.
    Gap(usize),
    /// The beginning of a sentence or part.
    AtStart,
    /// The end of a sentence or part.
    AtEnd,
}

/// One way of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Branch {
    /// These words, one after the other.
    Words(Vec<Atom>),
    /// An entry of several words of the list with this number; how many they are at least and at most. Lists are long and
    /// named often, so that they are not written out.
    Turns { list: usize, shortest: usize, longest: usize },
}

/// Word lists of one language, by name.
pub(super) type WordLists = BTreeMap<String, WordList>;

/// What `{name}` stands for. Its single words are one test of the automaton, however many they are.
#[derive(Debug, Clone, Default)]
pub(super) struct WordList {
    /// Its number among the lists of all languages.
    pub(super) number: usize,
    /// Single words.
    pub(super) words: Vec<Atom>,
    /// Entries of several words, and numbers.
    pub(super) turns: Vec<Vec<Atom>>,
}

impl WordList {
    /// Takes in the spellings of an entry.
    pub(super) fn add(&mut self, spellings: Vec<Vec<Atom>>) {
        for mut spelling in spellings {
            match (spelling.pop(), spelling.is_empty()) {
                (Some(only @ (Atom::Exact(_) | Atom::Prefix(_) | Atom::Suffix(_))), true) => self.words.push(only),
                (Some(last), _) => {
                    spelling.push(last);
                    self.turns.push(spelling);
                }
                (None, _) => {}
            }
        }
    }
}

/// A mistake in a pattern: a sentence and perhaps a remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) remedy: Option<String>,
}

fn mistake(message: impl Into<String>) -> Mistake {
    Mistake { message: message.into(), remedy: None }
}

/// Reads a pattern.
pub(super) fn parse(pattern: &str, lists: &WordLists) -> Result<Vec<Element>, Mistake> {
    let spaced = if pattern.contains(['[', ']']) {
        Cow::Owned(pattern.replace('[', " [ ").replace(']', " ] "))
    } else {
        Cow::Borrowed(pattern)
    };
    let mut words = spaced.split_whitespace().peekable();
    let mut elements = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "[" => {
                let mut inner = Vec::new();
                loop {
                    match words.next() {
                        Some("]") => break,
                        Some("[") => return Err(mistake("A bracket stands inside another")),
                        Some(word) => inner.extend(parse_word(word, lists)?),
                        None => return Err(mistake("A `[` is never closed")),
                    }
                }
                elements.push(Element::Optional(inner));
            }
            "]" => return Err(mistake("A `]` closes nothing")),
            "<" if elements.is_empty() => elements.push(Element::AtStart),
            ">" if words.peek().is_none() => elements.push(Element::AtEnd),
            "<" | ">" => return Err(mistake("`<` may stand only first and `>` only last")),
            word => elements.extend(parse_word(word, lists)?),
        }
    }
    check(&elements)?;
    Ok(elements)
}

/// Reads the entry of a word list: words and beginnings or ends of words only; one sequence a spelling.
pub(super) fn parse_entry(entry: &str) -> Result<Vec<Vec<Atom>>, Mistake> {
    let mut found = Vec::new();
    for spelling in spellings(entry) {
        let mut atoms = Vec::new();
        for word in spelling.split_whitespace() {
            atoms.extend(parse_plain(word)?);
        }
        if atoms.is_empty() {
            return Err(mistake("An entry of a word list is empty"));
        }
        found.push(atoms);
    }
    Ok(found)
}

/// Umlauts are also typed without their points: `für`, `fur`. Folding makes `fuer` one with the first.
pub(super) fn spellings(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return vec![text.to_owned()];
    }
    let bare = |word: &str| word.replace('ä', "a").replace('ö', "o").replace('ü', "u");
    let lower = text.to_lowercase();
    let words = lower.split(' ').map(|word| {
        let counts = UMLAUT_COUNTS.iter().any(|stem| word.starts_with(stem));
        if counts { word.to_owned() } else { bare(word) }
    });
    let bare = words.collect::<Vec<_>>().join(" ");
    if bare == lower { vec![text.to_owned()] } else { vec![text.to_owned(), bare] }
}

/// Beginnings of words that are other words without their umlaut: `würde` and `wurde`, `schön` and `schon`.
const UMLAUT_COUNTS: &[&str] =
    &["würd", "hätt", "könnt", "möcht", "müsst", "müßt", "dürft", "wär", "schön", "zähl", "gewähr", "währ"];

fn check(elements: &[Element]) -> Result<(), Mistake> {
    let mut rest = elements.iter().filter(|element| !matches!(element, Element::AtStart));
    match rest.next() {
        None => return Err(mistake("The pattern is empty")),
        Some(Element::Choice(_)) => {}
        Some(_) => {
            return Err(mistake(
                "A pattern begins with a word that must be there, not with a gap or something in brackets",
            ));
        }
    }
    let last = elements.iter().rev().find(|element| !matches!(element, Element::AtEnd));
    if matches!(last, Some(Element::Gap(_))) && !matches!(elements.last(), Some(Element::AtEnd)) {
        return Err(mistake("A gap at the end of a pattern means nothing"));
    }
    Ok(())
}

fn parse_word(word: &str, lists: &WordLists) -> Result<Vec<Element>, Mistake> {
    match word {
        ".." => return Ok(vec![Element::Gap(3)]),
        "..." => return Ok(vec![Element::Gap(6)]),
        "...." => return Ok(vec![Element::Gap(20)]),
        _ => {}
    }
    let parts: Vec<&str> = word.split('|').collect();
    let mut branches = Vec::new();
    for part in parts {
        if let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let Some(entries) = lists.get(name) else {
                let remedy =
                    nearest(name, lists.keys().map(String::as_str)).map(|near| format!("did you mean `{{{near}}}`?"));
                return Err(Mistake { message: format!("There is no word list `{name}` in this language"), remedy });
            };
            if !entries.words.is_empty() {
                branches.push(Branch::Words(vec![Atom::Listed(entries.number)]));
            }
            let lengths = entries.turns.iter().map(Vec::len);
            if let (Some(shortest), Some(longest)) = (lengths.clone().min(), lengths.max()) {
                branches.push(Branch::Turns { list: entries.number, shortest, longest });
            }
        } else if part.is_ascii() {
            branches.push(Branch::Words(parse_plain(part)?));
        } else {
            for spelling in spellings(part) {
                branches.push(Branch::Words(parse_plain(&spelling)?));
            }
        }
    }
    Ok(vec![Element::Choice(branches)])
}

fn parse_plain(word: &str) -> Result<Vec<Atom>, Mistake> {
    // Most words of patterns are plain already, and there are very many.
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if plain(word) {
        return Ok(vec![Atom::Exact(word.to_owned())]);
    }
    if let Some(stem) = word.strip_suffix('*').filter(|stem| plain(stem)) {
        return Ok(vec![Atom::Prefix(stem.to_owned())]);
    }
    if word == "#" {
        return Ok(vec![Atom::Number]);
    }
    let (stem, open) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    if let (Some(end), false) = (stem.strip_prefix('*'), open) {
        return match words_of(end).as_slice() {
            [only] if !end.contains(['{', '}', '*', '|', '#', '<', '>', '_']) => Ok(vec![Atom::Suffix(only.clone())]),
            _ => Err(mistake(format!("`{word}` cannot be read"))),
        };
    }
    if stem.contains(['{', '}', '*', '|', '#', '<', '>']) {
        return Err(mistake(format!("`{word}` cannot be read"))
            .with("a list stands alone or between bars, `*` only at the beginning or the end of a word"));
    }
    let mut words = words_of(stem);
    let Some(last) = words.pop() else { return Err(mistake(format!("`{word}` holds no word"))) };
    let mut atoms: Vec<Atom> = words.into_iter().map(Atom::Exact).collect();
    atoms.push(if open { Atom::Prefix(fold_word(&last)) } else { Atom::Exact(last) });
    Ok(atoms)
}

impl Mistake {
    fn with(mut self, remedy: &str) -> Self {
        self.remedy = Some(remedy.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::matcher::{Hit, Matcher};
    use super::super::sentences::sentences;
    use super::*;

    fn lists() -> WordLists {
        let mut lists = WordLists::new();
        let mut list = WordList::default();
        for entry in ["bonific*", "ordine di pagamento"] {
            list.add(parse_entry(entry).expect("an entry"));
        }
        lists.insert("transfer".into(), list);
        lists
    }

    fn finds(pattern: &str, text: &str) -> Vec<Hit> {
        let mut matcher = Matcher::default();
        let lists = lists();
        lists.values().for_each(|list| matcher.add_list(list));
        matcher.add(0, &parse(pattern, &lists).expect("a pattern"));
        sentences(text).iter().flat_map(|sentence| matcher.find(sentence)).collect()
    }

    #[test]
    fn words_lists_gaps_and_brackets() {
        assert_eq!(finds("{transfer} [già] effettuato|fatto", "Il BONIFICO già fatto").len(), 1);
        assert_eq!(finds("{transfer} effettuato", "ordine di pagamento effettuato").len(), 1);
        assert_eq!(finds("abbiamo .. pagato", "abbiamo ieri sera pagato").len(), 1);
        assert_eq!(finds("abbiamo .. pagato", "abbiamo uno due tre quattro pagato").len(), 0);
        assert_eq!(finds("l'iban >", "mi manda l’IBAN?").len(), 1);
        assert_eq!(finds("< ok >", "ok, procediamo").len(), 1);
        assert_eq!(finds("< ok >", "non è ok, procediamo").len(), 0);
        assert_eq!(finds("entro # giorni", "entro 30gg o 10 giorni, entro 10 giorni").len(), 1);
    }

    #[test]
    fn umlauts_and_compounds() {
        for written in ["überwiesen", "ueberwiesen", "uberwiesen", "ÜBERWIESEN"] {
            assert_eq!(finds("haben überwiesen|bezahlt", &format!("wir haben {written}")).len(), 1, "{written}");
        }
        assert_eq!(finds("*rechnung bezahlt", "Die Septemberrechnung bezahlt, die Rechnung bezahlt").len(), 2);
        assert_eq!(finds("*rechnung bezahlt", "Die Rechnungen bezahlt").len(), 0);
        assert_eq!(finds("haben .... bezahlt", &format!("haben {}bezahlt", "a ".repeat(20))).len(), 1);
        assert_eq!(finds("haben .... bezahlt", &format!("haben {}bezahlt", "a ".repeat(21))).len(), 0);
        assert_eq!(parse_entry("nächste Woche").expect("an entry").len(), 2);
        assert_eq!(finds("würde", "es wurde bezahlt, es würde, es wuerde").len(), 2);
    }

    #[test]
    fn mistakes_are_told() {
        for (pattern, part) in [
            ("", "empty"),
            (".. pagato", "begins"),
            ("[già] pagato", "begins"),
            ("pagato ..", "end"),
            ("{trasnfer} fatto", "no word list"),
            ("a [b", "never closed"),
            ("a ] b", "closes nothing"),
            ("a < b", "only first"),
            ("a*b", "cannot be read"),
            ("*a*", "cannot be read"),
            ("a *", "holds no word"),
        ] {
            let told = parse(pattern, &lists()).expect_err(pattern);
            assert!(told.message.contains(part), "{pattern}: {}", told.message);
        }
        assert_eq!(
            parse("{transfr}", &lists()).expect_err("unknown").remedy.as_deref(),
            Some("did you mean `{transfer}`?")
        );
    }

    #[test]
    fn many_gaps_stay_linear() {
        let mut matcher = Matcher::default();
        for number in 0..20 {
            matcher.add(number, &parse("a ... a ... a ... b", &lists()).expect("a pattern"));
        }
        let text = "a ".repeat(500);
        assert!(sentences(&text).iter().all(|sentence| matcher.find(sentence).is_empty()));
    }
}
