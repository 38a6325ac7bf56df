//! One automaton over words for all patterns of all rules: linear in the number of words.
//!
//! In: parsed [`super::pattern::Element`] sequences. Out: hits (which pattern, from which word to which). Patterns are bounded
//! (gaps are), so each starting word costs a bounded number of steps, whatever the mail contains. The first word of
//! a pattern is looked up in an index, so that thousands of patterns cost no more than those that begin here; and of these
//! only those are followed whose next and whose last word that must be there do come where they can stand.

mod build;

use super::needed::{Needed, Needs, Window};
use super::pattern::Atom;
use super::sentences::Sentence;
use super::word_tree::WordTree;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A pattern's number among those of all languages.
pub(super) type PatternIndex = usize;
type NodeIndex = u32;
pub(super) type TestIndex = u32;

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
    /// A word that passes one of the tests, each with where it leads: a stretch of `arms`, in order of the tests.
    Word(Arms),
    /// Any word, of which the pattern says nothing.
    Gap(NodeIndex),
    /// Either way.
    Either(NodeIndex, NodeIndex),
    AtEnd(NodeIndex),
    Accept(PatternIndex),
}

/// A stretch of `Matcher::arms`.
#[derive(Debug, Clone, Copy)]
struct Arms {
    from: u32,
    to: u32,
}

type Arm = (TestIndex, NodeIndex);

/// A run of words, as the tests that they pass.
type Turn = Vec<TestIndex>;

/// The automaton.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    nodes: Vec<Node>,
    arms: Vec<Arm>,
    /// Where each pattern begins.
    roots: HashMap<PatternIndex, NodeIndex>,
    words: WordTree,
    /// What words may end with, read backwards.
    endings: WordTree,
    tests: HashMap<Atom, TestIndex>,
    /// The entries of several words of each list.
    turns: HashMap<usize, Arc<[Turn]>>,
    /// What begins with a word that passes a test, by the test.
    starts: Vec<Starts>,
    /// The same where a pattern begins only at the opening of a part.
    anchored_starts: Vec<Starts>,
    needs: Needs,
}

/// What begins with a word that passes one test, by what must come next.
type Starts = Vec<(Window, Vec<Start>)>;

/// Where a pattern goes on behind its first word.
#[derive(Debug, Clone, Copy)]
struct Start {
    node: NodeIndex,
    /// The last word that must be there.
    last: Window,
}

/// The tests that the words of a sentence pass, in order.
#[derive(Debug, Default)]
pub(super) struct Passed {
    tests: Vec<TestIndex>,
    /// Where those of each word end.
    ends: Vec<usize>,
}

impl Passed {
    /// Those of a word; none beyond the last word.
    fn at(&self, at: usize) -> &[TestIndex] {
        let from = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let stretch = from.zip(self.ends.get(at)).and_then(|(from, to)| self.tests.get(from..*to));
        stretch.unwrap_or_default()
    }

    /// Takes in those of the next word.
    #[cfg(test)]
    pub(super) fn add(&mut self, tests: &[TestIndex]) {
        self.tests.extend_from_slice(tests);
        self.ends.push(self.tests.len());
    }

    /// Those of each word.
    pub(super) fn words(&self) -> impl Iterator<Item = &[TestIndex]> {
        (0..self.ends.len()).map(|at| self.at(at))
    }
}

/// What is used anew for each sentence.
#[derive(Debug, Default)]
struct Desk {
    passed: Passed,
    active: Vec<NodeIndex>,
    further: Vec<NodeIndex>,
    stack: Vec<NodeIndex>,
    reached: Vec<(PatternIndex, usize)>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::new(Desk::default());
}

/// Test 0 holds for every word, test 1 for every number.
const ANY: TestIndex = 0;
const NUMBER: TestIndex = 1;

impl Default for Matcher {
    /// An automaton without patterns.
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            arms: Vec::new(),
            roots: HashMap::new(),
            words: WordTree::default(),
            endings: WordTree::default(),
            tests: HashMap::from([(Atom::Any, ANY), (Atom::Number, NUMBER)]),
            turns: HashMap::new(),
            starts: Vec::new(),
            anchored_starts: Vec::new(),
            needs: Needs::default(),
        }
    }
}

impl Matcher {
    fn arms(&self, arms: Arms) -> &[Arm] {
        self.arms.get(arms.from as usize..arms.to as usize).unwrap_or_default()
    }

    /// Adds the tests that a word passes, in order.
    fn tests_of(&self, word: &str, tests: &mut Vec<TestIndex>) {
        let from = tests.len();
        tests.push(ANY);
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            tests.push(NUMBER);
        }
        self.words.tests_of(word.bytes(), tests);
        if self.endings.holds_any() {
            if word.is_ascii() {
                self.endings.tests_of(word.bytes().rev(), tests);
            } else {
                self.endings.tests_of(backwards(word).bytes(), tests);
            }
        }
        if let Some(own) = tests.get_mut(from..) {
            own.sort_unstable();
        }
    }

    /// All patterns in a sentence, each with its longest reach from each starting word.
    pub(super) fn find(&self, sentence: &Sentence) -> Vec<Hit> {
        let mut desk = DESK.take();
        let found = self.find_at(&mut desk, sentence);
        DESK.set(desk);
        found
    }

    fn find_at(&self, desk: &mut Desk, sentence: &Sentence) -> Vec<Hit> {
        let Desk { passed, active, further, stack, reached } = desk;
        passed.tests.clear();
        passed.ends.clear();
        for token in &sentence.tokens {
            self.tests_of(&token.word, &mut passed.tests);
            passed.ends.push(passed.tests.len());
        }
        let needed = Needed::of(&self.needs, passed);
        let breaks = |at: usize| sentence.tokens.get(at).is_some_and(|token| token.after_break);
        let mut found = Vec::new();
        for from in 0..sentence.tokens.len() {
            let opens = from == 0 || breaks(from);
            active.clear();
            let mut before = None;
            for test in passed.at(from) {
                // A word may pass a test in two ways.
                if before.replace(*test) == Some(*test) {
                    continue;
                }
                let anchored = self.anchored_starts.get(*test as usize).filter(|_| opens);
                let begun = self.starts.get(*test as usize).into_iter().chain(anchored).flatten();
                for (_, alike) in begun.filter(|(next, _)| needed.comes(*next, from)) {
                    let open = alike.iter().filter(|start| needed.comes(start.last, from));
                    active.extend(open.map(|start| start.node));
                }
            }
            let mut at = from + 1;
            while !active.is_empty() {
                let here = passed.at(at);
                let closes = here.is_empty() || breaks(at);
                stack.append(active);
                self.follow(stack, closes, here, further, |pattern| reached.push((pattern, at)));
                std::mem::swap(active, further);
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
            match self.nodes.get(node as usize) {
                Some(Node::Word(arms)) => passing(self.arms(*arms), here, |next| further.push(next)),
                Some(Node::Gap(next)) if !here.is_empty() => further.push(*next),
                Some(Node::Either(one, other)) => stack.extend([*one, *other]),
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
        let mut tests = Vec::new();
        for at in hit.from..=hit.to {
            tests.clear();
            if let Some(word) = sentence.word(at) {
                self.tests_of(word, &mut tests);
            }
            let closes = tests.is_empty() || breaks(at);
            let mut further: BTreeMap<NodeIndex, BTreeSet<usize>> = BTreeMap::new();
            let mut stack: Vec<(NodeIndex, BTreeSet<usize>)> = active.into_iter().collect();
            let mut least: Option<BTreeSet<usize>> = None;
            while let Some((node, passed)) = stack.pop() {
                match self.nodes.get(node as usize) {
                    Some(Node::Word(arms)) => {
                        passing(self.arms(*arms), &tests, |next| shorter(&mut further, next, passed.clone()));
                    }
                    Some(Node::Gap(next)) => {
                        let mut passed = passed;
                        passed.insert(at);
                        shorter(&mut further, *next, passed);
                    }
                    Some(Node::Either(one, other)) => {
                        stack.push((*one, passed.clone()));
                        stack.push((*other, passed));
                    }
                    Some(Node::AtEnd(next)) if closes => stack.push((*next, passed)),
                    Some(Node::Accept(_)) if at == hit.to => {
                        if least.as_ref().is_none_or(|known| passed.len() < known.len()) {
                            least = Some(passed);
                        }
                    }
                    Some(Node::AtEnd(_) | Node::Accept(_)) | None => {}
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

/// Where the arms lead whose tests are passed here. Both are in order; a word passes few tests, and a choice may have very
/// many arms.
fn passing(arms: &[Arm], here: &[TestIndex], mut go: impl FnMut(NodeIndex)) {
    if arms.len() <= FEW_ARMS {
        for (_, next) in arms.iter().filter(|(test, _)| here.binary_search(test).is_ok()) {
            go(*next);
        }
        return;
    }
    let mut before = None;
    for test in here {
        if before.replace(*test) == Some(*test) {
            continue;
        }
        let first = arms.partition_point(|(other, _)| other < test);
        for (_, next) in arms.iter().skip(first).take_while(|(other, _)| other == test) {
            go(*next);
        }
    }
}

/// So many arms are asked one by one.
const FEW_ARMS: usize = 8;

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
