//! Which texts two rule sets may read otherwise: a cheap question beside reading them twice.
//!
//! In: two sets, one made of the other by files of one's own. Out: for a text, whether its words can meet anything in
//! which the sets differ. "No" is certain; "yes" only says that it has to be read with both.

use super::compile::{Compiled, Phrase, word_lists};
use super::pattern::{self, Atom, Branch, Element, WordLists};
use super::rules::file::{self, RuleFile, Told};
use super::sentences::{Token, sentences, words_of};
use super::{RuleSet, RuleSource};
use std::collections::{BTreeMap, BTreeSet};

/// What two rule sets do not share.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Each is met only where every one of its elements is, in whatever order.
    needles: Vec<Vec<Element>>,
    /// Not even the languages are the same: anything may be read otherwise.
    everything: bool,
}

impl Difference {
    /// Of a set and the one that it was made of.
    pub(super) fn of(set: &Compiled, base: &Compiled) -> Self {
        let own: Vec<RuleFile> = files(set, |name| !base.texts.contains_key(name));
        let all = files(set, |_| true);
        let lists = word_lists(all.iter(), &mut Vec::new());
        let languages = |compiled: &Compiled| compiled.rules.iter().map(|rule| rule.language).collect::<BTreeSet<_>>();
        let mut found = Self { needles: Vec::new(), everything: languages(set) != languages(base) };
        for read in &own {
            let none = WordLists::new();
            found.file(read, lists.get(&read.language).unwrap_or(&none));
        }
        found.replaced(set, base);
        found.telling_words(set, base);
        found
    }

    /// May the two sets read this text otherwise?
    #[must_use]
    pub fn may_touch(&self, text: &str) -> bool {
        let tokens: Vec<Token> = sentences(text).into_iter().flat_map(|sentence| sentence.tokens).collect();
        self.everything || self.needles.iter().any(|needle| needle.iter().all(|element| met(element, &tokens)))
    }

    fn file(&mut self, read: &RuleFile, lists: &WordLists) {
        let rules = read.rules.iter().flat_map(|told| told.patterns.iter().chain(&told.not_near));
        let phrases = read.phrases.iter().flat_map(|(_, patterns)| patterns);
        let dates = read.dates.iter().flat_map(|date| &date.patterns);
        let companions = read.companions.iter().flat_map(|companion| &companion.patterns);
        rules.chain(phrases).chain(dates).chain(companions).for_each(|told| self.pattern(&told.text, lists));
        for entry in read.lists.iter().flat_map(|(_, entries)| entries) {
            let spellings = pattern::parse_entry(&entry.text).unwrap_or_default();
            self.needles.extend(spellings.into_iter().map(|atoms| vec![Element::Choice(vec![Branch::Words(atoms)])]));
        }
        // A word that denies makes every pattern that holds it a denying one.
        let denies = |name: &Told| matches!(Phrase::parse(&name.text), Some(Phrase::Negation | Phrase::NegationAfter));
        let denials = read.phrases.iter().filter(|(name, _)| denies(name)).flat_map(|(_, patterns)| patterns);
        let days = read.months.iter().chain(&read.weekdays).flatten().map(String::as_str);
        let numbers = read.numbers.iter().map(|(word, _)| word.as_str());
        for words in denials.map(|told| told.text.as_str()).chain(days).chain(numbers) {
            self.needles.extend(words_of(words).into_iter().map(single));
        }
    }

    fn pattern(&mut self, text: &str, lists: &WordLists) {
        let elements = pattern::parse(text, lists).unwrap_or_default();
        // The numbers of lists are those of their set: written out, both sets can be asked.
        let choices = elements.into_iter().filter_map(|element| match element {
            Element::Choice(branches) => Some(Element::Choice(written_out(branches, lists))),
            _ => None,
        });
        self.needles.push(choices.collect());
    }

    /// Rules of the base that the set has otherwise, or not at all.
    fn replaced(&mut self, set: &Compiled, base: &Compiled) {
        let kept = |id| set.by_id.get(id).and_then(|index| set.rules.get(*index));
        let gone: Vec<_> = base.rules.iter().filter(|rule| kept(&rule.id) != Some(*rule)).collect();
        if gone.is_empty() {
            return;
        }
        let lists = word_lists(files(base, |_| true).iter(), &mut Vec::new());
        let none = WordLists::new();
        for rule in gone {
            let lists = lists.get(&rule.language).unwrap_or(&none);
            rule.patterns.iter().chain(&rule.not_near).for_each(|text| self.pattern(text, lists));
        }
    }

    /// Words by which one of the two tells a language, and the other does not.
    fn telling_words(&mut self, set: &Compiled, base: &Compiled) {
        let (one, two) = (&set.vocabulary, &base.vocabulary);
        let words: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
        let apart = words.into_iter().filter(|word| one.get(*word) != two.get(*word));
        self.needles.extend(apart.map(|word| single(word.clone())));
    }
}

impl RuleSet {
    /// In which texts this set may differ from the one that it was made of.
    #[must_use]
    pub fn difference(&self, base: &Self) -> Difference {
        Difference::of(&self.compiled, &base.compiled)
    }
}

fn files(compiled: &Compiled, wanted: impl Fn(&str) -> bool) -> Vec<RuleFile> {
    let texts: BTreeMap<&String, &String> = compiled.texts.iter().filter(|(name, _)| wanted(name)).collect();
    let sources = texts.into_iter().map(|(file, text)| RuleSource { file: file.clone(), text: text.clone() });
    sources.filter_map(|source| file::read(&source, &mut Vec::new())).collect()
}

fn written_out(branches: Vec<Branch>, lists: &WordLists) -> Vec<Branch> {
    let named = |number: usize| lists.values().filter(move |list| list.number == number);
    let mut found = Vec::new();
    for branch in branches {
        match branch {
            Branch::Turns { list, .. } => {
                found.extend(named(list).flat_map(|list| &list.turns).map(|turn| Branch::Words(turn.clone())));
            }
            Branch::Words(atoms) => match atoms.as_slice() {
                [Atom::Listed(number)] => {
                    let words = named(*number).flat_map(|list| &list.words);
                    found.extend(words.map(|word| Branch::Words(vec![word.clone()])));
                }
                _ => found.push(Branch::Words(atoms)),
            },
        }
    }
    found
}

fn single(word: String) -> Vec<Element> {
    vec![Element::Choice(vec![Branch::Words(vec![Atom::Exact(word)])])]
}

/// Some branch has all its words in the text.
fn met(element: &Element, tokens: &[Token]) -> bool {
    let Element::Choice(branches) = element else { return true };
    branches.iter().any(|branch| match branch {
        Branch::Words(atoms) => atoms.iter().all(|atom| tokens.iter().any(|token| passes(atom, token))),
        // Not written out: whatever it holds.
        Branch::Turns { .. } => true,
    })
}

fn passes(atom: &Atom, token: &Token) -> bool {
    match atom {
        // A list that was not written out: whatever it holds.
        Atom::Any | Atom::Listed(_) => true,
        Atom::Number => token.is_number(),
        Atom::Exact(word) => token.word == *word,
        Atom::Prefix(stem) => token.word.starts_with(stem.as_str()),
        Atom::Suffix(end) => token.word.ends_with(end.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_any_word_of_the_difference_is_not_touched() {
        let source =
            |file: &str, text: &str| RuleSource { file: file.into(), text: format!("language = \"it\"\n{text}") };
        let shipped = [source(
            "it/a.toml",
            "[words]\npay = [\"pag*\"]\n[[rule]]\nid = \"it.insolvency\"\nintent = \"legal\"\nwhy = \"x\"\npatterns = \
             [\"concordato preventivo\", \"{pay} in moneta fallimentare\"]\nexample = [\"concordato preventivo\"]\n\
             counter_example = [\"x\"]\n",
        )];
        let base = RuleSet::compile(&shipped, &[]).expect("good rules");
        let own = |text: &str| {
            let set = RuleSet::compile(&shipped, &[source("rules/it/mine.toml", text)]).expect("good rules");
            set.difference(&base)
        };
        let rule = "[[rule]]\nid = \"mine\"\nintent = \"dispute\"\nwhy = \"x\"\npatterns = [\"giraffa .. [verde] vola*\"]\n\
                    example = [\"giraffa vola\"]\ncounter_example = [\"x\"]\n";
        let difference = own(rule);
        assert!(difference.may_touch("La giraffa non volava"));
        // Not the pattern, but a word that now tells Italian.
        assert!(difference.may_touch("La giraffa dorme"));
        assert!(!difference.may_touch("Vola il calabrone giallo"));
        assert!(own("[words]\npay = [\"sgancio la grana\"]").may_touch("Sgancio domani la grana"));
        assert!(!own("[words]\npay = [\"sgancio la grana\"]").may_touch("Pago domani"));
        let disabled = own("[[rule]]\nid = \"it.insolvency\"\ndisabled = true");
        // The only rule of the language is gone: no text in it is understood any more.
        assert!(disabled.everything && disabled.may_touch("Pago domani"));
        let narrowed = rule.replace("mine", "it.insolvency");
        let replaced = own(&narrowed);
        assert!(!replaced.everything && !replaced.may_touch("Domani"));
        assert!(
            replaced.may_touch("Siamo in concordato preventivo")
                && replaced.may_touch("Paghiamo in moneta fallimentare")
        );
        let denial = own("[phrases]\nnegation = [\"neanche per sogno\"]");
        assert!(denial.may_touch("Lo faccio per domani") && !denial.may_touch("Lo faccio domani"));
        assert!(!own("").may_touch("Pago domani la fattura per intero"));
    }
}
