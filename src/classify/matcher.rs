//! One automaton over words for all patterns of all rules: linear in the number of words.
//!
//! In: parsed [`Element`] sequences. Out: hits (which pattern, from which word to which). Patterns are bounded
//! (gaps are), so each starting word costs a bounded number of steps, whatever the mail contains. The first word of
//! a pattern is looked up in an index, so that thousands of patterns cost no more than those that begin here; and of these
//! only those are followed whose last word that must be there does come.

use super::needed::Needed;
use super::pattern::{Atom, Element, WordList};
use super::sentences::Sentence;
use super::word_tree::WordTree;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A pattern's number among those of all languages.
pub(super) type PatternIndex = usize;
type NodeIndex = usize;
pub(super) type TestIndex = usize;

/// A pattern found in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Which pattern.
    pub(super) pattern: PatternIndex,
    /// First word.
    pub(super) from: usize,
    /// One past the last word.
    pub(super) to: usize,
}

#[derive(Debug, Clone)]
enum Node {
    Word(TestIndex, NodeIndex),
    /// Any word, of which the pattern says nothing.
    Gap(NodeIndex),
    Split(Vec<NodeIndex>),
    AtEnd(NodeIndex),
    Accept(PatternIndex),
}

/// The automaton.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    nodes: Vec<Node>,
    /// Where each pattern begins.
    roots: HashMap<PatternIndex, NodeIndex>,
    words: WordTree,
    /// What words may end with, read backwards.
    endings: WordTree,
    tests: HashMap<Atom, TestIndex>,
    /// What begins with a word that passes a test, by the test.
    starts: Vec<Vec<Start>>,
    /// The same where a pattern begins only at the opening of a part.
    anchored_starts: Vec<Vec<Start>>,
    /// What later words must pass, one test of each set.
    needs: Vec<Vec<TestIndex>>,
    /// Where in `needs` each set stands.
    known_needs: HashMap<Vec<TestIndex>, usize>,
}

/// Where a pattern goes on behind its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    node: NodeIndex,
    /// A word behind the first one must pass one of these tests; `None` where the first word is all that must be there.
    need: Option<usize>,
}

/// Test 0 holds for every word, test 1 for every number.
const ANY: TestIndex = 0;
const NUMBER: TestIndex = 1;

impl Default for Matcher {
    /// An automaton without patterns.
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            roots: HashMap::new(),
            words: WordTree::default(),
            endings: WordTree::default(),
            tests: HashMap::from([(Atom::Any, ANY), (Atom::Number, NUMBER)]),
            starts: Vec::new(),
            anchored_starts: Vec::new(),
            needs: Vec::new(),
            known_needs: HashMap::new(),
        }
    }
}

impl Matcher {
    /// Adds a pattern, found again by its number; its elements were checked by [`super::pattern::parse`].
    pub(super) fn add(&mut self, pattern: PatternIndex, elements: &[Element]) {
        let (anchored, elements) = match elements.split_first() {
            Some((Element::AtStart, rest)) => (true, rest),
            _ => (false, elements),
        };
        let accept = self.node(Node::Accept(pattern));
        let root = self.compile(elements, accept);
        self.roots.insert(pattern, root);
        let mut firsts = Vec::new();
        self.first_words(root, &mut firsts);
        let need = self.need(elements);
        let starts = if anchored { &mut self.anchored_starts } else { &mut self.starts };
        for (test, next) in firsts {
            if starts.len() <= test {
                starts.resize(test + 1, Vec::new());
            }
            if let Some(begun) = starts.get_mut(test) {
                begun.push(Start { node: next, need });
            }
        }
    }

    /// The last choice behind the first one: one of its branches must come.
    fn need(&mut self, elements: &[Element]) -> Option<usize> {
        let mut choices = elements.iter().skip(1).filter_map(|element| match element {
            Element::Choice(branches) => Some(branches),
            _ => None,
        });
        let branches = choices.next_back()?;
        let mut tests: Vec<TestIndex> =
            branches.iter().filter_map(|branch| branch.first()).map(|atom| self.test(atom)).collect();
        tests.sort_unstable();
        tests.dedup();
        let next = self.needs.len();
        let place = *self.known_needs.entry(tests.clone()).or_insert(next);
        if place == next {
            self.needs.push(tests);
        }
        Some(place)
    }

    fn node(&mut self, node: Node) -> NodeIndex {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Built from the end, so that every node knows its successor.
    fn compile(&mut self, elements: &[Element], mut next: NodeIndex) -> NodeIndex {
        for element in elements.iter().rev() {
            next = match element {
                Element::Choice(branches) => {
                    let entries: Vec<_> = branches.iter().map(|branch| self.compile_atoms(branch, next)).collect();
                    self.node(Node::Split(entries))
                }
                Element::Optional(inner) => {
                    let entry = self.compile(inner, next);
                    self.node(Node::Split(vec![entry, next]))
                }
                Element::Gap(most) => {
                    let after = next;
                    let mut entry = next;
                    for _ in 0..*most {
                        let any = self.node(Node::Gap(entry));
                        entry = self.node(Node::Split(vec![after, any]));
                    }
                    entry
                }
                Element::AtEnd => self.node(Node::AtEnd(next)),
                // Only its first place has a meaning, and there `add` took it.
                Element::AtStart => next,
            };
        }
        next
    }

    fn compile_atoms(&mut self, atoms: &[Atom], next: NodeIndex) -> NodeIndex {
        atoms.iter().rev().fold(next, |next, atom| {
            let test = self.test(atom);
            self.node(Node::Word(test, next))
        })
    }

    fn test(&mut self, atom: &Atom) -> TestIndex {
        if let Some(test) = self.tests.get(atom) {
            return *test;
        }
        let test = self.tests.len();
        self.tests.insert(atom.clone(), test);
        self.passes(atom, test);
        test
    }

    /// Words that fit the atom pass the test.
    fn passes(&mut self, atom: &Atom, test: TestIndex) {
        match atom {
            Atom::Exact(word) => self.words.add_exact(word, test),
            Atom::Prefix(prefix) => self.words.add_prefix(prefix, test),
            Atom::Suffix(suffix) => self.endings.add_prefix(&backwards(suffix), test),
            Atom::Any | Atom::Number | Atom::Listed(_) => {}
        }
    }

    /// Makes a word list known: any of its single words passes one test.
    pub(super) fn add_list(&mut self, list: &WordList) {
        if self.tests.contains_key(&Atom::Listed(list.number)) {
            return;
        }
        let test = self.test(&Atom::Listed(list.number));
        for word in &list.words {
            self.passes(word, test);
        }
    }

    fn first_words(&self, node: NodeIndex, out: &mut Vec<(TestIndex, NodeIndex)>) {
        match self.nodes.get(node) {
            Some(Node::Word(test, next)) => out.push((*test, *next)),
            Some(Node::Gap(next)) => out.push((ANY, *next)),
            Some(Node::Split(branches)) => branches.iter().for_each(|branch| self.first_words(*branch, out)),
            // A pattern that can match nothing is refused by the parser.
            Some(Node::AtEnd(_) | Node::Accept(_)) | None => {}
        }
    }

    /// The tests that a word passes, in order.
    fn tests_of(&self, word: &str, tests: &mut Vec<TestIndex>) {
        tests.push(ANY);
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            tests.push(NUMBER);
        }
        self.words.tests_of(word, tests);
        if self.endings.holds_any() {
            self.endings.tests_of(&backwards(word), tests);
        }
        tests.sort_unstable();
        tests.dedup();
    }

    /// All patterns in a sentence, each with its longest reach from each starting word.
    pub(super) fn find(&self, sentence: &Sentence) -> Vec<Hit> {
        let tests: Vec<Vec<TestIndex>> = sentence
            .tokens
            .iter()
            .map(|token| {
                let mut tests = Vec::with_capacity(8);
                self.tests_of(&token.word, &mut tests);
                tests
            })
            .collect();
        let mut needed = Needed::of(&self.needs, self.tests.len(), &tests);
        let breaks = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.after_break);
        let (mut found, mut reached) = (Vec::new(), Vec::new());
        let (mut active, mut further, mut stack) = (Vec::new(), Vec::new(), Vec::new());
        for from in 0..tests.len() {
            let opens = from == 0 || breaks(from);
            active.clear();
            for test in tests.get(from).into_iter().flatten() {
                let anchored = self.anchored_starts.get(*test).filter(|_| opens);
                let begun = self.starts.get(*test).into_iter().chain(anchored).flatten();
                active.extend(begun.filter(|start| needed.comes(start.need, from)).map(|start| start.node));
            }
            let mut at = from + 1;
            while !active.is_empty() {
                let here = tests.get(at).map_or(&[][..], Vec::as_slice);
                let closes = here.is_empty() || breaks(at);
                stack.append(&mut active);
                self.follow(&mut stack, closes, here, &mut further, |pattern| reached.push((pattern, at)));
                std::mem::swap(&mut active, &mut further);
                active.sort_unstable();
                active.dedup();
                at += 1;
            }
            // The last reach of each pattern is its longest.
            reached.sort_unstable();
            for (index, (pattern, to)) in reached.iter().enumerate() {
                if reached.get(index + 1).is_none_or(|(next, _)| next != pattern) {
                    found.push(Hit { pattern: *pattern, from, to: *to });
                }
            }
            reached.clear();
        }
        found.sort_unstable();
        found
    }

    /// Follows everything that needs no further word, and what the next word lets through.
    fn follow(
        &self,
        stack: &mut Vec<NodeIndex>,
        closes: bool,
        here: &[TestIndex],
        further: &mut Vec<NodeIndex>,
        mut accept: impl FnMut(PatternIndex),
    ) {
        while let Some(node) = stack.pop() {
            match self.nodes.get(node) {
                Some(Node::Word(test, next)) => {
                    if here.binary_search(test).is_ok() {
                        further.push(*next);
                    }
                }
                Some(Node::Gap(next)) if !here.is_empty() => further.push(*next),
                Some(Node::Split(branches)) => stack.extend(branches),
                Some(Node::AtEnd(next)) if closes => stack.push(*next),
                Some(Node::Accept(pattern)) => accept(*pattern),
                Some(Node::AtEnd(_) | Node::Gap(_)) | None => {}
            }
        }
    }

    /// The words of a hit of which its pattern says nothing: those in its gaps, as few as may be.
    pub(super) fn gaps(&self, sentence: &Sentence, hit: Hit) -> BTreeSet<usize> {
        let breaks = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.after_break);
        let mut active: BTreeMap<NodeIndex, BTreeSet<usize>> =
            self.roots.get(&hit.pattern).map(|root| (*root, BTreeSet::new())).into_iter().collect();
        for at in hit.from..=hit.to {
            let mut tests = Vec::new();
            if let Some(word) = sentence.word(at) {
                self.tests_of(word, &mut tests);
            }
            let closes = tests.is_empty() || breaks(at);
            let mut further: BTreeMap<NodeIndex, BTreeSet<usize>> = BTreeMap::new();
            let mut stack: Vec<(NodeIndex, BTreeSet<usize>)> = active.into_iter().collect();
            let mut least: Option<BTreeSet<usize>> = None;
            while let Some((node, passed)) = stack.pop() {
                match self.nodes.get(node) {
                    Some(Node::Word(test, next)) if tests.binary_search(test).is_ok() => {
                        shorter(&mut further, *next, passed)
                    }
                    Some(Node::Gap(next)) => {
                        let mut passed = passed;
                        passed.insert(at);
                        shorter(&mut further, *next, passed);
                    }
                    Some(Node::Split(branches)) => {
                        stack.extend(branches.iter().map(|branch| (*branch, passed.clone())));
                    }
                    Some(Node::AtEnd(next)) if closes => stack.push((*next, passed)),
                    Some(Node::Accept(_)) if at == hit.to => {
                        if least.as_ref().is_none_or(|known| passed.len() < known.len()) {
                            least = Some(passed);
                        }
                    }
                    Some(Node::Word(..) | Node::AtEnd(_) | Node::Accept(_)) | None => {}
                }
            }
            if let Some(least) = least {
                return least;
            }
            active = further;
        }
        (hit.from..hit.to).collect()
    }
}

fn shorter(ways: &mut BTreeMap<NodeIndex, BTreeSet<usize>>, node: NodeIndex, passed: BTreeSet<usize>) {
    match ways.get(&node) {
        Some(known) if known.len() <= passed.len() => {}
        _ => {
            ways.insert(node, passed);
        }
    }
}

fn backwards(word: &str) -> String {
    word.chars().rev().collect()
}
