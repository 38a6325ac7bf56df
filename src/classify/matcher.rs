//! One automaton over words for all patterns of all rules: linear in the number of words.
//!
//! In: parsed [`Element`] sequences. Out: hits (which pattern, from which word to which). Patterns are bounded
//! (gaps are), so each starting word costs a bounded number of steps, whatever the mail contains. The first word of
//! a pattern is looked up in an index, so that thousands of patterns cost no more than those that begin here.

use super::pattern::{Atom, Element};
use super::sentences::Sentence;
use std::collections::BTreeMap;

/// A pattern's number, in the order of adding.
pub(super) type PatternIndex = usize;
type NodeIndex = usize;
type TestIndex = usize;

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
    Split(Vec<NodeIndex>),
    AtEnd(NodeIndex),
    Accept(PatternIndex),
}

/// The automaton.
#[derive(Debug, Clone, Default)]
pub(super) struct Matcher {
    nodes: Vec<Node>,
    exact: BTreeMap<String, Vec<TestIndex>>,
    prefixes: BTreeMap<String, Vec<TestIndex>>,
    suffixes: BTreeMap<String, Vec<TestIndex>>,
    tests: BTreeMap<Atom, TestIndex>,
    longest_prefix: usize,
    longest_suffix: usize,
    starts: BTreeMap<TestIndex, Vec<NodeIndex>>,
    anchored_starts: BTreeMap<TestIndex, Vec<NodeIndex>>,
    patterns: usize,
}

/// Test 0 holds for every word, test 1 for every number.
const ANY: TestIndex = 0;
const NUMBER: TestIndex = 1;

impl Matcher {
    /// An automaton without patterns.
    pub(super) fn new() -> Self {
        let mut tests = BTreeMap::new();
        tests.insert(Atom::Any, ANY);
        tests.insert(Atom::Number, NUMBER);
        Self { tests, ..Self::default() }
    }

    /// Adds a pattern; its elements were checked by [`super::pattern::parse`].
    pub(super) fn add(&mut self, elements: &[Element]) -> PatternIndex {
        let pattern = self.patterns;
        self.patterns += 1;
        let (anchored, elements) = match elements.split_first() {
            Some((Element::AtStart, rest)) => (true, rest),
            _ => (false, elements),
        };
        let accept = self.node(Node::Accept(pattern));
        let root = self.compile(elements, accept);
        let mut firsts = Vec::new();
        self.first_words(root, &mut firsts);
        let starts = if anchored { &mut self.anchored_starts } else { &mut self.starts };
        for (test, next) in firsts {
            starts.entry(test).or_default().push(next);
        }
        pattern
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
                        let any = self.node(Node::Word(ANY, entry));
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
        match atom {
            Atom::Exact(word) => self.exact.entry(word.clone()).or_default().push(test),
            Atom::Prefix(prefix) => {
                self.longest_prefix = self.longest_prefix.max(prefix.len());
                self.prefixes.entry(prefix.clone()).or_default().push(test);
            }
            Atom::Suffix(suffix) => {
                self.longest_suffix = self.longest_suffix.max(suffix.len());
                self.suffixes.entry(suffix.clone()).or_default().push(test);
            }
            Atom::Any | Atom::Number => {}
        }
        test
    }

    fn first_words(&self, node: NodeIndex, out: &mut Vec<(TestIndex, NodeIndex)>) {
        match self.nodes.get(node) {
            Some(Node::Word(test, next)) => out.push((*test, *next)),
            Some(Node::Split(branches)) => branches.iter().for_each(|branch| self.first_words(*branch, out)),
            // A pattern that can match nothing is refused by the parser.
            Some(Node::AtEnd(_) | Node::Accept(_)) | None => {}
        }
    }

    fn tests_of(&self, word: &str) -> Vec<TestIndex> {
        let mut tests = vec![ANY];
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            tests.push(NUMBER);
        }
        if let Some(found) = self.exact.get(word) {
            tests.extend(found);
        }
        for length in 1..=self.longest_prefix.min(word.len()) {
            if let Some(found) = word.get(..length).and_then(|prefix| self.prefixes.get(prefix)) {
                tests.extend(found);
            }
        }
        for length in 1..=self.longest_suffix.min(word.len()) {
            if let Some(found) = word.get(word.len() - length..).and_then(|suffix| self.suffixes.get(suffix)) {
                tests.extend(found);
            }
        }
        tests.sort_unstable();
        tests
    }

    /// All patterns in a sentence, each with its longest reach from each starting word.
    pub(super) fn find(&self, sentence: &Sentence) -> Vec<Hit> {
        let tests: Vec<Vec<TestIndex>> = sentence.tokens.iter().map(|token| self.tests_of(&token.word)).collect();
        let mut best: BTreeMap<(PatternIndex, usize), usize> = BTreeMap::new();
        for from in 0..tests.len() {
            let opens = from == 0 || sentence.tokens.get(from).is_some_and(|token| token.after_break);
            let mut active: Vec<NodeIndex> = Vec::new();
            for test in tests.get(from).into_iter().flatten() {
                let anchored = self.anchored_starts.get(test).filter(|_| opens);
                for next in self.starts.get(test).into_iter().chain(anchored).flatten() {
                    active.push(*next);
                }
            }
            let mut at = from + 1;
            while !active.is_empty() {
                let mut waiting = Vec::new();
                let closes = at >= tests.len() || sentence.tokens.get(at).is_some_and(|token| token.after_break);
                self.settle(&active, closes, &mut waiting, |pattern| {
                    best.insert((pattern, from), at);
                });
                let Some(here) = tests.get(at) else { break };
                active = waiting
                    .into_iter()
                    .filter(|(test, _)| here.binary_search(test).is_ok())
                    .map(|(_, next)| next)
                    .collect();
                active.sort_unstable();
                active.dedup();
                at += 1;
            }
        }
        best.into_iter().map(|((pattern, from), to)| Hit { pattern, from, to }).collect()
    }

    /// Follows everything that needs no further word.
    fn settle(
        &self,
        active: &[NodeIndex],
        closes: bool,
        waiting: &mut Vec<(TestIndex, NodeIndex)>,
        mut accept: impl FnMut(PatternIndex),
    ) {
        let mut stack = active.to_vec();
        while let Some(node) = stack.pop() {
            match self.nodes.get(node) {
                Some(Node::Word(test, next)) => waiting.push((*test, *next)),
                Some(Node::Split(branches)) => stack.extend(branches),
                Some(Node::AtEnd(next)) if closes => stack.push(*next),
                Some(Node::Accept(pattern)) => accept(*pattern),
                Some(Node::AtEnd(_)) | None => {}
            }
        }
        waiting.sort_unstable();
        waiting.dedup();
    }
}
